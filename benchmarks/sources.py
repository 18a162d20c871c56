"""How the health of sources and the tiers fare on generated sources: false alarms, delay of true ones, proposals.

`python -m benchmarks.sources [SOURCES_PER_KIND]`: each posts for 88 days, read every ten minutes; 28 days make the habit, 60 are judged.
"""

import math
import random
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from monitoring.habit import Habit, take_habit
from monitoring.source import POLL_INTERVALS, Tier
from monitoring.source_hour import WINDOW, SourceHour, hour_of
from monitoring.tiers import Yield, fitting_tier
from storage.clock import CHINA

START, DAYS, LEARNT = datetime(2026, 1, 1, tzinfo=CHINA), 88, 28
POLL = timedelta(minutes=10)
OUTAGE = START + timedelta(days=70, hours=10), START + timedelta(days=75)
DAY = (15, 8, 4, 3, 3, 5, 20, 60, 120, 150, 160, 150, 130, 120, 130, 140, 140, 130, 140, 170, 190, 180, 120, 50)
OFFICE = tuple(100 if 9 <= hour < 18 else 0 for hour in range(24))
KINDS = ("even", "moody", "bursts", "office")
PER_DAY = (3, 20, 100, 400)
TRUE_YIELDS = {
    "A, forum about us": ((80, 300), (3, 10), (0.5, 2), (0.2, 0.6)), "A, ticket file": ((20, 60), (15, 40), (0.1, 1), (0.2, 1)),
    "B, district forum": ((10, 60), (0.3, 0.8), (0.02, 0.1), (0.01, 0.03)), "C, advertisements": ((50, 200), (0, 0.03), (0, 0), (0, 0)),
    "C, quiet board": ((0.2, 2), (0, 0.04), (0, 0), (0, 0)),
}  # fmt: skip
"""Kind, its right tier first -> range of posts, posts of ours, posts that name us, alerts, per day."""


def weekend(day: object) -> bool:
    """Whether a day is a day of rest in the generated year."""
    return day.weekday() >= 5  # type: ignore[attr-defined]  # a date


def posts_of(kind: str, per_day: float, rng: random.Random) -> Iterator[datetime]:
    """When a source posts: days differ by mood, bursts triple some hours, an office rests."""
    shape = OFFICE if kind == "office" else DAY
    for day in range(DAYS):
        date = START + timedelta(days=day)
        mood = 1.0 if kind == "even" else rng.gammavariate(8, 1 / 8)
        if kind == "office":
            mood *= 0 if weekend(date) else 7 / 5
        for hour, weight in enumerate(shape):
            rate = per_day * mood * weight / sum(shape) * ((3.0 if rng.random() < 0.25 else 1 / 3) if kind == "bursts" else 1.0)
            yield from sorted(date + timedelta(hours=hour, seconds=rng.random() * 3600) for _ in range(poisson(rate, rng)))


def poisson(rate: float, rng: random.Random) -> int:
    """A number of events; by the normal approximation where there are many."""
    if rate > 50:
        return max(0, round(rng.gauss(rate, math.sqrt(rate))))
    count, product, end = 0, rng.random(), math.exp(-rate)
    while product > end:
        count, product = count + 1, product * rng.random()
    return count


def judged(kind: str, per_day: float, seed: int, *, outage: bool) -> tuple[int, timedelta | None]:
    """False alarms in the 60 judged days, and how long after its begin the outage was noticed."""
    rng = random.Random(seed)  # noqa: S311  # nothing is secret here
    posts = [moment for moment in posts_of(kind, per_day, rng) if not (outage and OUTAGE[0] <= moment < OUTAGE[1])]
    seen = [START + -(-(moment - START) // POLL) * POLL for moment in posts]
    hours, habit, last, ill, false, noticed, place = Counter[int](), None, None, False, 0, None, 0
    for step in range(DAYS * 144):
        now = START + step * POLL
        while place < len(seen) and seen[place] <= now:
            hours[hour_of(seen[place])] += 1
            last, ill, place = seen[place], False, place + 1
        if step % 144 == 0 and not ill:
            habit = habit_of(hours, now)
        if step < LEARNT * 144 or ill or habit is None or last is None or not habit.is_settled or now - last < timedelta(hours=1):
            continue
        if habit.expected(last, now, weekend) > habit.silence:
            ill, in_outage = True, outage and OUTAGE[0] <= now < OUTAGE[1]
            noticed, false = (now - OUTAGE[0], false) if in_outage else (noticed, false + 1)
    return false, noticed


def habit_of(hours: Counter[int], now: datetime) -> Habit | None:
    """The habit that the hours seen so far show."""
    rows = [SourceHour(source_id=1, hour=hour, posts=posts) for hour, posts in sorted(hours.items()) if hour > hour_of(now - WINDOW)]
    return take_habit(rows, now, weekend)


def proposed(rates: list[float], rng: random.Random) -> tuple[Tier, int]:
    """The tier after 60 days in which every proposal was accepted, and how often it changed after the first time."""
    days, tier, changes = [[poisson(rate, rng) for rate in rates] for _ in range(DAYS)], Tier.B, 0
    for day in range(LEARNT, DAYS):
        brought = Yield(*(float(sum(column)) for column in zip(*days[day - LEARNT : day], strict=True)))
        fitting = fitting_tier(brought, tier, POLL_INTERVALS)
        tier, changes = fitting, changes + (fitting is not tier)
    return tier, max(0, changes - 1)


def main(each: int = 5) -> None:
    """Print one line for each kind."""
    for kind in KINDS:
        for per_day in PER_DAY:
            false = sum(judged(kind, per_day, seed, outage=False)[0] for seed in range(each))
            found = [noticed for seed in range(3) if (noticed := judged(kind, per_day, seed, outage=True)[1])]
            delay = f"{statistics.median(found) / timedelta(hours=1):.1f} h" if found else "-"
            print(
                f"silence  {kind:7} {per_day:4} a day: {false} false alarms in {each} x 60 days; noticed {len(found)}/3 after {delay}",
                flush=True,
            )
    for name, ranges in TRUE_YIELDS.items():
        rng = random.Random(7)  # noqa: S311
        results = [proposed([rng.uniform(*bounds) for bounds in ranges], rng) for _ in range(50)]
        right = sum(tier.value == name[0] for tier, _ in results)
        print(f"tiers    {name:18} right {right}/50, further changes {sum(changes for _, changes in results)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
