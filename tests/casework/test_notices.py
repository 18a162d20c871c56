"""更正、补充通报: a case of its own by the old case's rules, linked both ways; what was wrong is nobody's example any more."""

import pytest
from sqlmodel import select

from casework import closing, judging, notices, publishing
from casework.case import Case, CaseState, NoticeKind
from casework.deadline import DeadlineKind
from casework.deadlines import deadlines_of
from casework.drafting.candidate import Written
from casework.drafting.matter import gather, verified_facts
from casework.drafting.notice import compose_notice, notice_draft
from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Strategy
from casework.errors import Refused
from casework.notices import Mending, read_mending
from casework.publication import Publication
from knowledge_base.past_case import PastCase
from monitoring.statistics import Counted, Query, count
from storage import audit
from tests.casework.replying import LINK, approved, publish
from tests.casework.room import Room

WRONG, RIGHT = "今晚 22:00 前", "明天 10:00 前"
MENDING = Mending(WRONG, RIGHT, "值班记录", "周队")


async def open_notice(room: Room, kind: NoticeKind = NoticeKind.CORRECTION, mending: Mending = MENDING, by: str = "林一") -> Case:
    async with room.database.transaction() as session:
        return await notices.open_notice(
            session, await room.case(session), kind, mending, await room.person(session, by), room.now, room.desk
        )


async def mend(room: Room, case: Case, text: str, link: str = "https://weibo.example/9") -> None:
    """The notice's own reply is written, approved by two and out."""
    reply = await approved(room, text, number=case.number)
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        await publishing.offer(session, reply, person, room.now, room.desk)
        await publishing.record_link(session, await room.case(session, case.number), link, person, room.now, room.desk)


async def drafted(room: Room, case: Case) -> Written:
    async with room.database.reading() as session:
        written = await notice_draft(session, case)
        assert written is not None
        return written


@pytest.mark.parametrize(
    "told",
    [
        "“今晚 22:00 前” 应为 “明天 10:00 前” 核实：值班记录，周队",
        "今晚 22:00 前应为：明天 10:00 前，核实: 值班记录, 周队",
        "「今晚 22:00 前」→「明天 10:00 前」（核实：值班记录，周队）",
    ],
)
def test_what_is_wrong_and_what_is_right_is_read_out_of_one_line(told: str) -> None:
    assert read_mending(NoticeKind.CORRECTION, told) == MENDING


@pytest.mark.parametrize("told", ["", "写错了", "今晚 22:00 前应为明天 10:00 前", "应为明天 核实：值班记录，周队"])
def test_a_correction_without_all_of_it_is_none(told: str) -> None:
    assert read_mending(NoticeKind.CORRECTION, told) is None


def test_a_supplement_needs_only_what_is_added_and_its_proof() -> None:
    assert read_mending(NoticeKind.SUPPLEMENT, "受伤摊主已出院 核实：医院电话，周队") == Mending("", "受伤摊主已出院", "医院电话", "周队")


async def test_a_correction_is_a_claimed_case_at_the_old_level_with_its_facts_verified(room: Room) -> None:
    old = await publish(room)
    new = await open_notice(room)
    async with room.database.reading() as session:
        event, facts = await room.event(session, new), await verified_facts(session, new)
        clocks = [clock.kind for clock in await deadlines_of(session, new)]
        figures = await count(session, Query(event.first_posted_at.replace(hour=0), event.first_posted_at.replace(hour=23), Counted.EVENTS))
        matter = await gather(session, new, room.now, room.desk)
        alert = (await room.texts(session))[-1]
    assert "0 条" not in alert
    assert (new.number, new.notice, new.follows, new.state) == ("A2", NoticeKind.CORRECTION, 1, CaseState.CLAIMED)
    assert (event.level, event.line, event.headline) == (2, "市容秩序", "更正 A1：桥头市场：网传队员掀翻摊位")
    assert facts == {"原文发布时间": "3月6日18:42", "原文有误的话": WRONG, "核实后的内容": RIGHT}
    assert clocks == [DeadlineKind.CLARIFY]
    assert figures.total == 1, "it is no second matter"
    assert matter.facts == facts
    assert old.number == "A1"


