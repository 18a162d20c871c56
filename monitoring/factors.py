"""What one post tells that decides how grave it is: named factors, each with its words."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Factor:
    """One ground for a level, found in one post or in an event.

    Attributes:
        name: key in the grading policy (`death`, `officer_violence`, `source_spread` …).
        value: how much of it: a count, a ratio; 1 where it is just there.
        points: by the grading policy.
        reason: short, in words for staff (“涉执法行为 +3”).
        span: the post's own words that show it; empty for what only an event shows.
    """

    name: str
    value: float
    points: int
    reason: str
    span: str = ""

    def to_json(self) -> dict[str, Any]:
        """For storing in a row."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Factor":
        """The factor that `to_json` wrote."""
        return Factor(**data)
