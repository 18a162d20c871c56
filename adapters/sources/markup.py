"""The words of an HTML fragment, and the addresses that may be shown."""

import re
from urllib.parse import urljoin, urlsplit

LONGEST_MARKUP_CHARACTERS = 100_000
"""A longer fragment is cut: deep nesting costs a parser the square of its depth."""
LONGEST_ADDRESS_CHARACTERS = 2_000
SILENT = "script,style,template,noscript,textarea,select,svg"
_BLOCK = re.compile(r"<(?=/?(?:p|br|div|li|tr|h[1-6]|blockquote|section|article|dd|dt|pre|table|hr)\b)", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z!/?]|&[#a-zA-Z]")
_EMBEDDED = re.compile(r"\bdata:[\w/+.-]*;base64,[\w+/=%-]*")
_INVISIBLE = re.compile("[\ufeff\u200b\u2060\u00ad]")


def plain_text(fragment: str) -> str:
    """What a reader sees of an HTML fragment: paragraphs as lines, no tags, no scripts."""
    fragment = _INVISIBLE.sub("", fragment)
    if not _MARKUP.search(fragment):
        return tidy_lines(fragment)
    from selectolax.lexbor import LexborHTMLParser

    marked = _BLOCK.sub("\n<", _EMBEDDED.sub("", fragment)[:LONGEST_MARKUP_CHARACTERS])
    tree = LexborHTMLParser(_storable(marked))
    for silent in tree.css(SILENT):
        silent.decompose()
    return tidy_lines(tree.body.text() if tree.body else "")


def tidy_lines(text: str) -> str:
    """The same lines without the blanks of a page's layout."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def web_address(link: str, base: str = "") -> str:
    """The link where it leads to a web page; empty for any other (`javascript:`, `data:`, none, one without end).

    Args:
        base: address of the page on which a relative link stands.
    """
    link = link.strip()
    if not link or len(link) > LONGEST_ADDRESS_CHARACTERS:
        return ""
    try:
        address = urljoin(base, link)
        parts = urlsplit(address)
        return address if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


def _storable(text: str) -> str:
    """Half a surrogate pair has no UTF-8, which the parser asks for."""
    return text.encode("utf-8", "replace").decode()
