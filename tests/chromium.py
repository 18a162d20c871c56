"""Headless Chromium, the way every browser test starts it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
QUIETLY = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


@contextlib.asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser; where there is none the test fails and says what to install."""
    if not CHROMIUM.exists():  # noqa: ASYNC240  # one look
        pytest.fail("the browser tests need Chromium: apt-get install chromium (make test does it as root)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIETLY)
        yield browser
        await browser.close()
