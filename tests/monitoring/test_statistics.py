"""Figures agree with counting by hand."""

from collections import Counter
from datetime import timedelta

import pytest

from monitoring.event import EventState
from monitoring.observe import Observation
from monitoring.statistics import Counted, GroupBy, Query, count, events_between, timeline
from storage.engine import Database
from tests.generated_city import START, generate_city
from tests.monitoring.observing import observe_all, watch_over

CITY = generate_city(8, events=12, noise=6)
END = START + timedelta(days=9)


@pytest.fixture
async def seen(database: Database) -> list[Observation]:
    return await observe_all(database, CITY.posts, watch_over(CITY))


async def test_totals_levels_and_lines(database: Database, seen: list[Observation]) -> None:
    ours = [o.item for o in seen if o.item.relevance.is_ours]
    async with database.reading() as session:
        figures = await count(session, Query(START, END, group_by=GroupBy.LINE))
        everything = await count(session, Query(START, END, ours_only=False))
    assert figures.total == len(ours)
    assert dict(figures.groups) == Counter(item.line for item in ours)
    assert dict(figures.levels) == Counter(item.level for item in ours)
    assert [number for _, number in figures.groups] == sorted((number for _, number in figures.groups), reverse=True)
    assert everything.total == len(seen)


async def test_a_period_holds_its_beginning_and_not_its_end(database: Database, seen: list[Observation]) -> None:
    moment = seen[5].item.posted_at
    async with database.reading() as session:
        before = await count(session, Query(START - timedelta(days=1), moment, ours_only=False))
        after = await count(session, Query(START, END, ours_only=False).over(moment, END))
    assert before.total == sum(o.item.posted_at < moment for o in seen)
    assert before.total + after.total == len(seen)


async def test_conditions_narrow(database: Database, seen: list[Observation]) -> None:
    items = [o.item for o in seen if o.item.relevance.is_ours]
    some, told = items[0], items[0].text[:9]
    asked = Query(START, END, line=some.line, level=some.level, intent=some.intent, district=some.district, topic=(told,))
    async with database.reading() as session:
        narrow = await count(session, asked)
        nothing = await count(session, Query(START, END, topic=("100%", "_")))
    same = [i for i in items if (i.line, i.level, i.intent, i.district) == (some.line, some.level, some.intent, some.district)]
    assert 1 <= narrow.total == sum(told in item.text for item in same)
    assert nothing.total == 0, "the signs of SQL patterns are plain letters"


async def test_events_are_counted_and_listed_gravest_first(database: Database, seen: list[Observation]) -> None:
    events = {o.event.id: o.event for o in seen if o.event}
    async with database.reading() as session:
        figures = await count(session, Query(START, END, counted=Counted.EVENTS, group_by=GroupBy.LEVEL))
        listed = await events_between(session, START, END, limit=100)
        grave = listed[0]
        told = await timeline(session, grave.id or 0)
    assert figures.total == len(events) == len(listed)
    assert grave.level in (1, 2)
    assert [e.level or 9 for e in listed] == sorted(e.level or 9 for e in listed)
    assert all(e.state is not EventState.MERGED for e in listed)
    assert [item.posted_at for item in told] == sorted(item.posted_at for item in told)
    assert all(item.duplicate_of is None for item in told)


async def test_by_event(database: Database, seen: list[Observation]) -> None:
    async with database.reading() as session:
        figures = await count(session, Query(START, END, group_by=GroupBy.EVENT))
    assert dict(figures.groups) == Counter(o.item.event_id for o in seen if o.item.relevance.is_ours)


async def test_an_event_has_no_intent(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(ValueError, match="intent"):
            await count(session, Query(START, END, counted=Counted.EVENTS, group_by=GroupBy.INTENT))
