"""A card that grows in its chat: edited in place, not for every word, right at the end; and the answers of a model that streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.staff_room.chat import StaffRoom
from adapters.models.openai_compatible import OpenAICompatibleModel
from bot.bootstrap import read_library
from bot.commands.dispatcher import Dispatcher
from bot.house import House
from bot.live_card import LiveCard
from casework.chat import ChatCapabilities, Incoming
from casework.errors import ChatError
from casework.message import Card, CardKind
from storage.clock import ManualClock
from tests.adapters.models.model_server import ModelServer
from tests.adapters.recording_chat import EVERYTHING, RecordingChat
from tests.adapters.staff_room.conftest import SECRET, paged
from tests.adapters.until import until
from tests.bot.department import START, opened, settings

QUESTION = "执法人员夜市执法要开记录仪吗？"
QUOTE = "执法人员在夜市执法，应当全程佩戴并开启执法记录仪"
TRUE = {"text": "要，夜市执法应当全程佩戴并开启执法记录仪。", "ref": "C1", "quote": QUOTE}
FALSE = {"text": "不开记录仪罚款五百元。", "ref": "C1", "quote": QUOTE}
AGAIN = {"text": "执法人员应当文明执法。", "ref": "C1", "quote": "应当全程佩戴并开启执法记录仪，文明执法"}


def card(text: str) -> Card:
    return Card(CardKind.ANSWER, text)


async def test_what_grows_faster_than_it_may_be_edited_is_skipped() -> None:
    chat = RecordingChat()
    async with LiveCard(chat, "duty", "k", every_seconds=3600) as live:
        live.show(card("1"))
        await until(lambda: bool(chat.messages))
        for text in ("2", "3", "4"):
            live.show(card(text))
            await asyncio.sleep(0)
        await live.finish(card("5"))
    assert [[face.head for face in message.faces] for message in chat.messages] == [["1", "5"]]


async def test_an_edit_that_fails_is_let_go_but_the_end_is_not() -> None:
    chat = RecordingChat()
    async with LiveCard(chat, "duty", "k", every_seconds=0) as live:
        live.show(card("1"))
        await until(lambda: bool(chat.messages))
        chat.faults.append(ChatError("忙", retry_after_seconds=1))
        live.show(card("2"))
        await until(lambda: not chat.faults)
        live.show(card("3"))
        await until(lambda: chat.messages[0].card.head == "3")
        chat.faults.append(ChatError("没了", permanent=True))
        with pytest.raises(ChatError):
            await live.finish(card("4"))


async def test_where_nothing_can_be_edited_one_message_comes_at_the_end() -> None:
    chat = RecordingChat(capabilities=replace(EVERYTHING, edits=False))
    async with LiveCard(chat, "duty", "k", every_seconds=0) as live:
        live.show(card("1"))
        await asyncio.sleep(0)
        await live.finish(card("2"))
    assert [[face.head for face in message.faces] for message in chat.messages] == [["2"]]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(says=lambda _: json.dumps({"sentences": [TRUE, FALSE, AGAIN]}, ensure_ascii=False)) as started:
        yield started


@pytest.fixture
async def house(tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setattr("bot.live_card.EDIT_EVERY_SECONDS", 0.0)
    groups = [{"platform": name, "chat": "duty", "name": "值班群", "fallback": True} for name in ("telegram", "staff_room")]
    model = OpenAICompatibleModel("small", base_url=server.base_url, timeout_seconds=5)
    async with opened(
        settings(tmp_path, groups, {"李雯": {"telegram": "liwen", "staff_room": "liwen"}}), tmp_path, ManualClock(START)
    ) as house:
        await read_library(house)
        yield replace(house, model=model)


async def _asked(house: House, chat: RecordingChat, text: str = QUESTION) -> list[Card]:
    """All faces of the one message that answers."""
    response = await Dispatcher(house, {"telegram": chat}).handle(Incoming("telegram", "duty", "liwen", text=text, mentioned=True))
    assert response is not None
    assert len(chat.messages) + len(response.cards) == 1
    return chat.messages[0].faces if chat.messages else list(response.cards)


async def test_the_quotes_come_first_and_the_words_grow_before_them(house: House, server: ModelServer) -> None:
    server.piece, server.pause_seconds = 12, 0.01
    faces = await _asked(house, RecordingChat())
    assert faces[0].hint
    assert faces[0].head.startswith("《东桥市夜市管理办法》")
    assert TRUE["text"] in faces[-1].head
    assert AGAIN["text"] in faces[-1].head
    assert any(TRUE["text"] in face.head and AGAIN["text"] not in face.head for face in faces), "it grew sentence by sentence"
    assert not any("五百元" in face.head for face in faces), "what no clause carries is never shown"
    assert all(QUOTE in face.head and face.rows == faces[0].rows for face in faces), "the same citations throughout"
    assert len(faces) <= 4, "not one edit for every piece"


async def test_a_refusal_asks_no_model(house: House, server: ModelServer) -> None:
    faces = await _asked(house, RecordingChat(), "隔壁市的夜市怎么收费？")
    assert faces[0].kind is CardKind.REFUSAL
    assert server.requests == []


@pytest.mark.parametrize("fault", [{"status": 500}, {"breaks_after": 20}, {"says": lambda _: "我是模型"}])
async def test_a_model_that_fails_leaves_the_quotes_and_says_so(house: House, server: ModelServer, fault: dict[str, object]) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    faces = await _asked(house, RecordingChat())
    assert QUOTE in faces[-1].head
    assert "模型没有回应，这里只列原文" in faces[-1].head
    assert TRUE["text"] not in faces[-1].head


async def test_abroad_what_grows_is_masked_and_without_edits_it_comes_whole(house: House) -> None:
    abroad = RecordingChat(capabilities=ChatCapabilities(buttons=True, edits=False, approvals=True, domestic=False))
    (whole,) = await _asked(house, abroad)
    assert TRUE["text"] in whole.head


async def test_in_the_web_staff_room_one_message_grows(house: House, server: ModelServer) -> None:
    server.piece, server.pause_seconds = 12, 0.01
    room = StaffRoom(
        house.database, host="127.0.0.1", port=0, groups=[("duty", "值班群")], secret=SECRET, clock=house.clock, desk=house.desk,
        open_login=True,
    )  # fmt: skip
    async with room, paged(room, Dispatcher(house, {"staff_room": room}).handle) as page:
        said = await page.post("/as/liwen/say", json={"chat": "duty", "text": f"@闻声 {QUESTION}", "id": "1"})
        assert said.json() == {"brief": "", "refusal": ""}
        shown = (await page.get("/as/liwen/room/duty")).text
    assert shown.count(TRUE["text"]) == shown.count(AGAIN["text"]) == 1
    assert FALSE["text"] not in shown
    assert "打开原文" in shown
    assert "quote=" in shown
