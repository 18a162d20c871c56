"""回应框架: the reply frames of `prompts/frames` as values. One file per strategy, one table per channel, one entry per line."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from casework.drafting.strategy import Channel, Strategy
from casework.drafting.topic import with_tuples
from prompts import frames

MUST = 1
"""Rank of a line that is never left out."""
ASKED, UNASKED, OWNED, COMPLAINED = "asked", "unasked", "owned", "complained_alone"
"""Tags of a matter that asks something, or nothing, of one whose owner is known, of one person who complained before.

The other tags are the names of standings and moods.
"""


class Manner(StrEnum):
    """How asks are answered: before anything is found out, after it was, by the rules, or by another department."""

    PLAN = "plan"
    REPORT = "report"
    RULE = "rule"
    REFER = "refer"


@dataclass(frozen=True)
class FrameLine:
    """One or a few sentences of a frame, or (`use`) the name of a passage that the composer puts in. A higher rank is left out sooner.

    Attributes:
        when, unless: tags of the matters that the line is for, or not for.
    """

    text: str = ""
    kind: str = "next_step"
    use: str = ""
    rank: int = MUST
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def applies(self, tags: Collection[str]) -> bool:
        """Whether the line is for a matter with these tags."""
        return (not self.when or any(tag in tags for tag in self.when)) and not any(tag in tags for tag in self.unless)


@dataclass(frozen=True)
class Frame:
    """One strategy's frame.

    Attributes:
        manner: how it answers asks.
        clauses: how many it quotes at most.
        fits: the standings that it is meant for.
        otherwise: what to mind in any other.
        risk: what is risky about it.
        next: what a citizen asks once it is published.
        lines: by channel.
    """

    manner: Manner
    clauses: int
    fits: tuple[str, ...]
    otherwise: str
    risk: str
    next: str
    lines: dict[Channel, tuple[FrameLine, ...]]


@cache
def frame_of(strategy: Strategy) -> Frame:
    """The reply frame of a strategy."""
    read = frames(strategy.frame)
    lines = {channel: tuple(FrameLine(**with_tuples(row)) for row in read[channel.name.lower()]) for channel in Channel}
    return Frame(Manner(read["manner"]), read["clauses"], tuple(read["fits"]), read["otherwise"], read["risk"], read["next"], lines)
