"""Server-sent events: what happens in the rooms, in the order of the rows, from any row on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from adapters.chat.staff_room import transcript
from adapters.chat.staff_room.room import RoomMessage
from adapters.chat.staff_room.session import Visitor
from adapters.chat.staff_room.site import Site
from adapters.chat.staff_room.transcript import Standing

BATCH = 100
HEARTBEAT_SECONDS = 5.0
"""Also how often the page sets its clock."""

RETRY_MS = 1_500
"""How long a browser waits before it connects again."""


async def room_events(site: Site, visitor: Visitor, chat: str, after: int, welcome: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
    """Everything after a row's id: the messages of one chat with their looks, of this person's other chats only that there are some.

    Args:
        welcome: whether the person may still listen; asked after every look, so that nobody hears what came after their dismissal.
    """
    yield f"retry: {RETRY_MS}\n\n" + clock_event(site)
    while not site.bell.closed:
        strokes = site.bell.strokes
        async with site.database.reading() as session:
            rows = await transcript.since(session, list(site.chats(visitor)), after, limit=BATCH)
            standings = await transcript.standings(session, rows)
        if not await welcome():
            return
        events = await asyncio.to_thread(_events, site, visitor, chat, standings)
        if events:
            after = rows[-1].number
        yield "".join([*events, clock_event(site)])
        if len(rows) < BATCH:
            await site.bell.wait(strokes, HEARTBEAT_SECONDS)


def clock_event(site: Site) -> str:
    """The server's time; it keeps the link alive as well."""
    return sse("clock", site.clock.now().isoformat())


def sse(name: str, data: str, number: int | None = None) -> str:
    """One event on the wire. `data` is one line."""
    return (f"id: {number}\n" if number is not None else "") + f"event: {name}\ndata: {data}\n\n"


def _events(site: Site, visitor: Visitor, chat: str, standings: Sequence[Standing]) -> list[str]:
    return [_event(site, visitor, chat, standing) for standing in standings]


def _event(site: Site, visitor: Visitor, chat: str, standing: Standing) -> str:
    root, latest = standing.root, standing.latest
    if root.chat != chat:
        return sse("elsewhere", json.dumps({"chat": root.chat, "rings": _is_new_and_rings(root, latest)}), latest.number)
    look = {"root": root.number, "html": site.pages.message(standing, visitor), "rings": _is_new_and_rings(root, latest)}
    return sse("message", json.dumps(look, ensure_ascii=False), latest.number)


def _is_new_and_rings(root: RoomMessage, latest: RoomMessage) -> bool:
    return root.rings and root.number == latest.number
