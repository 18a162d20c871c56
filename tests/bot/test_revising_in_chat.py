"""换语气 in a chat: step by step until it is right, each step shown, each step taken back if it was wrong."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.commands.dispatcher import Dispatcher
from bot.house import House
from casework.chat import ChatCapabilities, Incoming, Response
from casework.difference import Change
from casework.drafting.draft import Draft, ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.reviser import Reviser
from casework.drafting.revision import Revision
from casework.message import Card
from casework.model_call import ModelCall, Purpose
from knowledge_base.clause import Clause
from storage.clock import ManualClock
from tests.adapters.models.model_server import ModelServer
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import OUTRAGE, START, opened, settings

GROUPS = [{"platform": "telegram", "chat": "g", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"telegram": "liwen"}, "周明": {"telegram": "zhouming"}, "陈静": {"telegram": "chenjing"}}
TEXT = "我们看到了柳岸夜市的视频。\n如确有不当，依规处理，不回避。\n请保留好视频。"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        for text in (f"收录 {OUTRAGE[0]}", "认领 A1", "拟稿 A1", f"改稿 A1 1\n{TEXT}"):
            await said(house, text)
        yield house


async def answered(house: House, text: str, user: str = "liwen", **more: Any) -> Response:
    chat = RecordingChat()
    chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True)
    response = await Dispatcher(house, {"telegram": chat}).handle(Incoming("telegram", "g", user, text=text, **more))
    assert response is not None
    return response


async def said(house: House, text: str, user: str = "liwen", **more: Any) -> Card:
    return (await answered(house, text, user, **more)).cards[0]


async def versions(house: House) -> list[ReplyVersion]:
    async with house.database.reading() as session:
        return list((await session.exec(select(ReplyVersion).order_by(col(ReplyVersion.number)))).all())


async def test_a_wish_makes_the_next_version_in_the_persons_hand_and_shows_what_changed(house: House) -> None:
    card = await said(house, "换语气 A1 1 别用“依规处理”，删掉第三段")
    struck = [run.text for run in card.changes if run.change is Change.STRUCK]
    assert any("依规处理" in text for text in struck)
    assert any("请保留好视频" in text for text in struck)
    assert "改动 2 处" in card.head
    newest = (await versions(house))[-1]
    assert newest.state is VersionState.EDITING
    assert "请保留好视频" not in newest.text
    async with house.database.reading() as session:
        step = await session.get_one(Revision, newest.id)
        authors = (await session.exec(select(ReplyAuthor.staff_id).where(ReplyAuthor.version_id == newest.id))).all()
    assert (step.comment, step.model) == ("别用“依规处理”，删掉第三段", "")
    assert newest.created_by in authors


async def test_approvals_under_the_old_text_are_void(house: House) -> None:
    await said(house, "改稿 A1 1\n我们看到了柳岸夜市的视频，正在核实。")
    await said(house, "送签 A1 1")
    await said(house, "签发 A1", user="chenjing")
    await said(house, "换语气 A1 1 加上道歉")
    *_, signed, newest = await versions(house)
    assert (signed.state, newest.state) == (VersionState.VOID, VersionState.EDITING)
    assert "我们道歉" in newest.text


async def test_step_by_step_back_to_where_it_began(house: House) -> None:
    texts = [(await versions(house))[-1].text]
    for wish in ("别用“依规处理”", "加上道歉", "删掉第三段"):
        await said(house, f"换语气 A1 1 {wish}")
        texts.append((await versions(house))[-1].text)
    assert len(set(texts)) == 4
    for before in (*reversed(texts[:-1]),):
        card = await said(house, "撤回修改 A1 1")
        assert (await versions(house))[-1].text == before
        assert "已退回" in card.as_text()
    await said(house, "撤回修改 A1 1")
    assert (await versions(house))[-1].text not in texts, "before the first edit stands the candidate as it was composed"
    assert "没有可以撤回的修改" in (await said(house, "撤回修改 A1 1")).as_text()


async def test_after_going_back_a_new_wish_starts_from_there_and_its_undo_returns_there(house: House) -> None:
    await said(house, "换语气 A1 1 加上道歉")
    await said(house, "撤回修改 A1 1")
    await said(house, "换语气 A1 1 删掉第三段")
    await said(house, "撤回修改 A1 1")
    assert (await versions(house))[-1].text == TEXT


async def test_a_fact_that_is_filled_between_two_steps_stays_filled(house: House) -> None:
    await said(house, "换语气 A1 1 加上电话")
    card = await said(house, "补充 A1")
    ordinal = next(row.label for row in card.rows if row.text.startswith("值班电话"))
    await said(house, f"补充 A1 {ordinal} 0571-86001234 核实：值班表，周明")
    await said(house, "换语气 A1 1 加上道歉")
    await said(house, "撤回修改 A1 1")
    newest = (await versions(house))[-1]
    assert "0571-86001234" in newest.text
    assert "道歉" not in newest.text


async def test_without_a_wish_the_usual_ones_are_buttons_that_work(house: House) -> None:
    card = await said(house, "换语气 A1 1")
    buttons = [button for line in card.buttons for button in line]
    assert len(buttons) == 5
    assert len(await versions(house)) == 1
    soften = next(button for button in buttons if button.label == "语气软一点")
    pressed = await said(house, "", token=soften.token)
    assert pressed.changes
    assert len(await versions(house)) == 2


async def test_a_wish_that_nobody_understands_changes_nothing_and_offers_what_can_be_done(house: House) -> None:
    card = await said(house, "改语气 A1 1 写得像一首诗")
    assert "没看懂" in card.as_text()
    assert card.buttons[0][0].label == "语气软一点"
    assert len(await versions(house)) == 1


async def test_only_who_may_draft_may_revise(house: House) -> None:
    for order in ("换语气 A1 1 软一点", "撤回修改 A1 1"):
        assert "没有权限" in (await said(house, order, user="chenjing")).as_text()
    assert len(await versions(house)) == 1


async def test_a_text_that_somebody_changed_meanwhile_is_left_alone(house: House) -> None:
    class Interrupted(Reviser):
        async def revise(self, task: Any) -> Any:
            await said(house, "改稿 A1 1\n别人先改了。")
            return await super().revise(task)

    object.__setattr__(house, "reviser", Interrupted())
    assert "刚被别人改过" in (await said(house, "换语气 A1 1 加上道歉")).as_text()
    assert (await versions(house))[-1].text == "别人先改了。"


async def test_a_model_rewords_over_the_network_and_is_accounted_for(tmp_path: Path) -> None:
    def says(asked: dict[str, Any]) -> str:
        assert "再暖一点" in asked["messages"][1]["content"]
        return json.dumps({"text": TEXT.replace("视频。\n", "视频，大家着急，我们明白。\n", 1), "not_done": []}, ensure_ascii=False)

    async with ModelServer(says=says, tokens=(500, 100)) as server:
        model = {"name": "deepseek", "base_url": server.base_url, "domestic": True, "price_in": 1, "price_out": 2}
        async with opened(settings(tmp_path, GROUPS, ACCOUNTS, model=model), tmp_path, ManualClock(START)) as house:
            for text in (f"收录 {OUTRAGE[0]}", "认领 A1", "拟稿 A1", f"改稿 A1 1\n{TEXT}"):
                await answered(house, text)
            card = await said(house, "换语气 A1 1 再暖一点")
            assert "大家着急，我们明白" in card.as_text()
            assert "deepseek 按「再暖一点」改写" in card.as_text()
            assert "600 词元" in card.as_text()
            async with house.database.reading() as session:
                calls = (await session.exec(select(ModelCall))).all()
                steps = (await session.exec(select(Revision))).all()
    assert [(call.purpose, call.case_number, call.microyuan) for call in calls] == [(Purpose.REVISION, "A1", 700)]
    assert [step.model for step in steps] == ["deepseek"]
    assert house.desk.ai_label in card.as_text(), "what a model reworded says so"


async def test_the_grounds_of_a_draft_are_shown_with_the_whole_clause_and_whether_it_holds(house: House) -> None:
    async with house.database.transaction() as session:
        clause = (await session.exec(select(Clause).where(Clause.article == "第二条"))).one()
        quote = {
            "key": clause.key,
            "name": f"《{clause.title}》{clause.article}",
            "quote": "文明执法",
            "text_hash": clause.text_hash,
            "note": "",
        }
        past = {"kind": "case", "key": "gone", "name": "夜市货架被推倒", "quote": "", "text_hash": "", "note": ""}
        draft = (await session.exec(select(Draft))).one()
        draft.evidence = [{"kind": "clause", **quote}, past]
    card = await said(house, "依据 A1 1")
    held, case = card.rows
    assert "✓现行有效（2023-05-01 施行）" in held.text
    assert held.detail == clause.text
    assert held.link.startswith("/clauses?key=")
    assert case.text == "夜市货架被推倒"
    async with house.database.transaction() as session:
        row = await session.get_one(Clause, clause.id)
        row.usable = False
    assert "⛔ 已不是现行有效" in (await said(house, "依据 A1 1")).as_text()
