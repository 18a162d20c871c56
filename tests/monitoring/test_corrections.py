"""What people put right stays right: levels, merged and split events, labels; each with its audit entry."""

import pytest
from sqlmodel import select

from monitoring.corrections import CorrectionRefused, label_event, lower_level, mark_answered, merge, split
from monitoring.event import Event, EventState, Label, LabelKind, LevelChange
from monitoring.event_pairs import pairs_from_labels
from monitoring.item import Item
from storage import audit
from storage.engine import Database
from tests.generated_city import START, generate_city
from tests.monitoring.observing import observe_one, watch_over
from tests.monitoring.test_observe import post

CITY = generate_city(5)
WATCH = watch_over(CITY)
DISTRICT, PLACES = next(iter(CITY.gazetteer.items()))
COVER = f"{PLACES[0]}的窨井盖不见了，太危险了，请尽快来装上。"
RUBBISH = f"{PLACES[0]}的垃圾桶满了一个星期没人清运，苍蝇乱飞，臭味熏天。"
GRAVE = f"{PLACES[0]}的窨井盖不见了没人管，刚才有老人掉下去摔成重伤，已送医院抢救。"
GRAVER = f"{PLACES[0]}井盖不见了，掉下去的老人抢救无效死亡。"


async def see(database: Database, key: str, text: str, minutes: float = 0) -> Event:
    event = (await observe_one(database, post(key, text, minutes=minutes), WATCH)).event
    assert event is not None
    return event


async def actions(database: Database) -> list[str]:
    async with database.reading() as session:
        return [entry.action for entry in (await session.exec(select(audit.AuditEntry).order_by(audit.AuditEntry.number))).all()]  # type: ignore[arg-type]


async def test_a_lowered_level_stays_low_until_something_graver_happens(database: Database) -> None:
    raised = await see(database, "1", GRAVE)
    assert raised.level == 2
    async with database.transaction() as session:
        event = await session.get_one(Event, raised.id)
        change = await lower_level(session, event, 4, "周明", "只是擦伤", START)
        assert (change.from_level, change.to_level, change.actor) == (2, 4, "周明")
        assert event.revision == 2
    again = await see(database, "2", GRAVE + "求扩散！", minutes=5)
    assert (again.id, again.level, again.item_count) == (raised.id, 4, 2)
    worst = await see(database, "3", GRAVER, minutes=9)
    assert (worst.id, worst.level) == (raised.id, 1)
    assert "event.level_lowered" in await actions(database)


@pytest.mark.parametrize(
    ("level", "actor", "reason"), [(1, "周明", "x"), (2, "周明", "x"), (3, "", "x"), (3, "system", "x"), (3, "周明", " ")]
)
async def test_only_a_named_person_lowers_with_a_reason(database: Database, level: int, actor: str, reason: str) -> None:
    raised = await see(database, "1", GRAVE)
    async with database.transaction() as session:
        event = await session.get_one(Event, raised.id)
        with pytest.raises(CorrectionRefused):
            await lower_level(session, event, level, actor, reason, START)
        assert event.level == 2
        assert len((await session.exec(select(LevelChange))).all()) == 1


async def test_merged_events_are_one_from_then_on(database: Database) -> None:
    one, other = await see(database, "1", COVER), await see(database, "2", RUBBISH, minutes=60 * 24 * 5)
    assert one.id != other.id
    async with database.transaction() as session:
        gone, into = await session.get_one(Event, other.id), await session.get_one(Event, one.id)
        await merge(session, gone, into, 1, "周明", START)
    later = await see(database, "3", RUBBISH + "希望重视", minutes=60 * 24 * 5 + 30)
    assert (later.id, later.item_count, later.revision) == (one.id, 3, 2)
    async with database.reading() as session:
        gone = await session.get_one(Event, other.id)
        assert (gone.state, gone.merged_into) == (EventState.MERGED, one.id)
        assert {item.event_id for item in (await session.exec(select(Item))).all()} == {one.id}
        assert [label.kind for label in (await session.exec(select(Label))).all()] == [LabelKind.MERGED]
    assert (await actions(database)).count("event.merged") == 1


