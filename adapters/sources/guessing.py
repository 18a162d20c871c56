"""What kind of source an address is, and how it could be read. Runs in the reading child."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.sources.charset import decode
from adapters.sources.feed_reading import read_feed
from adapters.sources.mapping import USUAL_FIELDS
from adapters.sources.markup import web_address
from monitoring.errors import SourceError

FEWEST_ENTRIES = 4
SHORTEST_TITLE = 6
MOST_LINKS = 2_000
DEEPEST_LIST = 5
_ENTRY_TAGS = frozenset({"li", "tr", "article", "dl", "div", "dd"})
_TIME = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/月]\d{1,2}\s+\d{1,2}:\d{2}|\d+\s*(?:分钟|小时|天)前|昨天|刚刚")
_LONGEST_TIME = 30
_PLAIN_CLASS = re.compile(r"[A-Za-z_][\w-]*")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")

FIELD_WORDS: Mapping[str, tuple[str, ...]] = {
    **USUAL_FIELDS,
    "key": ("id", "pid", "tid", "mid", "uuid", "guid", "articleid", "threadid"),
    "title": ("title", "subject", "headline"),
    "text": ("text", "content", "body", "summary", "description", "desc", "message"),
    "time": ("time", "created_at", "createtime", "publishtime", "pubdate", "published", "date", "ctime", "posttime", "dateline"),
    "url": ("url", "link", "href", "permalink"),
    "author": ("author", "user", "username", "nickname", "screen_name"),
    "likes": ("likes", "like_count", "attitudes_count", "favourites_count"),
    "comments": ("comments", "comment_count", "comments_count", "replies", "replies_count"),
    "reposts": ("reposts", "repost_count", "reposts_count", "shares"),
}
"""Field of a post -> what JSON APIs call it, without regard to case, most usual first."""


def guess(body: bytes, *, content_type: str, url: str, now: str) -> dict[str, Any]:
    """The kind of a page and the options with which it could be read.

    Returns:
        `kind`: feed, api, page, or empty; `options`; `feeds`: addresses of feeds that a web page names.
    """
    try:
        read_feed(body, content_type=content_type, url=url, now=now)
    except SourceError:
        return _json(body, content_type) or _page(body, content_type, url)
    return {"kind": "feed", "options": {}, "feeds": []}


def _json(body: bytes, content_type: str) -> dict[str, Any] | None:
    try:
        document = json.loads(decode(body, content_type).strip("\ufeff\0 \t\r\n"), strict=False)
    except ValueError:
        return None
    found = max(_lists(document, "", 0), key=lambda each: len(each[1]), default=None)
    if found is None:
        return {"kind": "", "options": {}, "feeds": []}
    path, records = found
    options: dict[str, Any] = {"items": path} if path else {}
    return {"kind": "api", "options": options | {"fields": _fields(records[0])}, "feeds": []}


def _lists(value: Any, path: str, depth: int) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Every list of objects in a document with the dotted path that leads to it."""
    if isinstance(value, list):
        if records := [each for each in value if isinstance(each, dict)]:
            yield path, records
    elif isinstance(value, dict) and depth < DEEPEST_LIST:
        for name, inner in value.items():
            yield from _lists(inner, f"{path}.{name}" if path else str(name), depth + 1)


def _fields(record: Mapping[str, Any]) -> dict[str, str]:
    names = {str(name).lower(): str(name) for name in record}
    found = {}
    for field, known in FIELD_WORDS.items():
        for name in known:
            if (own := names.get(name)) and (path := _scalar(record, own)):
                found[field] = path
                break
    return found


def _scalar(record: Mapping[str, Any], name: str) -> str:
    """The path of a field's words: its own, or that of the name within an object (user.name)."""
    value = record[name]
    if not isinstance(value, dict | list):
        return name
    inner = value if isinstance(value, dict) else {}
    return next(
        (f"{name}.{each}" for each in ("name", "nickname", "screen_name", "text", "content") if isinstance(inner.get(each), str)), ""
    )


def _page(body: bytes, content_type: str, url: str) -> dict[str, Any]:
    tree = LexborHTMLParser(decode(body, content_type).replace("\0", "").encode("utf-8", "replace").decode())
    links = [link for link in tree.css("link[rel~=alternate]") if link.attributes.get("type") in _FEED_TYPES]
    feeds = [address for link in links if (address := web_address(link.attributes.get("href") or "", url))]
    options = _selectors(tree)
    return {"kind": "page" if options else "", "options": options, "feeds": feeds[:5]}


def _selectors(tree: LexborHTMLParser) -> dict[str, str]:
    """The selector of the entries that repeat most, and of the times in them; empty where nothing repeats."""
    titles: dict[str, set[str]] = {}
    entries: dict[str, list[LexborNode]] = {}
    for link in tree.css("a[href]")[:MOST_LINKS]:
        entry = _entry_of(link)
        if entry is not None and len(link.text(strip=True)) >= SHORTEST_TITLE:
            selector = f"{_name(entry.parent)} > {_name(entry)}" if entry.parent is not None else _name(entry)
            titles.setdefault(selector, set()).add(link.attributes.get("href") or "")
            entries.setdefault(selector, []).append(entry)
    fitting = {selector: found for selector, found in titles.items() if len(found) >= FEWEST_ENTRIES}
    if not fitting:
        return {}
    best = max(fitting, key=lambda selector: (_dated(entries[selector]), len(fitting[selector])))
    time = _time_selector(entries[best])
    return {"list": best, "title": "a"} | ({"time": time} if time else {})


def _entry_of(link: LexborNode) -> LexborNode | None:
    """The nearest block around a link that could be an entry of a list."""
    node = link.parent
    while node is not None and node.tag not in ("body", "html", "-undef"):
        if node.tag in _ENTRY_TAGS:
            return node
        node = node.parent
    return None


def _name(node: LexborNode | None) -> str:
    if node is None:
        return "*"
    classes = [each for each in (node.attributes.get("class") or "").split() if _PLAIN_CLASS.fullmatch(each)]
    return f"{node.tag}.{classes[0]}" if classes else str(node.tag)


def _dated(entries: Sequence[LexborNode]) -> bool:
    return sum(bool(_TIME.search(entry.text())) for entry in entries) > len(entries) / 2


def _time_selector(entries: Sequence[LexborNode]) -> str:
    """What holds the time in most entries."""
    names: Counter[str] = Counter()
    for entry in entries:
        inner = [node for node in entry.css("*") if len(node.text(strip=True)) <= _LONGEST_TIME and _TIME.search(node.text(strip=True))]
        if inner:
            names[_name(inner[-1])] += 1
    best = names.most_common(1)
    return best[0][0] if best and best[0][1] * 2 >= len(entries) else ""
