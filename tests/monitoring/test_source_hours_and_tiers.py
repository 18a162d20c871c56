"""What sources brought is counted once, hour by hour; tiers are proposed from it and changed by people alone."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring import source_hour
from monitoring.habit import Habit
from monitoring.polling import sync_sources
from monitoring.source import POLL_INTERVALS, Source, Tier
from monitoring.source_hour import Counted, SourceHour, count_hours, days_of, forget_old_hours, hour_of, hours_of
from monitoring.tier_proposal import TierProposal
from monitoring.tiers import Yield, decide, fitting_tier, open_proposals, propose
from storage.audit import AuditEntry
from storage.clock import ManualClock
from storage.engine import Database
from tests.monitoring.posts_of_sources import store


async def make_sources(session: AsyncSession, clock: ManualClock, *names: str, tier: str = "B") -> list[Source]:
    definitions = [{"name": name, "kind": "feed", "address": f"https://{name}.example", "tier": tier} for name in names]
    await sync_sources(session, definitions, clock.now())
    return list((await session.exec(select(Source))).all())


@pytest.mark.both_databases
async def test_every_item_is_counted_once(database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_hour, "MOST_ITEMS", 3)
    now = clock.now()
    async with database.transaction() as session:
        a, b = await make_sources(session, clock, "甲", "乙")
        assert a.id
        assert b.id
        await store(session, a.id, now - timedelta(days=30), 2)
        await store(session, a.id, now - timedelta(hours=1), 2, ours=True, text="青禾城管又来了")
        bare = await store(session, b.id, now, 1, title="", url="", author_hash="", posted_at=now, text="短")
        await store(session, b.id, now + timedelta(seconds=1), 1, text="短", duplicate_of=bare[0].id)
        await store(session, b.id, now + timedelta(seconds=2), 1, posted_at=now - timedelta(days=90))
        ids = a.id, b.id
    counted = []
    for _ in range(3):
        async with database.transaction() as session:
            counted.append(await count_hours(session, ["青禾城管"], now))
    assert counted == [Counted(frozenset(ids), has_more=True), Counted(frozenset({ids[1]})), Counted()]
    async with database.reading() as session:
        found = await hours_of(session, ids, now)
        sources = {source.name: source for source in (await session.exec(select(Source))).all()}
        days = await days_of(session, now, 2)
    (first,), (second,) = found[ids[0]], found[ids[1]]
    assert (first.hour, first.posts, first.ours, first.named, first.dated) == (hour_of(now) - 1, 2, 2, 2, 2)
    assert (second.posts, second.titled, second.linked, second.signed, second.repeated, second.dated) == (2, 1, 1, 1, 1, 1)
    assert days == {(ids[0], now.date()): (2, 2), (ids[1], now.date()): (2, 0)}
    assert sources["乙"].last_post_at == now + timedelta(seconds=1), "an old post brought in late is no news"


async def test_what_lies_before_the_window_is_forgotten(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        (source,) = await make_sources(session, clock, "甲")
        for back in (1, 29 * 24):
            session.add(SourceHour(source_id=source.id or 0, hour=hour_of(clock.now()) - back, posts=1))
        await session.flush()
        await forget_old_hours(session, clock.now())
        assert len((await session.exec(select(SourceHour))).all()) == 1


@pytest.mark.parametrize(
    ("brought", "current", "fitting"),
    [
        (Yield(3000, 60, 10, 3), Tier.B, Tier.A), (Yield(300, 30, 0, 1), Tier.A, Tier.A), (Yield(300, 30, 0, 1), Tier.B, Tier.B),
        (Yield(300, 10, 0, 0), Tier.A, Tier.B), (Yield(500, 0, 0, 0), Tier.B, Tier.C), (Yield(500, 4, 0, 0), Tier.C, Tier.C),
        (Yield(500, 4, 0, 0), Tier.B, Tier.B), (Yield(20_000, 2, 0, 0), Tier.C, Tier.B), (Yield(200_000, 5, 0, 0), Tier.B, Tier.A),
        (Yield(200_000, 0, 0, 0), Tier.C, Tier.C), (Yield(30, 0, 0, 8), Tier.C, Tier.A), (Yield(30, 0, 60, 0), Tier.C, Tier.A),
    ],
)  # fmt: skip
def test_the_tier_that_fits(brought: Yield, current: Tier, fitting: Tier) -> None:
    assert fitting_tier(brought, current, POLL_INTERVALS) is fitting
    assert fitting_tier(brought, fitting, POLL_INTERVALS) is fitting, "what was proposed and accepted is not proposed away again"


def habit(days: float = 28, **figures: int) -> Habit:
    return Habit("2026-03-06", days, {"posts": 300, "ours": 80, "named": 9, **figures}, (0.0,) * 24, (0.0,) * 24, 0.0)


async def proposed(session: AsyncSession, source: Source, clock: ManualClock, figures: Habit) -> TierProposal | None:
    return await propose(session, source, figures, POLL_INTERVALS, clock.now())


async def test_a_proposal_is_made_once_and_changes_nothing(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        (source,) = await make_sources(session, clock, "甲")
        assert await proposed(session, source, clock, habit(days=13)) is None
        one = await proposed(session, source, clock, habit())
        assert one is not None
        assert (one.from_tier, one.to_tier, source.tier) == (Tier.B, Tier.A, Tier.B)
        assert one.reason == "28 天里平均每天 10.7 条，与我们有关 80 条，点名 9 条，引出预警 0 件"
        assert await proposed(session, source, clock, habit()) is None
        other = await proposed(session, source, clock, habit(ours=0, named=0))
        assert other is not None
        assert (other.to_tier, one.decided_at, one.accepted) == (Tier.C, clock.now(), None)
        assert await open_proposals(session) == {source.id: other}
        assert await proposed(session, source, clock, habit(ours=20, named=0)) is None
        assert await open_proposals(session) == {}


async def test_an_admin_s_word_stands_against_settings_that_have_not_changed(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        (source,) = await make_sources(session, clock, "甲")
        one = await proposed(session, source, clock, habit())
        assert one is not None
        await decide(session, one, "赵岩", POLL_INTERVALS, clock.now(), accepted=True)
        await make_sources(session, clock, "甲")
        assert source.tier is Tier.A
        await make_sources(session, clock, "甲", tier="C")
        assert source.tier is Tier.C
    async with database.reading() as session:
        actors: Mapping[str, str] = dict((await session.exec(select(AuditEntry.action, AuditEntry.actor))).all())
    assert (actors["tier.proposed"], actors["tier.accepted"]) == ("system", "赵岩")


async def test_what_was_refused_is_not_proposed_again_for_a_month(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        (source,) = await make_sources(session, clock, "甲")
        one = await proposed(session, source, clock, habit())
        assert one is not None
        await decide(session, one, "赵岩", POLL_INTERVALS, clock.now(), accepted=False)
        assert source.tier is Tier.B
        clock.move_to(clock.now() + timedelta(days=27))
        assert await proposed(session, source, clock, habit()) is None
        assert await proposed(session, source, clock, habit(ours=0, named=0)) is not None
        clock.move_to(clock.now() + timedelta(days=2))
        assert await proposed(session, source, clock, habit()) is not None
