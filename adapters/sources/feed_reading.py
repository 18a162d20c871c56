"""What a feed says: RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0, also as careless programs write them. Runs in the reading child."""

import calendar
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser

from adapters.sources.charset import decode
from adapters.sources.markup import plain_text, web_address
from adapters.sources.record import content_key, plain_post, read_count, read_time
from language.moments import plausible
from monitoring.errors import SourceError
from monitoring.post import RawPost
from prompts import say

MOST_ENTRIES = 500
LONGEST_CHARACTERS = 50_000
MOST_CHARACTERS = 1_500_000
"""Entries that begin further back are left: the parser takes a third of a second for so much."""
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_SURROGATE = r"(?:&#(?:0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])|x0*d[89a-f][0-9a-f]{2});)"
_HALVES = re.compile(f"{_SURROGATE}+", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ROOT = re.compile(r"<((?:\w{1,20}:)?(?:rss|rdf|feed))[\s>]", re.IGNORECASE)
_END = re.compile(r"</(?:\w{1,20}:)?(?:rss|rdf|feed)\s*>", re.IGNORECASE)
_END_CHARACTERS = 2_000
_HEAD_CHARACTERS = 4_000
_STUMBLES = (LookupError, AttributeError, TypeError, ValueError)
"""What feedparser itself raises over badly broken entries."""
_CHANNEL = re.compile(r"<channel[\s>]", re.IGNORECASE)
_MISPLACED = re.compile("[\ufeff\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Byte order marks between parts that a program has joined, and what XML does not allow."""


def read_feed(body: bytes, *, content_type: str, url: str, now: str) -> dict[str, Any]:
    """The posts of a feed as plain values, and one sentence for each entry that says nothing.

    Args:
        url: where it was fetched; what relative links are relative to.
        now: ISO 8601; the time of entries that name none.

    Raises:
        SourceError: the page is no feed.
    """
    text = _cut(_clean(decode(body, content_type)))
    try:
        parsed = _parse(text, url)
        entries, is_sound = parsed.entries, bool(parsed.get("version")) and not parsed.bozo
    except _STUMBLES:
        entries, is_sound = _salvage(text, url), False
    if not entries and not is_sound:
        raise SourceError(say("sources.feed_not_a_feed", host=urlsplit(url).hostname))
    posts, errors = _posts(entries[:MOST_ENTRIES], url, datetime.fromisoformat(now))
    if not is_sound and not _END.search(text[-_END_CHARACTERS:]):
        errors = [say("sources.feed_cut", count=len(posts))]  # which covers a last entry that says nothing
    return {"posts": [plain_post(post) for post in posts], "errors": errors}


def _parse(text: str, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    return feedparser.parse(text.encode("utf-8", "replace"), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _salvage(text: str, url: str) -> list[Any]:
    """The entries of a feed over which the parser stumbles, each parsed by itself; those that make it stumble are left out."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    entries = list[Any]()
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        with suppress(*_STUMBLES):
            entries += _parse(text[: min(starts[0], _HEAD_CHARACTERS)] + text[start:end], url).entries
    return entries


def _clean(text: str) -> str:
    """Without the declaration (the text is decoded), and without a document type: no entity but XML's own means anything to us."""
    text = _DECLARATION.sub("", _MISPLACED.sub("", text))
    root = _ROOT.search(text)
    head = root.start() if root else len(text)
    return _HALVES.sub(_joined, _DOCTYPE.sub("", text[:head]) + text[head:])


def _joined(halves: re.Match[str]) -> str:
    """The character that a program has written as two references, as it is held in UTF-16; half of one is none."""
    units = [int(number[1:], 16) if number[0] in "xX" else int(number) for number in re.findall(r"&#(\w+);", halves[0])]
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "ignore")


def _cut(text: str) -> str:
    """The first MOST_ENTRIES entries within MOST_CHARACTERS: feeds have the newest first, and no one reads a hundred thousand at once."""
    for number, entry in enumerate(_ENTRY.finditer(text)):
        if number == MOST_ENTRIES or (number and entry.start() > MOST_CHARACTERS):
            root = _ROOT.search(text)
            is_inside_channel = root is not None and root[1].lower().endswith("rss") and _CHANNEL.search(text)
            return f"{text[: entry.start()]}{'</channel>' if is_inside_channel else ''}{f'</{root[1]}>' if root else ''}"
    return text


def _posts(entries: Sequence[Any], url: str, now: datetime) -> tuple[list[RawPost], list[str]]:
    posts, errors = [], []
    shared = {key for key, count in Counter(_words(entry, "id") for entry in entries).items() if key and count > 1}
    for number, entry in enumerate(entries, 1):
        post = _post(entry, url, now, shared)
        if post.title or post.text:
            posts.append(post)
        else:
            errors.append(say("sources.feed_entry_empty", number=number))
    return list({post.key: post for post in reversed(posts)}.values())[::-1], errors


def _post(entry: Any, url: str, now: datetime, shared: set[str]) -> RawPost:
    body = max(_bodies(entry), key=len)
    title, text, link = plain_text(_words(entry, "title")), plain_text(body)[:LONGEST_CHARACTERS], _link(entry, url)
    if text.startswith(title.rstrip(".…")):
        title = ""  # platforms without titles repeat the beginning of the text there
    identity = _words(entry, "id") or link or f"{title}\n{text}"
    key = content_key(identity) if identity not in shared else content_key(identity, link, title, text)
    return RawPost(
        key=key, text=text, title=title, posted_at=_moment(entry, now) or now, url=link, author=_author(entry),
        comments=read_count(entry.get("slash_comments")), has_video=_has_video(entry, body),
    )  # fmt: skip


def _words(entry: Any, name: str) -> str:
    """A field as text; a broken entry may hold None where words belong."""
    return str(entry.get(name) or "")


def _bodies(entry: Any) -> Iterator[str]:
    """Where the words of an entry may stand; the longest is the fullest."""
    yield _words(entry, "summary")
    for part in _parts(entry, "content"):
        yield _words(part, "value")
    for part in _parts(entry, "media_description"):
        yield _words(part, "content")


def _parts(entry: Any, name: str) -> list[Any]:
    parts = entry.get(name)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _link(entry: Any, url: str) -> str:
    """The entry's page; the parser has put a guid that is one in its place where there is no other."""
    alternates = (_words(each, "href") for each in _parts(entry, "links") if each.get("rel") == "alternate")
    found = (web_address(link, url) for link in (_words(entry, "link"), *alternates))
    return next(filter(None, found), "")


def _author(entry: Any) -> str:
    detail = entry.get("author_detail")
    return (_words(detail, "name") if isinstance(detail, dict) else "") or _words(entry, "author")


def _has_video(entry: Any, body: str) -> bool:
    media = [*_parts(entry, "enclosures"), *_parts(entry, "media_content")]
    return "<video" in body or any(_words(each, "type").startswith("video/") or each.get("medium") == "video" for each in media)


def _moment(entry: Any, now: datetime) -> datetime | None:
    """The entry's time; without a zone it is China's, unlike what feed readers elsewhere assume."""
    for name in ("published", "updated", "created"):
        try:
            if moment := read_time(_words(entry, name), now):
                return moment
        except (ValueError, OverflowError):
            if moment := _parsed(entry.get(f"{name}_parsed")):
                return moment
    return None


def _parsed(parts: Any) -> datetime | None:
    try:
        return plausible(datetime.fromtimestamp(calendar.timegm(parts), tz=UTC)) if parts else None
    except (ValueError, OverflowError, OSError):
        return None
