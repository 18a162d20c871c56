"""Posts from a list page of a site without feed or API: entries by CSS selectors, the full text from each post's own page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.sources.evidence import with_evidence
from adapters.sources.fetching import Errand, Fetcher, Page, host_of
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.record import content_key, post_of_plain
from monitoring.errors import SourceError
from monitoring.post import Batch, RawPost
from prompts import say

POSTS_PER_BATCH = 5
MOST_FULL_TEXTS = 30
"""Posts whose own pages are fetched at one reading; the rest, which are newer, wait for the next."""
MOST_PAGES = 10
MOST_TRIES = 3
"""Readings at which a post's own page may fail for now; then its title goes on alone."""
MOST_REMEMBERED = 2_000
_MARK_CHARACTERS = 12
_LIST_SELECTORS = ("list", "title", "link", "time", "author", "summary", "next")
_KNOWN = frozenset({*_LIST_SELECTORS, "text", "text_time", "pages", "full_text", "permission", "private_hosts", "fallback"})


@dataclass(frozen=True)
class PageOptions:
    """How a list page is read.

    Attributes:
        selectors: CSS selectors of the list page: `list` for one entry; in it `title`, `link`, `time`, `author`, `summary`; `next`.
        text, text_time: CSS selectors of the post's own page; without `text` the block with the most words is taken.
        pages: how many list pages are read at most while every entry on them is new.
        full_text: whether the post's own page is fetched.
        permission: who allowed the reading and when, in words; robots.txt is then not asked.
    """

    selectors: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    text_time: str = ""
    pages: int = 1
    full_text: bool = True
    permission: str = ""
    private_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "PageOptions":
        """The options as settings write them. Raises SourceError where the list's selector is missing or an option is unknown."""
        if unknown := sorted(set(options) - _KNOWN):
            raise SourceError(say("sources.page_option_unknown", name=unknown[0], known="、".join(sorted(_KNOWN))))
        if not options.get("list"):
            raise SourceError(say("sources.page_no_list"))
        return cls(
            {name: str(options[name]) for name in _LIST_SELECTORS if options.get(name)}, str(options.get("text", "")),
            str(options.get("text_time", "")), min(max(int(options.get("pages", 1)), 1), MOST_PAGES), options.get("full_text") is not False,
            str(options.get("permission", "")), tuple(options.get("private_hosts", ())),
        )  # fmt: skip


