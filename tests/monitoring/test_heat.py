"""Speed against an event's own past and its line's habit."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.event import Event, Trend
from monitoring.heat import PRIOR_ITEMS, PRIOR_MINUTES, count_hour, heat, measure, trend, usual_per_minute
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
        assert await usual_per_minute(session, LINE, START) == PRIOR_ITEMS / PRIOR_MINUTES
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
    assert seen.event.baseline_ratio == pytest.approx(seen.event.per_minute / (PRIOR_ITEMS / PRIOR_MINUTES), rel=0.05)
    async with database.reading() as session:
        event = await session.get_one(Event, seen.event.id)
        later = await measure(session, event, START + timedelta(minutes=75))
    assert (later.per_minute, later.trend) == (0.0, Trend.FADING)
