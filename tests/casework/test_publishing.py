"""发布: out once, by hand or by webhook; a doubt is a person's to settle; what is promised is watched."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from casework import closing, deadlines, promise_ledger, publishing
from casework.approval import ApprovedReply
from casework.case import Case, CaseState
from casework.deadline import DeadlineKind, DeadlineState
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import PublishError, Refused
from casework.handling import claim
from casework.message import Card
from casework.publication import Publication, PublicationState
from knowledge_base.past_case import PastCase
from tests.casework.replying import LINK, TEXT, approved
from tests.casework.room import Room


async def offer(room: Room, reply: ApprovedReply) -> Card:
    async with room.database.transaction() as session:
        return await publishing.offer(session, reply, await room.person(session, "林一"), room.now, room.desk)


async def register(room: Room, link: str = LINK) -> str:
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        return await publishing.record_link(session, await room.case(session), link, person, room.now, room.desk)


async def begin(room: Room, reply: ApprovedReply, *, looked: bool = False) -> publishing.Errand:
    async with room.database.transaction() as session:
        return await publishing.begin(session, reply, "webhook", await room.person(session, "林一"), room.now, looked=looked)


async def fail(room: Room, errand: publishing.Errand, *, uncertain: bool) -> None:
    async with room.database.transaction() as session:
        await publishing.fail(session, errand.publication_id, PublishError("坏了。", uncertain=uncertain), room.now, room.desk)


async def close(room: Room, outcome: str = "已道歉并赔偿") -> str:
    async with room.database.transaction() as session:
        return await closing.close(session, await room.case(session), await room.person(session, "林一"), outcome, room.now, room.desk)


async def keep_promise(room: Room, proof: str = "已在现场公布结果") -> str:
    async with room.database.transaction() as session:
        person = await room.person(session, "林一")
        return await promise_ledger.keep(session, await room.case(session), None, proof, person, room.now, room.desk)


async def publication(room: Room) -> Publication:
    async with room.database.reading() as session:
        return (await session.exec(select(Publication))).one()


async def case(room: Room) -> Case:
    async with room.database.reading() as session:
        return await room.case(session)


async def states(room: Room) -> dict[DeadlineKind, DeadlineState]:
    async with room.database.reading() as session:
        return {row.kind: row.state for row in await deadlines.deadlines_of(session, await room.case(session))}


async def last_text(room: Room) -> str:
    async with room.database.reading() as session:
        return (await room.texts(session))[-1]


@pytest.mark.both_databases
async def test_by_hand_the_text_is_handed_over_word_for_word_and_the_link_registered(room: Room) -> None:
    reply = await approved(room)
    card = await offer(room, reply)
    assert (card.copy_text, card.head) == (TEXT, "✅ A1 第 1 版已签发（郑三 18:42、何四 18:42）")
    assert (await publication(room)).state is PublicationState.OFFERED
    room.wait(minutes=5)
    assert await register(room) == "A1 已登记发布。承诺的期限已建立提醒。"
    found = await publication(room)
    assert (found.state, found.link, found.published_at) == (PublicationState.PUBLISHED, LINK, room.now)
    assert (await case(room)).state is CaseState.REPLIED
    assert (await states(room))[DeadlineKind.FIRST_RESPONSE] is DeadlineState.MET
    async with room.database.reading() as session:
        assert (await session.exec(select(ReplyVersion))).one().state is VersionState.PUBLISHED


async def test_asking_for_the_text_again_gives_the_same_text(room: Room) -> None:
    reply = await approved(room)
    assert (await offer(room, reply)).copy_text == (await offer(room, reply)).copy_text
    await register(room)
    with pytest.raises(Refused, match=LINK):
        await offer(room, reply)


@pytest.mark.parametrize("link", ["", "已经发了", "weibo.example/1", "ftp://x/1", "https://", "https://a b"])
async def test_a_link_is_a_link(room: Room, link: str) -> None:
    await offer(room, await approved(room))
    with pytest.raises(Refused, match="请贴上发布后的网址"):
        await register(room, link)


async def test_nothing_is_registered_that_was_not_offered(room: Room) -> None:
    await approved(room)
    with pytest.raises(Refused, match="没有等待登记的发布"):
        await register(room)


async def test_by_webhook_the_row_stands_before_anything_is_sent(room: Room) -> None:
    errand = await begin(room, await approved(room))
    assert (await publication(room)).state is PublicationState.PUBLISHING
    async with room.database.transaction() as session:
        await publishing.finish(session, errand.publication_id, LINK, room.now, room.desk)
    assert ((await publication(room)).state, (await case(room)).state) == (PublicationState.PUBLISHED, CaseState.REPLIED)


async def test_a_refused_publication_may_be_tried_again_under_the_same_key(room: Room) -> None:
    reply = await approved(room)
    first = await begin(room, reply)
    await fail(room, first, uncertain=False)
    assert "没有发布成功" in await last_text(room)
    second = await begin(room, reply)
    assert (first.key, first.publication_id) == (second.key, second.publication_id)


async def test_an_uncertain_publication_waits_for_a_person_who_looks(room: Room) -> None:
    reply = await approved(room)
    await fail(room, await begin(room, reply), uncertain=True)
    assert "可能已经发出。请去看一眼" in await last_text(room)
    with pytest.raises(Refused, match="请先去看一眼"):
        await begin(room, reply)
    with pytest.raises(Refused, match="发布结果不明"):
        await close(room)
    await begin(room, reply, looked=True)


async def test_what_a_person_took_away_no_machine_sends_before_somebody_looked(room: Room) -> None:
    reply = await approved(room)
    await offer(room, reply)
    with pytest.raises(Refused, match="已有人取走去发"):
        await begin(room, reply)
    await begin(room, reply, looked=True)


async def test_what_may_be_out_is_handed_to_nobody_and_what_failed_is_a_persons_then(room: Room) -> None:
    reply = await approved(room)
    errand = await begin(room, reply)
    with pytest.raises(Refused, match="请先去看一眼"):
        await offer(room, reply)
    await fail(room, errand, uncertain=False)
    assert (await offer(room, reply)).copy_text == TEXT
    with pytest.raises(Refused, match="已有人取走去发"):
        await begin(room, reply)


@pytest.mark.both_databases
async def test_beside_a_version_in_doubt_no_other_version_goes_out(room: Room) -> None:
    await fail(room, await begin(room, await approved(room)), uncertain=True)
    other = await approved(room, "结果如下。")
    for attempt in (offer(room, other), begin(room, other)):
        with pytest.raises(Refused, match="第 1 版的发布结果还不清楚"):
            await attempt
    await register(room)
    assert (await offer(room, other)).copy_text == "结果如下。"


async def test_where_a_machine_published_the_address_is_the_machines(room: Room) -> None:
    room.desk = replace(room.desk, channel_hosts={"微博评论": ("weibo.com",)})
    await fail(room, await begin(room, await approved(room)), uncertain=True)
    await register(room, "https://town.example/@us/1")
    assert (await publication(room)).link == "https://town.example/@us/1"


async def test_an_uncertain_publication_that_stands_is_registered_by_its_link(room: Room) -> None:
    await fail(room, await begin(room, await approved(room)), uncertain=True)
    await register(room)
    assert (await publication(room)).state is PublicationState.PUBLISHED


@pytest.mark.both_databases
async def test_found_on_its_way_after_a_crash_it_is_uncertain_and_a_person_is_asked(room: Room) -> None:
    await begin(room, await approved(room))
    async with room.database.transaction() as session:
        assert await publishing.recover(session, room.now, room.desk) == 1
        assert await publishing.recover(session, room.now, room.desk) == 0
    assert (await publication(room)).state is PublicationState.UNCERTAIN
    assert "发布途中程序中断" in await last_text(room)


async def test_nothing_is_published_twice(room: Room) -> None:
    reply = await approved(room)
    errand = await begin(room, reply)
    with pytest.raises(Refused, match="正在发布"):
        await begin(room, reply)
    async with room.database.transaction() as session:
        await publishing.finish(session, errand.publication_id, LINK, room.now, room.desk)
    with pytest.raises(Refused, match="不会再发一次"):
        await begin(room, reply)


async def test_a_text_voided_after_a_person_took_it_is_registered_all_the_same(room: Room) -> None:
    await offer(room, await approved(room))
    async with room.database.transaction() as session:
        await room.develop(session, await room.case(session), level=1)
    await register(room)
    async with room.database.reading() as session:
        assert (await session.exec(select(ReplyVersion))).one().state is VersionState.VOID
    assert (await publication(room)).state is PublicationState.PUBLISHED


async def test_closing_ends_all_clocks_and_the_reply_becomes_a_past_case(room: Room) -> None:
    await offer(room, await approved(room))
    await register(room)
    room.wait(hours=2)
    await keep_promise(room)
    assert await close(room) == "A1 已办结，这次的回复已收入历史案例。"
    async with room.database.reading() as session:
        learnt = (await session.exec(select(PastCase))).one()
        ended = await room.case(session)
    assert (learnt.case_number, learnt.reply, learnt.line, learnt.usable) == ("A1", TEXT, "市容秩序", True)
    assert "秤都摔了" in learnt.question
    assert (ended.state, ended.outcome) == (CaseState.CLOSED, "已道歉并赔偿")
    assert DeadlineState.RUNNING not in (await states(room)).values()
    room.wait(days=2)
    async with room.database.transaction() as session:
        assert await deadlines.step_deadlines(session, room.now, room.desk) == 0
    assert "✅ 已办结" in await last_text(room)


async def test_a_ticket_is_met_by_closing_in_time(room: Room) -> None:
    async with room.database.transaction() as session:
        received = await room.happen(session, 3, due_at=room.now + timedelta(days=1))
        assert received.case is not None
        await claim(session, received.case, await room.person(session, "林一"), room.now, room.desk)
    assert await close(room) == "A1 已办结。"
    assert (await states(room))[DeadlineKind.TICKET] is DeadlineState.MET


async def test_closing_asks_for_a_claim_and_a_result(room: Room) -> None:
    async with room.database.transaction() as session:
        await room.happen(session, 3)
    with pytest.raises(Refused, match="还没有人认领"):
        await close(room)
    async with room.database.transaction() as session:
        await claim(session, await room.case(session), await room.person(session, "林一"), room.now, room.desk)
    with pytest.raises(Refused, match="请写明结果"):
        await close(room, " ")


async def test_who_may_not_publish_is_refused(room: Room) -> None:
    reply = await approved(room)
    with pytest.raises(Refused, match="没有权限：发布"):
        async with room.database.transaction() as session:
            await publishing.offer(session, reply, await room.person(session, "许五"), room.now, room.desk)
