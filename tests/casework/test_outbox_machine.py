"""The outbox against an independent model of the world: whatever is killed, refused or left unanswered, no alert is lost."""

import asyncio
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlmodel import col, select

from bot.tables import metadata
from casework.case import Case
from casework.delivery import WAITING, Delivery, DeliveryState, lease_due, mark_sent
from casework.errors import ChatError
from casework.handling import claim
from casework.message import Card
from casework.undelivered import mark_failure
from storage.clock import CHINA, ManualClock
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade
from tests.casework.room import Room, make_desk, seat

START = datetime(2026, 3, 6, 10, 0, tzinfo=CHINA)
HERE = ("room",)
pick = st.integers(min_value=0, max_value=99)


@dataclass
class World:
    """What people saw: every message that arrived, by its reference, with its faces; and how often each key may have arrived twice."""

    messages: dict[str, tuple[str, str, list[Card]]] = field(default_factory=dict)
    may_repeat: Counter[str] = field(default_factory=Counter)

    def receive(self, row: Delivery) -> str:
        card = Card.from_json(row.card)
        if row.replaces is None:
            reference = f"m{len(self.messages)}"
            self.messages[reference] = (row.chat, row.key, [card])
            return reference
        self.messages[row.reference][2].append(card)
        return row.reference

    def arrivals(self, key: str) -> list[Card]:
        return [faces[0] for _, one, faces in self.messages.values() if one == key]


