"""到期与催签: what nobody uses ends and says so; what waits for signatures is asked for, first of the approvers, then of the leader."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import update

from casework import expiry
from casework.drafting.draft import ReplyVersion, VersionState
from casework.errors import Refused
from casework.publication import Publication, PublicationState
from casework.publishing import offer
from casework.signing import approved_reply
from tests.casework.room import Room
from tests.casework.test_signing import Desk, holds


async def approved(room: Room, level: int = 2) -> Desk:
    desk = await Desk(room).version(level=level)
    await desk.submit()
    await desk.approve("郑三")
    if level < 3:
        await desk.approve("何四")
    return desk


async def step(desk: Desk) -> list[str]:
    """Let the clock's hand fall; returns what the chats are told by it."""
    async with desk.room.database.transaction() as session:
        before = len(await desk.room.texts(session))
        await expiry.step_approvals(session, desk.room.now, desk.room.desk)
        return (await desk.room.texts(session))[before:]


async def publication(desk: Desk, state: PublicationState) -> None:
    async with desk.room.database.transaction() as session:
        version = await session.get_one(ReplyVersion, desk.version_id)
        reply = await approved_reply(session, version, desk.room.now, holds)
        await offer(session, reply, await desk.room.person(session, "吴二"), desk.room.now, desk.room.desk)
        if state is not PublicationState.OFFERED:
            await (await session.connection()).execute(update(Publication).values(state=state))


@pytest.mark.parametrize(("level", "hours"), [(1, 12), (2, 12), (3, 24), (4, 24)])
async def test_an_approval_that_is_not_used_ends_with_its_time(room: Room, level: int, hours: int) -> None:
    desk = await approved(room, level)
    desk.room.wait(hours=hours, seconds=-1)
    assert await step(desk) == []
    assert await desk.reply()
    desk.room.wait(seconds=1)
    with pytest.raises(Refused, match=r"签发到 .* 已过期，不能发布"):
        await desk.reply()
    (told,) = (text for text in await step(desk) if text.startswith("⌛"))
    assert f"签发后 {hours} 小时没有发布，签发已自动作废" in told or "1 天没有发布" in told
    assert "「送签 A1 1」" in told
    assert await desk.state() == (VersionState.VOID, 0)
    assert await step(desk) == []


async def test_the_department_sets_the_time(room: Room) -> None:
    desk = await approved(room)
    async with desk.room.database.reading() as session:
        version = await session.get_one(ReplyVersion, desk.version_id)
        assert await expiry.next_step(session) == version.expires_at == desk.room.now + timedelta(hours=12)


async def test_who_holds_the_text_is_named_when_the_approval_ends(room: Room) -> None:
    desk = await approved(room)
    await publication(desk, PublicationState.OFFERED)
    desk.room.wait(hours=12)
    (told,) = (text for text in await step(desk) if text.startswith("⌛"))
    assert "已由吴二取走去发布：请先确认没有发出" in told


@pytest.mark.parametrize("state", [PublicationState.PUBLISHING, PublicationState.UNCERTAIN])
async def test_what_may_be_out_does_not_end_by_the_clock(room: Room, state: PublicationState) -> None:
    desk = await approved(room)
    await publication(desk, state)
    desk.room.wait(days=3)
    assert await step(desk) == []
    assert (await desk.state())[0] is VersionState.APPROVED


async def test_approvers_are_reminded_once_and_then_the_leader_once(room: Room) -> None:
    desk = await Desk(room).version()
    await desk.submit()
    desk.room.wait(minutes=14)
    assert await step(desk) == []
    desk.room.wait(minutes=1)
    (first,) = await step(desk)
    assert first.startswith("⏳ A1 第 1 版送签已 15 分钟，还差 2 人签发。可以签发的：郑三、何四。\n")
    await desk.approve("何四")
    desk.room.wait(minutes=15)
    (second,) = await step(desk)
    assert "送签已 30 分钟，还差 1 人签发。可以签发的：郑三。请带班领导郑三督办" in second
    desk.room.wait(days=2)
    assert await step(desk) == []


async def test_nobody_is_reminded_of_what_is_decided(room: Room) -> None:
    desk = await approved(room, level=3)
    desk.room.wait(hours=2)
    assert await step(desk) == []


@pytest.mark.both_databases
async def test_the_database_puts_no_end_off_and_publishes_nothing_after_it(room: Room) -> None:
    desk = await approved(room)
    async with desk.room.database.transaction() as session:
        with pytest.raises(IntegrityError, match="end_put_off"):
            await (await session.connection()).execute(update(ReplyVersion).values(expires_at=desk.room.now + timedelta(days=9)))
        await session.rollback()
    desk.room.wait(hours=12)
    async with desk.room.database.transaction() as session:
        case, person = await desk.room.case(session), await desk.room.person(session, "林一")
        session.add(
            Publication(
                case_id=case.id or 0, version_id=desk.version_id, publisher="hand", text_hash="0" * 64, state=PublicationState.OFFERED,
                requested_by=person.id or 0, requested_at=desk.room.now,
            )
        )  # fmt: skip
        with pytest.raises(IntegrityError, match="published_after_end"):
            await session.flush()
        await session.rollback()


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [VersionState.SUBMITTED, VersionState.APPROVED, VersionState.EDITING])
async def test_the_database_lets_no_version_come_back(room: Room, state: VersionState) -> None:
    desk = await approved(room)
    desk.room.wait(hours=12)
    await step(desk)
    async with desk.room.database.transaction() as session:
        with pytest.raises(IntegrityError, match=r"version_revived|version_without_approvals"):
            await (await session.connection()).execute(update(ReplyVersion).values(state=state))
        await session.rollback()
