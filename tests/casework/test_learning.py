"""学到了什么: counted from what was approved and published, and from nothing else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from casework import closing, publishing
from casework.drafting.candidate import Candidate as Offered
from casework.drafting.candidate import Sentence, SentenceKind, Written
from casework.drafting.draft import CandidateRow, Draft, FactSlot, ReplyVersion
from casework.drafting.editing import edit_candidate
from casework.drafting.slots import fill_slot
from casework.drafting.strategy import Channel, Strategy
from casework.handling import claim
from casework.learned_face import by_experience, learned_card, sentence, success
from casework.learning import Candidate, Fate, Lesson, lessons, lessons_from, share_of
from casework.signing import approve, approved_reply, send_back, submit
from casework.withdrawing import withdraw
from knowledge_base.past_case import PastCase
from tests.casework.room import Room
from tests.casework.test_signing import holds

COMPOSED = "我们高度重视此事。【待核实：谁到场】。结果会公布。"
FILLED = "我们高度重视此事。中队长已到场。结果会公布。"
EDITED = "中队长已到场。结果会公布。有问题请拨打热线。"


async def reply(room: Room, text: str | None, end: str = "publish") -> str:
    """A case of level III with a draft of two candidates; the first is taken up as given, and ends as it says. Returns its number."""
    async with room.database.transaction() as session:
        received = await room.happen(session, 3)
        assert received.case is not None
        case, writer = received.case, await room.person(session, "林一")
        await claim(session, case, writer, room.now, room.desk)
        draft = Draft(
            case_id=case.id or 0, number=1, event_revision=1, writer="内置起草", frames_version="f1", requested_by=writer.id or 0,
            created_at=room.now,
        )  # fmt: skip
        session.add(draft)
        await session.flush()
        for ordinal, strategy in enumerate(("致歉整改", "事实说明"), 1):
            rows = [{"text": COMPOSED, "kind": "slot", "refs": []}]
            session.add(CandidateRow(draft_id=draft.id or 0, ordinal=ordinal, strategy=strategy, channel="情况通报", sentences=rows))
        session.add(FactSlot(case_id=case.id or 0, ordinal=1, name="谁到场"))
        await session.flush()
        await fill_slot(session, case, 1, "中队长已到场", "现场", "中队", writer, room.now)
        version = await edit_candidate(session, case, 1, text, writer, room.now, room.desk)
        await submit(session, version, writer, room.now, (), room.desk)
        number, version_id = case.number, version.id
    room.wait(minutes=12)
    async with room.database.transaction() as session:
        version, approver = await session.get_one(ReplyVersion, version_id), await room.person(session, "何四")
        if end == "return":
            await send_back(session, version, approver, "太软", room.now)
            return number
        await approve(session, version, approver, room.now, room.desk, holds)
        if end == "withdraw":
            await withdraw(session, version, approver, "", room.now, room.desk)
        if end == "publish":
            person, case = await room.person(session, "林一"), await room.case(session, number)
            await publishing.offer(session, await approved_reply(session, version, room.now, holds), person, room.now, room.desk)
            await publishing.record_link(session, case, f"https://example.org/{number}", person, room.now, room.desk)
    return number


async def learned(room: Room) -> dict[str, Lesson]:
    async with room.database.reading() as session:
        return {lesson.strategy: lesson for lesson in await lessons(session)}


async def test_kept_edited_rejected_and_passed_over_are_told_apart(room: Room) -> None:
    for text, end in ((None, "publish"), (EDITED, "publish"), (EDITED, "publish"), (None, "return"), (None, "withdraw"), (None, "")):
        await reply(room, text, end)
    found = await learned(room)
    taken, other = found["致歉整改"], found["事实说明"]
    assert (taken.used, taken.kept, taken.edited, taken.rejected, taken.passed_over) == (3, 1, 2, 2, 0)
    assert (other.used, other.passed_over, other.frames) == (0, 3, "f1")
    assert taken.waited == timedelta(minutes=12)
    assert taken.share == pytest.approx(2 / 3 * share_of(FILLED, EDITED))
    assert (taken.struck, taken.added) == ((("我们高度重视此事", 2),), (("有问题请拨打热线", 2),))
    assert sentence(taken).startswith("用了 3 次，改 2 次，平均改动 ")
    assert "退回或撤回 2 次，送签到签齐 12 分钟，常删：“我们高度重视此事”（2 件），常加：“有问题请拨打热线”（2 件）" in sentence(taken)


async def test_what_one_case_alone_changed_is_told_to_nobody(room: Room) -> None:
    await reply(room, EDITED)
    assert (await learned(room))["致歉整改"].struck == ()


async def test_a_fact_that_was_put_in_is_no_edit(room: Room) -> None:
    await reply(room, None)
    assert (await learned(room))["致歉整改"].share == 0


async def test_nothing_was_published_and_nothing_is_learned(room: Room) -> None:
    await reply(room, EDITED, "")
    found = await learned(room)
    assert found == {}
    assert learned_card(tuple(found.values())).head == "📚 还没有发布过的回复，没有什么可学的。"


@pytest.mark.parametrize(("end", "kept"), [("publish", 1), ("", 0), ("return", 0)])
async def test_an_edited_reply_becomes_a_past_case_only_once_it_was_published_and_the_case_is_over(room: Room, end: str, kept: int) -> None:
    number = await reply(room, EDITED, end)
    async with room.database.transaction() as session:
        assert (await session.exec(select(PastCase))).all() == []
        case, person = await room.case(session, number), await room.person(session, "林一")
        await closing.close(session, case, person, "已办", room.now, room.desk)
        assert [row.reply for row in (await session.exec(select(PastCase))).all()] == [EDITED] * kept


async def test_a_void_text_that_somebody_posted_all_the_same_teaches_nothing(room: Room) -> None:
    number = await reply(room, EDITED, "")
    async with room.database.transaction() as session:
        case, person = await room.case(session, number), await room.person(session, "林一")
        version = (await session.exec(select(ReplyVersion))).all()[-1]
        await publishing.offer(session, await approved_reply(session, version, room.now, holds), person, room.now, room.desk)
        await withdraw(session, version, person, "", room.now, room.desk)
        await publishing.record_link(session, case, "https://example.org/1", person, room.now, room.desk)
        await closing.close(session, case, person, "已办", room.now, room.desk)
        assert (await session.exec(select(PastCase))).all() == []
    assert (await learned(room))["致歉整改"].used == 0


def decided(strategy: str, share: float, count: int) -> list[Candidate]:
    kept = "字" * round(100 * (1 - share))
    return [Candidate(f"A{n}", strategy, "12345/留言板答复", "f", Fate.EDITED, kept + "旧" * (100 - len(kept)), kept) for n in range(count)]


def written(*strategies: Strategy) -> Written:
    sentences = (Sentence("我们看到了。", SentenceKind.FACT),)
    return Written(tuple(Offered(strategy, Channel.TICKET, sentences) for strategy in strategies), (), "", note="原注")


PLAN = (Strategy.FACTS, Strategy.EARLY_NOTICE, Strategy.APOLOGY)


def order(candidates: Written) -> list[Strategy]:
    return [candidate.strategy for candidate in candidates.candidates]


def test_experience_moves_only_the_alternatives_and_says_so() -> None:
    known = lessons_from([*decided("先行告知", 0.9, 6), *decided("致歉整改", 0.1, 6), *decided("事实说明", 1.0, 6)])
    moved = by_experience(written(*PLAN), known)
    assert order(moved) == [Strategy.FACTS, Strategy.APOLOGY, Strategy.EARLY_NOTICE]
    assert moved.note.startswith("原注\n②③ 的先后按本单位的采用情况：致歉整改·12345/留言板答复 的文字 ")


@pytest.mark.parametrize(
    "known",
    [[], [*decided("先行告知", 0.9, 4), *decided("致歉整改", 0.1, 6)], [*decided("先行告知", 0.3, 6), *decided("致歉整改", 0.2, 6)]],
)
def test_little_experience_or_a_small_difference_moves_nothing(known: list[Candidate]) -> None:
    assert by_experience(written(*PLAN), lessons_from(known)) == written(*PLAN)


def test_rejections_count_against_a_kind() -> None:
    returned = [Candidate(f"B{n}", "先行告知", "12345/留言板答复", "f", Fate.REJECTED) for n in range(5)]
    assert success(written(Strategy.EARLY_NOTICE).candidates[0], lessons_from(returned)) == 0


@given(st.text("我们看到了视频。，12", max_size=40), st.text("我们看到了视频。，12", max_size=40))
def test_a_share_is_a_share(composed: str, text: str) -> None:
    assert 0 <= share_of(composed, text) <= 1
    assert share_of(composed, composed) == 0


def test_a_slot_that_was_overwritten_by_hand_is_no_edit() -> None:
    assert share_of("我们看到了视频。【待核实：谁到场】，正在核实。", "我们看到了视频。中队长七点到场，正在核实。") == 0
