"""The words of a saved web page: the block that holds the document, without the page around it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge_base.extracted import Extracted
from knowledge_base.table_lines import table_lines
from knowledge_base.text_encoding import decode_page

_SILENT = "script,style,template,noscript,textarea,select,svg,iframe,object"
_AROUND = "nav,header,footer,aside,form,button,[role=navigation],[role=banner],[role=contentinfo],[aria-hidden=true]"
_BLOCKS = frozenset({
    "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "dd", "dt", "pre", "table", "ul", "ol",
    "center", "main", "td", "th", "tbody", "hr",
})  # fmt: skip
_HOLDERS = frozenset({"div", "article", "main", "section", "td", "body", "center"})
_KEPT_SHARE = 0.6
"""A block around another one is taken instead where the inner one holds less than this share of its words."""
_MOST_NODES = 200_000
_META = {
    "title": ("ArticleTitle", "articletitle", "og:title"),
    "authority": ("ContentSource", "contentsource"),
    "published": ("PubDate", "pubdate", "article:published_time"),
}
"""What pages of public bodies say of themselves (《政府网站发展指引》, 2017, annex: names of page tags)."""


def read(body: bytes) -> Extracted:
    """The words of the page's main block, tables as lines, and what its tags say of title, source and day."""
    tree = LexborHTMLParser(decode_page(body).replace("\0", ""))
    told = {name: words for name, keys in _META.items() if (words := _meta(tree, keys))}
    heading = tree.css_first("h1") or tree.css_first("title")
    if "title" not in told and heading is not None:
        told["title"] = " ".join(heading.text().split())
    for node in tree.css(f"{_SILENT},{_AROUND}"):
        node.decompose()
    holder = _holder(tree)
    return Extracted(_text(holder) if holder is not None else "", told)


def _meta(tree: LexborHTMLParser, names: tuple[str, ...]) -> str:
    for name in names:
        node = tree.css_first(f'meta[name="{name}"],meta[property="{name}"]')
        if node is not None and (node.attributes.get("content") or "").strip():
            return (node.attributes.get("content") or "").strip()
    return ""


def _holder(tree: LexborHTMLParser) -> LexborNode | None:
    """The innermost block that still holds most of the page's words outside of links."""
    if tree.body is None:
        return None
    weights: dict[int, int] = {}
    for number, node in enumerate(tree.body.traverse(include_text=True)):
        if number > _MOST_NODES:
            break
        if node.is_text_node:
            _weigh(node, weights)
    holder = tree.body
    while (inner := _heaviest(holder, weights)) is not None and weights[inner.mem_id] >= _KEPT_SHARE * weights.get(holder.mem_id, 0):
        holder = inner
    return holder


def _weigh(text: LexborNode, weights: dict[int, int]) -> None:
    length, node, steps = len((text.text_content or "").strip()), text.parent, 0
    if length == 0 or node is None or node.tag == "a":
        return
    while node is not None and steps < 100:
        weights[node.mem_id] = weights.get(node.mem_id, 0) + length
        node, steps = node.parent, steps + 1


def _heaviest(holder: LexborNode, weights: dict[int, int]) -> LexborNode | None:
    """The heaviest block among the children; through forms and centring, which hold no more than one."""
    children = [child for child in holder.iter() if child.mem_id in weights]
    best = max(children, key=lambda child: weights[child.mem_id], default=None)
    if best is None or best.tag in ("p", "span", "table", "ul", "ol"):
        return None if best is None or best.tag != "table" or best.css_first("td div, td p") is None else _widest_cell(best, weights)
    return best if best.tag in _HOLDERS else None


def _widest_cell(table: LexborNode, weights: dict[int, int]) -> LexborNode | None:
    """The cell of a table that lays out a page; None where the words are spread over its cells, so that it is a table of figures."""
    cells = [cell for cell in table.css("td") if cell.mem_id in weights]
    best = max(cells, key=lambda cell: weights[cell.mem_id], default=None)
    return best if best is not None and weights[best.mem_id] >= _KEPT_SHARE * weights[table.mem_id] else None


def _text(holder: LexborNode) -> str:
    """Lines of a block. Walked without recursion: a page may be nested deeply."""
    parts: list[str] = []
    waiting: list[LexborNode | str] = [holder]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.is_text_node:
            parts.append(re.sub(r"[\s\ufeff]+", " ", node.text_content or ""))
        elif node.tag == "br":
            parts.append("\n")
        elif node.tag == "table" and _is_figures(node):
            rows = ([cell.text(separator=" ") for cell in row.css("td,th")] for row in node.css("tr"))
            parts.append("\n" + "\n".join(table_lines(rows)) + "\n")
        else:
            edge = "\n" if node.tag in _BLOCKS else ""
            waiting += [edge, *reversed(list(node.iter(include_text=True))), edge]
    lines = (line.strip(" \t") for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _is_figures(table: LexborNode) -> bool:
    """Whether a table holds rows of cells and not the layout of a page."""
    rows = table.css("tr")
    return table.css_first("table table") is None and len(rows) > 1 and any(len(row.css("td,th")) > 1 for row in rows[:3])
