"""发布 by machine: which publisher takes a channel, what people are told, and how doubts end without anybody's hand."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.commands.publishing import publish
from bot.faults import StartError
from bot.house import House
from bot.publishers import open_publishers
from bot.publishing_work import is_due, keep_looking, look_for_uncertain
from bot.settings import Settings
from casework.drafting.draft import ReplyVersion
from casework.errors import Refused
from casework.publication import Publication, PublicationState
from casework.publishing import LONGEST_SENDING, begin
from casework.signing import approved_reply
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.publishing.notice_board import NoticeBoard, NoticeBoardPublisher
from tests.adapters.publishing.platforms import Fault
from tests.bot.department import settings
from tests.bot.publishing_room import CHANNEL, house_over, lay_out, order, state_of, told
from tests.casework.replying import holds
from tests.casework.room import Room


@pytest.fixture
async def board(clock: ManualClock) -> AsyncIterator[NoticeBoard]:
    async with NoticeBoard(clock) as opened:
        yield opened


@pytest.fixture
async def house(database: Database, database_url: str, clock: ManualClock, board: NoticeBoard) -> AsyncIterator[House]:
    await lay_out(database, clock)
    path = Path(database_url.removeprefix("sqlite+aiosqlite:///"))
    async with house_over(path, clock, {CHANNEL: NoticeBoardPublisher(board)}) as opened:
        yield opened


async def wait(house: House, **duration: float) -> None:
    house.clock.move_to(house.clock.now() + timedelta(**duration))  # type: ignore[attr-defined]  # a ManualClock


async def press(house: House, rest: str = "") -> str:
    return (await publish(await order(house, rest))).brief


async def test_published_by_machine_the_link_comes_back(house: House, board: NoticeBoard) -> None:
    assert await press(house) == f"A1 已发布：{board.posted[0].link}"
    assert await state_of(house) is PublicationState.PUBLISHED
    with pytest.raises(Refused, match="已经发布"):
        await press(house)


async def test_a_channel_without_a_publisher_is_for_a_persons_hand(house: House, board: NoticeBoard) -> None:
    by_hand = House(**{**house.__dict__, "publishers": {"情况通报": NoticeBoardPublisher(board)}})
    card = (await publish(await order(by_hand))).cards[0]
    assert card.copy_text
    assert (await state_of(house), board.attempts) == (PublicationState.OFFERED, 0)


async def test_a_refusal_is_told_and_may_be_tried_again(house: House, board: NoticeBoard) -> None:
    board.faults = [Fault.REFUSED]
    assert "没有发出" in await press(house)
    assert await state_of(house) is PublicationState.FAILED
    await press(house)
    assert len(board.posted) == 1


async def test_what_was_accepted_without_an_answer_is_found_and_nothing_is_sent_again(house: House, board: NoticeBoard) -> None:
    board.faults = [Fault.CUT]
    assert await press(house) == "A1 没有得到回执，可能已经发出；闻声会到平台上核对，请勿重发。"
    with pytest.raises(Refused, match="请先去看一眼"):
        await press(house)
    await wait(house, minutes=3)
    assert await look_for_uncertain(house) == 1
    assert (await state_of(house), board.attempts) == (PublicationState.PUBLISHED, 1)
    assert f"核对过，已经发出：{board.posted[0].link}" in await told(house)
    assert await look_for_uncertain(house) == 0


async def test_what_was_lost_is_called_failed_once_the_platform_was_asked(house: House, board: NoticeBoard) -> None:
    board.faults = [Fault.LOST]
    await press(house)
    await wait(house, minutes=3)
    assert await look_for_uncertain(house) == 1
    assert await state_of(house) is PublicationState.FAILED
    assert "核对过，没有发出" in await told(house)
    await press(house)
    assert len(board.posted) == 1


async def test_while_the_platform_cannot_tell_it_stays_in_doubt_and_is_asked_ever_more_seldom(house: House, board: NoticeBoard) -> None:
    board.faults, board.look_fault = [Fault.CUT], (500, "")
    await press(house)
    asked_at = []
    for minute in range(1, 121):
        await wait(house, minutes=1)
        before = await looked_at(house)
        await look_for_uncertain(house)
        if await looked_at(house) != before:
            asked_at.append(minute)
    assert await state_of(house) is PublicationState.UNCERTAIN
    assert asked_at[:4] == [1, 2, 3, 5]
    assert len(asked_at) < 20
    board.look_fault = None
    await wait(house, hours=2)
    await look_for_uncertain(house)
    assert await state_of(house) is PublicationState.PUBLISHED


async def looked_at(house: House) -> object:
    async with house.database.reading() as session:
        return (await session.exec(select(Publication.looked_at))).one()


async def test_one_that_cannot_be_asked_is_left_to_a_person(house: House, board: NoticeBoard) -> None:
    publisher = house.publishers[CHANNEL]
    publisher.finds = False
    board.faults = [Fault.CUT]
    assert "没有发出去" in await press(house)
    await wait(house, hours=1)
    assert await look_for_uncertain(house) == 0
    assert "请去看一眼" in await told(house)
    board.posted.clear()
    await press(house, "已查看")
    assert len(board.posted) == 1


async def test_what_hangs_on_its_way_for_too_long_was_interrupted(house: House, board: NoticeBoard) -> None:
    room = Room(house.database, house.clock, house.desk)  # type: ignore[arg-type]  # a ManualClock
    async with house.database.transaction() as session:
        version = await session.get_one(ReplyVersion, 1)
        reply = await approved_reply(session, version, room.now, holds)
        await begin(session, reply, "notice_board", await room.person(session, "林一"), room.now)
    await wait(house, minutes=LONGEST_SENDING.total_seconds() / 60 - 1)
    assert await look_for_uncertain(house) == 0
    await wait(house, minutes=2)
    await look_for_uncertain(house)
    assert await state_of(house) is PublicationState.FAILED
    assert "发布途中程序中断" in await told(house)


async def test_the_loop_looks_until_it_is_told_to_stop(house: House, board: NoticeBoard) -> None:
    board.faults = [Fault.CUT]
    await press(house)
    await wait(house, minutes=3)
    stop = asyncio.Event()
    looking = asyncio.create_task(keep_looking(house, stop))
    await house.stirred.wait()
    stop.set()
    await looking
    assert await state_of(house) is PublicationState.PUBLISHED


@pytest.mark.parametrize(
    ("age", "looked_ago", "due"),
    [(10, None, False), (20, None, True), (60, 1, False), (90, 40, True), (86_400 * 2, 86_000, False)],
)
def test_when_to_ask(clock: ManualClock, age: int, looked_ago: int | None, due: bool) -> None:
    now = clock.now()
    looked = None if looked_ago is None else now - timedelta(seconds=looked_ago)
    row = Publication(
        case_id=1, version_id=1, publisher="x", text_hash="", state=PublicationState.UNCERTAIN, requested_by=1,
        requested_at=now - timedelta(seconds=age), looked_at=looked,
    )  # fmt: skip
    assert is_due(row, now) is due


def publishing(folder: Path, **about: object) -> Settings:
    return settings(folder, [], {}, publishing=about)


async def test_each_channel_has_the_publisher_that_the_settings_name(tmp_path: Path, clock: ManualClock) -> None:
    about = publishing(
        tmp_path, channels={"情况通报": "mastodon", "微博/公众号正文": "telegram", "12345/留言板答复": "webhook"},
        webhook_url="https://site.example/replies", secret="s", mastodon={"instance": "https://town.example", "token": "t"},
        telegram={"channel": "@townhall", "token": "1:t"},
    )  # fmt: skip
    async with open_publishers(about, clock) as publishers:
        named = {channel: publisher.name for channel, publisher in publishers.items()}
    assert named == {"情况通报": "mastodon", "微博/公众号正文": "telegram", "12345/留言板答复": "webhook"}


async def test_a_webhook_alone_takes_every_channel_and_nothing_at_all_takes_none(tmp_path: Path, clock: ManualClock) -> None:
    async with open_publishers(publishing(tmp_path, webhook_url="https://site.example/replies", secret="s"), clock) as publishers:
        assert set(publishers) == {"微博评论", "微博/公众号正文", "12345/留言板答复", "情况通报"}
        assert len(set(map(id, publishers.values()))) == 1
    async with open_publishers(publishing(tmp_path), clock) as publishers:
        assert publishers == {}


@pytest.mark.parametrize(
    ("about", "named"),
    [({"channels": {"情况通报": "mastodon"}}, "WENSHENG_PUBLISHING__MASTODON__TOKEN"),
     ({"channels": {"情况通报": "telegram"}, "telegram": {"channel": "@a"}}, "WENSHENG_PUBLISHING__TELEGRAM__TOKEN"),
     ({"webhook_url": "https://site.example"}, "WENSHENG_PUBLISHING__SECRET")],
)  # fmt: skip
async def test_what_is_not_set_up_is_named_at_the_start(tmp_path: Path, clock: ManualClock, about: dict[str, object], named: str) -> None:
    with pytest.raises(StartError, match=named):
        async with open_publishers(publishing(tmp_path, **about), clock):
            pass