async def test_a_merged_event_takes_the_graver_level_and_cannot_be_merged_again(database: Database) -> None:
    grave, plain = await see(database, "1", GRAVE), await see(database, "2", RUBBISH, minutes=60 * 24 * 5)
    async with database.transaction() as session:
        gone, into = await session.get_one(Event, grave.id), await session.get_one(Event, plain.id)
        assert (await merge(session, gone, into, 1, "周明", START)).level == 2
        with pytest.raises(CorrectionRefused):
            await merge(session, gone, into, 1, "周明", START)


async def test_split_posts_are_an_event_of_their_own_and_attract_their_like(database: Database) -> None:
    first = await see(database, "1", COVER)
    stray = (await observe_one(database, post("2", RUBBISH, minutes=60 * 24 * 5), WATCH)).item
    assert stray.id is not None
    async with database.transaction() as session:
        event, other = await session.get_one(Event, first.id), await session.get_one(Event, stray.event_id)
        await merge(session, other, event, 1, "周明", START)
        new = await split(session, event, [stray.id], 1, "周明", START)
        assert (new.item_count, new.first_item_id, new.level, event.item_count) == (1, stray.id, 4, 1)
    later = await see(database, "3", RUBBISH + "谢谢！", minutes=60 * 24 * 5 + 9)
    assert later.id == new.id


async def test_parts_of_a_split_event_each_keep_their_own(database: Database) -> None:
    first = await see(database, "1", COVER)
    second = await see(database, "2", RUBBISH, minutes=60 * 24 * 5)
    async with database.transaction() as session:
        event, other = await session.get_one(Event, first.id), await session.get_one(Event, second.id)
        await merge(session, other, event, 1, "周明", START)
        new = await split(session, event, [second.first_item_id or 0], 1, "周明", START)
    for number in range(3):
        minutes = 60 * 24 * 5 + 60 * number + 9
        assert (await see(database, f"r{number}", RUBBISH + "谢谢" * number, minutes)).id == new.id
        assert (await see(database, f"c{number}", COVER + "谢谢" * number, minutes)).id == first.id


async def test_after_a_merge_posts_of_either_side_come_to_the_merged_event(database: Database) -> None:
    first = await see(database, "1", COVER)
    second = await see(database, "2", RUBBISH, minutes=60 * 24 * 5)
    async with database.transaction() as session:
        await merge(session, await session.get_one(Event, second.id), await session.get_one(Event, first.id), 1, "周明", START)
    cover = await see(database, "3", "再说一次：" + COVER + "昨晚有人差点掉下去。", minutes=60 * 24 * 5 + 20)
    rubbish = await see(database, "4", "再说一次：" + RUBBISH + "脏得没法走。", minutes=60 * 24 * 5 + 30)
    assert cover.id == rubbish.id == first.id


async def test_merging_and_splitting_are_pairs_to_learn_from(database: Database) -> None:
    first = await see(database, "1", COVER)
    second = await see(database, "2", RUBBISH, minutes=60 * 24 * 5)
    async with database.transaction() as session:
        event, other = await session.get_one(Event, first.id), await session.get_one(Event, second.id)
        await merge(session, other, event, 1, "周明", START)
    async with database.reading() as session:
        (pair,) = await pairs_from_labels(session)
        assert (pair.is_one, pair.agrees) == (True, False)
    async with database.transaction() as session:
        await split(session, await session.get_one(Event, first.id), [second.first_item_id or 0], 1, "周明", START)
    async with database.reading() as session:
        apart = (await pairs_from_labels(session))[-1]
        assert (apart.is_one, apart.agrees) == (False, True)


async def test_an_event_cannot_be_split_into_itself(database: Database) -> None:
    first = await see(database, "1", COVER)
    async with database.transaction() as session:
        event = await session.get_one(Event, first.id)
        for ids in ([event.first_item_id or 0], [], [999]):
            with pytest.raises(CorrectionRefused):
                await split(session, event, ids, 1, "周明", START)


async def test_labels_and_answers_are_noted(database: Database) -> None:
    await see(database, "1", COVER)
    returned = await see(database, "2", COVER + "还是没人来。", minutes=60 * 30)
    assert returned.unanswered_returns == 1
    async with database.transaction() as session:
        event = await session.get_one(Event, returned.id)
        await mark_answered(session, event, "周明", START)
        label = await label_event(session, event, LabelKind.LEVEL_TOO_HIGH, 7, "周明", START)
        assert (event.unanswered_returns, label.event_id, label.staff_id) == (0, event.id, 7)
    assert (await actions(database))[-2:] == ["event.answered", "event.labelled"]
