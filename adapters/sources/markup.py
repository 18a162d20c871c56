"""The words of an HTML fragment."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "section"})
_SILENT = frozenset({"script", "style", "template"})
_MARKUP = re.compile(r"<[a-zA-Z!/]|&[#a-zA-Z]")


def plain_text(fragment: str) -> str:
    """What a reader sees of an HTML fragment: paragraphs as lines, no tags, no scripts."""
    if not _MARKUP.search(fragment):
        return fragment.strip()
    reader = _Words()
    reader.feed(fragment)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
