"""What a check finds: where, how bad, why, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prompts import say


class Severity(StrEnum):
    """`block`: no approval before it is mended. `warn`: a person decides. `info`: good to know."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        name: the check's name (`open_slot`, `quote_altered` …; the table stands in docs/checks.md).
        span: the words of the text that it is about; empty where something is missing.
        message: one sentence for staff.
        mend: what to do.
    """

    name: str
    severity: Severity
    span: str
    message: str
    mend: str = ""

    @property
    def blocking(self) -> bool:
        return self.severity is Severity.BLOCK

    def to_json(self) -> dict[str, Any]:
        """For storing in a reply version."""
        return {"name": self.name, "severity": self.severity.value, "span": self.span, "message": self.message, "mend": self.mend}


def found(check: str, severity: Severity, span: str = "", /, **fields: object) -> Finding:
    """A finding whose sentences stand in `prompts/texts/zh-CN/check.toml`, as `<check>` and `<check>_mend`."""
    return Finding(check, severity, span, say(f"check.{check}", span=span, **fields), say(f"check.{check}_mend", span=span, **fields))
