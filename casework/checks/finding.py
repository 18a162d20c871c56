"""What a check finds: where, how bad, why, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casework.checks.kinds import Severity, severity_of
from prompts import say

__all__ = ["Finding", "Severity", "found"]

NOWHERE = -1


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        name: the check's name (`open_slot`, `quote_altered` …; the table stands in docs/checks.md).
        span: the words of the text that it is about; empty where something is missing.
        message: one sentence for staff.
        mend: what to do.
        start: where the span stands in the text; NOWHERE where nothing stands.
        replacement: what may be put in place of the span by a button (empty: it is cut out); None where a person has to write.
    """

    name: str
    severity: Severity
    span: str
    message: str
    mend: str = ""
    start: int = NOWHERE
    replacement: str | None = None

    @property
    def blocking(self) -> bool:
        return self.severity is Severity.BLOCK

    @property
    def end(self) -> int:
        return self.start + len(self.span)

    @property
    def button(self) -> str:
        """The words of the button that mends it; empty where a person has to write."""
        if self.replacement is None:
            return ""
        return say("check.button_change", replacement=self.replacement) if self.replacement else say("check.button_cut", span=self.span)

    def as_written(self, text: str) -> "Finding":
        """The finding with its words as they stand in `text`, where the check read a text in simplified script."""
        written = text[self.start : self.end] if self.start != NOWHERE else self.span
        return replace(self, span=written, message=self.message.replace(self.span, written) if self.span else self.message)

    def to_json(self) -> dict[str, Any]:
        """For storing in a reply version."""
        return {
            "name": self.name, "severity": self.severity.value, "span": self.span, "message": self.message, "mend": self.mend,
            "start": self.start, "replacement": self.replacement,
        }  # fmt: skip

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> "Finding":
        """The finding of a stored row, of one without a place as well."""
        place = (row.get("start", NOWHERE), row.get("replacement"))
        return cls(row["name"], Severity(row["severity"]), row["span"], row["message"], row["mend"], *place)


def found(check: str, span: str = "", /, *, start: int = NOWHERE, replacement: str | None = None, **fields: object) -> Finding:
    """A finding of its kind's usual severity; its sentences stand in `prompts/texts/zh-CN/check.toml`, as `<check>` and `<check>_mend`."""
    message, mend = (say(f"check.{key}", span=span, **fields) for key in (check, f"{check}_mend"))
    return Finding(check, severity_of(check), span, message, mend, start, replacement)
