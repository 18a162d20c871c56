"""A card as Telegram shows it: HTML within the length limit, and a keyboard."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urljoin

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from casework.difference import Change, Run
from casework.message import Card, Row
from prompts import say

MAX_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
"""Longest message, in UTF-16 units of its visible text."""

_TAGS = {Change.KEPT: "", Change.STRUCK: "s", Change.ADDED: "b"}

MAX_TOKEN_BYTES = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)


@dataclass(frozen=True)
class Span:
    """A run of visible text. `tag` is an HTML start tag without its brackets (`b`, `a href="…"`), empty for plain text."""

    text: str
    tag: str = ""

    @property
    def units(self) -> int:
        """Length as Telegram counts it, in UTF-16 units."""
        return len(self.text.encode("utf-16-le")) // 2

    def cut_to(self, units: int) -> "Span":
        """At most the first `units` UTF-16 units; never half a character."""
        return replace(self, text=self.text.encode("utf-16-le")[: 2 * max(0, units)].decode("utf-16-le", errors="ignore"))

    def html(self) -> str:
        """The span with everything escaped that HTML would read."""
        if not self.text:
            return ""
        shown = escape(self.text, quote=False)
        return f"<{self.tag}>{shown}</{self.tag.split()[0]}>" if self.tag else shown


def render(card: Card, pages_url: str = "") -> str:
    """The card's text in Telegram's HTML, never longer than Telegram takes.

    What does not fit is left out in this order: the rows' details, the end of the body, the end of the whole.

    Args:
        pages_url: address of the web staff room as staff can open it; without it, links into it are left out.
    """
    spans = list(_spans(card, pages_url))
    if _units(spans) > MAX_UNITS:
        card = replace(card, rows=tuple(replace(row, detail="", changes=()) for row in card.rows))
        spans = list(_spans(card, pages_url))
    if (excess := _units(spans) - MAX_UNITS) > 0:
        spans = list(_spans(replace(card, body=_shorter(card.body, excess)), pages_url))
    return "".join(span.html() for span in _within_limit(spans))


def keyboard(card: Card) -> InlineKeyboardMarkup | None:
    """The card's buttons that carry a token; None where there are none."""
    rows = [
        [
            InlineKeyboardButton(button.label, callback_data=button.token)
            for button in line
            if 1 <= len(button.token.encode()) <= MAX_TOKEN_BYTES
        ]
        for line in card.buttons
    ]
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None


def _spans(card: Card, pages_url: str) -> Iterator[Span]:
    yield Span(card.head, "b")
    if card.title:
        yield Span(f"\n{card.title}")
    for row in card.rows:
        yield from _row_spans(row, pages_url)
    if card.changes:
        yield from (Span("\n\n"), *_changed(card.changes))
    if card.body:
        yield Span(f"\n\n{card.body}")
    if card.copy_text:
        yield from (Span("\n\n"), Span(card.copy_text, "pre"))
    if card.hint:
        yield from (Span("\n\n"), Span(card.hint, "i"))
    if card.mentions:
        yield Span("\n" + say("telegram.calls", names="、".join(card.mentions)))
    if address := _address(card.page, pages_url):
        yield from (Span("\n"), Span(say("telegram.page"), _anchor(address)))


def _row_spans(row: Row, pages_url: str) -> Iterator[Span]:
    yield from (Span("\n"), Span(row.label, "b"), Span(f" {row.text}"))
    if address := _address(row.link, pages_url):
        yield from (Span(" "), Span(say("telegram.original"), _anchor(address)))
    if row.detail:
        yield from (Span("\n"), Span(row.detail, "blockquote expandable"))
    if row.changes:
        yield from (Span("\n"), *_changed(row.changes))


def _changed(runs: Sequence[Run]) -> Iterator[Span]:
    return (Span(run.text, _TAGS[run.change]) for run in runs)


def _address(link: str, pages_url: str) -> str:
    if link.startswith(("http://", "https://")):
        return link
    return urljoin(pages_url, link) if link.startswith("/") and pages_url else ""


def _anchor(address: str) -> str:
    return f'a href="{escape(address)}"'


def _units(spans: Iterable[Span]) -> int:
    return sum(span.units for span in spans)


def _shorter(body: str, excess: int) -> str:
    ending, whole = Span(say("telegram.cut")), Span(body)
    kept = whole.cut_to(whole.units - excess - ending.units)
    return kept.text + ending.text if kept.text else ""


def _within_limit(spans: Sequence[Span]) -> Iterator[Span]:
    if _units(spans) <= MAX_UNITS:
        yield from spans
        return
    ending = Span(say("telegram.cut"))
    left = MAX_UNITS - ending.units
    for span in spans:
        kept = span.cut_to(left)
        left -= kept.units
        yield kept
    yield ending
