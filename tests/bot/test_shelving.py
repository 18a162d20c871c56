"""A policy file from a hand to a citation: handed in on the page, looked at, approved by an admin, compared, taken out."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from adapters.chat.staff_room.chat import StaffRoom
from bot.commands.dispatcher import Dispatcher
from bot.commands.grammar import Command, Verb, parse
from bot.house import House
from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, PolicyDocument
from storage.audit import AuditEntry
from storage.clock import ManualClock
from tests.adapters.staff_room.conftest import SECRET, paged
from tests.bot.department import START, opened, settings
from tests.knowledge_base.made_files import docx

GROUPS = [{"platform": "staff_room", "chat": "duty", "name": "值班群", "fallback": True}]
ACCOUNTS = {"李雯": {"staff_room": "liwen"}, "赵岩": {"staff_room": "zhaoyan"}}
TITLE = "东桥市养犬管理办法"


def law(year: int, made: str, fine: str) -> list[str]:
    note, begins = f"（{year}年3月1日东桥市人民政府{made}）", f"第三条 本办法自{year}年5月1日起施行。"
    return [TITLE, note, "第一条 养犬应当登记。", f"第二条 违者处{fine}元罚款。", begins]


OLD, NEW = law(2019, "发布", "五十"), law(2024, "修订", "二百")
HOSTILE = ["<img src=x onerror=alert(1)>管理办法", "第一条 <script>甲</script>应当登记。", "第二条 自2024年1月1日起施行。"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(settings(tmp_path, GROUPS, ACCOUNTS), tmp_path, ManualClock(START)) as house:
        yield house


@pytest.fixture
async def page(house: House) -> AsyncIterator[httpx.AsyncClient]:
    room = StaffRoom(
        house.database, host="127.0.0.1", port=0, groups=[("duty", "值班群")], secret=SECRET, clock=house.clock, desk=house.desk,
        open_login=True,
    )  # fmt: skip
    async with room, paged(room, Dispatcher(house, {"staff_room": room}).handle) as client:
        yield client


async def hand_in(page: httpx.AsyncClient, name: str, lines: list[str], by: str = "zhaoyan") -> str:
    answer = await page.post(f"/as/{by}/library", files={"file": (name, docx(lines))})
    assert answer.status_code == 200
    return answer.text


async def order(page: httpx.AsyncClient, text: str, by: str = "zhaoyan") -> str:
    answer = await page.post(f"/as/{by}/act", json={"text": text, "event_id": text})
    return answer.text


async def states(house: House) -> dict[int | None, DocumentState]:
    async with house.database.reading() as session:
        rows = (
            await session.exec(select(PolicyDocument.id, PolicyDocument.state).where(PolicyDocument.title != "东桥市夜市管理办法"))
        ).all()
    return dict(rows)


async def usable(house: House) -> set[str]:
    async with house.database.reading() as session:
        query = select(Clause).where(Clause.title == TITLE, Clause.article == "第二条")
        return {clause.text for clause in (await session.exec(query)).all() if clause.in_force_on(START.date())}


def test_the_words_are_commands() -> None:
    assert parse("批准文件 12、13") == Command(Verb.APPROVE_DOCUMENT, rest="12、13")
    assert parse("批准文件前请先看一遍") is None


async def test_a_file_is_handed_in_looked_at_and_approved(house: House, page: httpx.AsyncClient) -> None:
    assert "等管理员批准后才能引用" in await hand_in(page, "养犬.docx", OLD)
    ((number, state),) = (await states(house)).items()
    assert state is DocumentState.PENDING
    assert await usable(house) == set()
    shown = (await page.get(f"/as/zhaoyan/library/{number}")).text
    for words in (TITLE, "2019-03-01", "2019-05-01", "违者处五十元罚款。", "养犬.docx", f'data-act="批准文件 {number}"'):
        assert words in shown
    await order(page, f"批准文件 {number}")
    assert await usable(house) == {"违者处五十元罚款。"}
    assert "已经在库里" in await hand_in(page, "再来.docx", OLD)


async def test_the_page_marks_what_is_new_and_withdrawing_brings_the_old_back(house: House, page: httpx.AsyncClient) -> None:
    for name, lines in (("旧.docx", OLD), ("新.docx", NEW)):
        await hand_in(page, name, lines)
    older, newer = sorted(number for number in await states(house) if number)
    await order(page, f"批准文件 {older} {newer}")
    assert await usable(house) == {"违者处二百元罚款。"}
    shown = (await page.get(f"/as/liwen/library/{newer}")).text
    assert "<del>五十</del>" in shown or "<del>五十元</del>" in shown
    assert "data-act" not in shown, "only an admin decides"
    await order(page, f"停用文件 {newer}")
    assert await usable(house) == {"违者处五十元罚款。"}


async def test_others_may_look_and_compare_but_not_decide(house: House, page: httpx.AsyncClient) -> None:
    assert "管理员" in await hand_in(page, "养犬.docx", OLD, by="liwen")
    assert await states(house) == {}
    await hand_in(page, "养犬.docx", OLD)
    (number,) = await states(house)
    assert "管理员" in await order(page, f"批准文件 {number}", by="liwen")
    assert await usable(house) == set()
    assert 'type="file"' not in (await page.get("/as/liwen/library")).text


async def test_a_bad_file_is_refused_with_its_reason_and_leaves_nothing(house: House, page: httpx.AsyncClient) -> None:
    answer = await page.post("/as/zhaoyan/library", files={"file": ("坏.docx", docx(OLD)[:200])})
    assert "坏.docx：Word 文件损坏" in answer.text
    assert "不支持这种格式" in (await page.post("/as/zhaoyan/library", files={"file": ("a.exe", b"MZ")})).text
    assert "还没有选文件" in (await page.post("/as/zhaoyan/library", files={"file": ("", b"")})).text
    assert await states(house) == {}


async def test_what_a_file_holds_is_shown_and_never_run(house: House, page: httpx.AsyncClient) -> None:
    await hand_in(page, "<b>x</b>.docx", HOSTILE)
    (number,) = await states(house)
    for path in ("library", f"library/{number}"):
        shown = (await page.get(f"/as/zhaoyan/{path}")).text
        assert "<img src=x" not in shown
        assert "<script>甲" not in shown


async def test_what_nobody_looked_at_for_a_year_is_on_the_page_until_somebody_does(house: House, page: httpx.AsyncClient) -> None:
    await hand_in(page, "养犬.docx", OLD)
    (number,) = await states(house)
    await order(page, f"批准文件 {number}")
    assert "一年没有复核" not in (await page.get("/as/zhaoyan/library")).text
    assert isinstance(house.clock, ManualClock)
    house.clock.move_to(START + timedelta(days=366))
    shown = (await page.get("/as/zhaoyan/library")).text
    assert f'data-act="复核文件 {number}"' in shown.partition("一年没有复核")[2]
    assert "data-act" not in (await page.get("/as/liwen/library")).text, "only an admin decides"
    await order(page, f"复核文件 {number}")
    assert f'data-act="复核文件 {number}"' not in (await page.get("/as/zhaoyan/library")).text


async def test_every_decision_bears_a_name(house: House, page: httpx.AsyncClient) -> None:
    await hand_in(page, "养犬.docx", OLD)
    (number,) = await states(house)
    for verb in ("批准文件", "复核文件", "停用文件"):
        await order(page, f"{verb} {number}")
    assert "没有编号 99" in await order(page, "批准文件 99")
    async with house.database.reading() as session:
        entries = (await session.exec(select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.subject == f"document:{number}"))).all()
    assert [tuple(entry) for entry in entries] == [
        (f"document.{what}", "赵岩") for what in ("imported", "approved", "reviewed", "withdrawn")
    ]
    assert (await page.get("/as/zhaoyan/library/99")).status_code == 404
