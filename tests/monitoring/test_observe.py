"""One post seen: stored once, masked, gathered, graded, everything in one transaction."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from monitoring.event import Event, LevelChange, Trend
from monitoring.item import Item
from monitoring.observe import observe
from monitoring.post import RawPost
from storage import audit
from storage.engine import Database
from storage.seal import load_or_create_seal
from tests.generated_city import START, GeneratedCity, GeneratedPost, generate_city
from tests.monitoring.observing import observe_all, observe_one, stored_source, watch_over

SEEDS = (3, 11)


def post(key: str, text: str, *, source: str = "论坛", minutes: float = 0, **more: object) -> GeneratedPost:
    return GeneratedPost(source, RawPost(key=key, text=text, posted_at=START + timedelta(minutes=minutes), **more), None, None, None)  # type: ignore[arg-type]


@pytest.fixture
def city() -> GeneratedCity:
    return generate_city(5)


async def rows(database: Database, table: type) -> int:
    async with database.reading() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_generated_city_is_gathered_into_its_events(database: Database, seed: int) -> None:
    city = generate_city(seed)
    seen = await observe_all(database, city.posts, watch_over(city))
    pairs = Counter((each.label, o.event.id) for each, o in zip(city.posts, seen, strict=True) if each.label and o.event)
    purity = sum(max(n for (label, e), n in pairs.items() if e == event) for event in {e for _, e in pairs}) / pairs.total()
    whole = sum(max(n for (lb, _), n in pairs.items() if lb == label) for label in {lb for lb, _ in pairs}) / pairs.total()
    assert pairs.total() >= 0.95 * len(city.event_of)
    assert purity >= 0.9
    assert whole >= 0.9


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_grave_event_rises_to_the_gravest_levels_and_is_one_event(database: Database, seed: int) -> None:
    city = generate_city(seed)
    grave = [each for each in city.posts if each.label == city.grave]
    seen = await observe_all(database, grave, watch_over(city))
    events = {o.event.id for o in seen if o.event}
    assert len(events) == 1
    last = seen[-1].event
    assert last is not None
    assert last.level in (1, 2)
    assert last.item_count == 12
    assert last.trend is Trend.RISING
    assert last.per_minute >= 0.5
    assert not [milestone for o in seen for milestone in o.milestones if "条" in milestone], "mere counts change the card in place"


@pytest.mark.parametrize("seed", SEEDS)
async def test_reposts_are_folded_into_their_originals(database: Database, seed: int) -> None:
    city = generate_city(seed)
    seen = {each.post.key: o for each, o in zip(city.posts, await observe_all(database, city.posts, watch_over(city)), strict=True)}
    reposts = [each for each in city.posts if each.repeats]
    folded = [each for each in reposts if seen[each.post.key].item.duplicate_of == seen[each.repeats or ""].item.id]
    assert len(folded) >= 0.9 * len(reposts) >= 5


async def test_the_same_post_again_is_no_second_item(database: Database, city: GeneratedCity) -> None:
    watch, first = watch_over(city), city.posts[0]
    once, again = await observe_one(database, first, watch), await observe_one(database, first, watch)
    assert once.is_new
    assert not again.is_new
    assert again.item.id == once.item.id
    assert await rows(database, Item) == 1


@pytest.mark.both_databases
async def test_more_likes_are_counted_and_may_raise_the_level(database: Database, city: GeneratedCity) -> None:
    watch = watch_over(city)
    quiet = post("1", "举报" + next(iter(city.gazetteer.values()))[0] + "楼下烧烤店油烟扰民严重，要求查处。", likes=1)
    before = await observe_one(database, quiet, watch)
    after = await observe_one(database, replace(quiet, post=replace(quiet.post, likes=400)), watch)
    assert before.event is not None
    assert after.event is not None
    assert after.item.likes == after.event.likes == 400
    assert (before.level_after, after.level_after) == (4, 3)
    assert after.revision_changed
    assert await rows(database, LevelChange) == 2


async def test_counts_alone_never_change_the_revision(database: Database, city: GeneratedCity) -> None:
    watch, place = watch_over(city), next(iter(city.gazetteer.values()))[0]
    seen = [
        await observe_one(database, post(f"{n}", f"{place}的垃圾桶满了没人清运，苍蝇乱飞，臭味熏天。", minutes=60 * n), watch)
        for n in range(3)
    ]
    event = seen[-1].event
    assert event is not None
    assert event.item_count == 3
    assert event.distinct_count == 1
    assert event.revision == 1


async def test_a_grave_post_raises_a_standing_event_and_says_why(database: Database, city: GeneratedCity) -> None:
    watch, place = watch_over(city), next(iter(city.gazetteer.values()))[0]
    await observe_one(database, post("1", f"{place}的窨井盖不见了，太危险了，请尽快来装上。"), watch)
    worse = await observe_one(
        database, post("2", f"{place}的窨井盖不见了没人管，刚才有老人掉下去摔成重伤，已送医院抢救。", minutes=9), watch
    )
    assert worse.event is not None
    assert worse.event.item_count == 2
    assert worse.level_before > worse.level_after
    assert worse.level_after <= 2
    assert worse.revision_changed
    assert worse.event.revision == 2
    async with database.reading() as session:
        changes = (await session.exec(select(LevelChange).where(LevelChange.event_id == worse.event.id))).all()
        actions = [entry.action for entry in (await session.exec(select(audit.AuditEntry))).all()]
    assert all(change.actor == "system" and change.reasons for change in changes)
    assert actions == ["event.opened", "event.level_raised", "event.level_raised"]


@pytest.mark.both_databases
async def test_personal_data_is_masked_and_the_original_sealed(database: Database, city: GeneratedCity, tmp_path: Path) -> None:
    seal = load_or_create_seal(tmp_path / "seal.key")
    told = post("1", "工地夜间施工扰民，请致电13812345678，城管来管管。", author="某某人")
    item = (await observe_one(database, told, watch_over(city, seal=seal))).item
    assert "13812345678" not in item.text
    assert item.sealed_original is not None
    assert "13812345678" in seal.open(item.sealed_original)
    assert item.original_expires_at == item.observed_at + timedelta(days=180)
    assert "某某人" not in item.author_hash
    assert len(item.author_hash) == 32


async def test_noise_is_kept_but_makes_no_event(database: Database, city: GeneratedCity) -> None:
    seen = await observe_one(database, post("1", "这首歌单曲循环了三百遍还是听不腻。"), watch_over(city))
    assert seen.event is None
    assert not seen.needs_card_update
    assert (await rows(database, Item), await rows(database, Event)) == (1, 0)


async def test_a_post_from_the_future_is_dated_now(database: Database, city: GeneratedCity) -> None:
    early = post("1", "工地夜间施工扰民，城管来管管。")
    late = replace(early.post, posted_at=START + timedelta(days=900))
    async with database.transaction() as session:
        source = await stored_source(session, "论坛")
        assert (await observe(session, late, source, START, watch_over(city))).item.posted_at == START


@pytest.mark.both_databases
async def test_a_transaction_that_fails_leaves_nothing(database: Database, city: GeneratedCity) -> None:
    async def fail() -> None:
        async with database.transaction() as session:
            source = await stored_source(session, "论坛")
            await observe(session, city.posts[0].post, source, START + timedelta(days=9), watch_over(city))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    for table in (Item, Event, audit.AuditEntry):
        assert await rows(database, table) == 0
