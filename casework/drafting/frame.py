"""回应框架: the reply frames of `prompts/frames` as values. One file per strategy, one table per channel, one entry per sentence."""

from dataclasses import dataclass
from functools import cache

from casework.drafting.strategy import Channel, Strategy
from casework.drafting.topic import with_tuples
from prompts import frames

MUST = 1
"""Rank of a sentence that is never left out."""


@dataclass(frozen=True)
class FrameLine:
    """One sentence of a frame, or (`use`) the name of a passage that the composer puts in. A higher rank is left out sooner."""

    text: str = ""
    kind: str = ""
    use: str = ""
    rank: int = MUST
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def applies(self, standing: str) -> bool:
        """Whether the sentence is for a matter that stands so."""
        return (not self.when or standing in self.when) and standing not in self.unless


@dataclass(frozen=True)
class Frame:
    """One strategy's frame: why it is proposed, what is risky about it, and its sentences by channel."""

    reason: str
    risk: str
    lines: dict[Channel, tuple[FrameLine, ...]]


@cache
def frame_of(strategy: Strategy) -> Frame:
    """The reply frame of a strategy."""
    read = frames(strategy.frame)
    lines = {channel: tuple(FrameLine(**with_tuples(row)) for row in read[channel.name.lower()]) for channel in Channel}
    return Frame(read["reason"], read["risk"], lines)
