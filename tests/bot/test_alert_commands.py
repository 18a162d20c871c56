"""静默、取消静默、路由、接班 as they are typed; `alerts route` and the doctor on the command line."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.dispatcher import Dispatcher
from bot.commands.grammar import Command, Verb, parse
from bot.house import House
from casework.chat import ChatCapabilities, Incoming
from storage.clock import ManualClock
from tests.adapters.recording_chat import RecordingChat
from tests.bot.department import START, opened, settings

GROUPS = [
    {"platform": "telegram", "chat": "g", "name": "值班群", "lines": ["市容秩序", "噪声油烟扬尘"], "fallback": True},
    {"platform": "telegram", "chat": "l", "name": "领导群", "levels": [1, 2], "digest_times": ["08:00:00"]},
]
ACCOUNTS = {"李雯": {"telegram": "liwen"}, "周明": {"telegram": "zhouming"}, "赵岩": {"telegram": "zhaoyan"}}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        yield house


async def answer(house: House, user: str, text: str) -> str:
    chat = RecordingChat()
    chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True)
    response = await Dispatcher(house, {"telegram": chat}).handle(Incoming("telegram", "g", user, text=text))
    assert response is not None, text
    return "\n".join(card.as_text() for card in response.cards)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("静默A12 2小时", Command(Verb.MUTE, "A12", None, "2小时")),
        ("静默 油烟 锦绣家园 3天", Command(Verb.MUTE, rest="油烟 锦绣家园 3天")),
        ("静默", Command(Verb.MUTE)),
        ("静默一会儿吧", None),
        ("取消静默 1", Command(Verb.UNMUTE, rest="1")),
        ("取消静默 A12", Command(Verb.UNMUTE, "A12")),
        ("路由 油烟 河东区 III", Command(Verb.ROUTE, rest="油烟 河东区 III")),
        ("接班", Command(Verb.HANDOVER)),
        ("接班的人到了吗", None),
    ],
)
def test_the_orders_are_read_and_ordinary_sentences_are_not(text: str, command: Command | None) -> None:
    assert parse(text) == command


async def test_a_kind_is_muted_listed_and_lifted(house: House) -> None:
    assert await answer(house, "zhouming", "静默 油烟 柳岸路 3天") == (
        "静默 1 号：噪声油烟扬尘·柳岸路，至 3月13日 19:00。其间新的 III、IV 级不响铃"
        "（I、II 级、等级上升和快速升温照常），都在待办和摘要里。"
        "现有 0 件在办的属于这一类，不受影响。"
    )
    assert "噪声油烟扬尘·柳岸路 至 3月13日 19:00（周明）：没有压下任何一件" in await answer(house, "liwen", "静默")
    assert await answer(house, "zhouming", "取消静默 1") == "静默 1 号（噪声油烟扬尘·柳岸路）已取消，没有压下任何一件。"
    assert await answer(house, "liwen", "静默") == "🔕 没有在静默的条线或地点。\n" + (await answer(house, "zhouming", "静默 油烟"))


async def test_only_an_approver_mutes_a_kind(house: House) -> None:
    assert (await answer(house, "liwen", "静默 油烟 3天")).startswith("没有权限：静默一类事")
    assert (await answer(house, "liwen", "取消静默 1")).startswith("没有权限：静默一类事")


async def test_the_route_of_an_alert_is_told_to_those_who_may_ask(house: House) -> None:
    assert (await answer(house, "zhaoyan", "路由 油烟 河东区 III")).splitlines() == [
        "🧭 噪声油烟扬尘 · 河东区 · III 较大",
        "值班群  30 秒后响铃；22:30–07:00 顺延到早上，快速升温的除外",
        "领导群  不收这一级；在摘要里",
    ]
    assert (await answer(house, "zhaoyan", "路由 什么")).startswith("请写明条线和等级")
    assert (await answer(house, "liwen", "路由 油烟 III")).startswith("没有权限：查看路由")


async def test_who_comes_on_duty_asks_what_stands(house: House) -> None:
    assert await answer(house, "liwen", "接班") == "🔁 接班要点（给李雯）：在办 0"


SETTINGS = """
[department]
name = "东桥市城市管理局"
[gazetteer]
"河东区" = ["柳岸路"]
[[groups]]
platform = "staff_room"
chat = "duty"
name = "值班群"
lines = ["市容秩序"]
"""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    path = tmp_path / "wensheng.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


def test_the_command_line_tells_the_route(settings_file: Path) -> None:
    told = CliRunner().invoke(app, ["alerts", "route", "园林", "II", "--district", "河东区", "--settings", str(settings_file)])
    assert told.exit_code == 0
    assert "值班群  （没有群收这一类，改发到这里）立即响铃，夜间也响" in told.output
    for wrong in (["什么", "II"], ["园林", "V"]):
        assert CliRunner().invoke(app, ["alerts", "route", *wrong, "--settings", str(settings_file)]).exit_code == 1


def test_the_doctor_names_what_no_chat_takes(settings_file: Path) -> None:
    told = CliRunner().invoke(app, ["doctor", "--settings", str(settings_file)]).output
    assert "没有群接收：环境卫生；" in told
    assert "会改发到「值班群」" in told
    assert "市容秩序" not in told.split("没有群接收：")[1].split("。")[0]
