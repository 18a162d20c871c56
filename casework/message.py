"""What goes into a chat: one neutral card that every platform renders, and the text command of every button."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from casework.difference import Change, Run, plain


class CardKind(StrEnum):
    """What a card is; platforms may style it."""

    ALERT = "alert"
    NOTICE = "notice"
    DRAFT = "draft"
    APPROVAL = "approval"
    DIGEST = "digest"
    ANSWER = "answer"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Button:
    """A button. `command` is the text that does the same; `token` is set when the card is put out for delivery."""

    label: str
    command: str
    token: str = ""


@dataclass(frozen=True)
class Row:
    """One labelled line: 地点, 起因, 时限 … `detail` is shown on demand (ⓘ); `link` is a path in the web staff room or a public address.

    `changes` is shown on demand as well: what was struck out of a text and what was added.
    """

    label: str
    text: str
    detail: str = ""
    link: str = ""
    changes: tuple[Run, ...] = ()


@dataclass(frozen=True)
class Card:
    """One message to staff.

    Attributes:
        head: first line, with level, number and line of business (🟠 II 重大 · A12 · 市容秩序).
        title: what happened, one line.
        rows: labelled lines, in reading order.
        body: free text under the rows; may hold line breaks.
        changes: a text under the rows with what was struck out and what was added; platforms without markup write it out.
        buttons: rows of buttons.
        hint: the text command to use where there are no buttons.
        level: 1-4 for colours, 0 for none.
        copy_text: text that a person is to copy word for word (a final reply).
        page: path in the web staff room with the full view, if any.
        mentions: names of staff who are called by this card.
    """

    kind: CardKind
    head: str
    title: str = ""
    rows: tuple[Row, ...] = ()
    body: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    hint: str = ""
    level: int = 0
    case_number: str = ""
    copy_text: str = ""
    page: str = ""
    mentions: tuple[str, ...] = ()
    changes: tuple[Run, ...] = ()

    def as_text(self) -> str:
        """The whole card as plain text, for platforms and logs without markup."""
        rows = (f"{row.label}  {row.text}" for row in self.rows)
        lines = [self.head, self.title, *rows, plain(self.changes), self.body, self.copy_text, self.hint]
        return "\n".join(line for line in lines if line)

    def with_buttons(self, buttons: Iterable[Iterable[Button]]) -> "Card":
        """The same card with other buttons."""
        return replace(self, buttons=tuple(tuple(row) for row in buttons))

    def to_json(self) -> dict[str, Any]:
        """For storing in a delivery row."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Card":
        """The card that `to_json` wrote."""
        rows = tuple(Row(**{**row, "changes": _runs(row)}) for row in data["rows"])
        buttons = tuple(tuple(Button(**button) for button in line) for line in data["buttons"])
        kept = {"kind": CardKind(data["kind"]), "rows": rows, "buttons": buttons, "mentions": tuple(data["mentions"])}
        return Card(**{**data, **kept, "changes": _runs(data)})


def _runs(data: dict[str, Any]) -> tuple[Run, ...]:
    return tuple(Run(Change(run["change"]), run["text"]) for run in data.get("changes", ()))
