"""From a published reply to its correction, by what people type: promises, follow-up, a case of its own, and the links between both."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.commands.dispatcher import Dispatcher
from bot.house import House
from bot.timekeeper import Timekeeper
from casework.chat import ChatCapabilities, Incoming
from casework.drafting.draft import FactSlot, ReplyVersion
from casework.publication import Publication
from storage import audit
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import OUTRAGE, START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "李雯"}, "周明": {"telegram": "周明"}, "陈静": {"telegram": "陈静"}}
FACT = "带班负责人已到场"


class Desk:
    """The group, in which people speak."""

    def __init__(self, house: House) -> None:
        chat = RecordingChat()
        chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True)
        self.house, self._dispatcher = house, Dispatcher(house, {"telegram": chat})

    async def says(self, name: str, text: str) -> str:
        response = await self._dispatcher.handle(Incoming("telegram", "g", name, text=text))
        return "\n".join(card.as_text() for card in response.cards) if response else ""

    async def publish(self, number: str) -> str:
        """Draft, fill what is open, submit, approve twice, and register the link. Returns the text."""
        await self.says("李雯", f"拟稿 {number}")
        async with self.house.database.reading() as session:
            query = select(FactSlot.ordinal).where(col(FactSlot.value).is_(None)).order_by(col(FactSlot.ordinal))
            missing = list((await session.exec(query)).all())
        for ordinal in missing:
            assert "已补" in await self.says("李雯", f"补充 {number} {ordinal} {FACT} 核实：现场电话，周队")
        submitted = await self.says("李雯", f"送签 {number} 1")
        assert "已送签" in submitted, submitted
        await self.says("周明", f"签发 {number}")
        assert "复制下面文字" in await self.says("陈静", f"签发 {number}")
        assert "已登记" in await self.says("李雯", f"已发 {number} https://weibo.com/{number}")
        async with self.house.database.reading() as session:
            return (await session.exec(select(ReplyVersion.text).order_by(col(ReplyVersion.id).desc()))).first() or ""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        desk = Desk(house)
        await desk.says("李雯", f"收录 {OUTRAGE[0]}")
        await desk.says("李雯", "认领 A1")
        yield desk


async def test_what_was_wrong_is_put_right_in_a_case_of_its_own(desk: Desk) -> None:
    text = await desk.publish("A1")
    assert FACT in text
    assert "请写明错在哪里" in await desk.says("李雯", "更正 A1")
    opened_case = await desk.says("李雯", f"更正 A1 “{FACT}” 应为 “值班队员已到场” 核实：值班记录，周队")
    assert "更正已另立 A2" in opened_case
    correction = await desk.publish("A2")
    assert correction.startswith(f"更正：我们3月10日19:00说的“{FACT}”有误，正确的是：值班队员已到场。")
    assert "已由 A2 更正：https://weibo.com/A2" in await desk.says("李雯", "时间线 A1")
    async with desk.house.database.reading() as session:
        old, new = (await session.exec(select(Publication).order_by(col(Publication.id)))).all()
        assert old.corrected_by == new.id
        assert (await audit.verify(session)).broken_at is None


async def test_a_supplement_goes_the_same_way(desk: Desk) -> None:
    await desk.publish("A1")
    assert "补充通报已另立 A2" in await desk.says("李雯", "补充通报 A1 受伤摊主已出院 核实：医院电话，周队")
    assert (await desk.publish("A2")).startswith("补充：我们3月10日19:00的回应没有说到，受伤摊主已出院。")


async def test_the_timekeeper_follows_what_is_out(desk: Desk, tmp_path: Path) -> None:
    await desk.publish("A1")
    house = desk.house
    assert "还没到第一次跟踪" in await desk.says("李雯", "跟踪 A1")
    house.clock.move_to(house.clock.now() + timedelta(hours=25))  # type: ignore[attr-defined]  # a ManualClock
    await Timekeeper(house.database, house.clock, house.desk, tmp_path / "anchor", house.stirred).turn()
    followed = await desk.says("李雯", "跟踪 A1")
    assert [line.split()[0] for line in followed.splitlines()[1:4]] == ["1", "6", "24"]
    assert "下一次：发布后 72 小时" in followed
    assert "🤝" in await desk.says("李雯", "承诺")
    assert "🤝 A1" in await desk.says("李雯", "承诺 A1")
