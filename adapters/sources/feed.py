"""Posts from an RSS or Atom feed, RSSHub's routes among them."""

import asyncio
import calendar
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from adapters.sources.fetching import Page, fetch
from adapters.sources.markup import plain_text
from adapters.sources.record import content_key
from monitoring.errors import SourceError
from monitoring.post import Batch, RawPost
from prompts import say

POSTS_PER_BATCH = 50
MOST_ENTRIES = 1_000
MOST_REMEMBERED = 500
"""Keys of entries already handed over; a feed that shows more than so many again is read again, which harms nothing."""
LONGEST_CHARACTERS = 50_000
_SHORT_KEY = 12


class FeedPosts:
    """One feed.

    Args:
        http: a client whose transport guards the border.
        private_hosts: hosts that may lie in a private network (an RSSHub of one's own).
    """

    def __init__(self, name: str, address: str, http: httpx.AsyncClient, *, private_hosts: tuple[str, ...] = ()) -> None:
        self.name, self._address, self._http, self._private_hosts = name, address, http, private_hosts

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        if urlsplit(self._address).scheme not in ("http", "https"):
            raise SourceError(say("sources.feed_address", address=self._address[:80]))
        page = await fetch(
            self._http, self._address, etag=cursor.get("etag", ""), modified=cursor.get("modified", ""), private_hosts=self._private_hosts
        )
        if page.body is None:
            return
        posts, errors = await asyncio.to_thread(read_feed, page, now)
        seen = list(cursor.get("seen", ()))
        known = set(seen)
        new = sorted((post for post in posts if post.key[-_SHORT_KEY:] not in known), key=lambda post: post.posted_at)
        for first in range(0, len(new), POSTS_PER_BATCH):
            batch = tuple(new[first : first + POSTS_PER_BATCH])
            seen = [*seen, *(post.key[-_SHORT_KEY:] for post in batch)][-MOST_REMEMBERED:]
            yield Batch(batch, {**cursor, "seen": seen})
        yield Batch((), {"etag": page.etag, "modified": page.modified, "seen": seen}, errors)


def read_feed(page: Page, now: datetime) -> tuple[list[RawPost], tuple[str, ...]]:
    """The posts of a feed as it was fetched, and one sentence for each entry that says nothing.

    Raises:
        SourceError: the page is no feed.
    """
    import feedparser

    parsed = feedparser.parse(page.body, response_headers={"content-type": page.content_type, "content-location": page.url})
    if not parsed.get("version") and not parsed.entries:
        raise SourceError(say("sources.feed_not_a_feed", host=urlsplit(page.url).hostname))
    posts, errors = [], []
    for number, entry in enumerate(parsed.entries[:MOST_ENTRIES], 1):
        post = _post(entry, now)
        if post.title or post.text:
            posts.append(post)
        else:
            errors.append(say("sources.feed_entry_empty", number=number))
    return posts, tuple(errors)


def _post(entry: Any, now: datetime) -> RawPost:
    contents = [part.get("value", "") for part in entry.get("content", ())]
    body = max([*contents, entry.get("summary", "")], key=len)[:LONGEST_CHARACTERS]
    title, text, link = plain_text(entry.get("title", "")), plain_text(body), entry.get("link", "")
    if text.startswith(title.rstrip(".…")):
        title = ""  # platforms without titles repeat the beginning of the text there
    return RawPost(
        key=content_key(entry.get("id") or link or f"{title}\n{text}"), text=text, title=title,
        posted_at=_moment(entry) or now, url=link if urlsplit(link).scheme in ("http", "https") else "", author=entry.get("author", ""),
        has_video="<video" in body or any(str(each.get("type", "")).startswith("video/") for each in entry.get("enclosures", ())),
    )  # fmt: skip


def _moment(entry: Any) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
