"""What a page showed is kept once, sealed, provable, and forgotten in time."""

import base64
import hashlib
import zlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from monitoring.item import Item
from monitoring.observe import observe
from monitoring.polling import sync_sources
from monitoring.post import Evidence, RawPost
from monitoring.snapshot import SNAPSHOT_LIFETIME, Snapshot, examine, forget_expired, snapshots_of
from monitoring.source import Source
from monitoring.watch import build_watch
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database
from storage.seal import Seal

SEAL = Seal(base64.urlsafe_b64encode(b"k" * 32))
PAGE = "<p>桥头市场门口的井盖不见了，联系人 13900000000</p>".encode()


def evidence(body: bytes, at: datetime) -> Evidence:
    return Evidence(hashlib.sha256(body).hexdigest(), zlib.compress(body), len(body), "text/html", "https://a.example/1", at)


async def seen(database: Database, clock: ManualClock, *posts: RawPost, seal: Seal | None = SEAL) -> list[Item]:
    watch = replace(build_watch(), seal=seal)
    async with database.transaction() as session:
        await sync_sources(session, [{"name": "论坛", "kind": "feed"}], clock.now())
        source = (await session.exec(select(Source))).one()
        return [(await observe(session, post, source, clock.now(), watch)).item for post in posts]


def posts(clock: ManualClock, count: int, body: bytes = PAGE) -> list[RawPost]:
    page = evidence(body, clock.now())
    return [RawPost(f"k{number}", f"第{number}个井盖不见了，城管来看看", clock.now(), evidence=page) for number in range(count)]


@pytest.mark.both_databases
async def test_one_page_is_stored_once_for_all_its_posts_and_noted_in_the_chain(database: Database, clock: ManualClock) -> None:
    items = await seen(database, clock, *posts(clock, 40))
    async with database.reading() as session:
        snapshot = (await session.exec(select(Snapshot))).one()
        noted = (await session.exec(select(audit.AuditEntry).where(audit.AuditEntry.action == "snapshot.kept"))).one()
    assert {item.snapshot_hash for item in items} == {snapshot.digest} == {noted.details["sha256"]}
    assert (snapshot.address, snapshot.media_type, snapshot.size_bytes) == ("https://a.example/1", "text/html", len(PAGE))
    assert snapshot.fetched_at == clock.now()
    assert snapshot.sealed
    assert b"13900000000" not in snapshot.sealed
    proof = examine(snapshot, SEAL)
    assert (proof.holds, proof.body) == (True, PAGE)


async def test_a_changed_page_proves_nothing(database: Database, clock: ManualClock) -> None:
    await seen(database, clock, *posts(clock, 1))
    async with database.transaction() as session:
        forged = SEAL.close_bytes(zlib.compress(PAGE + b"!"))
        await (await session.connection()).execute(update(Snapshot).values(sealed=forged))
    async with database.reading() as session:
        snapshot = (await session.exec(select(Snapshot))).one()
    assert not examine(snapshot, SEAL).holds
    for sealed in (b"rubbish", SEAL.close_bytes(b"rubbish"), None):
        assert examine(snapshot.model_copy(update={"sealed": sealed}), SEAL).body is None


async def test_the_snapshots_of_an_event(database: Database, clock: ManualClock) -> None:
    items = await seen(database, clock, *posts(clock, 2))
    event = items[0].event_id
    assert event
    async with database.reading() as session:
        found = await snapshots_of(session, event)
    assert [(item.source_key, snapshot.digest) for item, snapshot in found] == [
        (item.source_key, item.snapshot_hash) for item in items if item.event_id == event
    ]


async def test_what_is_sealed_is_dropped_in_time_and_its_hash_stays(database: Database, clock: ManualClock) -> None:
    post = replace(posts(clock, 1)[0], text="井盖不见了，城管快来，电话 13912345678")
    await seen(database, clock, post)
    for later, dropped in ((SNAPSHOT_LIFETIME - timedelta(minutes=1), 0), (SNAPSHOT_LIFETIME, 2), (SNAPSHOT_LIFETIME, 0)):
        async with database.transaction() as session:
            assert await forget_expired(session, clock.now() + later) == dropped
    async with database.reading() as session:
        snapshot = (await session.exec(select(Snapshot))).one()
        item = (await session.exec(select(Item).where(col(Item.sealed_original).is_(None)))).one()
    assert snapshot.sealed is None
    assert item.snapshot_hash == snapshot.digest


async def test_without_a_seal_no_page_is_kept(database: Database, clock: ManualClock) -> None:
    (item,) = await seen(database, clock, *posts(clock, 1), seal=None)
    assert item.snapshot_hash is None
