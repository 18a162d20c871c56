"""Who is heard, what a platform may not do, and what goes abroad."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands.dispatcher import Dispatcher
from bot.house import House
from casework.chat import ChatCapabilities, Incoming
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import OUTRAGE, START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "liwen"}, "周明": {"telegram": "zhouming"}}
PHONE = "13800138000"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        yield house


def dispatcher(house: House, *, approvals: bool = True, domestic: bool = True) -> Dispatcher:
    chat = RecordingChat()
    chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=approvals, domestic=domestic)
    return Dispatcher(house, {"telegram": chat})


def says(text: str, user: str = "liwen", chat: str = "g", **extra: object) -> Incoming:
    return Incoming("telegram", chat, user, text=text, **extra)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "incoming", [says("待办", user="stranger"), says("待办", chat="elsewhere"), says("待办", user="stranger", private=True)]
)
async def test_strangers_and_unknown_chats_hear_nothing(house: House, incoming: Incoming) -> None:
    assert await dispatcher(house).handle(incoming) is None


async def test_talk_among_people_stays_unanswered(house: House) -> None:
    assert await dispatcher(house).handle(says("晚上谁值班，带个充电器。")) is None


async def test_the_same_event_is_heard_once(house: House) -> None:
    listening = dispatcher(house)
    assert await listening.handle(says("待办", event_id="7"))
    assert await listening.handle(says("待办", event_id="7")) is None


async def test_a_command_for_no_case_is_refused_in_words(house: House) -> None:
    response = await dispatcher(house).handle(says("认领 Z9"))
    assert response is not None
    assert "Z9" in response.cards[0].as_text()


async def test_approvals_are_refused_where_nobody_can_be_recognised(house: House) -> None:
    listening = dispatcher(house, approvals=False)
    await listening.handle(says(f"收录 {OUTRAGE[0]}"))
    for order in ("签发 A1 1", "退回 A1 1 不行", "降级 A1", "发布 A1"):
        response = await listening.handle(says(order, user="zhouming"))
        assert response is not None
        assert "网页值班室" in response.cards[0].as_text()


async def test_personal_data_does_not_go_abroad(house: House) -> None:
    abroad = dispatcher(house, domestic=False)
    await abroad.handle(says(f"收录 {OUTRAGE[0]}"))
    await abroad.handle(says("认领 A1"))
    await abroad.handle(says("拟稿 A1"))
    response = await abroad.handle(says(f"补充 A1 1 {PHONE} 核实：现场电话，周队"))
    assert response is not None
    text = response.brief + response.cards[0].as_text()
    assert PHONE not in text
    assert "A1 已补" in text
    at_home = await dispatcher(house).handle(says("补充 A1"))
    assert at_home is not None
    assert PHONE in at_home.cards[0].as_text()


async def test_every_button_of_an_answer_can_be_pressed(house: House) -> None:
    listening = dispatcher(house)
    await listening.handle(says(f"收录 {OUTRAGE[0]}"))
    asked = await listening.handle(says("误报 A1"))
    assert asked is not None
    button = asked.cards[0].buttons[0][0]
    answered = await listening.handle(says("", token=button.token))
    assert answered is not None
    assert "与我们无关" in answered.brief
    again = await listening.handle(says("", user="zhouming", token=button.token))
    assert again is not None
    assert again.brief == f"李雯已在 今日 19:00 按过：{answered.brief}", "a used button answers with the outcome that stands"
