"""What is usual for a source: how much it brings at which time of day, how long it pauses, what its posts look like."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from monitoring.source_hour import FIGURES, SourceHour, hour_of, start_of, total
from storage.clock import CHINA

Rests = Callable[[date], bool]
"""Whether people rest on a day: weekends and holidays, by the official calendar."""

FEWEST_DAYS = 7
FEWEST_POSTS = 20
"""With less than that nothing is usual yet."""
CHANCE_PER_MONTH = 1e-4
"""How often a source that posts at random may be taken for silent in 28 days, by pauses alone."""
OWN_PAUSE_FACTOR = 1.5
OUTAGE_FACTOR = 3.0
"""A pause so much longer than any other was an outage, and is no habit."""
_HOUR = timedelta(hours=1)
_HOURS_PER_DAY = 24
_WINDOW_DAYS = 28


@dataclass(frozen=True)
class Habit:
    """The habit of one source over up to 28 days.

    Attributes:
        taken_on: the day, China Standard Time.
        days: how long it was watched.
        figures: `source_hour.FIGURES` over that time, added up.
        working, resting: posts to be expected in each hour of a working day and of a day of rest.
        longest_pause: the longest usual pause, in posts that were to be expected in it: by night a long pause is a short one.
    """

    taken_on: str
    days: float
    figures: Mapping[str, int]
    working: tuple[float, ...]
    resting: tuple[float, ...]
    longest_pause: float

    @property
    def is_settled(self) -> bool:
        """Whether it was watched long enough to say what is usual."""
        return self.days >= FEWEST_DAYS and self.figures["posts"] >= FEWEST_POSTS

    @property
    def per_day(self) -> float:
        return self.figures["posts"] / self.days

    @property
    def silence(self) -> float:
        """From how many posts missing on a pause is no pause any more.

        Either by the Poisson tail over all pauses of 28 days, or, where the source pauses longer than chance would have it, by its own.
        """
        chance = math.log(max(1.0, self.per_day * _WINDOW_DAYS) / CHANCE_PER_MONTH)
        return max(chance, OWN_PAUSE_FACTOR * self.longest_pause)

    def expected(self, start: datetime, end: datetime, rests: Rests) -> float:
        """How many posts were to be expected between two moments; no more than the window is looked at."""
        start = max(start, end - timedelta(days=_WINDOW_DAYS))
        return sum(self._rate(moment, rests) * share for moment, share in _hours_between(start, end))

    def share(self, figure: str) -> float:
        """The share of posts that have something (`titled`, `linked` …), 0 to 1."""
        return self.figures[figure] / max(1, self.figures["posts"])

    def to_json(self) -> dict[str, Any]:
        """For the source's row."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Habit | None":
        """The habit that `to_json` wrote; None where none was taken yet."""
        return Habit(**{**data, "working": tuple(data["working"]), "resting": tuple(data["resting"])}) if "working" in data else None

    def _rate(self, moment: datetime, rests: Rests) -> float:
        return (self.resting if rests(moment.date()) else self.working)[moment.hour]


def take_habit(hours: Sequence[SourceHour], now: datetime, rests: Rests) -> Habit | None:
    """The habit that the hours of a source show; None where nothing ever came."""
    if not hours:
        return None
    posts = {hour.hour: hour.posts for hour in hours}
    watched = range(hours[0].hour, hour_of(now))
    days, figures = max(len(watched), 1) / _HOURS_PER_DAY, total(hours)
    working, resting = _rates(posts, watched, rests)
    habit = Habit(now.astimezone(CHINA).date().isoformat(), days, {name: figures[name] for name in FIGURES}, working, resting, 0.0)
    pauses = sorted(_pauses(posts, watched, lambda hour: habit._rate(start_of(hour).astimezone(CHINA), rests)), reverse=True)
    return Habit(**{**asdict(habit), "longest_pause": _longest_usual(pauses)})


def _rates(posts: Mapping[int, int], watched: range, rests: Rests) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Posts per hour of day, for working days and days of rest: neighbouring hours lend to each other, both kinds of day to each other."""
    seen = [[0.0] * _HOURS_PER_DAY, [0.0] * _HOURS_PER_DAY]
    lived = [[0.0] * _HOURS_PER_DAY, [0.0] * _HOURS_PER_DAY]
    for hour in watched:
        moment = start_of(hour).astimezone(CHINA)
        kind = rests(moment.date())
        seen[kind][moment.hour] += posts.get(hour, 0)
        lived[kind][moment.hour] += 1
    overall = [(a + b) / max(1.0, c + d) for a, b, c, d in zip(*seen, *lived, strict=True)]
    kinds = [[(s + o) / (d + 1) for s, d, o in zip(seen[kind], lived[kind], overall, strict=True)] for kind in (False, True)]
    working, resting = (
        tuple(rate[h - 1] / 4 + rate[h] / 2 + rate[(h + 1) % _HOURS_PER_DAY] / 4 for h in range(_HOURS_PER_DAY)) for rate in kinds
    )
    return working, resting


def _pauses(posts: Mapping[int, int], watched: range, rate: Callable[[int], float]) -> Iterator[float]:
    """The pauses between posts, in posts that were to be expected: the empty hours, and half of those before and after."""
    pause = 0.0
    for hour in watched:
        expected = rate(hour)
        if posts.get(hour):
            yield pause + expected / 2
            pause = expected / 2
        else:
            pause += expected


def _longest_usual(pauses: Sequence[float]) -> float:
    """The longest pause, or the second longest where the longest was an outage."""
    if len(pauses) > 1 and pauses[0] > OUTAGE_FACTOR * pauses[1]:
        return pauses[1]
    return pauses[0] if pauses else 0.0


def _hours_between(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """Each hour of day that a stretch of time touches, in China Standard Time, and how much of it."""
    moment = start.astimezone(CHINA)
    while moment < end:
        until = min(moment.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield moment, (until - moment) / _HOUR
        moment = until
