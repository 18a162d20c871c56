"""What is tried on the archive before it is done: a rule, learned weights, another grading policy. Nothing is changed by trying."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from monitoring.corrections import CorrectionRefused, label_event, label_missed, raise_by_hand
from monitoring.effect import effect_of
from monitoring.event import Event, Label, LabelKind
from monitoring.item import Item
from monitoring.labelling import judged_posts, lessons_from
from monitoring.learning import learn
from monitoring.own_weights import OwnWeights
from monitoring.policy import BUILT_IN_POLICY, GradingPolicy, load_policy
from monitoring.regrading import Regraded, regrade_archive
from monitoring.rereading import BATCH, FiledPost, reread
from monitoring.rule import RuleError
from monitoring.rulebook import load_lists
from monitoring.trial import EXAMPLES, Trial, try_rule
from storage.engine import Database
from tests.generated_city import START, generate_city
from tests.monitoring.observing import observe_one, watch_over
from tests.monitoring.test_learning import GAME, KITES, lessons, own
from tests.monitoring.test_observe import post

CITY = generate_city(8)
WATCH = watch_over(CITY)
PLACE = next(iter(CITY.gazetteer.values()))[0]
STALLS = f"{PLACE}流动摊贩占道经营，人行道走不过去，请城管处理。"
JOINT = f"{PLACE}烧烤店油烟扰民，三百多户居民联名投诉，请处理。"
KITE = KITES[0]
CHAT = "周末和朋友去江边放风筝，天气真好"


async def tell(database: Database, *texts: str) -> list[Item]:
    return [(await observe_one(database, post(f"{text[:20]}{n}", text, minutes=n), WATCH)).item for n, text in enumerate(texts)]


async def trial(database: Database, rule: str, days: float | None = None) -> Trial:
    since = None if days is None else START + timedelta(days=days)
    async with database.reading() as session:
        return await try_rule(session, rule, load_lists(), since)


async def test_a_trial_tells_what_is_ours_already_and_what_would_be_new(database: Database) -> None:
    await tell(database, STALLS, KITE, CHAT, JOINT)
    found = await trial(database, "风筝 | 占道经营 - 招聘")
    assert (found.read, found.matched, found.ours, found.new) == (4, 3, 1, 2)
    assert found.of_line == {"市容秩序": 1}
    assert [match.post.text for match in found.examples] == [CHAT, KITE, STALLS]
    assert found.examples[-1].words == ("占道经营",)


async def test_a_trial_reads_the_days_that_it_is_asked_for_and_knows_lists_and_places(database: Database) -> None:
    await tell(database, STALLS, KITE)
    assert (await trial(database, "@摊贩 & 〈地点〉")).matched == 1
    assert (await trial(database, "风筝", days=1)).read == 0
    with pytest.raises(RuleError):
        await trial(database, "@没有这张表")


async def test_a_trial_of_many_batches_reads_every_post_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.rereading.BATCH", 3)
    await tell(database, *(f"第{number}天放风筝，天气真好" for number in range(10)))
    progress: list[int] = []
    async with database.reading() as session:
        found = await try_rule(session, "风筝", {}, None, progress.append)
    assert (found.read, found.new, len(found.examples)) == (10, 10, EXAMPLES)
    assert progress == [3, 6, 9, 10]
    assert BATCH > 3


async def test_rereading_is_bounded_and_newest_first(database: Database) -> None:
    await tell(database, *(f"第{number}天放风筝" for number in range(6)))
    async with database.reading() as session:
        posts: list[FiledPost] = [each async for batch in reread(session, None, most=4) for each in batch]
    assert [each.text for each in posts] == [f"第{number}天放风筝" for number in (5, 4, 3, 2)]


async def test_labels_become_lessons_and_the_last_word_holds(database: Database) -> None:
    stalls, kite, *_ = await tell(database, STALLS, KITE, CHAT)
    async with database.transaction() as session:
        event = await session.get_one(Event, stalls.event_id)
        await label_event(session, event, LabelKind.NOT_OURS, 1, "李雯", START)
        await label_missed(session, await session.get_one(Item, kite.id), 1, "李雯", START)
    async with database.reading() as session:
        posts = await judged_posts(session, [])
        handled = await judged_posts(session, [stalls.event_id or 0])
    assert [(each.text, each.ours, each.labelled) for each in posts] == [(STALLS, False, True), (KITE, True, True)]
    assert handled == posts
    async with database.transaction() as session:
        later = Label(kind=LabelKind.MISSED, item_id=stalls.id, staff_id=1, at=START + timedelta(hours=1))
        session.add(later)
    async with database.reading() as session:
        assert {each.text: each.ours for each in await judged_posts(session, [])}[STALLS]


async def test_a_handled_case_teaches_that_its_first_post_was_ours(database: Database) -> None:
    stalls, *_ = await tell(database, STALLS)
    async with database.reading() as session:
        posts = await judged_posts(session, [stalls.event_id or 0])
    assert [(each.text, each.ours, each.labelled) for each in posts] == [(STALLS, True, False)]


async def test_a_post_that_is_ours_was_not_missed(database: Database) -> None:
    stalls, *_ = await tell(database, STALLS)
    async with database.transaction() as session:
        with pytest.raises(CorrectionRefused):
            await label_missed(session, await session.get_one(Item, stalls.id), 1, "李雯", START)
    async with database.reading() as session:
        assert (await session.exec(select(Label))).all() == []


async def test_the_effect_of_learning_is_counted_both_ways(database: Database) -> None:
    items = await tell(database, *GAME, *KITES, STALLS, CHAT)
    async with database.transaction() as session:
        for item in items[:24]:
            kind = LabelKind.NOT_OURS if item.relevance.is_ours else LabelKind.MISSED
            session.add(Label(kind=kind, item_id=item.id, staff_id=1, at=START))
    async with database.reading() as session:
        taught = lessons_from(await judged_posts(session, []), WATCH)
        effect = await effect_of(session, OwnWeights(learn(taught), START, 24), WATCH, None)
    assert effect.read == 26
    assert (effect.gained, effect.lost) == (len(KITES), len(GAME))
    assert len(effect.gained_examples) == len(effect.lost_examples) == 5


async def test_weights_without_lessons_of_the_kind_change_nothing(database: Database) -> None:
    await tell(database, STALLS, JOINT, CHAT)
    async with database.reading() as session:
        effect = await effect_of(session, own(lessons()), WATCH, None)
    assert (effect.read, effect.gained, effect.lost) == (3, 0, 0)


def policy(folder: Path, *changes: tuple[str, str]) -> GradingPolicy:
    text = BUILT_IN_POLICY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path)


async def regraded(database: Database, other: GradingPolicy) -> list[Regraded]:
    async with database.reading() as session:
        return [each async for batch in regrade_archive(session, WATCH.policy, other, None) for each in batch]


async def test_the_same_policy_changes_nothing_and_agrees_with_what_was_stored(database: Database) -> None:
    await tell(database, *(each.post.text for each in CITY.posts[:25]), JOINT)
    found = await regraded(database, WATCH.policy)
    assert found
    assert not any(each.changed for each in found)
    assert all(each.before.level == each.event.level for each in found)


async def test_another_floor_changes_the_events_that_have_the_factor_and_no_others(database: Database, tmp_path: Path) -> None:
    await tell(database, STALLS, JOINT)
    joint = '[item.collective]\nlabel = "集体性"\npoints = 2\nfloor = '
    found = await regraded(database, policy(tmp_path, (joint + "3", joint + "2")))
    assert [(each.before.level, each.after.level) for each in found if each.changed] == [(3, 2)]
    assert "集体性至少 II 级" in found[-1].after.reasons[0]
    async with database.reading() as session:
        assert [event.level for event in (await session.exec(select(Event))).all()] == [4, 3]


async def test_a_level_set_by_a_person_is_marked(database: Database) -> None:
    item, *_ = await tell(database, STALLS)
    async with database.transaction() as session:
        await raise_by_hand(session, await session.get_one(Event, item.event_id), 2, "周明", "领导关注", START)
    assert [each.by_hand for each in await regraded(database, WATCH.policy)] == [True]
