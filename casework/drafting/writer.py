"""The port of all drafters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from casework.drafting.candidate import Written
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter
from casework.drafting.strategy import Plan


@dataclass(frozen=True)
class Progressed:
    """How far a drafter is: one short line for staff, and what it has written of its first candidate that holds."""

    line: str
    text: str = ""


Progress = Callable[[Progressed], None]
"""Told now and then what the drafter is doing. Returns at once."""


class ReplyWriter(Protocol):
    """A drafter. It has no tools; what it writes is checked like any other text."""

    name: str

    async def write(self, matter: Matter, evidence: Evidence, progress: Progress | None = None, wanted: Plan = ()) -> Written:
        """Write candidates from what is known and found, and from nothing else. Never fails for want of a model.

        Args:
            wanted: strategies and channels that a person asked for by name; they come first.
        """
        ...
