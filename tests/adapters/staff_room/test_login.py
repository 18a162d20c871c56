"""Real log-in: a personal link, once, within its day; a cookie that no script and no foreign page can use."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from adapters.chat.staff_room.chat import StaffRoom
from adapters.chat.staff_room.session import LINK_LIFETIME, SESSION_LIFETIME, read_link, sign_link
from adapters.chat.staff_room.site import COOKIE
from casework.staff import StaffMember
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import Listener
from tests.adapters.staff_room.conftest import GROUPS, SECRET, make_room, paged
from tests.casework.room import make_desk


@pytest.fixture
async def closed_room(database: Database, clock: ManualClock, staff: dict[str, int]) -> AsyncIterator[StaffRoom]:
    async with make_room(database, clock, open_login=False) as room:
        yield room


@pytest.fixture
async def guest(closed_room: StaffRoom, listener: Listener) -> AsyncIterator[httpx.AsyncClient]:
    async with paged(closed_room, listener) as client:
        yield client


async def test_a_link_lets_its_person_in(
    closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int], listener: Listener
) -> None:
    answer = await guest.post(closed_room.login_link(staff["周明"]))
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert (await guest.get("/")).status_code == 200
    await guest.post("/say", json={"chat": "duty", "text": "在"})
    assert [incoming.user for incoming in listener.heard] == ["zhouming"]


async def test_looking_at_a_link_does_not_use_it_up(closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int]) -> None:
    link = closed_room.login_link(staff["李雯"])
    assert (await guest.get(link)).status_code == 200
    assert COOKIE not in guest.cookies
    assert (await guest.post(link)).status_code == 303


async def test_a_link_works_once(closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int]) -> None:
    link = closed_room.login_link(staff["李雯"])
    await guest.post(link)
    async with paged(closed_room, Listener()) as other:
        assert (await other.post(link)).status_code == 403
        assert (await other.get("/")).status_code == 401


async def test_an_old_link_is_refused(closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int], clock: ManualClock) -> None:
    link = closed_room.login_link(staff["李雯"])
    clock.move_to(clock.now() + LINK_LIFETIME)
    assert (await guest.get(link)).status_code == 403
    assert (await guest.post(link)).status_code == 403


@pytest.mark.parametrize("forged", ["", "1", "1.2", "1.9999999999.n", "1.9999999999.n.sig", "x.y.z.w", "1.9999999999.n.签"])
def test_a_ticket_that_we_did_not_sign_names_nobody(forged: str, clock: ManualClock) -> None:
    assert read_link(SECRET, forged, clock.now()) is None


def test_a_ticket_for_one_person_cannot_be_made_another_s(clock: ManualClock) -> None:
    ticket = sign_link(SECRET, 1, clock.now() + timedelta(hours=1))
    assert read_link(SECRET, ticket, clock.now()) == 1
    assert read_link(SECRET, f"2{ticket[1:]}", clock.now()) is None
    assert read_link(b"another secret", ticket, clock.now()) is None


async def test_a_session_ends_with_its_time_and_with_its_person(
    database: Database, closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int], clock: ManualClock
) -> None:
    await guest.post(closed_room.login_link(staff["李雯"]))
    async with database.transaction() as session:
        (await session.get_one(StaffMember, staff["李雯"])).active = False
    assert (await guest.get("/")).status_code == 401
    async with database.transaction() as session:
        (await session.get_one(StaffMember, staff["李雯"])).active = True
    assert (await guest.get("/")).status_code == 200
    clock.move_to(clock.now() + SESSION_LIFETIME)
    assert (await guest.get("/")).status_code == 401


async def test_a_link_of_a_dismissed_person_is_refused(
    database: Database, closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int]
) -> None:
    link = closed_room.login_link(staff["李雯"])
    async with database.transaction() as session:
        (await session.get_one(StaffMember, staff["李雯"])).active = False
    assert (await guest.post(link)).status_code == 403


async def test_a_log_in_is_on_record_without_its_token(
    database: Database, closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int]
) -> None:
    await guest.post(closed_room.login_link(staff["李雯"]))
    async with database.reading() as session:
        report = await audit.verify(session)
        entry = await session.get_one(audit.AuditEntry, report.entries)
    assert (entry.actor, entry.action, report.broken_at) == ("李雯", "session.started", None)
    assert guest.cookies[COOKIE] not in str(entry.model_dump())


async def test_who_leaves_must_log_in_again(closed_room: StaffRoom, guest: httpx.AsyncClient, staff: dict[str, int]) -> None:
    await guest.post(closed_room.login_link(staff["李雯"]))
    kept = guest.cookies[COOKIE]
    await guest.post("/logout")
    assert COOKIE not in guest.cookies
    assert (await guest.get("/", headers={"cookie": f"{COOKIE}={kept}"})).status_code == 401


async def test_behind_https_the_cookie_never_travels_in_the_open(
    database: Database, clock: ManualClock, staff: dict[str, int], listener: Listener
) -> None:
    address = "https://zhiban.example.gov.cn"
    room = StaffRoom(database, host="127.0.0.1", port=0, groups=GROUPS, secret=SECRET, clock=clock, desk=make_desk(), public_url=address)
    async with room, paged(room, listener) as client:
        answer = await client.post(room.login_link(staff["李雯"]))
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_a_made_up_cookie_is_nobody_s(guest: httpx.AsyncClient) -> None:
    assert (await guest.get("/", headers={"cookie": f"{COOKIE}=made-up"})).status_code == 401
