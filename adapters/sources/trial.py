"""Reads a source once, to see what would be taken; nothing is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from adapters.sources.fetching import Errand, Fetcher, Page
from adapters.sources.opening import SourceReaders, open_source
from adapters.sources.table import Columns, TablePosts
from adapters.sources.ticket_columns import BOOKS, TEXTS
from monitoring.errors import SourceError
from monitoring.post import PostSource, RawPost
from monitoring.source import PUSHED, Source, SourceKind
from prompts import say

MOST_POSTS = 300
STALE = timedelta(days=30)
_CUT = ("…", "...", "……", "全文", "阅读更多", "查看更多", "[更多]")
_FEWEST_ALIKE = 3


@dataclass(frozen=True)
class Trial:
    """What one reading showed.

    Attributes:
        kind, options: as they would stand in the settings; guessed for a bare address.
        posts: the newest first.
        errors: of records that could not be read.
        warnings: what an administrator ought to know.
        columns: how a table was understood.
    """

    kind: SourceKind
    options: dict[str, Any]
    posts: tuple[RawPost, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    columns: Columns | None = field(default=None)


async def try_source(source: Source, readers: SourceReaders, now: datetime) -> Trial:
    """Read a source of the settings. Raises SourceError where it cannot be read."""
    if source.kind in PUSHED:
        raise SourceError(say("sources.trial_pushed", name=source.name))
    return await _trial(source, readers.open(source), now)


async def try_address(address: str, readers: SourceReaders, now: datetime) -> Trial:
    """Read an address or a file, guessing what it is. Raises SourceError: it cannot be read, or is nothing that can be understood."""
    if not address.startswith(("http://", "https://")):
        suffix = Path(address).suffix.lower()
        kind = SourceKind.TABLE if suffix in (*TEXTS, *BOOKS) else SourceKind.JSON_LINES
        source = Source(name=Path(address).name, kind=kind, address=address)
        return await _trial(source, readers.open(source), now)
    host = httpx.URL(address).host
    page = await readers.fetcher.fetch(Errand(address, private_hosts=(host,)), now)
    guessed = await readers.reading.read(
        "guess", page.body or b"", what=host, content_type=page.content_type, url=page.url, now=page.fetched_at.isoformat()
    )
    if not guessed["kind"]:
        feeds = say("casework.comma").join(guessed["feeds"])
        raise SourceError(say("sources.trial_feeds", feeds=feeds) if feeds else say("sources.trial_unknown", host=host))
    source = Source(name=host, kind=SourceKind(guessed["kind"]), address=address, options=guessed["options"])
    reading = {**source.options, "full_text": False} if source.kind is SourceKind.PAGE else {**source.options, "private_hosts": [host]}
    reader = open_source(source.model_copy(update={"options": reading}), _Fetched(address, page), readers.reading)
    hints = (*_feed_hint(guessed["feeds"]), *await _robots_hint(source, readers, now))
    return await _trial(source, reader, now, hints)


async def _trial(source: Source, reader: PostSource, now: datetime, hints: tuple[str, ...] = ()) -> Trial:
    posts, errors = list[RawPost](), list[str]()
    async for batch in reader.read({}, now):
        posts += batch.posts
        errors += batch.errors
        if len(posts) >= MOST_POSTS:
            break
    columns = await reader.columns(now) if isinstance(reader, TablePosts) else None
    newest_first = tuple(sorted(posts, key=lambda post: post.posted_at, reverse=True))
    return Trial(source.kind, dict(source.options), newest_first, tuple(errors), (*hints, *warnings_about(newest_first, now)), columns)


def warnings_about(posts: tuple[RawPost, ...], now: datetime) -> Iterator[str]:
    """What looks wrong with the posts of one reading.

    Args:
        posts: newest first.
    """
    if not posts:
        yield say("sources.trial_empty")
        return
    if sum(abs(post.posted_at - now) < timedelta(minutes=2) for post in posts) > len(posts) / 2 and len(posts) >= _FEWEST_ALIKE:
        yield say("sources.trial_no_times")
    elif len(posts) >= _FEWEST_ALIKE and len({post.posted_at for post in posts}) == 1:
        yield say("sources.trial_same_time", time=f"{posts[0].posted_at:%Y-%m-%d %H:%M}")
    if sum(post.text.rstrip().endswith(_CUT) for post in posts) * 2 >= len(posts):
        yield say("sources.trial_cut")
    if not any(post.text for post in posts):
        yield say("sources.trial_titles_only")
    if len({post.key for post in posts}) < len(posts):
        yield say("sources.trial_same_keys", count=len(posts) - len({post.key for post in posts}))
    if now - posts[0].posted_at > STALE:
        yield say("sources.trial_stale", days=(now - posts[0].posted_at).days)


def _feed_hint(feeds: list[str]) -> tuple[str, ...]:
    return (say("sources.trial_feeds", feeds=say("casework.comma").join(feeds)),) if feeds else ()


async def _robots_hint(source: Source, readers: SourceReaders, now: datetime) -> tuple[str, ...]:
    """Whether robots.txt forbids what is read as a web page; feeds and interfaces are made for programs."""
    if source.kind is not SourceKind.PAGE:
        return ()
    try:
        await readers.fetcher.fetch(Errand(source.address, private_hosts=(httpx.URL(source.address).host,), obeys_robots=True), now)
    except SourceError as error:
        return (str(error),)
    return ()


class _Fetched(Fetcher):
    """Hands out the one page that was fetched already, so that a trial asks the host once."""

    def __init__(self, address: str, page: Page) -> None:
        self._address, self._page = address, page

    async def fetch(self, errand: Errand, now: datetime) -> Page:
        if errand.url != self._address:
            raise SourceError(say("sources.trial_one_page", address=errand.url))
        return self._page
