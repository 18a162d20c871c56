"""The port of all drafters."""

from collections.abc import Callable
from typing import Protocol

from casework.drafting.candidate import Written
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter

Progress = Callable[[str], None]
"""Told in one short line what the drafter is doing."""


class ReplyWriter(Protocol):
    """A drafter. It has no tools; what it writes is checked like any other text."""

    name: str

    async def write(self, matter: Matter, evidence: Evidence, progress: Progress | None = None) -> Written:
        """Write candidates from what is known and found, and from nothing else. Never fails for want of a model."""
        ...
