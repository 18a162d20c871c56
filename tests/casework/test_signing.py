"""签发: two people for grave cases, none of them an author, of exactly that text, as long as nothing has changed."""

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlmodel import select

from casework import judging
from casework.approval import Approval, approvals_of, void_all
from casework.authority import who_can_sign
from casework.checks.finding import Finding, Severity
from casework.difference import Change
from casework.drafting.draft import FactSlot, ReplyAuthor, ReplyVersion, VersionState
from casework.errors import Refused
from casework.handling import claim
from casework.message import Card, CardKind
from casework.signing import ApprovalOutcome, Signed, approve, approved_reply, send_back, submit
from storage.engine import Database
from tests.casework.room import Room

TEXT = "我们看到了视频，正在现场核实。今晚 22:00 前在这里公布结果。"


async def holds(version: ReplyVersion) -> str | None:
    return None


async def repealed(version: ReplyVersion) -> str | None:
    return "引用的条款已废止"


@dataclass
class Desk:
    """Level II, claimed by 林一, one version in 林一's hand."""

    room: Room
    version_id: int = 0

    async def version(self, level: int = 2, content: str = TEXT) -> "Desk":
        async with self.room.database.transaction() as session:
            received = await self.room.happen(session, level)
            assert received.case is not None
            await claim(session, received.case, await self.room.person(session, "林一"), self.room.now, self.room.desk)
            self.version_id = (await self.room.write(session, received.case, content)).id or 0
        return self

    async def submit(self, name: str = "林一", *findings: Finding) -> None:
        async with self.room.database.transaction() as session:
            version = await session.get_one(ReplyVersion, self.version_id)
            await submit(session, version, await self.room.person(session, name), self.room.now, findings, self.room.desk)

    async def approve(self, name: str, still_valid=holds, database: Database | None = None) -> ApprovalOutcome:  # type: ignore[no-untyped-def]
        async with (database or self.room.database).transaction() as session:
            version = await session.get_one(ReplyVersion, self.version_id)
            return await approve(session, version, await self.room.person(session, name), self.room.now, self.room.desk, still_valid)

    async def refuses(self, name: str) -> str:
        with pytest.raises(Refused) as refusal:
            await self.approve(name)
        return str(refusal.value)

    async def state(self) -> tuple[VersionState, int]:
        """The version's state and how many approvals stand."""
        async with self.room.database.reading() as session:
            version = await session.get_one(ReplyVersion, self.version_id)
            return version.state, len(await approvals_of(session, version))

    async def reply(self, still_valid=holds) -> str:  # type: ignore[no-untyped-def]
        async with self.room.database.transaction() as session:
            return (await approved_reply(session, await session.get_one(ReplyVersion, self.version_id), self.room.now, still_valid)).text

    async def cards(self) -> list[Card]:
        """The approval card and its newer faces, oldest first."""
        async with self.room.database.transaction() as session:
            await self.room.send_all(session)
            cards = [Card.from_json(row.card) for row in await self.room.deliveries(session, "all")]
        return [card for card in cards if card.kind is CardKind.APPROVAL]


@pytest.fixture
async def desk(room: Room) -> Desk:
    return await Desk(room).version()


async def test_two_others_approve_and_the_text_may_go_out(desk: Desk) -> None:
    await desk.submit()
    first = await desk.approve("郑三")
    assert (first.result, first.sentence) == (Signed.PARTLY, "A1 第 1 版已签发，还需 1 人签发。可以找：何四。")
    second = await desk.approve("何四")
    assert (second.result, second.sentence) == (Signed.FULLY, "A1 第 1 版签发完成。")
    assert await desk.state() == (VersionState.APPROVED, 2)
    assert await desk.reply() == TEXT


