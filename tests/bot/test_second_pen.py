"""拟稿 with a model: the embedded draft at once, progress on its card, the model's draft in its place; and all that can go wrong."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from adapters.models import langchain_model
from bot import doctor
from bot.commands.dispatcher import Dispatcher
from bot.courier import Courier
from bot.house import House
from bot.second_pen import SecondPen
from casework.chat import ChatCapabilities, Incoming, Response
from casework.drafting.draft import Draft
from casework.drafting.errand import LIFETIME, Errand, ErrandState
from casework.drafting.model_writer import ModelWriter
from casework.model_call import ModelCall, Purpose
from retrieval.model_use import UseOutcome
from storage.clock import ManualClock
from tests.adapters.models.model_server import ModelServer
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import OUTRAGE, START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "liwen"}, "周明": {"telegram": "zhouming"}}
OURS = "我们会把队员到场前后的记录仪画面一段一段看完。"


def by_plan(asked: dict[str, Any]) -> str:
    """What a good model says: each candidate that is asked for, long enough for its channel."""
    user = asked["messages"][1]["content"]
    tasks = re.findall(r"(?m)^\d\. (\S+?)，(\S+?)，(\d+)–(\d+) 字", user)
    rows = []
    for strategy, channel, shortest, _ in tasks:
        sentences = [OURS, "看完以后，结果写在这里：【待核实：处理结果】。"] * (1 + int(shortest) // 60)
        kinds = ("next_step", "slot")
        rows.append(
            {
                "strategy": strategy,
                "channel": channel,
                "sentences": [{"text": text, "kind": kinds[place % 2], "refs": []} for place, text in enumerate(sentences)],
            }
        )
    return json.dumps({"candidates": rows, "next_question": "记录仪什么时候看完？"}, ensure_ascii=False)


@dataclass
class Desk:
    """The department with a model behind it."""

    house: House
    server: ModelServer
    chat: RecordingChat
    pen: SecondPen
    courier: Courier
    dispatcher: Dispatcher

    async def says(self, text: str, user: str = "liwen", **more: Any) -> Response:
        response = await self.dispatcher.handle(Incoming("telegram", "g", user, text=text, **more))
        assert response is not None
        return response

    async def draft(self) -> Response:
        """A case, and 拟稿."""
        await self.says(f"收录 {OUTRAGE[0]}")
        return await self.says("拟稿 A1")

    async def deliver(self) -> None:
        while await self.courier.deliver_due():
            pass

    async def write(self) -> None:
        """Let the model do what waits."""
        await self.pen.start_waiting()
        await asyncio.gather(*self.pen._running.values())
        await self.pen.start_waiting()
        await self.deliver()

    async def rows(self, kind: type[Any]) -> list[Any]:
        async with self.house.database.reading() as session:
            return list((await session.exec(select(kind).order_by(col(kind.id)))).all())

    @property
    def face(self) -> str:
        """What stands on the draft's card now."""
        return next(text for text in reversed(self.chat.texts("g")) if "拟稿 ·" in text)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(says=by_plan, tokens=(2_000, 1_000)) as started:
        yield started


@pytest.fixture
async def desk(tmp_path: Path, server: ModelServer) -> AsyncIterator[Desk]:
    model = {"name": "deepseek", "base_url": server.base_url, "domestic": True, "price_in": 2, "price_out": 8}
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS, model=model), tmp_path, ManualClock(START)) as house:
        assert house.model_writer is not None
        chat = RecordingChat(chats=("g",))
        chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True)
        chats = {"telegram": chat}
        pen = SecondPen(house, house.model_writer, edit_seconds=0.02)
        yield Desk(house, server, chat, pen, Courier(house.database, house.clock, chats, "w"), Dispatcher(house, chats))


async def test_the_embedded_draft_stands_at_once_and_the_models_takes_its_place_on_the_same_card(desk: Desk) -> None:
    assert "deepseek 正在重写" in (await desk.draft()).brief
    await desk.deliver()
    assert desk.server.requests == [], "the first draft waits for no model"
    assert "deepseek 正在重写" in desk.face
    assert OURS not in desk.face
    cards = len(desk.chat.texts("g"))
    await desk.write()
    assert OURS in desk.face
    assert "由 deepseek 起草（用时" in desk.face
    assert "3,000 词元，约 0.012 元" in desk.face
    assert len(desk.chat.texts("g")) == cards, "the card was edited in place"
    embedded, by_model = await desk.rows(Draft)
    assert (embedded.writer, by_model.writer) == ("内置起草", "deepseek")
    (errand,) = await desk.rows(Errand)
    assert (errand.state, errand.result_id) == (ErrandState.DONE, by_model.id)
    (call,) = await desk.rows(ModelCall)
    assert (call.purpose, call.case_number, call.tokens_in, call.tokens_out, call.microyuan) == (Purpose.DRAFT, "A1", 2_000, 1_000, 12_000)