async def test_its_draft_says_what_was_wrong_what_is_right_and_sorry_in_the_old_channel_first(room: Room) -> None:
    await publish(room)
    written = await drafted(room, await open_notice(room))
    first = written.candidates[0]
    assert (first.strategy, first.channel) == (Strategy.APOLOGY, Channel.COMMENT)
    assert first.text == f"更正：我们3月6日18:42说的“{WRONG}”有误，正确的是：{RIGHT}。给大家带来误解，我们道歉。"
    assert {candidate.channel for candidate in written.candidates} == {Channel.COMMENT, Channel.BULLETIN}
    assert not open_slots(first.text)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("kind", NoticeKind)
def test_it_fits_into_every_channel(kind: NoticeKind, channel: Channel) -> None:
    facts = {"told_at": "3月6日18:42", "wrong": WRONG, "right": RIGHT + "。"}
    written = compose_notice(kind, facts, channel)
    assert written.candidates[0].channel is channel
    for candidate in written.candidates:
        assert candidate.text.startswith(("更正：", "补充"))
        assert RIGHT + "。" in candidate.text
        assert "。。" not in candidate.text
        assert len(candidate.text) <= candidate.channel.longest


@pytest.mark.both_databases
async def test_once_it_is_out_both_cases_know_of_each_other(room: Room) -> None:
    await publish(room)
    new = await open_notice(room)
    await mend(room, new, "更正：“今晚 22:00 前”有误，我们道歉。")
    async with room.database.reading() as session:
        old, correcting = (await session.exec(select(Publication).order_by(Publication.id))).all()  # type: ignore[arg-type]
        texts = await room.texts(session)
        report = await audit.verify(session)
    assert (old.link, old.corrected_by, correcting.corrected_by) == (LINK, correcting.id, None)
    assert any("已更正" in text or "更正" in text for text in texts if "A1" in text)
    assert report.broken_at is None


async def test_a_supplement_leaves_the_old_text_standing(room: Room) -> None:
    await publish(room)
    new = await open_notice(room, NoticeKind.SUPPLEMENT, Mending("", "受伤摊主已出院", "医院电话", "周队"))
    assert (await drafted(room, new)).candidates[0].strategy is Strategy.PROGRESS
    await mend(room, new, "补充：受伤摊主已出院。")
    async with room.database.reading() as session:
        old = (await session.exec(select(Publication).where(Publication.id == 1))).one()
    assert old.corrected_by is None


async def test_what_was_corrected_is_nobodys_example(room: Room) -> None:
    await publish(room, "我们已经道歉，并赔偿了全部损失。")
    async with room.database.transaction() as session:
        await closing.close(session, await room.case(session), await room.person(session, "林一"), "已赔偿", room.now, room.desk)
    async with room.database.reading() as session:
        assert (await session.exec(select(PastCase))).one().usable
    new = await open_notice(room, mending=Mending("全部损失", "一半损失", "财务记录", "周队"))
    await mend(room, new, "更正：“全部损失”有误，我们道歉。")
    async with room.database.reading() as session:
        assert not (await session.exec(select(PastCase))).one().usable
    async with room.database.transaction() as session:
        case = await room.case(session, new.number)
        told = await closing.close(session, case, await room.person(session, "林一"), "已更正", room.now, room.desk)
    assert told == "A2 已办结。"
    async with room.database.reading() as session:
        assert len((await session.exec(select(PastCase))).all()) == 1


async def test_the_wrong_words_must_stand_in_what_was_published(room: Room) -> None:
    async with room.database.transaction() as session:
        await room.happen(session)
    with pytest.raises(Refused, match="还没有发布过"):
        await open_notice(room)
    await publish(room)
    with pytest.raises(Refused, match="不在 A1 已发布的文本里"):
        await open_notice(room, mending=Mending("昨晚", RIGHT, "值班记录", "周队"))
    with pytest.raises(Refused, match="没有权限"):
        await open_notice(room, by="何四")


async def test_what_took_two_to_publish_takes_two_to_put_right_although_the_matter_was_lowered_since(room: Room) -> None:
    await publish(room)
    async with room.database.transaction() as session:
        await judging.lower(session, await room.case(session), await room.person(session, "郑三"), room.now, room.desk)
    new = await open_notice(room)
    async with room.database.reading() as session:
        assert (await room.event(session, new)).level == 2