class Outbox(RuleBasedStateMachine):
    """Cases come and grow, two couriers carry cards, and everything that can go wrong does."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.loop, self.folder = asyncio.new_event_loop(), tempfile.TemporaryDirectory()
        shutil.copy(self.template, path := Path(self.folder.name) / "outbox.sqlite3")
        self.room = Room(Database(sqlite_url(path)), ManualClock(START), make_desk())
        self.world, self.carried = World(), list[Delivery]()

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(act)

    @rule(level=st.integers(1, 4), line=st.sampled_from(("市容秩序", "食品安全")))
    def happen(self, level: int, line: str) -> None:
        async def act() -> None:
            async with self.room.database.transaction() as session:
                await self.room.happen(session, level, line=line)

        self.run(act())

    @rule(which=pick, level=st.integers(1, 4), posts=st.integers(1, 9))
    def develop(self, which: int, level: int, posts: int) -> None:
        async def act() -> None:
            async with self.room.database.transaction() as session:
                if cases := (await session.exec(select(Case))).all():
                    case = cases[which % len(cases)]
                    present = (await self.room.event(session, case)).level
                    await self.room.develop(
                        session, case, level=min(level, present), posts=posts, milestones=("有视频",) if posts > 7 else ()
                    )

        self.run(act())

    @rule(which=pick)
    def claim(self, which: int) -> None:
        async def act() -> None:
            async with self.room.database.transaction() as session:
                cases = (await session.exec(select(Case).where(col(Case.owner_id).is_(None)))).all()
                if cases:
                    await claim(session, cases[which % len(cases)], await self.room.person(session, "林一"), self.room.now, self.room.desk)

        self.run(act())

    @rule(courier=st.sampled_from(("one", "two")), limit=st.integers(1, 4))
    def lease(self, courier: str, limit: int) -> None:
        async def act() -> None:
            async with self.room.database.transaction() as session:
                self.carried += await lease_due(session, courier, self.room.now, limit, HERE)

        self.run(act())

    @precondition(lambda self: self.carried)
    @rule(which=pick)
    def arrive(self, which: int) -> None:
        self.run(self._arrive(self._take(which)))

    @precondition(lambda self: self.carried)
    @rule(which=pick)
    def be_refused(self, which: int) -> None:
        row = self._take(which)
        self.run(
            self._fail(row, ChatError("被移出群。", permanent=True) if row.replaces is None else ChatError("忙。", retry_after_seconds=3))
        )

    @precondition(lambda self: self.carried)
    @rule(which=pick)
    def be_put_off(self, which: int) -> None:
        self.run(self._fail(self._take(which), ChatError("忙。", retry_after_seconds=7)))

    @precondition(lambda self: self.carried)
    @rule(which=pick, arrived=st.booleans())
    def stay_unanswered(self, which: int, arrived: bool) -> None:
        row = self._take(which)
        self._maybe_arrive(row, arrived)
        self.run(self._fail(row, ChatError("没有回执。", uncertain=True)))

    @precondition(lambda self: self.carried)
    @rule(which=pick, arrived=st.booleans())
    def courier_is_killed(self, which: int, arrived: bool) -> None:
        self._maybe_arrive(self._take(which), arrived)

    @rule(seconds=st.sampled_from((5, 31, 61, 301)))
    def time_goes_by(self, seconds: int) -> None:
        self.room.wait(seconds=seconds)

    def teardown(self) -> None:
        if not hasattr(self, "room"):
            return
        self.carried.clear()
        self.run(self._drain())
        rows = self.run(self._rows())
        self.run(self.room.database.__aexit__())
        self.folder.cleanup()
        self.loop.close()
        self._nothing_is_lost(rows)
        self._nothing_is_repeated_without_cause(rows)
        self._every_standing_card_is_up_to_date(rows)

    def _nothing_is_lost(self, rows: list[Delivery]) -> None:
        seen = Counter(card.case_number for *_, faces in self.world.messages.values() for card in faces[:1])
        for row in rows:
            assert row.state not in (*WAITING, DeliveryState.LEASED), f"{row.key} is stuck: {row.state}"
            if row.replaces is None and row.state is DeliveryState.SENT:
                assert self.world.arrivals(row.key), f"{row.key} never arrived"
            if row.replaces is None and row.state in (DeliveryState.FAILED, DeliveryState.DEAD):
                assert seen[Card.from_json(row.card).case_number], f"{row.key} went nowhere"
                assert any(other.key.startswith(f"undelivered:{row.id}→") for other in rows), f"nobody was told of {row.key}"

    def _nothing_is_repeated_without_cause(self, rows: list[Delivery]) -> None:
        for row in rows:
            arrivals = self.world.arrivals(row.key)
            assert len(arrivals) <= 1 + self.world.may_repeat[row.key], row.key
            assert all(card.head.endswith("（可能重复）") for card in arrivals[1:]), row.key

    def _every_standing_card_is_up_to_date(self, rows: list[Delivery]) -> None:
        for root in rows:
            if root.state is DeliveryState.SENT and root.replaces is None:
                edits = [row for row in rows if row.replaces == root.id and row.state is DeliveryState.SENT]
                last = max(edits, key=lambda row: row.id or 0, default=root)
                assert self.world.messages[root.reference][2][-1] == Card.from_json(last.card), root.key

    def _take(self, which: int) -> Delivery:
        return self.carried.pop(which % len(self.carried))

    def _maybe_arrive(self, row: Delivery, arrived: bool) -> None:
        if arrived:
            self.world.receive(row)
        self.world.may_repeat[row.key] += 1

    async def _arrive(self, row: Delivery) -> None:
        if row.leased_until and row.leased_until <= self.room.now:  # so slow that it counts as killed
            self.world.may_repeat[row.key] += 1
        reference = self.world.receive(row)
        async with self.room.database.transaction() as session:
            await mark_sent(session, row, reference, self.room.now)

    async def _fail(self, row: Delivery, error: ChatError) -> None:
        async with self.room.database.transaction() as session:
            await mark_failure(session, row, error, self.room.now)

    async def _drain(self) -> None:
        for _ in itertools.count():
            self.room.wait(minutes=6)
            for _ in range(50):
                async with self.room.database.transaction() as session:
                    leased = await lease_due(session, "last", self.room.now, 50, HERE)
                for row in leased:
                    await self._arrive(row)
                if not leased:
                    break
            async with self.room.database.reading() as session:
                if (await session.exec(select(Delivery.id).where(col(Delivery.state).in_(WAITING)))).first() is None:
                    return

    async def _rows(self) -> list[Delivery]:
        async with self.room.database.reading() as session:
            return await self.room.deliveries(session)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the staff in it, to be copied for every run."""
    path = tmp_path_factory.mktemp("outbox") / "template.sqlite3"

    async def make() -> None:
        async with Database(sqlite_url(path)) as database:
            await upgrade(database.engine, metadata())
            async with database.transaction() as session:
                await seat(session)

    asyncio.run(make())
    return path


def test_the_outbox_keeps_its_promise(template: Path) -> None:
    Outbox.template = template
    checked = settings(
        max_examples=25, stateful_step_count=30, deadline=timedelta(seconds=30), suppress_health_check=list(HealthCheck), derandomize=True
    )
    run_state_machine_as_test(Outbox, settings=checked)
