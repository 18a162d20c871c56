"""The room's page: its messages, its live stream, and what people do in it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import prompts
from adapters.chat.staff_room import transcript
from adapters.chat.staff_room.act import read_act, text_of
from adapters.chat.staff_room.session import Visitor
from adapters.chat.staff_room.site import Site, staff_only
from adapters.chat.staff_room.stream import room_events
from adapters.chat.staff_room.transcript import Standing
from casework import view
from casework.chat import Incoming

PAGE_MESSAGES = 100
OLDER_MESSAGES = 50
MAX_LINE_CHARACTERS = 4_000
MAX_POST_CHARACTERS = 20_000


class Talk:
    """Pages and requests of the rooms."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            staff_only(self._site, "/", self._room),
            staff_only(self._site, "/room/{chat}", self._room),
            staff_only(self._site, "/room/{chat}/older", self._older),
            staff_only(self._site, "/desk", self._desk),
            staff_only(self._site, "/events", self._events),
            staff_only(self._site, "/say", self._say, "POST"),
            staff_only(self._site, "/forward", self._forward, "POST"),
            staff_only(self._site, "/press", self._press, "POST"),
            staff_only(self._site, "/act", self._act, "POST"),
        ]

    async def _room(self, request: Request, visitor: Visitor) -> Response:
        chat = self._site.chat(visitor, request.path_params.get("chat"))
        async with self._site.database.reading() as session:
            last = await transcript.last_id(session)
            standings = await transcript.last_messages(session, chat, limit=PAGE_MESSAGES)
            cases = await view.open_cases(session)
            everybody = await self._site.everybody(session)
        chats = self._site.chats(visitor)
        # The link to another person leads into a group: nobody reads another's private chat.
        here = f"/room/{chat}" if chat != visitor.private_chat else "/"
        page = self._site.pages.render(
            "room.html", visitor, chat=chat, chat_name=chats[chat], chats=chats.items(), last=last, now=self._site.clock.now(), cases=cases,
            messages=await asyncio.to_thread(self._messages, standings, visitor), everybody=everybody, here=here,
            suggestions=json.dumps(prompts.words("pages.suggestions"), ensure_ascii=False),
        )  # fmt: skip
        return HTMLResponse(page)

    async def _older(self, request: Request, visitor: Visitor) -> Response:
        chat = self._site.chat(visitor, request.path_params["chat"])
        async with self._site.database.reading() as session:
            standings = await transcript.last_messages(
                session, chat, limit=OLDER_MESSAGES, before=_number(request.query_params.get("before"))
            )
        return HTMLResponse("".join(await asyncio.to_thread(self._messages, standings, visitor)))

    async def _desk(self, _: Request, visitor: Visitor) -> Response:
        async with self._site.database.reading() as session:
            cases = await view.open_cases(session)
        return HTMLResponse(self._site.pages.render("desk.html", visitor, cases=cases, now=self._site.clock.now()))

    async def _events(self, request: Request, visitor: Visitor) -> Response:
        chat = self._site.chat(visitor, request.query_params.get("chat"))
        after = _number(request.headers.get("last-event-id") or request.query_params.get("after"))

        async def welcome() -> bool:
            return await self._site.visitor(request) is not None

        return StreamingResponse(
            room_events(self._site, visitor, chat, after, welcome), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )

    async def _say(self, request: Request, visitor: Visitor) -> Response:
        asked = await read_act(request)
        chat, line = self._site.chat(visitor, asked.get("chat")), text_of(asked, "text", MAX_LINE_CHARACTERS)
        event_id = _event_id(visitor, asked)
        return await self._heard(visitor, line, self._site.typed(visitor, chat, event_id, line))

    async def _forward(self, request: Request, visitor: Visitor) -> Response:
        asked = await read_act(request)
        chat, post = self._site.chat(visitor, asked.get("chat")), text_of(asked, "post", MAX_POST_CHARACTERS)
        origin, event_id = text_of(asked, "origin", 200), _event_id(visitor, asked)
        line = prompts.say("staff_room.post_forwarded", origin=origin or prompts.say("staff_room.unknown_origin"), text=post)
        incoming = replace(self._site.typed(visitor, chat, event_id, ""), forwarded_post=post, forwarded_from=origin)
        return await self._heard(visitor, line if post else "", incoming)

    async def _press(self, request: Request, visitor: Visitor) -> Response:
        asked = await read_act(request)
        chat = self._site.chat(visitor, asked.get("chat"))
        incoming = replace(self._site.typed(visitor, chat, _event_id(visitor, asked), ""), token=text_of(asked, "token", 200))
        return JSONResponse(await self._site.hand_over(incoming, typed=False))

    async def _act(self, request: Request, visitor: Visitor) -> Response:
        """A command that a page's form put together: like a typed one, but the line itself is not shown in the room."""
        asked = await read_act(request)
        chat = self._site.chat(visitor, asked.get("chat"))
        line = text_of(asked, "text", MAX_POST_CHARACTERS)
        incoming = self._site.typed(visitor, chat, _event_id(visitor, asked), line, on_a_page=True)
        return JSONResponse(await self._site.hand_over(incoming, typed=False))

    def _messages(self, standings: Sequence[Standing], visitor: Visitor) -> list[Markup]:
        return [self._site.pages.message(standing, visitor) for standing in standings]

    async def _heard(self, visitor: Visitor, line: str, incoming: Incoming) -> Response:
        """Show what a person said, and hand it over. A request that comes twice shows one line; the handler knows it by its event id."""
        if not line:
            raise HTTPException(400)
        async with self._site.database.transaction() as session:
            await transcript.say(session, incoming.chat, visitor.name, line, at=self._site.clock.now(), key=f"typed:{incoming.event_id}")
        self._site.bell.ring()
        return JSONResponse(await self._site.hand_over(incoming, typed=True))


def _event_id(visitor: Visitor, asked: dict[str, Any]) -> str:
    """Names one act of one person; a request that is sent again has the same."""
    return f"{visitor.account}:{text_of(asked, 'id', 64) or uuid4()}"


def _number(asked: str | None) -> int:
    return int(asked) if asked and asked.isdecimal() and len(asked) < 18 else 0
