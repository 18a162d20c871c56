"""签发 and what belongs to it, as people type it; and the clocks that the program keeps for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.bootstrap import open_house
from bot.commands.dispatcher import Dispatcher
from bot.house import House
from bot.timekeeper import Timekeeper
from casework.chat import ChatCapabilities, Incoming
from casework.drafting.draft import ReplyVersion, VersionState
from casework.handling import claim
from casework.signing import submit
from casework.wake import next_wake
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import START, settings
from tests.casework.room import Room

ACCOUNTS = {name: {"telegram": name} for name in ("李雯", "周明", "陈静", "赵岩")}
GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]


@dataclass
class Shift:
    """A department whose case A1 of level II has a version 1 by 李雯, and a chat to speak in."""

    house: House
    room: Room
    dispatcher: Dispatcher

    async def says(self, name: str, text: str) -> str:
        response = await self.dispatcher.handle(Incoming("telegram", "g", name, text=text))
        assert response is not None
        return "\n".join(card.as_text() for card in response.cards)

    async def state(self) -> VersionState:
        async with self.house.database.reading() as session:
            return (await session.exec(select(ReplyVersion))).one().state


@pytest.fixture
async def shift(tmp_path: Path) -> AsyncIterator[Shift]:
    clock = ManualClock(START)
    about = settings(tmp_path, GROUPS, ACCOUNTS, approval={"grave_valid_hours": 3, "grave_remind_minutes": 10})
    async with open_house(about, index=False, clock=clock) as house:
        room = Room(house.database, clock, house.desk)
        async with house.database.transaction() as session:
            case = (await room.happen(session, 2)).case
            assert case is not None
            writer = await room.person(session, "李雯")
            await claim(session, case, writer, room.now, house.desk)
            await submit(session, await room.write(session, case, "我们都看到了视频。", "李雯"), writer, room.now, (), house.desk)
        yield Shift(house, room, Dispatcher(house, {"telegram": RecordingChat()}))


async def test_a_deputy_is_named_confirmed_seen_and_dismissed(shift: Shift) -> None:
    assert "请写明委托谁、多久" in await shift.says("陈静", "委托 3天")
    assert "名单里没有“路人”。可以委托：李雯、周明。" in await shift.says("陈静", "委托 路人 3天")
    assert "没有权限：替别人委托代签" in await shift.says("周明", "委托 陈静 李雯 3天")
    assert "陈静不在时由李雯代签" in await shift.says("赵岩", "委托 陈静 李雯 3天")
    assert "请写明委托的编号，例如「确认委托 2」" in await shift.says("周明", "确认委托")
    assert "委托 1 号生效（赵岩提出，周明确认）" in await shift.says("周明", "确认委托 1")
    assert "由你起草，需由他人签发" in await shift.says("李雯", "签发 A1 1"), "a mandate makes no author an approver"
    assert "李雯代陈静签发，至 3月13日 19:00（赵岩提出，周明确认）" in await shift.says("李雯", "委托")
    assert "委托 1 号已由陈静撤销" in await shift.says("陈静", "撤销委托 1")
    assert "现在没有签发委托" in await shift.says("李雯", "委托")


async def test_what_is_decided_takes_a_platform_that_knows_people(shift: Shift) -> None:
    chat = RecordingChat()
    chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=False, domestic=True)
    nameless = Dispatcher(shift.house, {"telegram": chat})
    for order in ("撤回 A1 1", "委托 李雯 3天", "确认委托 1", "撤销委托 1", "卷宗 A1"):
        response = await nameless.handle(Incoming("telegram", "g", "周明", text=order))
        assert response is not None
        assert "网页值班室" in response.cards[0].as_text()


async def test_a_text_is_compared_and_taken_back(shift: Shift) -> None:
    compared = await shift.says("周明", "对比 A1")
    assert "候选① → 第 1 版  李雯 19:00 · 改动" in compared
    assert "〔加：" in compared
    assert "没有第 7 版" in await shift.says("周明", "对比 A1 7")
    assert "A1 第 1 版已撤回" in await shift.says("李雯", "撤回 A1 写错了地名")
    assert await shift.state() is VersionState.WITHDRAWN
    assert "已撤回" in await shift.says("周明", "签发 A1 1")


async def test_the_program_keeps_the_clocks_that_the_department_has_set(shift: Shift) -> None:
    house = shift.house
    keeper = Timekeeper(house.database, house.clock, house.desk, house.anchor, asyncio.Event())
    async with house.database.reading() as session:
        assert await next_wake(session, START, house.desk, ()) == START + timedelta(minutes=10)
    shift.room.wait(minutes=10)
    await keeper.turn()
    for name in ("周明", "陈静"):
        await shift.says(name, "签发 A1")
    shift.room.wait(hours=3)
    await keeper.turn()
    assert await shift.state() is VersionState.VOID
    async with house.database.reading() as session:
        told = await shift.room.texts(session, "g")
    assert sum(text.startswith("⏳ A1 第 1 版送签已 10 分钟，还差 2 人签发") for text in told) == 1
    assert sum(text.startswith("⌛ A1 第 1 版签发后 3 小时没有发布，签发已自动作废") for text in told) == 1
    assert "已作废" in await shift.says("周明", "签发 A1 1")


async def test_nothing_published_teaches_nothing(shift: Shift) -> None:
    assert "还没有发布过的回复" in await shift.says("李雯", "学到了什么")
