"""发布与跟踪 on the page of a case: where the text stands, how it was taken, what is promised and what came of it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from casework import notices, promise_ledger
from casework.case import NoticeKind
from casework.followups import step_followups
from casework.notices import Mending
from casework.staff import StaffAccount
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_room.conftest import Listener, make_room, paged
from tests.casework.replying import LINK, posts, publish
from tests.casework.room import Room, make_desk, seat

TWO = "我们正在核实。今晚22:00前在这里公布结果。三日内把碎玻璃清理干净。"


@pytest.fixture
async def desk(database: Database, clock: ManualClock) -> Room:
    async with database.transaction() as session:
        await seat(session)
        person = await Room(database, clock, make_desk()).person(session, "林一")
        session.add(StaffAccount(platform="staff_room", user_id="linyi", staff_id=person.id or 0))
    return Room(database, clock, make_desk())


@pytest.fixture
async def visited(desk: Room, listener: Listener) -> AsyncIterator[httpx.AsyncClient]:
    async with make_room(desk.database, desk.clock) as opened, paged(opened, listener) as client:
        yield client


async def shown(client: httpx.AsyncClient, number: str = "A1") -> str:
    """The part as a person reads it, in one line."""
    html = (await client.get(f"/as/linyi/cases/{number}")).text
    part = html.partition('data-part="aftermath"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


async def test_before_anything_is_out_there_is_nothing_to_see(desk: Room, visited: httpx.AsyncClient) -> None:
    async with desk.database.transaction() as session:
        await desk.happen(session)
    assert await shown(visited) == "hidden>"


async def test_publication_looks_and_promises_stand_together(desk: Room, visited: httpx.AsyncClient) -> None:
    case = await publish(desk, TWO)
    await posts(desk, case, 3, desk.now + timedelta(minutes=5))
    desk.wait(hours=1)
    async with desk.database.transaction() as session:
        await step_followups(session, desk.now, desk.desk)
        person = await desk.person(session, "林一")
        await promise_ledger.keep(session, case, 1, f"已公布结果 {LINK}2", person, desk.now, desk.desk)
    text = await shown(visited)
    told = ("第 1 版 · 微博评论 · 已发布", "1 小时后 新增 3 条", "太少，不下结论", "6 小时后 （")
    for part in (*told, "“今晚22:00前在这里公布结果” 已兑现", "“三日内把碎玻璃清理干净” 未到期"):
        assert part in text
    html = (await visited.get("/as/linyi/cases/A1")).text
    assert f'href="{LINK}"' in html
    assert 'data-command="兑现 A1 2"' in html
    assert 'data-command="兑现 A1 1"' not in html


async def test_a_correction_and_what_it_corrects_point_to_each_other(desk: Room, visited: httpx.AsyncClient) -> None:
    case = await publish(desk, TWO)
    async with desk.database.transaction() as session:
        mending = Mending("三日内", "五日内", "值班记录", "周队")
        person = await desk.person(session, "林一")
        await notices.open_notice(session, case, NoticeKind.CORRECTION, mending, person, desk.now, desk.desk)
    assert "更正 A2" in await shown(visited)
    assert "更正 A1" in await shown(visited, "A2")
