"""What may come in: our own pages, asked for by our own names, by staff, about their own chats."""

import re

import httpx
import pytest

from adapters.chat.staff_room.chat import StaffRoom
from casework.chat import Response
from casework.message import Card, CardKind, Row
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import Listener
from tests.adapters.staff_room.conftest import browser, make_room, paged
from tests.casework.room import make_desk
from tests.casework.sample_case import HOSTILE, SampleCase

PAGES = (
    "/",
    "/room/duty",
    "/room/duty/older",
    "/desk",
    "/events?chat=duty",
    "/cases/A12",
    "/cases/A12/draft",
    "/cases/A12/events",
    "/clauses?key=x",
    "/past-cases/P-7",
)
ACTS = ("/say", "/press", "/act", "/forward")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.nip.io", ""])
async def test_a_foreign_host_name_is_refused(page: httpx.AsyncClient, host: str) -> None:
    assert (await page.get("/as/liwen/room/duty", headers={"host": host})).status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:9999", "127.0.0.1:1", "[::1]:8765", "LOCALHOST"])
async def test_this_machine_s_own_names_are_taken(page: httpx.AsyncClient, host: str) -> None:
    assert (await page.get("/as/liwen/room/duty", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1"])
async def test_a_foreign_page_cannot_act(page: httpx.AsyncClient, listener: Listener, origin: str) -> None:
    for act in ACTS:
        answer = await page.post(
            f"/as/liwen{act}", json={"chat": "duty", "text": "认领 A12", "post": "帖", "token": "t"}, headers={"origin": origin}
        )
        assert answer.status_code == 403
    assert listener.heard == []


async def test_a_request_without_an_origin_cannot_act(page: httpx.AsyncClient, listener: Listener) -> None:
    del page.headers["origin"]
    assert (await page.post("/as/liwen/say", json={"chat": "duty", "text": "认领 A12"})).status_code == 403
    assert listener.heard == []


async def test_no_page_answers_a_stranger(database: Database, clock: ManualClock, sample: SampleCase) -> None:
    heard = Listener()
    async with paged(make_room(database, clock, open_login=False), heard) as client:
        for path in PAGES:
            answer = await client.get(path)
            assert (path, answer.status_code) == (path, 401)
            assert "A12" not in answer.text.replace("/cases/A12", "")
        for act in ACTS:
            assert (await client.post(act, json={"chat": "duty", "text": "认领 A12"})).status_code == 401
        assert (await client.get("/as/liwen/room/duty")).status_code == 404
    assert heard.heard == []


async def test_somebody_who_is_not_on_the_staff_is_a_stranger_in_a_demonstration_too(page: httpx.AsyncClient, sample: SampleCase) -> None:
    for path in PAGES:
        assert (await page.get(f"/as/nobody{path}")).status_code == 401


@pytest.mark.parametrize("chat", ["elsewhere", "private:zhouming"])
async def test_another_chat_than_one_s_own_is_not_there(room: StaffRoom, page: httpx.AsyncClient, listener: Listener, chat: str) -> None:
    assert (await page.get(f"/as/liwen/room/{chat}")).status_code == 404
    assert (await page.get(f"/as/liwen/room/{chat}/older")).status_code == 404
    assert (await page.get(f"/as/liwen/events?chat={chat}")).status_code == 404
    for act in ACTS:
        assert (await page.post(f"/as/liwen{act}", json={"chat": chat, "text": "在吗", "post": "帖", "token": "t"})).status_code == 404
    assert listener.heard == []


async def test_every_answer_forbids_foreign_and_inline_scripts(page: httpx.AsyncClient, sample: SampleCase) -> None:
    for path in ("/as/liwen/room/duty", "/as/liwen/cases/A12/draft", "/static/page.js", "/nowhere"):
        policy = (await page.get(path)).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


async def test_no_page_has_a_script_or_style_of_its_own(page: httpx.AsyncClient, sample: SampleCase) -> None:
    for path in ("/as/liwen/room/duty", "/as/liwen/cases/A12", "/as/liwen/cases/A12/draft"):
        html = (await page.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)", html)
        assert not re.search(r"<style|<[^>]*\s(?:style|on\w+)=", html)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html.replace("noopener", ""))


async def test_markup_in_posts_and_in_what_people_type_is_text(
    room: StaffRoom, page: httpx.AsyncClient, listener: Listener, sample: SampleCase
) -> None:
    hostile = Card(
        CardKind.ALERT,
        head=HOSTILE,
        title=HOSTILE,
        rows=(Row("起因", HOSTILE, detail=HOSTILE, link="javascript:alert(1)"),),
        body=HOSTILE,
        copy_text=HOSTILE,
    )
    listener.response = Response(cards=(hostile,))
    await page.post("/as/liwen/say", json={"chat": "duty", "text": HOSTILE})
    for path in ("/as/liwen/room/duty", "/as/liwen/cases/A12"):
        html = (await page.get(path)).text
        assert "<img src=x" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html
        assert "javascript:" not in html


async def test_a_body_that_is_too_long_or_no_object_is_refused(page: httpx.AsyncClient, listener: Listener) -> None:
    assert (await page.post("/as/liwen/say", content=b"x" * 300_000)).status_code == 413
    assert (await page.post("/as/liwen/say", content=b"[1]")).status_code == 400
    assert listener.heard == []


async def test_a_name_of_our_own_may_be_allowed(database: Database, clock: ManualClock, staff: dict[str, int]) -> None:
    opened = StaffRoom(
        database,
        host="127.0.0.1",
        port=0,
        groups=[("duty", "群")],
        secret=b"",
        clock=clock,
        desk=make_desk(),
        open_login=True,
        public_url="https://zhiban.example.gov.cn/",
    )
    async with opened, browser(opened):
        transport = httpx.ASGITransport(opened.application(Listener()))
        async with httpx.AsyncClient(transport=transport, base_url="https://zhiban.example.gov.cn") as client:
            assert (await client.get("/as/liwen/room/duty")).status_code == 200
        async with httpx.AsyncClient(transport=transport, base_url="https://other.example.gov.cn") as client:
            assert (await client.get("/as/liwen/room/duty")).status_code == 403
