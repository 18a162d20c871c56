"""Approval against an independent model, on the real databases: whatever people do in whatever order, nothing goes out that should not.

More steps than by default: APPROVAL_MACHINE_RUNS=1000 in the environment.
"""

import asyncio
import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import event as engine_event
from sqlalchemy import text as sql
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.tables import metadata
from casework import deputising, expiry, judging, publishing, regrouping, signing
from casework.case import Case
from casework.delegation import Delegation
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyAuthor, ReplyVersion
from casework.drafting.editing import edit_candidate, version_to_submit
from casework.drafting.slots import fill_slot
from casework.errors import PublishError, Refused
from casework.handling import claim
from casework.publication import Publication
from casework.staff import StaffMember
from casework.withdrawing import withdraw
from monitoring.event import LabelKind
from storage.clock import CHINA, ManualClock
from storage.engine import Database, sqlite_url
from storage.migrations import upgrade
from tests.casework.approval_model import COMPOSED, QUOTE, ROLES, SLOT, Text, World
from tests.casework.room import Room, make_desk, seat
from tests.storage.postgres import PostgresServer

START = datetime(2026, 3, 6, 10, 0, tzinfo=CHINA)
RUNS = int(os.environ.get("APPROVAL_MACHINE_RUNS", "85"))
STEPS_PER_RUN = 50
FEWEST_STEPS = 5_000
TEXTS = (
    COMPOSED, "我们看到了视频。当晚已封存记录仪画面。", "我们看到了视频。摊主已得到赔偿。", f"我们看到了视频。办法规定：“{QUOTE}”",
    "摊主已得到赔偿。当晚已封存记录仪画面。", f"当晚已封存记录仪画面。{SLOT}。",
)  # fmt: skip
EVIDENCE = [{"kind": "clause", "key": "办法|第十二条", "name": "《办法》第十二条", "quote": QUOTE, "text_hash": "t", "note": ""}]

who = st.sampled_from(sorted(ROLES))
approvers = st.sampled_from(("郑三", "何四", "孙六", "吴二", "林一"))
pick = st.integers(0, 3)
Act = Callable[[AsyncSession], Awaitable[Any]]


