"""A proposed tier is decided by an admin alone, once, by a button or in words."""

from pathlib import Path

import pytest
from sqlmodel import select

from bot.commands.dispatcher import Dispatcher
from bot.commands.grammar import Verb, parse
from bot.house import House
from casework.chat import Incoming
from casework.source_board import sources_card
from monitoring.source import Source, Tier
from monitoring.tier_proposal import TierProposal
from storage.audit import AuditEntry
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "liwen"}, "赵岩": {"telegram": "zhaoyan"}}


async def said(house: House, text: str, user: str = "zhaoyan", **extra: str) -> str:
    response = await Dispatcher(house, {"telegram": RecordingChat()}).handle(Incoming("telegram", "g", user, text=text, **extra))
    assert response is not None
    return "\n".join([response.brief, *(card.as_text() for card in response.cards)])


async def propose(house: House, *tiers: Tier) -> None:
    async with house.database.transaction() as session:
        source = (await session.exec(select(Source))).one()
        for tier in tiers:
            session.add(TierProposal(source_id=source.id or 0, from_tier=Tier.A, to_tier=tier, reason="很少有关", proposed_at=START))


async def tier(house: House) -> Tier:
    async with house.database.reading() as session:
        return (await session.exec(select(Source.tier))).one()


async def test_deciding(tmp_path: Path) -> None:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        await propose(house, Tier.C, Tier.B)
        assert "需要「管理员」角色" in await said(house, "采纳 1", "liwen")
        assert "要采纳哪一条" in await said(house, "采纳")
        assert await tier(house) is Tier.A
        assert "「东桥论坛」已改为 C 级，每 60 分钟看一次。" in await said(house, "采纳 1")
        assert await tier(house) is Tier.C
        assert "编号 1 的建议已经定过" in await said(house, "采纳 1")
        assert "「东桥论坛」仍是 C 级" in await said(house, "不采纳 2、9")
        async with house.database.reading() as session:
            decided = (await session.exec(select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.actor == "赵岩"))).all()
        assert list(decided) == [("赵岩", "tier.accepted"), ("赵岩", "tier.refused")]


async def test_by_a_button_of_the_board(tmp_path: Path) -> None:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        await propose(house, Tier.C)
        async with house.database.reading() as session:
            assert [button.command for line in (await sources_card(session, START)).buttons for button in line] == ["采纳 1", "不采纳 1"]
        response = await Dispatcher(house, {"telegram": RecordingChat()}).handle(Incoming("telegram", "g", "zhaoyan", text="信源"))
        assert response is not None
        accept = response.cards[0].buttons[0][0]
        assert "仍是" not in await said(house, "", token=accept.token)
        assert await tier(house) is Tier.C
        assert "已改为 C 级" in await said(house, "", token=accept.token), "the second press hears what stands"


@pytest.mark.parametrize(
    ("text", "verb"), [("采纳 3", Verb.ACCEPT_TIER), ("不采纳 3", Verb.REFUSE_TIER), ("采纳了大家的意见", None), ("不采纳3", None)]
)
def test_the_words(text: str, verb: Verb | None) -> None:
    command = parse(text)
    assert (command.verb if command else None) is verb