async def test_progress_stands_on_the_card_while_the_model_writes(desk: Desk) -> None:
    await desk.draft()
    await desk.deliver()
    desk.server.pause_seconds, desk.server.piece = 0.02, 40
    desk.pen._writer = ModelWriter(desk.house.model_writer._model, desk.house.writer, progress_seconds=0.01)  # type: ignore[union-attr]
    await desk.pen.start_waiting()
    faces: list[str] = []
    while not all(task.done() for task in desk.pen._running.values()):
        await desk.courier.deliver_due()
        faces.append(desk.face)
        await asyncio.sleep(0.01)
    writing = [face for face in faces if "正在写第" in face]
    assert writing, "progress was shown"
    assert any(OURS in face and "模型①稿" in face for face in writing)
    assert all("正在重写" in face or "正在写" in face or "正在起草" in face or OURS in face for face in faces)


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"status": 500}, "模型没有应答"),
    ({"status": 200, "says": lambda _: "我是一个语言模型"}, "模型没有应答"),
    ({"says": by_plan, "breaks_after": 2}, "模型没有应答"),
    ({"says": lambda _: '{"candidates": [], "next_question": ""}', "breaks_after": None}, "没有通过核对"),
]


async def test_a_model_that_gives_nothing_leaves_the_embedded_draft_and_the_card_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(langchain_model, "PAUSE_SECONDS", 0.0)
    await desk.says(f"收录 {OUTRAGE[0]}")
    for fault, told in FAULTS:
        for name, value in fault.items():
            setattr(desk.server, name, value)
        await desk.says("拟稿 A1")
        await desk.deliver()
        before = desk.face
        await desk.write()
        assert told in desk.face
        assert "deepseek 正在" not in desk.face
        assert before.split("\n")[0] == desk.face.split("\n")[0]
    assert [errand.state for errand in await desk.rows(Errand)] == [ErrandState.SILENT] * len(FAULTS)
    assert {draft.writer for draft in await desk.rows(Draft)} == {"内置起草"}
    outcomes = [call.outcome for call in await desk.rows(ModelCall)]
    assert outcomes == [UseOutcome.FAILED] * 2 + [UseOutcome.RUBBISH] * 2 + [UseOutcome.FAILED] * 2 + [UseOutcome.ANSWERED]
    findings = [finding async for finding in doctor._findings(desk.house)]
    (about_model,) = (finding for finding in findings if "deepseek" in finding.text)
    assert about_model.verdict is doctor.Verdict.WARN, "a model that hardly ever answers is worth a look"
    assert "问了 7 次，1 次可用" in about_model.text


async def _edited(desk: Desk) -> None:
    await desk.says("改稿 A1 1 我们看到了，正在核实。")


async def _drafted_again(desk: Desk) -> None:
    await desk.says("拟稿 A1")


async def _verified(desk: Desk) -> None:
    await desk.says("补充 A1 1 周队 19:20 到场 核实：现场电话，周队")


@pytest.mark.parametrize("act", [_edited, _verified], ids=["edited", "verified"])
async def test_people_who_went_on_meanwhile_are_not_overtaken(desk: Desk, act: Callable[[Desk], Any]) -> None:
    await desk.draft()
    await desk.deliver()
    said = by_plan
    gate = asyncio.Event()

    def slow(asked: dict[str, Any]) -> str:
        gate.set()
        return said(asked)

    desk.server.says, desk.server.pause_seconds = slow, 0.02
    await desk.pen.start_waiting()
    await gate.wait()
    await act(desk)
    await asyncio.gather(*desk.pen._running.values())
    await desk.deliver()
    assert [errand.state for errand in await desk.rows(Errand)] == [ErrandState.OVERTAKEN]
    assert len(await desk.rows(Draft)) == 1
    assert "没有替换" in desk.face


async def test_drafted_twice_only_the_newest_is_written_over(desk: Desk) -> None:
    await desk.draft()
    await _drafted_again(desk)
    await desk.write()
    states = [errand.state for errand in await desk.rows(Errand)]
    assert states == [ErrandState.OVERTAKEN, ErrandState.DONE]
    assert [draft.writer for draft in await desk.rows(Draft)] == ["内置起草", "内置起草", "deepseek"]


async def test_a_killed_process_goes_on_with_the_errand_at_its_next_start(desk: Desk) -> None:
    await desk.draft()
    asked = asyncio.Event()

    def says(request: dict[str, Any]) -> str:
        asked.set()
        return by_plan(request)

    desk.server.says, desk.server.pause_seconds = says, 30
    running = asyncio.create_task(desk.pen.run(asyncio.Event()))
    await asked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [errand.state for errand in await desk.rows(Errand)] == [ErrandState.WAITING]
    desk.server.pause_seconds = 0
    next_start = SecondPen(desk.house, desk.pen._writer, edit_seconds=0.02)
    desk.pen = next_start
    await desk.write()
    assert OURS in desk.face
    assert [errand.state for errand in await desk.rows(Errand)] == [ErrandState.DONE]


async def test_an_errand_nobody_waits_for_any_more_is_given_up(desk: Desk) -> None:
    await desk.draft()
    clock = desk.house.clock
    assert isinstance(clock, ManualClock)
    clock.move_to(clock.now() + 2 * LIFETIME)
    await desk.write()
    assert desk.server.requests == []
    assert "用这一稿" in desk.face