class Approval(RuleBasedStateMachine):
    """One case, six people, and everything that can happen around its reply."""

    open_database: Callable[[], Any]
    counts: ClassVar[Counter[str]] = Counter()

    @initialize(level=st.integers(1, 4))
    def open(self, level: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.opened = type(self).open_database()
        database = self.opened.__enter__()
        self.room, self.links = Room(database, ManualClock(START), make_desk()), itertools.count(1)
        self.world = World(START, level)
        self.loop.run_until_complete(self._begin(level))

    async def _begin(self, level: int) -> None:
        async with self.room.database.transaction() as session:
            received = await self.room.happen(session, level)
            assert received.case is not None
            case, drafter = received.case, await self.room.person(session, "林一")
            await claim(session, case, drafter, self.room.now, self.room.desk)
            draft = Draft(
                case_id=case.id or 0, number=1, event_revision=1, writer="内置起草", frames_version="f", evidence=EVIDENCE,
                requested_by=drafter.id or 0, created_at=self.room.now,
            )  # fmt: skip
            session.add(draft)
            await session.flush()
            rows = [{"text": COMPOSED, "kind": "slot", "refs": []}]
            session.add(CandidateRow(draft_id=draft.id or 0, ordinal=1, strategy="先行告知", channel="微博评论", sentences=rows))
            session.add(FactSlot(case_id=case.id or 0, ordinal=1, name="处理结果"))

    # ---- acts of people ----

    @rule(name=who, text=st.sampled_from(TEXTS))
    def edit(self, name: str, text: str) -> None:
        async def act(session: AsyncSession) -> None:
            await edit_candidate(
                session, await self._case(session), 1, text, await self._person(session, name), self.room.now, self.room.desk
            )

        self._compare("edit", lambda world: world.edit(name, text), act)

    @rule(name=who, value=st.sampled_from(("已暂停执勤", "已责令改正")))
    def fill(self, name: str, value: str) -> None:
        async def act(session: AsyncSession) -> None:
            await fill_slot(session, await self._case(session), 1, value, "现场", "中队", await self._person(session, name), self.room.now)

        self._compare("fill", lambda world: world.fill(name, value), act)

    @rule(name=who)
    def submit(self, name: str) -> None:
        async def act(session: AsyncSession) -> None:
            person, now, desk = await self._person(session, name), self.room.now, self.room.desk
            version = await version_to_submit(
                session, await self._case(session), None if name == "林一" and self._editing else 1, person, now, desk
            )
            await signing.submit(session, version, person, now, (), desk)

        self._compare("submit", lambda world: world.submit(name), act)

    @precondition(lambda self: self.world.texts)
    @rule(name=approvers, which=pick)
    def approve(self, name: str, which: int) -> None:
        self._approve(name, which)

    @precondition(lambda self: self.world.live)
    @rule(name=who, text=st.sampled_from(TEXTS[1:]), submitter=st.sampled_from(("林一", "吴二", "郑三")))
    def bring_up(self, name: str, text: str, submitter: str) -> None:
        self.edit(name, text)
        self.submit(submitter)

    @precondition(lambda self: self.world.live)
    @rule(
        text=st.sampled_from(TEXTS[1:4]), first=approvers, second=st.sampled_from(("郑三", "何四", "孙六")),
        between=st.sampled_from(("", "", "time", "level", "repeal", "withdraw", "fill")), by_machine=st.booleans(),
    )  # fmt: skip
    def go_all_the_way(self, text: str, first: str, second: str, between: str, by_machine: bool) -> None:
        """Written, submitted, signed by two, and, after something has come between, published."""
        self.bring_up("林一", text, "林一")
        self._approve(first, 0)
        self._approve(second, 0)
        self._come_between(between)
        self._publish("吴二", 0, by_machine, looked=False)

    @precondition(lambda self: any(text.state == "submitted" for text in self.world.texts))
    @rule(first=approvers, second=approvers)
    def sign_one_after_the_other(self, first: str, second: str) -> None:
        self._approve(first, 0)
        self._approve(second, 0)

    @precondition(lambda self: self.world.texts)
    @rule(name=st.sampled_from(("郑三", "何四", "吴二")), which=st.sampled_from((0, 0, 0, 1)))
    def send_back(self, name: str, which: int) -> None:
        async def act(session: AsyncSession) -> None:
            await signing.send_back(
                session, await self._version(session, which), await self._person(session, name), "不清楚", self.room.now
            )

        self._compare("send_back", lambda world: world.send_back(name, self._text(world, which)), act)

    @precondition(lambda self: self.world.texts)
    @rule(name=who, which=st.sampled_from((0, 0, 1)))
    def withdraw(self, name: str, which: int) -> None:
        async def act(session: AsyncSession) -> None:
            person = await self._person(session, name)
            await withdraw(session, await self._version(session, which), person, "", self.room.now, self.room.desk)

        self._compare("withdraw", lambda world: world.withdraw(name, self._text(world, which)), act)

    @rule(
        principal=approvers,
        deputy=st.sampled_from(("吴二", "林一", "许五", "郑三")),
        by=st.sampled_from(("何四", "许五")),
        days=st.integers(1, 3),
    )
    def name_deputy(self, principal: str, deputy: str, by: str, days: int) -> None:
        async def act(session: AsyncSession) -> None:
            people = [await self._person(session, name) for name in (principal, deputy, by)]
            await deputising.name_deputy(session, people[0], people[1], timedelta(days=days), people[2], self.room.now)

        self._compare("name_deputy", lambda world: principal != deputy and world.name(principal, deputy, by, days), act)

    @rule(principal=st.sampled_from(("何四", "郑三", "孙六")))
    def deputise(self, principal: str) -> None:
        """The usual way, so that mandates that hold are not rare."""
        self.name_deputy(principal, "吴二", principal, 2)
        self.confirm("许五", -1)

    @precondition(lambda self: self.world.mandates)
    @rule(name=who, which=pick)
    def confirm(self, name: str, which: int) -> None:
        async def act(session: AsyncSession) -> None:
            await deputising.confirm(session, await self._mandate(session, which), await self._person(session, name), self.room.now)

        self._compare("confirm", lambda world: world.confirm(world.mandates[which % len(world.mandates)], name), act)

    @precondition(lambda self: self.world.mandates)
    @rule(name=who, which=pick)
    def end_mandate(self, name: str, which: int) -> None:
        async def act(session: AsyncSession) -> None:
            await deputising.end(session, await self._mandate(session, which), await self._person(session, name), self.room.now)

        self._compare("end_mandate", lambda world: world.end_mandate(world.mandates[which % len(world.mandates)], name), act)

    # ---- what happens meanwhile ----

    @precondition(lambda self: self.world.live)
    @rule(what=st.sampled_from(("posts", "lower", "escalate", "merge", "merge and split")), level=st.integers(1, 4))
    def event_moves(self, what: str, level: int) -> None:
        acts = {
            "posts": self._posts,
            "lower": self._lower,
            "escalate": self._escalate,
            "merge": self._merge,
            "merge and split": self._split,
        }
        if what == "lower" and self.world.level == 4:
            return  # that would end the case, which `dismiss` does
        self._event_moves(what.split()[0], lambda session: acts[what](session, min(level, self.world.level)))

    @precondition(lambda self: not self.world.repealed and any(QUOTE in text.text for text in self.world.texts))
    @rule()
    def repeal(self) -> None:
        self.world.repealed = True
        self.counts["repeal"] += 1

    @rule(minutes=st.sampled_from((1, 20, 11 * 60, 13 * 60)), looked_at=st.booleans())
    def time_goes_by(self, minutes: int, looked_at: bool) -> None:
        async def act(session: AsyncSession) -> None:
            await expiry.step_approvals(session, self.room.now, self.room.desk)

        self.room.wait(minutes=minutes)
        self.world.now = self.room.now
        if looked_at:
            self._compare("clocks", lambda world: world.step() or True, act)

    @precondition(lambda self: self.world.live and len(self.world.texts) > 6)
    @rule()
    def dismiss(self) -> None:
        async def act(session: AsyncSession) -> None:
            person = await self._person(session, "林一")
            await judging.dismiss(session, await self._case(session), person, LabelKind.NOT_OURS, self.room.now, self.room.desk)

        self._compare("dismiss", lambda world: world.over() or True, act)

    # ---- going out ----

    @precondition(lambda self: self.world.texts)
    @rule(name=who, which=pick, by_machine=st.booleans(), looked=st.booleans())
    def publish(self, name: str, which: int, by_machine: bool, looked: bool) -> None:
        self._publish(name, which, by_machine, looked)

    @precondition(lambda self: any(text.state == "approved" for text in self.world.texts))
    @rule(by_machine=st.booleans())
    def publish_what_is_approved(self, by_machine: bool) -> None:
        self._publish("林一", 0, by_machine, looked=False)

    @precondition(lambda self: any(text.publication == "publishing" for text in self.world.texts))
    @rule(ending=st.sampled_from(("published", "uncertain", "failed")))
    def publisher_answers(self, ending: str) -> None:
        number = next(text.number for text in self.world.texts if text.publication == "publishing")

        async def act(session: AsyncSession) -> None:
            version = (await session.exec(select(ReplyVersion.id).where(ReplyVersion.number == number))).one()
            row = await publishing.publication_of(session, version or 0)
            assert row is not None
            if ending == "published":
                await publishing.finish(session, row.id or 0, self._link(), self.room.now, self.room.desk)
            else:
                error = PublishError("没有答复", uncertain=ending == "uncertain")
                await publishing.fail(session, row.id or 0, error, self.room.now, self.room.desk)

        self._compare("publisher", lambda world: world.answered(world.texts[number - 1], ending) or True, act)

    @precondition(lambda self: any(text.publication not in (None, "published") for text in self.world.texts))
    @rule(name=who)
    def register(self, name: str) -> None:
        async def act(session: AsyncSession) -> None:
            person = await self._person(session, name)
            await publishing.record_link(session, await self._case(session), self._link(), person, self.room.now, self.room.desk)

        self._compare("register", lambda world: world.register(name), act)

    def teardown(self) -> None:
        """From wherever it has come to, everybody tries to bring one more text out."""
        if not hasattr(self, "opened"):
            return
        try:
            self.bring_up("吴二", TEXTS[1 + len(self.world.texts) % 4], "吴二")
            for name in sorted(ROLES):
                if self.world.texts:
                    self._approve(name, 0)
            if self.world.texts:
                self._publish("林一", 0, len(self.world.texts) % 2 == 0, looked=False)
            self.register("林一")
        finally:
            self.loop.run_until_complete(self.room.database.__aexit__())
            self.opened.__exit__(None, None, None)
            self.loop.close()

    # ---- how the event moves ----

    async def _posts(self, session: AsyncSession, level: int) -> None:
        await self.room.develop(session, await self._case(session), level=level)

    async def _lower(self, session: AsyncSession, _: int) -> None:
        await judging.lower(session, await self._case(session), await self._person(session, "郑三"), self.room.now, self.room.desk)

    async def _escalate(self, session: AsyncSession, _: int) -> None:
        person = await self._person(session, "林一")
        await judging.escalate(session, await self._case(session), person, "有人受伤", self.room.now, self.room.desk)

    async def _merge(self, session: AsyncSession, level: int) -> None:
        other = (await self.room.happen(session, level)).case
        assert other is not None
        person = await self._person(session, "林一")
        await regrouping.merge(session, other, await self._case(session), person, self.room.now, self.room.desk)

    async def _split(self, session: AsyncSession, level: int) -> None:
        await self._merge(session, level)
        person = await self._person(session, "林一")
        await regrouping.split(session, await self._case(session), [2], person, self.room.now, self.room.desk)

    # ---- how it is compared ----

    def _come_between(self, what: str) -> None:
        if what == "time":
            self.time_goes_by(13 * 60, False)
        elif what == "level":
            self._event_moves("escalate", lambda session: self._escalate(session, 1))
        elif what == "repeal":
            self.world.repealed = True
        elif what == "withdraw":
            self.withdraw("何四", 0)
        elif what == "fill":
            self.fill("吴二", "已责令改正")

    def _approve(self, name: str, which: int) -> None:
        async def act(session: AsyncSession) -> str:
            person, version = await self._person(session, name), await self._version(session, which)
            outcome = await signing.approve(session, version, person, self.room.now, self.room.desk, self._still_valid)
            return outcome.result.value

        expected = deepcopy(self.world)
        foreseen = expected.approve(name, self._text(expected, which))
        self.counts[f"approve: {foreseen}"] += 1
        self._carry_out(expected if foreseen != "refused" else None, act, None if foreseen == "refused" else foreseen)

    def _publish(self, name: str, which: int, by_machine: bool, looked: bool) -> None:
        async def act(session: AsyncSession) -> None:
            person, version = await self._person(session, name), await self._version(session, which)
            reply = await signing.approved_reply(session, version, self.room.now, self._still_valid)
            self._must_be_approved(reply.text, reply.bound_hash, version)
            if by_machine:
                await publishing.begin(session, reply, "webhook", person, self.room.now, looked=looked)
            else:
                await publishing.offer(session, reply, person, self.room.now, self.room.desk)

        self._compare("publish", lambda world: world.publish(name, self._text(world, which), by_machine, looked), act)

    def _must_be_approved(self, text: str, bound: str, version: ReplyVersion) -> None:
        """What must hold of everything that goes out, judged by the model's own memory."""
        known = next(one for one in self.world.texts if one.number == version.number)
        cited = [[row["key"], row["text_hash"], row["quote"]] for row in EVIDENCE if row["quote"] in known.text]
        canonical = json.dumps([known.text, cited, self.world.revision], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (text, bound) == (known.text, hashlib.sha256(canonical.encode()).hexdigest())
        needed = 2 if self.world.level in (1, 2) else 1
        assert len(known.signed) >= needed, f"{len(known.signed)} signatures at level {self.world.level}"
        assert len(set(known.people)) == len(known.people), "somebody's word counted twice"
        assert not set(known.people) & known.hands, "signed by its own writer"

    def _compare(self, name: str, foresee: Callable[[World], bool], act: Act) -> None:
        expected = deepcopy(self.world)
        done = foresee(expected)
        self.counts[f"{name}{'' if done else ': refused'}"] += 1
        self._carry_out(expected if done else None, act)

    def _carry_out(self, expected: World | None, act: Act, result: str | None = None) -> None:
        """Do it, in a transaction of its own; `expected` is how the world looks then, None where it is to be refused."""

        async def run() -> None:
            async with self.room.database.transaction() as session:
                outcome = await act(session)
                assert expected is not None, "done, and should have been refused"
                assert result in (None, outcome)
                await self._must_agree(session, expected)

        refusal = None
        try:
            self.loop.run_until_complete(run())
        except Refused as error:
            refusal = error
        assert (refusal is None) == (expected is not None), f"refused, and should have been done: {refusal}"
        self.world = expected or self.world

    def _event_moves(self, name: str, act: Act) -> None:
        before = (self.world.revision, self.world.level)

        async def and_look(session: AsyncSession) -> None:
            await act(session)
            event = await self.room.event(session, await self._case(session))
            assert event.revision > before[0] or (event.revision, event.level) == before, "another level under the same revision"
            expected.moved(event.revision, event.level)
            if name == "lower" and before[1] in (1, 2) and event.level not in (1, 2):
                expected.lowered.add("郑三")

        expected = deepcopy(self.world)
        self.counts[name] += 1
        self._carry_out(expected, and_look)

    async def _must_agree(self, session: AsyncSession, expected: World) -> None:
        await session.flush()
        names = dict((await session.exec(select(StaffMember.id, StaffMember.name))).all())
        case = await self._case(session)
        rows = (await session.exec(select(ReplyVersion).where(ReplyVersion.case_id == case.id).order_by(col(ReplyVersion.number)))).all()
        ids = [row.id for row in rows]
        publications = dict(
            (await session.exec(select(Publication.version_id, Publication.state).where(Publication.case_id == case.id))).all()
        )
        signatures = (await (await session.connection()).execute(_SIGNATURES, {"case": case.id})).all()
        authors = (await session.exec(select(ReplyAuthor).where(col(ReplyAuthor.version_id).in_(ids)))).all()
        for row, text in zip(rows, expected.texts, strict=True):
            text.authors = {names[author.staff_id] for author in authors if author.version_id == row.id}
            assert text.hands <= text.authors, f"{text.hands - text.authors} wrote version {text.number} and may sign it"
            signed = [(signer, principal) for version, signer, principal in signatures if version == row.id]
            found = (row.text, row.state.value, row.required_approvals, signed, row.event_revision, publications.get(row.id))
            assert found == (text.text, text.state, text.needed, text.signed, text.revision, text.publication), f"version {text.number}"

    async def _still_valid(self, version: ReplyVersion) -> str | None:
        return "引用的条款已废止" if self.world.repealed and version.citations else None

    @property
    def _editing(self) -> bool:
        return any(text.state == "editing" for text in self.world.texts)

    def _text(self, world: World, which: int) -> Text:
        """The newest, the one before it …"""
        return world.texts[-1 - which % len(world.texts)]

    async def _version(self, session: AsyncSession, which: int) -> ReplyVersion:
        number = self._text(self.world, which).number
        return (await session.exec(select(ReplyVersion).where(ReplyVersion.number == number))).one()

    async def _mandate(self, session: AsyncSession, which: int) -> int:
        ids = (await session.exec(select(Delegation.id).order_by(col(Delegation.id)))).all()
        return ids[which % len(ids)] or 0

    async def _case(self, session: AsyncSession) -> Case:
        return await self.room.case(session)

    async def _person(self, session: AsyncSession, name: str) -> StaffMember:
        return await self.room.person(session, name)

    def _link(self) -> str:
        return f"https://example.org/{next(self.links)}"


_SIGNATURES = sql(
    "SELECT a.version_id, signer.name, principal.name FROM approval a JOIN reply_version v ON v.id = a.version_id"
    " JOIN staff_member signer ON signer.id = a.approver_id LEFT JOIN delegation d ON d.id = a.delegation_id"
    " LEFT JOIN staff_member principal ON principal.id = d.principal_id WHERE v.case_id = :case AND a.voided_at IS NULL ORDER BY a.id"
)


async def make_template(url: str) -> None:
    tables = metadata()
    async with Database(url) as database:
        await upgrade(database.engine, tables)
        async with database.transaction() as session:
            await seat(session)
            session.add(StaffMember(name="孙六", roles=["drafter", "approver"]))
        if database.is_sqlite:
            async with database.engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def run_machine(open_database: Callable[[], Any], runs: int) -> Counter[str]:
    Approval.open_database, Approval.counts = staticmethod(open_database), Counter()  # type: ignore[assignment]
    checked = settings(
        max_examples=runs, stateful_step_count=STEPS_PER_RUN, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
        database=None,
    )  # fmt: skip
    run_state_machine_as_test(Approval, settings=checked)
    for name, count in sorted(Approval.counts.items()):
        print(f"{count:6} {name}")  # noqa: T201  # shown with -s, for the record
    return Approval.counts


def test_nothing_goes_out_that_should_not(tmp_path: Path) -> None:
    template = tmp_path / "template.sqlite3"
    asyncio.run(make_template(sqlite_url(template)))

    @contextmanager
    def opened() -> Iterator[Database]:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(template, path := Path(folder) / "approval.sqlite3")
            database = Database(sqlite_url(path))
            engine_event.listen(database.engine.sync_engine, "connect", _in_haste)
            yield database

    counts = run_machine(opened, RUNS)
    assert counts.total() >= FEWEST_STEPS
    for outcome in ("approve: fully", "approve: partly", "approve: void", "approve: refused", "publish", "register", "withdraw", "merge"):
        assert counts[outcome], outcome


@pytest.mark.postgres
def test_nothing_goes_out_that_should_not_on_postgresql(postgres: PostgresServer) -> None:
    postgres.run("CREATE DATABASE approvals")
    asyncio.run(make_template(postgres.url("approvals")))
    numbers = itertools.count()

    @contextmanager
    def opened() -> Iterator[Database]:
        name = f"approvals_{next(numbers)}"
        postgres.run(f"CREATE DATABASE {name} TEMPLATE approvals")
        yield Database(postgres.url(name))
        postgres.run(f"DROP DATABASE {name} WITH (FORCE)")

    assert run_machine(opened, 8).total() > 200


def _in_haste(connection: Any, _: object) -> None:
    """What is on the disk when the test ends is of no interest."""
    connection.execute("PRAGMA synchronous=OFF").close()