class PagePosts:
    """One list page. Entries are known by their links."""

    def __init__(self, name: str, address: str, fetcher: Fetcher, reading: ReadingProcess, options: PageOptions) -> None:
        self.name, self._address, self._fetcher, self._reading, self._options = name, address, fetcher, reading, options

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        listed = await self._entries(cursor, now)
        if listed is None:
            return
        seen, tries = list(cursor.get("seen", ())), dict(cursor.get("tries", {}))
        fresh = listed.entries[:MOST_FULL_TEXTS] if self._options.full_text else listed.entries
        for first in range(0, len(fresh), POSTS_PER_BATCH):
            read = [await self._read_entry(entry, tries) for entry in fresh[first : first + POSTS_PER_BATCH]]
            seen = [*seen, *(each.mark for each in read if each.post)][-MOST_REMEMBERED:]
            errors = tuple(each.error for each in read if each.error)
            yield Batch(tuple(each.post for each in read if each.post), {**cursor, "seen": seen, "tries": tries}, errors)
        complete = len(fresh) == len(listed.entries) and not tries
        place = {"etag": listed.page.etag, "modified": listed.page.modified} if complete else {}
        yield Batch((), {**place, "seen": seen, "tries": tries}, tuple(listed.errors))

    async def _entries(self, cursor: Mapping[str, Any], now: datetime) -> "_Listed | None":
        """The new entries of the list, oldest first, with the list page on which each stood; None where it has not changed."""
        known = {"etag": str(cursor.get("etag", "")), "modified": str(cursor.get("modified", ""))}
        page = first = await self._fetch(self._address, now, **known)
        if page.body is None:
            return None
        seen, entries, errors = set(cursor.get("seen", ())), dict[str, _Entry](), list[str]()
        for number in range(1, self._options.pages + 1):
            found = await self._read_list(page)
            errors += found["errors"]
            listed = [_Entry(plain, page) for plain in found["entries"]]
            new = {entry.key: entry for entry in listed if entry.mark not in seen}
            entries = entries | {key: entry for key, entry in new.items() if key not in entries}
            if len(new) < len(listed) or not found["next"] or number == self._options.pages:
                break
            page = await self._fetch(found["next"], page.fetched_at)
            if page.body is None:
                break
        return _Listed(_oldest_first(list(entries.values())), errors, first)

    async def _read_list(self, page: Page) -> dict[str, Any]:
        found: dict[str, Any] = await self._reading.read(
            "list_page", page.body or b"", what=host_of(page.url), content_type=page.content_type, url=page.url,
            selectors=dict(self._options.selectors), now=page.fetched_at.isoformat(),
        )  # fmt: skip
        return found

    async def _read_entry(self, entry: "_Entry", tries: dict[str, int]) -> "_Read":
        """The post of an entry, with its full text where it can be had."""
        page, words, error = entry.page, dict[str, Any](), ""
        if self._options.full_text and entry.link:
            try:
                page = await self._fetch(entry.link, entry.page.fetched_at)
                words = await self._read_text(page)
            except SourceError as problem:
                page, error = entry.page, say("sources.page_text_unread", title=entry.title[:30], problem=problem)
                tries[entry.mark] = tries.get(entry.mark, 0) + 1
                if problem.retry_after_seconds is not None and tries[entry.mark] < MOST_TRIES:
                    return _Read(entry.mark, None, error)
        tries.pop(entry.mark, None)
        (post,) = await with_evidence([entry.post(words)], page)
        return _Read(entry.mark, post, error)

    async def _read_text(self, own: Page) -> dict[str, Any]:
        options = self._options
        text: dict[str, Any] = await self._reading.read(
            "full_text", own.body or b"", what=host_of(own.url), content_type=own.content_type, selector=options.text,
            time_selector=options.text_time, now=own.fetched_at.isoformat(),
        )  # fmt: skip
        return text

    async def _fetch(self, url: str, now: datetime, *, etag: str = "", modified: str = "") -> Page:
        options = self._options
        errand = Errand(url, etag=etag, modified=modified, private_hosts=options.private_hosts, obeys_robots=not options.permission)
        return await self._fetcher.fetch(errand, now)


class _Entry:
    """One entry of a list as the child read it, and the page it stood on."""

    def __init__(self, plain: Mapping[str, str], page: Page) -> None:
        self.title, self.link, self.time = str(plain["title"]), str(plain["link"]), str(plain["time"])
        self.author, self.summary, self.page = str(plain["author"]), str(plain["summary"]), page
        self.key = content_key(self.link or f"{self.title}\n{self.summary}")
        self.mark = self.key[:_MARK_CHARACTERS]

    def post(self, own: Mapping[str, Any]) -> RawPost:
        """The post, with the words of its own page where those were read."""
        text = str(own.get("text") or self.summary)
        plain = {
            "key": self.key, "title": "" if text.startswith(self.title) else self.title, "text": text, "url": self.link,
            "author": self.author, "posted_at": self.time or own.get("time") or self.page.fetched_at.isoformat(), "due_at": None,
            "has_video": own.get("has_video") is True, **dict.fromkeys(("likes", "dislikes", "reposts", "comments")),
        }  # fmt: skip
        return post_of_plain(plain)


@dataclass(frozen=True)
class _Listed:
    entries: Sequence[_Entry]
    errors: Sequence[str]
    page: Page


@dataclass(frozen=True)
class _Read:
    """What became of an entry: a post, or None where its page is tried again at the next reading."""

    mark: str
    post: RawPost | None
    error: str


def _oldest_first(entries: list[_Entry]) -> list[_Entry]:
    """By time where every entry has one, else from the foot of the list, which has the newest on top."""
    upward = entries[::-1]
    return sorted(upward, key=lambda entry: datetime.fromisoformat(entry.time)) if all(entry.time for entry in upward) else upward
