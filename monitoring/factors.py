"""What one post tells that decides how grave it is: named factors, each with its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.conduct import conduct
from monitoring.cues import Cues
from monitoring.harm import harms
from monitoring.item import Attitude
from monitoring.occurrence import happened
from monitoring.policy import GradingPolicy
from monitoring.pressure import crowds, is_hot_title, pressure, spread
from monitoring.reading import Reading
from monitoring.sign import Sign
from prompts import say


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
        return dict(self.__dict__)

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Factor":
        """The factor that `to_json` wrote."""
        return Factor(**data)


@dataclass(frozen=True)
class Circumstances:
    """What is known of a post besides its words. Counts are None where the source does not tell."""

    line: str
    attitude: Attitude
    likes: int | None = None
    reposts: int | None = None
    has_video: bool = False


def find_factors(reading: Reading, cues: Cues, policy: GradingPolicy, known: Circumstances, deeds: Sequence[Sign]) -> tuple[Factor, ...]:
    """The factors of a post that is the department's business, heaviest first, each name once. `deeds` are those of `told_deeds`."""
    found: dict[str, Sign] = {}
    for sign in (*deeds, *_signs(reading, cues, known)):
        if sign.name not in found or sign.value > found[sign.name].value:
            found[sign.name] = sign
    return tuple(sorted((weigh(sign, policy) for sign in found.values()), key=lambda factor: -factor.points))


def weigh(sign: Sign, policy: GradingPolicy) -> Factor:
    """A sign with its points and its reason in words for staff."""
    rule = policy.item[sign.name]
    key = "monitoring.factor_count_points" if sign.value > 1 else "monitoring.factor_points"
    return Factor(sign.name, sign.value, rule.points, say(key, label=rule.label, value=f"{sign.value:.0f}", points=rule.points), sign.span)


def told_deeds(reading: Reading, cues: Cues) -> tuple[Sign, ...]:
    """What a post tells to have been done to people, by officers and by crowds, gravest first; nothing where it tells of no real event."""
    if not happened(reading, cues):
        return ()
    return (*harms(reading, cues), *conduct(reading, cues), *crowds(reading, cues))


def _signs(reading: Reading, cues: Cues, known: Circumstances) -> Iterator[Sign]:
    in_vain = known.attitude is Attitude.NEGATIVE  # waiting without result counts only where the department is blamed for it
    yield from (sign for sign in pressure(reading, cues) if in_vain or sign.name != "repeated")
    yield from spread(known.likes, known.reposts)
    if known.has_video:
        yield Sign("video")
    if happened(reading, cues):
        yield from _hot(reading, cues, known)


def _hot(reading: Reading, cues: Cues, known: Circumstances) -> Iterator[Sign]:
    """A bare headline about something bad, without counts of its own: so matters stand on the lists of hot searches."""
    if known.likes is None and known.reposts is None and is_hot_title(reading) and cues.occur(reading, "bad_news"):
        yield Sign("hot_search", 1, reading.normal.original.strip())
        if known.line == "食品安全" and cues.occur(reading, "school"):
            yield Sign("school_food", 1, reading.normal.original.strip())
