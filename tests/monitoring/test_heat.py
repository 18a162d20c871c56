"""Speed against an event's own past and its line's habit."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.event import Event, Trend
from monitoring.heat import (
    HABIT_DAYS,
    HOURS_BESIDE,
    PRIOR_ITEMS,
    PRIOR_MINUTES,
    RATE_WINDOW,
    TREND_WINDOW,
    count_hour,
    heat,
    hour_of,
    hours_beside,
    is_hot,
    measure,
    own_past_per_minute,
    times_usual,
    trend,
    usual_per_minute,
)
from monitoring.line_hour import LineHour
from monitoring.policy import load_policy
from storage.clock import CHINA
from storage.engine import Database
from tests.generated_city import START, generate_city
from tests.monitoring.observing import observe_one, watch_over
from tests.monitoring.test_observe import post

LINE = "环境卫生"


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(3, 0, Trend.RISING), (2, 0, Trend.STEADY), (3, 3, Trend.STEADY), (1, 4, Trend.FADING), (0, 2, Trend.STEADY)],
)
def test_trend(now: int, before: int, expected: Trend) -> None:
    assert trend(now, before) is expected


@given(*[st.integers(0, 10**7)] * 3, st.floats(0, 1000))
def test_more_of_anything_is_hotter(items: int, likes: int, reposts: int, rate: float) -> None:
    assert heat(items, likes, reposts, rate) <= heat(items + 5, likes + 99, reposts + 9, rate + 1)


async def test_a_line_that_was_never_watched_has_a_modest_habit_and_then_its_own(database: Database) -> None:
    async with database.transaction() as session:
        assert await usual_per_minute(session, LINE, START) == pytest.approx(PRIOR_ITEMS / PRIOR_MINUTES)
        for hour in range(24 * 20):
            for _ in range(6):
                await count_hour(session, LINE, START - timedelta(hours=hour + 1))
        busy = await usual_per_minute(session, LINE, START)
        await count_hour(session, LINE, START)
        assert await usual_per_minute(session, LINE, START) == busy, "the present hour does not measure itself"
    assert busy == pytest.approx(0.1, rel=0.05)


async def test_the_pace_of_an_event_rises_and_fades(database: Database) -> None:
    city = generate_city(5)
    place, watch = next(iter(city.gazetteer.values()))[0], watch_over(city)
    for number in range(20):
        text = f"{place}的垃圾桶满了没人清运，苍蝇乱飞，臭味熏天。{number}"
        seen = await observe_one(database, post(f"{number}", text, minutes=number / 2), watch)
    assert seen.event is not None
    assert (seen.event.item_count, seen.event.trend) == (20, Trend.RISING)
    assert seen.event.per_minute == pytest.approx(2.0, abs=0.1)
    assert seen.event.baseline_ratio == pytest.approx(times_usual(20, PRIOR_ITEMS / PRIOR_MINUTES, RATE_WINDOW), rel=0.05)
    async with database.reading() as session:
        event = await session.get_one(Event, seen.event.id)
        later = await measure(session, event, START + timedelta(minutes=75))
    assert (later.per_minute, later.trend) == (0.0, Trend.FADING)


TODAY = datetime(2026, 3, 30, tzinfo=CHINA)
POLICY = load_policy()
HOT_FROM = max(start for start, _ in POLICY.event["speed"].steps)


def posts_in(hour: int) -> float:
    """Posts that a busy line of the simulated city hears on average in an hour of day: almost none by night, most around noon."""
    return 0.1 if hour < 6 else 24.0 if hour in (11, 12, 13) else 8.0


async def live_through(database: Database, days: int, chance: random.Random, line: str = LINE) -> None:
    """The days before TODAY, as counts of each hour."""
    async with database.transaction() as session:
        for back in range(1, days * 24 + 1):
            moment = TODAY - timedelta(hours=back)
            if items := poisson(chance, posts_in(moment.hour)):
                session.add(LineHour(line=line, hour=hour_of(moment), items=items))


def poisson(chance: random.Random, mean: float) -> int:
    """How many of a thousand chances come true."""
    return sum(chance.random() < mean / 1000 for _ in range(1000))


def ordinary_events(chance: random.Random, moment: datetime) -> Iterator[tuple[int, int]]:
    """The posts of one hour fall on the line's dozen standing events: for each how many in the hour and in its last ten minutes."""
    owners = [(chance.randrange(12), chance.random() < 1 / 6) for _ in range(poisson(chance, posts_in(moment.hour)))]
    for event in {owner for owner, _ in owners}:
        own = [late for owner, late in owners if owner == event]
        yield len(own), sum(own)


