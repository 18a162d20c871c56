"""卷宗 from the command line and in a chat: who may take it, where it lands, what is noted."""

import json
import stat
from pathlib import Path

import pytest
from sqlmodel import select

from bot.bootstrap import open_house
from bot.commands.dispatcher import Dispatcher
from bot.dossier_work import export, take
from bot.settings import load_settings
from casework.chat import Incoming
from casework.errors import Refused
from storage.audit import AuditEntry
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import START
from tests.casework.room import Room

SETTINGS = """
[department]
name = "东桥市城市管理局"
[[staff]]
name = "李雯"
roles = ["duty", "drafter"]
accounts = { telegram = "liwen" }
[[staff]]
name = "陈静"
roles = ["approver"]
accounts = { telegram = "chenjing" }
[[staff]]
name = "林一"
roles = ["auditor"]
[[groups]]
platform = "telegram"
chat = "g"
name = "群"
[[sources]]
name = "论坛"
kind = "webhook"
"""


@pytest.fixture
async def settings(tmp_path: Path) -> Path:
    """Settings of a department with case A1 in its database."""
    path = tmp_path / "wensheng.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    async with open_house(load_settings(path), index=False, clock=ManualClock(START)) as house, house.database.transaction() as session:
        await Room(house.database, ManualClock(START), house.desk).happen(session, 2)
    return path


async def taken_by(settings: Path) -> list[str]:
    async with open_house(load_settings(settings), index=False) as house, house.database.reading() as session:
        query = select(AuditEntry.actor).where(AuditEntry.action == "dossier.exported").order_by(AuditEntry.number)  # type: ignore[arg-type]
        return list((await session.exec(query)).all())


async def test_it_is_written_for_its_owner_alone(settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "A1.html"
    assert await export(settings, "a1", out, "林一", as_json=False) == 0
    assert "A1 卷宗：桥头市场" in out.read_text(encoding="utf-8")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "审计链：完整无改动" in capsys.readouterr().out
    assert await export(settings, "A1", tmp_path / "A1.json", "", as_json=True) == 0
    assert json.loads((tmp_path / "A1.json").read_text(encoding="utf-8"))["number"] == "A1"
    assert await taken_by(settings) == ["林一", "command line"]


@pytest.mark.parametrize(
    ("number", "by", "why"), [("Z9", "", "没有 Z9 这个工单"), ("A1", "陈静", "没有权限：取卷宗"), ("A1", "路人", "路人")]
)
async def test_who_may_not_and_what_is_not_there(settings: Path, tmp_path: Path, number: str, by: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        await export(settings, number, tmp_path / "x.html", by, as_json=False)
    assert not (tmp_path / "x.html").exists()
    assert await taken_by(settings) == []


async def test_in_a_chat_the_card_opens_it(settings: Path) -> None:
    async with open_house(load_settings(settings), index=False) as house:
        listening = Dispatcher(house, {"telegram": RecordingChat()})
        response = await listening.handle(Incoming("telegram", "g", "liwen", text="卷宗 A1"))
        assert response is not None
        assert response.cards[0].page == "/cases/A1/dossier"
        refused = await listening.handle(Incoming("telegram", "g", "chenjing", text="卷宗 A1"))
        assert refused is not None
        assert "没有权限：取卷宗需要" in refused.cards[0].as_text()
        with pytest.raises(Refused):
            await take(house, "Z9", None)
    assert await taken_by(settings) == ["李雯"]