async def test_one_approver_is_not_enough_at_level_two(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    with pytest.raises(Refused, match="正等签发"):
        await desk.reply()


async def test_one_is_enough_at_level_three(room: Room) -> None:
    desk = await Desk(room).version(level=3)
    await desk.submit()
    assert (await desk.approve("何四")).result is Signed.FULLY


async def test_nobody_approves_twice(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    assert await desk.refuses("郑三") == "A1 第 1 版你已在 18:42 签发过，一人只算一次。"
    assert await desk.state() == (VersionState.SUBMITTED, 1)


async def test_an_author_who_may_approve_does_not_approve_own_text(desk: Desk) -> None:
    async with desk.room.database.transaction() as session:
        leader = await desk.room.person(session, "郑三")
        session.add(ReplyAuthor(version_id=desk.version_id, staff_id=leader.id or 0))
    await desk.submit()
    assert await desk.refuses("郑三") == "A1 第 1 版由你起草，需由他人签发。"


async def test_where_too_few_are_left_to_sign_it_says_why_and_what_helps(desk: Desk) -> None:
    async with desk.room.database.transaction() as session:
        leader = await desk.room.person(session, "郑三")
        session.add(ReplyAuthor(version_id=desk.version_id, staff_id=leader.id or 0))
    await desk.submit()
    told = (await desk.approve("何四")).sentence
    assert "还差 1 位签发人：郑三写过这一稿或补过其中的事实，不能签发" in told
    assert "「拟稿 A1」" in told


async def test_who_is_no_approver_is_told_who_is(desk: Desk) -> None:
    await desk.submit()
    assert await desk.refuses("吴二") == "没有权限：签发需要「签发人」角色，你是「值班员、起草人」。可以找：郑三、何四。"


async def test_nothing_is_approved_before_it_is_submitted(desk: Desk) -> None:
    assert await desk.refuses("郑三") == "A1 第 1 版还没有送签。"


async def test_an_open_fact_keeps_a_text_from_submission(room: Room) -> None:
    desk = await Desk(room).version(content="【待核实：谁到场】正在核实，【待核实：时限】前公布。【待核实：谁到场】负责。")
    with pytest.raises(Refused, match="还有 2 处待核实：谁到场、时限"):
        await desk.submit()
    assert await desk.state() == (VersionState.EDITING, 0)


async def test_a_blocking_finding_keeps_a_text_from_submission_and_a_warning_does_not(desk: Desk) -> None:
    with pytest.raises(Refused, match="电话没有依据"):
        await desk.submit("林一", Finding("unfounded", Severity.BLOCK, "8", "电话没有依据"))
    await desk.submit("林一", Finding("ask_missing", Severity.WARN, "", "没有说明是否公布视频"))


async def test_a_text_written_for_an_earlier_revision_is_not_submitted(desk: Desk) -> None:
    async with desk.room.database.transaction() as session:
        (await desk.room.event(session, await desk.room.case(session))).revision += 1
    with pytest.raises(Refused, match="有了变化"):
        await desk.submit()


async def test_a_new_revision_of_the_event_voids_what_was_approved_and_says_so(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    async with desk.room.database.transaction() as session:
        await desk.room.develop(session, await desk.room.case(session), level=1)
        heads = [Card.from_json(row.card).head for row in await desk.room.deliveries(session, "all")]
    assert await desk.state() == (VersionState.VOID, 0)
    assert "A1 第 1 版：事件有了变化，先前 1 份签发作废，请核对后重新送签。" in heads


async def test_more_posts_alone_void_nothing(desk: Desk) -> None:
    await desk.submit()
    async with desk.room.database.transaction() as session:
        await desk.room.develop(session, await desk.room.case(session), posts=50)
    assert (await desk.approve("郑三")).result is Signed.PARTLY


async def test_a_revision_that_slipped_by_is_found_at_approval(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    async with desk.room.database.transaction() as session:
        (await desk.room.event(session, await desk.room.case(session))).revision += 1
    outcome = await desk.approve("何四")
    assert (outcome.result, "先前 1 份签发作废，请重新送签。" in outcome.sentence) == (Signed.VOID, True)
    assert await desk.state() == (VersionState.VOID, 0)


async def test_a_repealed_clause_voids(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    outcome = await desk.approve("何四", repealed)
    assert outcome.sentence == "A1 第 1 版：引用的条款已废止，先前 1 份签发作废，请重新送签。"


async def test_a_text_changed_behind_the_guards_is_found_by_its_hash(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    async with desk.room.database.transaction() as session:
        connection = await session.connection()
        await connection.execute(text("DROP TRIGGER version_altered" + ("" if desk.room.database.is_sqlite else " ON reply_version")))
        await connection.execute(text("UPDATE reply_version SET text = '改过的字'"))
    assert (await desk.approve("何四")).sentence == "A1 第 1 版：文本已变动，先前 1 份签发作废，请重新送签。"


async def test_what_changed_after_the_last_approval_does_not_go_out(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    await desk.approve("何四")
    with pytest.raises(Refused, match="有了变动，不能发布"):
        await desk.reply(repealed)
    async with desk.room.database.transaction() as session:
        (await desk.room.event(session, await desk.room.case(session))).revision += 1
    with pytest.raises(Refused, match="有了变动，不能发布"):
        await desk.reply()


async def test_a_newer_version_voids_the_one_on_its_way(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    first = desk.version_id
    async with desk.room.database.transaction() as session:
        desk.version_id = (await desk.room.write(session, await desk.room.case(session), TEXT + "谢谢。")).id or 0
    await desk.submit()
    assert (await desk.state())[0] is VersionState.SUBMITTED
    desk.version_id = first
    assert await desk.state() == (VersionState.VOID, 0)
    assert await desk.refuses("何四") == "A1 第 1 版已作废，请看最新一版。"


async def test_sending_back_takes_a_reason_and_ends_approvals(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")

    async def back(reason: str) -> str:
        async with desk.room.database.transaction() as session:
            version = await session.get_one(ReplyVersion, desk.version_id)
            return await send_back(session, version, await desk.room.person(session, "何四"), reason, desk.room.now)

    with pytest.raises(Refused, match="请写明退回理由"):
        await back("")
    assert await back("没有写明找谁") == "A1 第 1 版已退回。"
    assert await desk.state() == (VersionState.RETURNED, 0)
    card = (await desk.cards())[-1]
    assert (card.buttons, card.rows[-1].text, card.head) == ((), "没有写明找谁", "📝 A1 第 1 版 · 已退回")


@pytest.mark.both_databases
async def test_the_same_approver_pressing_twice_at_once_counts_once(desk: Desk) -> None:
    await desk.submit()

    async def press(database: Database) -> bool:
        try:
            await desk.approve("郑三", database=database)
        except Refused:
            return False
        return True

    async with Database(desk.room.database.url) as other:
        pressed = await asyncio.gather(*(press(database) for database in (desk.room.database, other) * 4))
    assert (sum(pressed), await desk.state()) == (1, (VersionState.SUBMITTED, 1))


@pytest.mark.both_databases
async def test_two_approvers_pressing_at_once_complete_it(desk: Desk) -> None:
    await desk.submit()
    async with Database(desk.room.database.url) as other:
        outcomes = await asyncio.gather(desk.approve("郑三"), desk.approve("何四", database=other))
    assert sorted(outcome.result for outcome in outcomes) == [Signed.FULLY, Signed.PARTLY]
    assert await desk.state() == (VersionState.APPROVED, 2)


async def test_the_card_shows_all_that_an_approver_must_see(desk: Desk) -> None:
    async with desk.room.database.transaction() as session:
        case = await desk.room.case(session)
        known = FactSlot(case_id=case.id or 0, ordinal=1, name="谁到场", value="现场核实", verified_how="现场电话", verified_by="林一")
        known.filled_by = (await desk.room.person(session, "吴二")).id
        session.add(known)
    await desk.submit()
    (asked,) = await desk.cards()
    await desk.approve("郑三")
    signed = (await desk.cards())[-1]
    assert asked.head == "📝 A1 第 1 版送签 · 起草 林一 · 需 2 人签发（II 级）"
    assert asked.body == TEXT
    rows = {row.label: row for row in signed.rows}
    assert rows["事实"].text == "1 处均已核实：现场核实（现场电话）"
    assert rows["事实"].detail == "谁到场：现场核实（现场电话，林一）"
    assert rows["承诺"].text == "“今晚 22:00 前在这里公布结果” → 发布后建立提醒"
    assert rows["预演"].text == "市民会追问：视频公布吗？"
    assert rows["签发"].text == "郑三 18:42（1/2）"
    assert rows["全文"].text.endswith("与候选①相比改动 2 处")
    assert "".join(run.text for run in rows["全文"].changes if run.change is not Change.STRUCK) == TEXT
    assert [button.command for line in asked.buttons for button in line] == ["签发 A1 1", "退回 A1 1", "依据 A1"]


async def test_everything_on_its_way_is_void_at_once(desk: Desk) -> None:
    await desk.submit()
    await desk.approve("郑三")
    async with desk.room.database.transaction() as session:
        assert await void_all(session, await desk.room.case(session), "system", "试", desk.room.now) == 1
        found = (await session.exec(select(Approval))).one()
        assert (found.voided_at, found.void_reason) == (desk.room.now, "试")


async def test_whoever_lowered_a_grave_case_is_not_the_one_who_signs_alone(room: Room) -> None:
    desk = await Desk(room).version()
    async with room.database.transaction() as session:
        case = await room.case(session)
        await judging.lower(session, case, await room.person(session, "郑三"), room.now, room.desk)
        desk.version_id = (await room.write(session, case, TEXT)).id or 0
        version = await session.get_one(ReplyVersion, desk.version_id)
        assert version.required_approvals == 1
        assert [signer.name for signer in await who_can_sign(session, version, ("林一",), room.now)] == ["何四"]
    await desk.submit()
    assert "这一人不能是你" in await desk.refuses("郑三")
    assert (await desk.approve("何四")).result is Signed.FULLY