async def times(database: Database, moment: datetime, in_hour: int, lately: int) -> float:
    async with database.reading() as session:
        usual = await usual_per_minute(session, LINE, moment)
    return max(times_usual(lately, usual, RATE_WINDOW), times_usual(in_hour, usual, TREND_WINDOW))


async def test_noon_peaks_and_lone_posts_by_night_are_not_hot(database: Database) -> None:
    chance = random.Random(5)
    await live_through(database, HABIT_DAYS, chance)
    looked = hot = 0
    for hour in range(24 * 7):
        moment = TODAY + timedelta(hours=hour, minutes=59)
        for in_hour, lately in ordinary_events(chance, moment):
            looked += 1
            hot += await times(database, moment, in_hour, lately) >= HOT_FROM
    assert looked > 500
    assert hot == 0


@pytest.mark.parametrize(("in_hour", "lately"), [(7, 2), (6, 5), (8, 3), (12, 12)])
async def test_what_is_hot_at_three_in_the_morning_is_ordinary_at_noon(database: Database, in_hour: int, lately: int) -> None:
    await live_through(database, HABIT_DAYS, random.Random(in_hour))
    assert await times(database, TODAY + timedelta(hours=3, minutes=20), in_hour, lately) >= HOT_FROM
    assert await times(database, TODAY + timedelta(hours=12, minutes=20), in_hour, lately) < HOT_FROM


async def test_the_habit_knows_the_hour_and_a_quiet_line_is_drawn_toward_its_day(database: Database) -> None:
    await live_through(database, HABIT_DAYS, random.Random(1))
    async with database.transaction() as session:
        night, noon = [await usual_per_minute(session, LINE, TODAY + timedelta(hours=hour)) for hour in (3, 12)]
        session.add_all(LineHour(line="养犬管理", hour=hour_of(TODAY) - 24 * day + 12, items=1) for day in range(1, HABIT_DAYS))
    assert noon == pytest.approx(24 / 60, rel=0.15)
    assert night < noon / 30
    async with database.reading() as session:
        rare_night, rare_noon = [await usual_per_minute(session, "养犬管理", TODAY + timedelta(hours=hour)) for hour in (3, 12)]
    assert rare_night * 2 < rare_noon < rare_night * 20, "one post a day at noon is no proof that nights are silent"


@given(st.integers(0, 24 * 40))
def test_hours_beside_are_counted_as_a_calendar_would(hours: int) -> None:
    assert hours_beside(hours) == sum(min(ago % 24, -ago % 24) <= HOURS_BESIDE for ago in range(1, hours + 1))


async def test_the_statement_counts_the_same_hours_whatever_the_hour_of_day(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all(LineHour(line=LINE, hour=hour_of(TODAY) - ago, items=1) for ago in range(1, HABIT_DAYS * 24 + 1))
        await session.flush()
        for hour in range(24):
            usual = await usual_per_minute(session, LINE, TODAY + timedelta(hours=hour))
            assert usual == pytest.approx(1 / 60, rel=0.1), hour


def event(**fields: object) -> Event:
    values = {"headline": "", "line": LINE, "first_posted_at": TODAY, "last_posted_at": TODAY}
    return Event(**{**values, **fields})


def test_an_event_that_has_long_been_as_busy_is_not_fast() -> None:
    busy = event(item_count=60, first_posted_at=TODAY - timedelta(hours=11))
    own = own_past_per_minute(busy, 6, TODAY)
    assert own == pytest.approx(54 / 600)
    assert times_usual(6, own, TREND_WINDOW) < 5
    assert own_past_per_minute(event(item_count=20, first_posted_at=TODAY - timedelta(minutes=50)), 20, TODAY) == 0.0


@pytest.mark.parametrize(
    ("ratio", "items", "minutes_later", "expected"), [(10, 4, 0, True), (9.9, 40, 0, False), (30, 3, 0, False), (30, 9, 61, False)]
)
def test_hot_is_the_fastest_that_the_policy_knows_while_it_lasts(ratio: float, items: int, minutes_later: int, expected: bool) -> None:
    assert is_hot(event(baseline_ratio=ratio, item_count=items), POLICY, TODAY + timedelta(minutes=minutes_later)) is expected
