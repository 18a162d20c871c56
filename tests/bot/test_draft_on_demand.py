"""拟稿 with a strategy and a channel of one's own choice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.commands.dispatcher import Dispatcher
from bot.house import House
from casework.chat import Incoming
from casework.drafting.draft import CandidateRow
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import OUTRAGE, START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "liwen"}}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        await said(house, f"收录 {OUTRAGE[0]}")
        yield house


async def said(house: House, text: str) -> str:
    """What a person gets back, as text."""
    response = await Dispatcher(house, {"telegram": RecordingChat()}).handle(Incoming("telegram", "g", "liwen", text=text))
    return "\n".join(card.as_text() for card in response.cards) if response else ""


async def drafted(house: House) -> list[tuple[str, str]]:
    async with house.database.reading() as session:
        rows = (await session.exec(select(CandidateRow).order_by(col(CandidateRow.draft_id), col(CandidateRow.ordinal)))).all()
    return [(row.strategy, row.channel) for row in rows]


async def test_a_named_strategy_and_channel_come_first_and_the_usual_ones_follow(house: House) -> None:
    await said(house, "拟稿 A1 致歉整改 微博评论")
    first, *others = await drafted(house)
    assert first == ("致歉整改", "微博评论")
    assert len({strategy for strategy, _ in (first, *others)}) == len(others) + 1 >= 3


async def test_words_that_name_neither_are_answered_by_how_to_ask_and_nothing_is_stored(house: House) -> None:
    answer = await said(house, "拟稿 A1 写得漂亮点")
    assert "拟稿 A1 致歉整改 微博评论" in answer
    assert "办结回访" in answer
    assert await drafted(house) == []
