"""Sources are read side by side, each by one reader at a time; what hangs or fails holds nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.watcher import AT_ONCE_PER_HOST, Watcher
from monitoring.errors import SourceError
from monitoring.item import Item
from monitoring.polling import sync_sources
from monitoring.post import Batch, RawPost
from monitoring.source import Source, Tier
from storage.clock import ManualClock
from storage.engine import Database
from storage.errors import StorageError
from tests.casework.room import make_desk


@dataclass
class World:
    """Sources by name: what each brings, which hang until let go, which fail."""

    brings: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    hang: set[str] = field(default_factory=set)
    fail: dict[str, Exception] = field(default_factory=dict)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    reading: list[str] = field(default_factory=list)
    most_at_once: int = 0
    begun: list[str] = field(default_factory=list)

    def open(self, source: Source) -> "WorldSource":
        return WorldSource(source.name, self)


@dataclass
class WorldSource:
    name: str
    world: World

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        world = self.world
        world.begun.append(self.name)
        world.reading.append(self.name)
        world.most_at_once = max(world.most_at_once, len(world.reading))
        try:
            if self.name in world.hang:
                await world.let_go.wait()
            if fault := world.fail.get(self.name):
                raise fault
            for number, texts in enumerate(world.brings.get(self.name, [])):
                yield Batch(tuple(RawPost(f"{number}.{text}", text, now) for text in texts), {"batch": number}, ("第 1 条没有内容。",))
        finally:
            world.reading.remove(self.name)


@pytest.fixture
def world() -> World:
    return World()


async def watcher_of(database: Database, clock: ManualClock, world: World, hosts: dict[str, str], **more: Any) -> Watcher:
    definitions = [{"name": name, "kind": "feed", "address": f"https://{host}/{name}", "tier": "A"} for name, host in hosts.items()]
    async with database.transaction() as session:
        await sync_sources(session, definitions, clock.now())
    return Watcher(database, clock, make_desk(), world.open, asyncio.Event(), **more)


async def texts_of(database: Database, name: str) -> list[str]:
    async with database.reading() as session:
        own = select(Item.text).join(Source).where(Source.name == name).order_by(col(Item.id))
        return list((await session.exec(own)).all())


async def the(database: Database, name: str) -> Source:
    async with database.reading() as session:
        return (await session.exec(select(Source).where(Source.name == name))).one()


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0)


async def test_a_source_that_hangs_holds_nobody_and_is_not_read_twice(database: Database, clock: ManualClock, world: World) -> None:
    world.hang, world.brings = {"慢"}, {"快": [("甲", "乙"), ("丙",)], "慢": [("丁",)]}
    watcher = await watcher_of(database, clock, world, {"慢": "slow.example", "快": "fast.example"})
    first = asyncio.create_task(watcher.poll_due())
    await until(lambda: world.reading == ["慢"])
    clock.move_to(clock.now() + timedelta(hours=1))
    second = asyncio.create_task(watcher.poll_due())
    await until(second.done)
    assert await texts_of(database, "快") == ["甲", "乙", "丙"]
    assert world.begun.count("慢") == 1
    world.let_go.set()
    await first
    assert await texts_of(database, "慢") == ["丁"]


async def test_no_more_than_so_many_at_once_and_per_host(database: Database, clock: ManualClock, world: World) -> None:
    hosts = {f"同{number}": "one.example" for number in range(7)} | {f"异{number}": f"h{number}.example" for number in range(7)}
    world.hang = set(hosts)
    watcher = await watcher_of(database, clock, world, hosts, at_once=6)
    polling = asyncio.create_task(watcher.poll_due())
    await until(lambda: len(world.reading) == 6)
    assert sum(name.startswith("同") for name in world.reading) <= AT_ONCE_PER_HOST
    world.let_go.set()
    await polling
    assert (world.most_at_once, sorted(world.begun)) == (6, sorted(hosts))


async def test_one_place_means_one_after_the_other_as_they_fell_due(database: Database, clock: ManualClock, world: World) -> None:
    watcher = await watcher_of(database, clock, world, {name: f"{name}.example" for name in "cab"}, at_once=1)
    await watcher.poll_due()
    assert (world.begun, world.most_at_once) == (["c", "a", "b"], 1)


async def test_one_that_fails_is_noted_and_the_next_is_read(database: Database, clock: ManualClock, world: World) -> None:
    world.fail, world.brings = {"坏": SourceError("连不上 bad.example：ConnectError。", retry_after_seconds=600)}, {"好": [("甲",)]}
    watcher = await watcher_of(
        database, clock, world, {"坏": "bad.example", "好": "good.example"}, intervals={Tier.A: timedelta(minutes=7)}
    )
    assert await watcher.poll_due() == 1
    bad, good = await the(database, "坏"), await the(database, "好")
    assert (bad.failures, bad.next_poll_at) == (1, clock.now() + timedelta(minutes=10))
    assert (good.failures, good.next_poll_at, good.cursor) == (0, clock.now() + timedelta(minutes=7), {"batch": 0})
    assert good.last_error == "有 1 条读不懂，其余已收：第 1 条没有内容。"


async def test_a_fault_of_our_own_ends_the_loop(database: Database, clock: ManualClock, world: World) -> None:
    world.fail = {"甲": StorageError("磁盘已满")}
    watcher = await watcher_of(database, clock, world, {"甲": "a.example"})
    with pytest.raises(StorageError):
        await watcher.poll_due()


async def test_told_to_stop_it_breaks_off_what_hangs(
    database: Database, clock: ManualClock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.watcher.FINISH_WITHIN_SECONDS", 0.05)
    world.hang, world.brings = {"慢"}, {"快": [("甲",)]}
    watcher = await watcher_of(database, clock, world, {"慢": "slow.example", "快": "fast.example"})
    stop = asyncio.Event()
    running = asyncio.create_task(watcher.run(stop))
    await until(lambda: world.reading == ["慢"] and "快" in world.begun)
    stop.set()
    async with asyncio.timeout(5):
        await running
    assert world.reading == []
    assert (await the(database, "慢")).failures == 0


async def test_a_fallback_is_read_only_while_its_main_source_is_ill(database: Database, clock: ManualClock, world: World) -> None:
    main = {"name": "主", "kind": "feed", "address": "https://a.example", "options": {"fallback": "备"}}
    async with database.transaction() as session:
        await sync_sources(session, [main, {"name": "备", "kind": "feed", "address": "https://b.example"}], clock.now())
    watcher = Watcher(database, clock, make_desk(), world.open, asyncio.Event())
    await watcher.poll_due()
    assert world.begun == ["主"]
    async with database.transaction() as session:
        (await session.exec(select(Source).where(Source.name == "主"))).one().ailment = "failing"
    await watcher.poll_due()
    assert world.begun == ["主", "备"]


async def test_what_a_vendor_pushes_is_stored_before_it_is_answered_for(database: Database, clock: ManualClock, world: World) -> None:
    async with database.transaction() as session:
        await sync_sources(session, [{"name": "厂商", "kind": "webhook"}], clock.now())
    watcher = Watcher(database, clock, make_desk(), world.open, asyncio.Event())
    posts = tuple(RawPost(f"p{number}", f"第{number}条", clock.now()) for number in range(25))
    assert await watcher.take_pushed("厂商", posts) == 25
    assert await watcher.take_pushed("厂商", posts) == 25
    assert await texts_of(database, "厂商") == [post.text for post in posts]
    assert (await the(database, "厂商")).last_success_at == clock.now()
    assert await watcher.poll_due() == 0
    assert world.begun == []
