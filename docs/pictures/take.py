"""Takes the README's pictures: drives a running demonstration in headless Chromium, as two people on a phone and one at a desk.

    wensheng demo --no-browser & python docs/pictures/take.py http://127.0.0.1:8765 docs/pictures

It claims the gravest open case, drafts it, fills one fact and photographs what the people see on the way.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIETLY = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 60_000


def take(base_url: str, out_dir: Path) -> None:
    """Write phone-*.png (390 x 844, doubled) and desktop-*.png (1280 x 800) into `out_dir`.

    Args:
        base_url: of a demonstration (open log-in) in whose room an unclaimed alert stands, or soon will.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        with _phone(browser) as phone, _desk(browser) as desk:
            number = _alert(phone, base_url, out_dir)
            desk.goto(f"{base_url}/as/liwen/room/duty")
            desk.wait_for_timeout(800)
            desk.screenshot(path=out_dir / "desktop-room.png")
            _draft(phone, desk, base_url, number, out_dir)
        browser.close()


def _alert(phone: Page, base_url: str, out_dir: Path) -> str:
    """The newest unclaimed alert on 李雯's phone; then she claims it. Returns the case number."""
    phone.goto(f"{base_url}/as/liwen/room/duty")
    card = phone.locator("[data-case]:has(button[data-command^='认领'])").last
    card.wait_for(timeout=PATIENCE_MS)
    card.evaluate("card => card.scrollIntoView({block: 'start'})")
    phone.wait_for_timeout(2_800)
    phone.screenshot(path=out_dir / "phone-alert.png")
    number = str(card.get_attribute("data-case"))
    phone.locator(f"[data-case={number}] button[data-command='认领 {number}']").last.click()
    phone.wait_for_timeout(1_000)
    return number


def _draft(phone: Page, desk: Page, base_url: str, number: str, out_dir: Path) -> None:
    """李雯 drafts, fills the first fact and edits; 周明 looks at it."""
    phone.locator("#line").fill(f"拟稿 {number}")
    phone.locator("#line").press("Enter")
    phone.locator(f".card.draft:has-text('{number}')").last.wait_for(timeout=PATIENCE_MS)
    phone.wait_for_timeout(600)
    phone.screenshot(path=out_dir / "phone-draft-card.png")
    for page in (phone, desk):
        page.goto(f"{base_url}/as/liwen/cases/{number}/draft")
    form = phone.locator(".fact-form:visible form").first
    for field, text in zip(form.locator("input").all(), ("执法中队十分钟前到场", "现场电话", "周队"), strict=True):
        field.fill(text)
    form.get_by_role("button").click()
    desk.locator("mark.fact[data-slot]").first.wait_for(timeout=PATIENCE_MS)
    desk.wait_for_timeout(1_800)
    desk.screenshot(path=out_dir / "desktop-draft.png")
    phone.evaluate("document.documentElement.scrollTop = 0")
    phone.wait_for_timeout(6_000)  # until the toast is gone
    phone.screenshot(path=out_dir / "phone-draft.png")
    phone.locator(".sources a[data-sheet]").first.click()
    phone.locator("dialog .text").wait_for(timeout=PATIENCE_MS)
    phone.wait_for_timeout(400)
    phone.screenshot(path=out_dir / "phone-clause.png")


@contextmanager
def _phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    yield context.new_page()
    context.close()


@contextmanager
def _desk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
