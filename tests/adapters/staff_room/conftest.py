"""A staff room with three people, served on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

import httpx
import pytest

from adapters.chat.staff_room.chat import StaffRoom
from casework.chat import CommandHandler
from storage.clock import ManualClock
from storage.engine import Database
from tests.adapters.staff_chat_contract import Listener, listening
from tests.casework.room import make_desk
from tests.casework.sample_case import SampleCase, seat_staff, write_case

SECRET = bytes(range(32))
GROUPS = [("duty", "值班总群"), ("market", "市场监管二组")]


def make_room(database: Database, clock: ManualClock, *, open_login: bool = True) -> StaffRoom:
    return StaffRoom(database, host="127.0.0.1", port=0, groups=GROUPS, secret=SECRET, clock=clock, desk=make_desk(), open_login=open_login)


@contextlib.asynccontextmanager
async def browser(room: StaffRoom) -> AsyncIterator[httpx.AsyncClient]:
    """A client that behaves as a page of the room: it names its origin."""
    origin = room.url.rstrip("/")
    async with httpx.AsyncClient(base_url=origin, headers={"origin": origin}, trust_env=False, timeout=20) as client:
        yield client


@contextlib.asynccontextmanager
async def paged(room: StaffRoom, handler: CommandHandler) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the room without a server between: for all but streams."""
    origin = room.url.rstrip("/")
    transport = httpx.ASGITransport(room.application(handler))
    async with httpx.AsyncClient(transport=transport, base_url=origin, headers={"origin": origin}) as client:
        yield client


@pytest.fixture
async def staff(database: Database) -> dict[str, int]:
    async with database.transaction() as session:
        return await seat_staff(session)


@pytest.fixture
async def sample(database: Database, clock: ManualClock, staff: dict[str, int]) -> SampleCase:
    async with database.transaction() as session:
        return await write_case(session, staff, clock.now())


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def room(database: Database, clock: ManualClock, staff: dict[str, int]) -> AsyncIterator[StaffRoom]:
    """A room in which everybody may be anybody; nobody listens yet."""
    async with make_room(database, clock) as opened:
        yield opened


@pytest.fixture
async def page(room: StaffRoom, listener: Listener) -> AsyncIterator[httpx.AsyncClient]:
    async with paged(room, listener) as client:
        yield client


@pytest.fixture
async def live(room: StaffRoom, listener: Listener) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the room over a real connection, as streams need it."""
    async with listening(room, listener), browser(room) as client:
        yield client


Event = tuple[int | None, str, str]


async def listen(client: httpx.AsyncClient, path: str, *, last_event_id: int | None = None) -> AsyncGenerator[Event, None]:
    """The events of a stream that are not the clock's, as (id, name, data). Close it to drop the link."""
    headers = {"last-event-id": str(last_event_id)} if last_event_id is not None else {}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
                continue
            if fields.get("event", "clock") != "clock":
                yield int(fields["id"]) if "id" in fields else None, fields["event"], fields["data"]
            fields = {}


async def events(client: httpx.AsyncClient, path: str, *, count: int, last_event_id: int | None = None) -> list[Event]:
    """The first `count` events of a stream; then the link is dropped."""
    async with asyncio.timeout(10), contextlib.aclosing(listen(client, path, last_event_id=last_event_id)) as stream:
        return [await anext(stream) for _ in range(count)]
