"""How often a quiet matter is called a flare, and how many flares are found, on made-up courses.

As a program: `python -m benchmarks.reignition [--cases 2000] [--seed 1]` prints the shares with 95 % intervals (Wilson).
"""

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from casework.reignition import HOURS_READ, find_flare

DAYS_AFTER = 4
STEP_MINUTES = 10
Rate = Callable[[float], float]
"""Posts in an hour, at so many hours after the answer."""


@dataclass(frozen=True)
class Course:
    """Moments of posts in hours after the answer, and when a flare begins (None: quiet)."""

    kind: str
    answered_at_hour: float
    moments: tuple[float, ...]
    flares_at: float | None = None


def by_day(hour: float) -> float:
    """How much people write at an hour of the day, on average 1."""
    night, day = (0.05, 0.03, 0.03, 0.03, 0.05, 0.1, 0.4, 0.9), (1.4, 1.5, 1.5, 1.4, 1.5, 1.4, 1.3, 1.3, 1.3, 1.3)
    return (*night, *day, 1.5, 1.7, 1.9, 1.8, 1.2, 0.4)[int(hour) % 24]


def draw(chance: random.Random, rate: Rate, start: float, end: float) -> Iterator[float]:
    """Moments of a Poisson process, by thinning in slices of a tenth of an hour."""
    at = start
    while at < end:
        lam, slice_end = max(0.0, rate(at)) * 0.1, at + 0.1
        for _ in range(_poisson(chance, lam)):
            yield at + chance.random() * 0.1
        at = slice_end


def quiet_course(chance: random.Random) -> Course:
    """A matter that calms down after its answer: by decay, as a trickle, with copies now and then, with the rhythm of the day."""
    kind = chance.choice(("decay", "trickle", "echoes", "silence"))
    hour, peak, half_life = chance.uniform(7, 23), chance.uniform(5, 60), chance.uniform(1.5, 10)
    trickle = chance.uniform(0.1, 2.5) if kind == "trickle" else 0.0

    def rate(at: float) -> float:
        wave = peak * 0.5 ** (max(at, -6.0) / half_life) if kind != "silence" or at < 0 else 0.0
        wave = min(wave, peak) if at < 0 else wave
        return (wave + trickle) * by_day(hour + at)

    moments = sorted(draw(chance, rate, -24.0, 24.0 * DAYS_AFTER))
    if kind == "echoes":
        for at in (chance.uniform(5, 90) for _ in range(chance.randint(1, 4))):
            moments += [at + chance.random() * 0.5 for _ in range(chance.randint(2, 4))]
    return Course(kind, hour, tuple(sorted(moments)))


def flaring_course(chance: random.Random) -> Course:
    """A quiet course in which, six hours to three days after the answer and by day, people begin to speak of it again.

    It had calmed down: the six hours around bring at most a third of the flare's posts.
    """
    posts, hours = chance.choice((8, 12, 20, 40, 80)), chance.uniform(1, 3)
    quiet, at = quiet_course(chance), chance.uniform(6, 72)
    while int(quiet.answered_at_hour + at) % 24 < 7 or sum(at - 3 <= moment < at + 3 for moment in quiet.moments) > posts / 3:
        quiet, at = quiet_course(chance), chance.uniform(6, 72)
    more = [at + chance.random() * hours for _ in range(posts)]
    return Course(f"flare of {posts}", quiet.answered_at_hour, tuple(sorted([*quiet.moments, *more])), at)


def first_flare(course: Course, start: float = 0.0) -> float | None:
    """When the detector first speaks, looking every ten minutes, in hours after the answer."""
    at = max(start, 1.0)
    while at < 24 * DAYS_AFTER:
        hourly = [0] * HOURS_READ
        for moment in course.moments:
            ago = at - moment
            if 0 <= ago < HOURS_READ:
                hourly[HOURS_READ - 1 - int(ago)] += 1
        if find_flare(hourly, int(course.answered_at_hour + at) % 24, int(at)):
            return at
        at += STEP_MINUTES / 60
    return None


def interval(hits: int, of: int) -> str:
    """Share with its 95 % interval."""
    if not of:
        return "-"
    z, p = 1.96, hits / of
    centre, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return f"{p:.3f} ({(centre - half) / (1 + z * z / of):.3f}-{(centre + half) / (1 + z * z / of):.3f}) of {of}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)  # noqa: S311  # made-up courses, the same every time
    quiet = [quiet_course(chance) for _ in range(asked.cases)]
    alarmed = [course for course in quiet if first_flare(course) is not None]
    print("false alarms per quiet case,", DAYS_AFTER, "days:", interval(len(alarmed), len(quiet)))
    for kind in sorted({course.kind for course in quiet}):
        of_kind = [course for course in quiet if course.kind == kind]
        print(f"  {kind}:", interval(sum(course in alarmed for course in of_kind), len(of_kind)))
    delays: dict[str, list[float | None]] = {}
    for course in (flaring_course(chance) for _ in range(asked.cases)):
        assert course.flares_at is not None
        spoken = first_flare(course, course.flares_at)
        late = None if spoken is None or spoken > course.flares_at + 4 else spoken - course.flares_at
        delays.setdefault(course.kind, []).append(late)
    for kind, of_kind in sorted(delays.items(), key=lambda each: int(each[0].rpartition(" ")[2])):
        found = sorted(late for late in of_kind if late is not None)
        middle = f", {found[len(found) // 2] * 60:.0f} min after it began (median)" if found else ""
        print(f"{kind} posts found:", interval(len(found), len(of_kind)) + middle)


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, number = math.exp(-mean), chance.random(), 0
    while product > limit:
        product, number = product * chance.random(), number + 1
    return number


if __name__ == "__main__":
    main()
