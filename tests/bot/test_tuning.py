"""规则、学习、分级试算 and 漏报, as people use them: from the command line and in the chat."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot import grade_work, learn_work, rules_work
from bot.bootstrap import open_house
from bot.commands.dispatcher import Dispatcher
from bot.faults import StartError
from bot.house import House
from bot.settings import load_settings
from casework.case import Case
from casework.chat import ChatCapabilities, Incoming, Response
from monitoring.errors import PolicyError
from monitoring.event import Event, Label, LabelKind
from monitoring.item import Item
from monitoring.observe import observe
from monitoring.policy import BUILT_IN_POLICY
from monitoring.post import RawPost
from monitoring.source import Source, SourceKind
from storage import audit
from tests.adapters.recording_chat import RecordingChat
from tests.monitoring.test_learning import GAME, KITES

SETTINGS = """
[department]
name = "东桥市城市管理局"
[[staff]]
name = "李雯"
roles = ["duty"]
accounts = { telegram = "liwen" }
[[staff]]
name = "赵岩"
roles = ["admin"]
accounts = { telegram = "zhaoyan" }
[[groups]]
platform = "telegram"
chat = "g"
name = "值班群"
"""
STALLS = "柳岸路流动摊贩占道经营，人行道走不过去，请城管处理。"
JOINT = "柳岸路烧烤店油烟扰民，三百多户居民联名投诉，请处理。"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "wensheng.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


@pytest.fixture
async def house(path: Path) -> AsyncIterator[House]:
    async with open_house(load_settings(path), index=False) as house:
        yield house


async def tell(house: House, *texts: str) -> list[Item]:
    now = house.clock.now()
    async with house.database.transaction() as session:
        source = Source(name="论坛", kind=SourceKind.JSON_LINES)
        session.add(source)
        await session.flush()
        posts = [RawPost(str(number), text, now - timedelta(hours=number + 1)) for number, text in enumerate(texts)]
        return [(await observe(session, post, source, now, house.desk.watch)).item for post in posts]


async def label_all(house: House) -> None:
    async with house.database.transaction() as session:
        for item in (await session.exec(select(Item))).all():
            kind = LabelKind.NOT_OURS if item.relevance.is_ours else LabelKind.MISSED
            session.add(Label(kind=kind, item_id=item.id, staff_id=1, at=house.clock.now()))


async def actions(house: House) -> list[str]:
    async with house.database.reading() as session:
        entries = (await session.exec(select(audit.AuditEntry.action, audit.AuditEntry.actor))).all()
    return [f"{actor} {action}" for action, actor in entries if action.startswith(("weights", "item."))]


def test_a_rules_file_is_counted_or_refused_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[words]\n"船" = ["船"]\n["市容秩序"]\nyes = ["@船 & 占", "甲"]\npartly = ["乙"]\n', encoding="utf-8")
    rules_work.check(file)
    assert "可用：规则 3 条（市容秩序 3），词表 1 个" in capsys.readouterr().out
    file.write_text('["市容秩序"]\nyes = ["(城管 | 市容 & 打人"]\n', encoding="utf-8")
    with pytest.raises(PolicyError, match=r"rules\.toml第 2 行规则有误：.*第 1 列的括号没有闭合"):
        rules_work.check(file)


async def test_a_rule_is_tried_from_the_command_line(house: House, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await tell(house, STALLS, *KITES[:3])
    assert await rules_work.try_on_archive(path, "风筝 | 占道", None, 30, as_json=False) == 0
    told = capsys.readouterr().out
    assert "最近 30 天的 4 条信息里会命中 4 条：已是我们的 1 条（市容秩序 1），会新增 3 条" in told
    assert "〔新增〕" in told
    await rules_work.try_on_archive(path, "风筝 | 占道", "环境卫生", 30, as_json=False)
    assert "其中已归“环境卫生” 0 条，归其他条线 1 条" in capsys.readouterr().out
    await rules_work.try_on_archive(path, "风筝", None, 30, as_json=True)
    assert json.loads(capsys.readouterr().out)["new"] == 3
    with pytest.raises(StartError, match="第 1 列的括号没有闭合"):
        await rules_work.try_on_archive(path, "(风筝", None, 30, as_json=False)
    with pytest.raises(StartError, match="没有条线“风筝”"):
        await rules_work.try_on_archive(path, "风筝", "风筝", 30, as_json=False)


async def test_learning_counts_out_what_is_missing(house: House, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await tell(house, *GAME[:3])
    await label_all(house)
    assert await learn_work.learn_from_labels(path, "赵岩", yes=True, as_json=False) == 1
    told = capsys.readouterr().err
    assert "标注还差 17 条" in told
    assert "确属我们的（漏报或已办结）还差 5 条" in told
    assert "与我们无关的还差 2 条" in told


async def test_learning_shows_asks_stores_and_can_be_undone(
    house: House, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(house, *GAME, *KITES)
    await label_all(house)
    folder = house.settings.data_dir / "learned"

    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    assert await learn_work.learn_from_labels(path, "赵岩", yes=False, as_json=False) == 0
    told = capsys.readouterr()
    assert "学之前  0/12" in told.out
    assert "不再判为我们的" in told.out
    assert "没有采用" in told.err
    assert not folder.exists()

    assert await learn_work.learn_from_labels(path, "赵岩", yes=True, as_json=False) == 0
    assert "已采用第 1 版（24 条标注）" in capsys.readouterr().out
    async with open_house(load_settings(path), index=False) as again:
        learned = again.desk.watch.own_weights
    assert learned is not None
    assert learned.labels == 24

    assert await learn_work.undo(path, "赵岩") == 0
    assert "已撤回第 1 版" in capsys.readouterr().out
    assert await learn_work.undo(path, "赵岩") == 1
    async with open_house(load_settings(path), index=False) as again:
        assert again.desk.watch.own_weights is None
    assert await actions(house) == ["赵岩 weights.learned", "赵岩 weights.undone"]


async def test_only_an_admin_learns(house: House, path: Path) -> None:
    for name in ("李雯", "路人"):
        with pytest.raises(StartError, match=f"“{name}”不是管理员；管理员：赵岩"):
            await learn_work.learn_from_labels(path, name, yes=True, as_json=False)


async def test_another_policy_shows_what_it_would_change(house: House, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await tell(house, STALLS, JOINT)
    policy = path.parent / "policy.toml"
    text = BUILT_IN_POLICY.read_text(encoding="utf-8")
    policy.write_text(text, encoding="utf-8")
    assert await grade_work.what_if(path, policy, 30, as_json=False) == 0
    assert "没有预警会变级。共看了 2 个事件" in capsys.readouterr().out
    policy.write_text(text.replace('label = "集体性"\npoints = 2\nfloor = 3', 'label = "集体性"\npoints = 2\nfloor = 1'), encoding="utf-8")
    await grade_work.what_if(path, policy, 30, as_json=False)
    told = capsys.readouterr().out
    assert "III → I" in told
    assert "2 个事件里，1 个会变级（升 1，降 0）" in told
    assert "I 特别重大：0 → 1" in told
    await grade_work.what_if(path, policy, 30, as_json=True)
    assert json.loads(capsys.readouterr().out)["levels"]["1"] == {"before": 0, "after": 1}
    async with house.database.reading() as session:
        assert sorted(event.level for event in (await session.exec(select(Event))).all()) == [3, 4]


def dispatcher(house: House) -> Dispatcher:
    chat = RecordingChat()
    chat.capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True)
    return Dispatcher(house, {"telegram": chat})


async def say_to(house: House, text: str, user: str = "liwen", **extra: object) -> Response:
    response = await dispatcher(house).handle(Incoming("telegram", "g", user, text=text, **extra))  # type: ignore[arg-type]
    assert response is not None
    return response


async def test_a_forwarded_post_that_was_not_taken_for_ours_can_be_marked_as_missed(house: House) -> None:
    taken = await say_to(house, f"收录 {KITES[0]}")
    (card,) = taken.cards
    ((button,),) = card.buttons
    assert button.label == "漏报"
    assert button.token
    noted = await say_to(house, "", token=button.token)
    assert "已立为 A1（IV 一般），并记为漏报" in noted.brief
    async with house.database.reading() as session:
        (event,) = (await session.exec(select(Event))).all()
        (case,) = (await session.exec(select(Case))).all()
        assert (event.level, event.item_count, case.event_id) == (4, 1, event.id)
        assert [label.kind for label in (await session.exec(select(Label))).all()] == [LabelKind.MISSED]
    assert "李雯 item.labelled" in await actions(house)


@pytest.mark.parametrize(("order", "answer"), [("漏报", "请写信息号"), ("漏报 甲", "请写信息号"), ("漏报 99", "没有第 99 号信息")])
async def test_a_missed_post_needs_its_number(house: House, order: str, answer: str) -> None:
    assert answer in (await say_to(house, order)).cards[0].head


async def test_a_post_that_is_ours_cannot_be_marked_as_missed(house: House) -> None:
    (item,) = await tell(house, STALLS)
    assert "已经判为我们的（市容秩序）" in (await say_to(house, f"漏报 {item.id}")).cards[0].head


async def test_an_admin_tries_a_rule_in_the_chat(house: House) -> None:
    await tell(house, STALLS, *KITES[:2])
    (card,) = (await say_to(house, "试规则 风筝 | 占道", user="zhaoyan")).cards
    assert "会命中 3 条：已是我们的 1 条（市容秩序 1），会新增 2 条" in card.head
    assert "第 1 列的括号没有闭合" in (await say_to(house, "试规则 (风筝", user="zhaoyan")).cards[0].head
    assert "试规则 (城管" in (await say_to(house, "试规则", user="zhaoyan")).cards[0].head
    assert "没有权限" in (await say_to(house, "试规则 风筝")).cards[0].head
