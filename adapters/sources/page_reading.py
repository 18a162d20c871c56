"""What stands on a web page: the entries of a list, and the full text of one post. Runs in the reading child."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from adapters.sources.charset import decode
from adapters.sources.markup import SILENT, plain_text, web_address
from adapters.sources.record import read_time
from monitoring.errors import SourceError
from prompts import say

MOST_ENTRIES = 300
LONGEST_CHARACTERS = 50_000
LONGEST_TITLE_CHARACTERS = 300
_AROUND = "nav,header,footer,aside,form,button,iframe,[role=navigation],[role=banner],[role=contentinfo],[aria-hidden=true]"
_MOST_NODES = 30_000
_LEAST_TEXT_CHARACTERS = 20
_TIME_ATTRIBUTES = ("datetime", "title", "data-time", "data-timestamp", "content")


def read_list(body: bytes, *, content_type: str, url: str, selectors: Mapping[str, str], now: str) -> dict[str, Any]:
    """The entries of a list page, in its order, and the address of the next page.

    Args:
        selectors: CSS selectors: `list` for one entry, within it `title`, `link`, `time`, `author`, `summary`; `next` for the next page.
        now: ISO 8601; what 3分钟前 is counted from.

    Raises:
        SourceError: a selector is none, or the list selects nothing: the page has changed, or is another.
    """
    tree = _tree(body, content_type)
    base = _base(tree, url)
    nodes = _select(tree.root, selectors.get("list", ""), "list")[:MOST_ENTRIES]
    if not nodes:
        raise SourceError(say("sources.page_list_empty", selector=selectors.get("list", "")))
    entries, errors = [], []
    for number, node in enumerate(nodes, 1):
        entry = _entry(node, base, selectors, datetime.fromisoformat(now))
        if not entry["title"] and not entry["summary"]:
            errors.append(say("sources.page_entry_empty", number=number))
        else:
            entries.append(entry)
            errors += [say("sources.page_time_unreadable", number=number, value=entry["unread_time"])] if entry["unread_time"] else []
    following = _select(tree.root, selectors["next"], "next") if selectors.get("next") else []
    return {"entries": entries, "errors": errors, "next": _target(following[0], base) if following else ""}


def read_full_text(body: bytes, *, content_type: str, selector: str, time_selector: str, now: str) -> dict[str, Any]:
    """The words of one post's own page, and its time where the page tells.

    Args:
        selector: where the words stand; empty leaves it to their weight on the page.

    Raises:
        SourceError: a selector is none, or selects nothing.
    """
    tree = _tree(body, content_type)
    moment = _page_time(tree, time_selector, datetime.fromisoformat(now))
    for silent in tree.css(SILENT):
        silent.decompose()
    if selector:
        nodes = _select(tree.root, selector, "text")
        if not nodes:
            raise SourceError(say("sources.page_text_missing", selector=selector))
        text = "\n".join(_words(node) for node in nodes)
    else:
        text = _main_text(tree)
    return {"text": text[:LONGEST_CHARACTERS], "time": moment.isoformat() if moment else "", "has_video": bool(tree.css_first("video"))}


def _tree(body: bytes, content_type: str) -> LexborHTMLParser:
    return LexborHTMLParser(decode(body, content_type).replace("\0", "").encode("utf-8", "replace").decode())


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return web_address(node.attributes.get("href") or "", url) or url if node else url


def _select(node: LexborNode | None, selector: str, name: str) -> list[LexborNode]:
    try:
        return node.css(selector) if node is not None and selector else []
    except (SelectolaxError, ValueError) as error:
        raise SourceError(say("sources.page_selector", name=name, selector=selector)) from error


def _entry(node: LexborNode, base: str, selectors: Mapping[str, str], now: datetime) -> dict[str, str]:
    titled = _first(node, selectors, "title") or _first(node, {"title": "a"}, "title")
    linked = _first(node, selectors, "link") or (titled if titled is not None and _target(titled, base) else None) or node
    written = _written_time(_first(node, selectors, "time"))
    moment = _moment(written, now)
    return {
        "title": _words(titled)[:LONGEST_TITLE_CHARACTERS], "link": _target(linked, base), "time": moment.isoformat() if moment else "",
        "unread_time": "" if moment or not written else written[0][:40], "author": _words(_first(node, selectors, "author")),
        "summary": _words(_first(node, selectors, "summary"))[:LONGEST_CHARACTERS],
    }  # fmt: skip


def _first(node: LexborNode, selectors: Mapping[str, str], name: str) -> LexborNode | None:
    found = _select(node, selectors.get(name, ""), name)
    return found[0] if found else None


def _target(node: LexborNode, base: str) -> str:
    """Where a node leads: its own address, or that of the first link in it."""
    link = node if node.attributes.get("href") else node.css_first("a[href]")
    return web_address(link.attributes.get("href") or "", base) if link is not None else ""


def _words(node: LexborNode | None) -> str:
    return plain_text(node.html or "") if node is not None else ""


def _written_time(node: LexborNode | None) -> list[str]:
    """How a node writes a time: in the attributes made for it, then in words."""
    if node is None:
        return []
    attributes = [node.attributes.get(name) or "" for name in _TIME_ATTRIBUTES]
    return [text for text in (*attributes, _words(node)) if text.strip()]


def _moment(written: list[str], now: datetime) -> datetime | None:
    for text in written:
        try:
            return read_time(text, now)
        except (ValueError, OverflowError):
            continue
    return None


def _page_time(tree: LexborHTMLParser, selector: str, now: datetime) -> datetime | None:
    usual = "meta[property='article:published_time'],meta[name=PubDate],meta[itemprop=datePublished],article time[datetime]"
    nodes = _select(tree.root, selector or usual, "text_time")
    return _moment(_written_time(nodes[0]), now) if nodes else None


def _main_text(tree: LexborHTMLParser) -> str:
    """The words of the block that holds the most of them outside of links: what the page is about."""
    for around in tree.css(_AROUND):
        around.decompose()
    if tree.body is None:
        return ""
    marked = tree.css_first("[itemprop=articleBody]")
    weights: dict[int, float] = {}
    blocks: dict[int, LexborNode] = {}
    for number, node in enumerate(tree.body.traverse(include_text=True)):
        if number > _MOST_NODES:
            break
        if node.is_text_node:
            _weigh(node, weights, blocks)
    best = max(weights, key=lambda key: weights[key], default=None)
    node = marked or (blocks[best] if best is not None and weights[best] >= _LEAST_TEXT_CHARACTERS else tree.body)
    return _words(node)


def _weigh(text: LexborNode, weights: dict[int, float], blocks: dict[int, LexborNode]) -> None:
    """Count a text for the block that holds it, and half for the block around that; a link's text for none."""
    length, share = len((text.text_content or "").strip()), 1.0
    node = text.parent
    while node is not None and share >= 0.5 and length:
        if node.tag == "a":
            return
        if node.tag in ("div", "article", "main", "section", "td", "dd", "body"):
            weights[node.mem_id] = weights.get(node.mem_id, 0.0) + length * share
            blocks[node.mem_id] = node
            share /= 2
        node = node.parent
