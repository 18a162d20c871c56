"""Keeping what was seen: every post of a page goes on with the page itself."""

import asyncio
import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import replace

from adapters.sources.fetching import Page
from monitoring.post import Evidence, RawPost

LARGEST_PAGE_BYTES = 2_000_000
"""Of a larger page its beginning is kept."""
LONGEST_MEDIA_TYPE = 100


async def with_evidence(posts: Iterable[RawPost], page: Page) -> list[RawPost]:
    """The same posts, each with the page it was read on."""
    evidence = await asyncio.to_thread(evidence_of, page)
    return [replace(post, evidence=evidence) for post in posts]


def evidence_of(page: Page) -> Evidence:
    """The page as it was fetched, packed for keeping."""
    body = (page.body or b"")[:LARGEST_PAGE_BYTES]
    return Evidence(
        digest=hashlib.sha256(body).hexdigest(), packed=zlib.compress(body), size_bytes=len(body),
        media_type=page.content_type[:LONGEST_MEDIA_TYPE], address=page.url, fetched_at=page.fetched_at,
    )  # fmt: skip
