"""The live stream: in order, resumable from any row, woken by other processes, ended in time."""

import asyncio
import json

import httpx
import pytest

from adapters.chat.staff_room import transcript
from adapters.chat.staff_room.bell import Bell
from adapters.chat.staff_room.chat import StaffRoom
from casework.staff import StaffMember
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import Listener, alert, listening
from tests.adapters.staff_room.conftest import browser, events, make_room
from tests.casework.room import make_desk

STREAM = "/as/liwen/events?chat=duty"


async def test_a_card_arrives_while_the_page_listens(room: StaffRoom, live: httpx.AsyncClient) -> None:
    waiting = asyncio.create_task(events(live, STREAM, count=1))
    reference = await room.send("duty", alert(), "k1")
    ((number, name, data),) = await waiting
    assert (number, name) == (int(reference), "message")
    assert json.loads(data)["root"] == int(reference)
    assert "网传队员掀翻摊位" in json.loads(data)["html"]
    assert json.loads(data)["rings"]


async def test_after_a_drop_exactly_the_missing_rows_come(room: StaffRoom, live: httpx.AsyncClient) -> None:
    sent = [int(await room.send("duty", alert(f"第{n}件"), f"k{n}")) for n in range(3)]
    seen = await events(live, STREAM, count=2)
    sent += [int(await room.send("duty", alert(f"第{n}件"), f"k{n}")) for n in range(3, 6)]
    last = seen[-1][0]
    resumed = await events(live, STREAM + "&after=0", count=4, last_event_id=last)
    assert [number for number, _, _ in seen + resumed] == sent


async def test_an_edit_names_the_message_that_it_changes(room: StaffRoom, live: httpx.AsyncClient) -> None:
    first = await room.send("duty", alert(), "k1")
    await room.send("duty", alert("另一件"), "k2")
    await room.edit("duty", first, alert(count=31))
    ((number, _, data),) = await events(live, STREAM, count=1, last_event_id=2)
    look = json.loads(data)
    assert (number, look["root"], look["rings"]) == (3, int(first), False)
    assert "31 条" in look["html"]


async def test_what_happens_in_another_group_is_only_told(room: StaffRoom, live: httpx.AsyncClient) -> None:
    await room.send("market", alert("不给值班群看"), "k1")
    ((number, name, data),) = await events(live, STREAM, count=1)
    assert (number, name) == (1, "elsewhere")
    assert "不给值班群看" not in data


async def test_nobody_hears_of_another_s_private_chat(room: StaffRoom, live: httpx.AsyncClient) -> None:
    await room.send("private:zhouming", alert("只给周明"), "k1")
    await room.send("duty", alert("给大家"), "k2")
    ((number, name, _),) = await events(live, STREAM, count=1)
    assert (number, name) == (2, "message")


async def test_another_process_s_message_is_noticed(
    database: Database, clock: ManualClock, room: StaffRoom, live: httpx.AsyncClient
) -> None:
    waiting = asyncio.create_task(events(live, STREAM, count=1))
    await asyncio.sleep(0)
    async with database.transaction() as session:
        await transcript.post(session, "duty", alert(), at=clock.now())
    ((_, name, _),) = await waiting
    assert name == "message"


async def test_a_dismissed_person_s_stream_ends(
    database: Database, room: StaffRoom, live: httpx.AsyncClient, staff: dict[str, int]
) -> None:
    async with asyncio.timeout(10), live.stream("GET", STREAM) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 1500"
        async with database.transaction() as session:
            (await session.get_one(StaffMember, staff["李雯"])).active = False
        await room.send("duty", alert("不该再看到"), "k1")
        assert "不该再看到" not in "".join([line async for line in lines])


async def test_the_room_closes_in_time_with_pages_open(database: Database, clock: ManualClock, staff: dict[str, int]) -> None:
    opened = make_room(database, clock)
    async with opened:
        serving = asyncio.create_task(opened.incoming(Listener()))
        async with browser(opened) as client, client.stream("GET", STREAM) as answer:
            lines = answer.aiter_lines()
            await anext(lines)
            serving.cancel()
            async with asyncio.timeout(10):
                _ = [line async for line in lines]
                await asyncio.wait([serving])
    assert serving.cancelled()


async def test_a_taken_port_is_one_clear_sentence(database: Database, clock: ManualClock, room: StaffRoom) -> None:
    port = int(room.url.rsplit(":", 1)[1].strip("/"))
    second = StaffRoom(database, host="127.0.0.1", port=port, groups=[], secret=b"", clock=clock, desk=make_desk())
    with pytest.raises(Exception, match=str(port)) as error:
        await second.__aenter__()
    assert "换一个端口" in str(error.value)


async def test_the_clock_on_the_page_is_the_server_s(database: Database, clock: ManualClock, staff: dict[str, int]) -> None:
    opened = make_room(database, clock)
    async with opened, listening(opened, Listener()), browser(opened) as client, client.stream("GET", STREAM) as answer:
        lines = answer.aiter_lines()
        heard = [await anext(lines) for _ in range(4)]
    assert f"data: {clock.now().isoformat()}" in heard


async def test_a_stroke_between_looking_and_waiting_is_not_missed() -> None:
    bell = Bell()
    strokes = bell.strokes
    bell.ring()
    async with asyncio.timeout(1):
        assert await bell.wait(strokes, 60)
    assert not await bell.wait(bell.strokes, 0.01)


async def test_a_closed_bell_keeps_nobody_waiting() -> None:
    bell = Bell()
    bell.close()
    async with asyncio.timeout(1):
        assert await bell.wait(bell.strokes, 60)
