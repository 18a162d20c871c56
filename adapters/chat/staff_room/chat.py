"""The web staff room: the chat platform that needs no platform. A page on this machine that behaves as a staff group."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import func
from sqlmodel import select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

import prompts
from adapters.chat.staff_room import transcript
from adapters.chat.staff_room.bell import Bell
from adapters.chat.staff_room.board import Board
from adapters.chat.staff_room.border import Border
from adapters.chat.staff_room.casefile import Casefile
from adapters.chat.staff_room.door import Door
from adapters.chat.staff_room.library import LibraryPages
from adapters.chat.staff_room.rendering import STATIC, Pages
from adapters.chat.staff_room.session import LINK_LIFETIME, PLATFORM, sign_link
from adapters.chat.staff_room.site import Site
from adapters.chat.staff_room.talk import Talk
from casework.chat import ChatCapabilities, CommandHandler
from casework.desk import Desk
from casework.errors import ChatError
from casework.message import Card
from storage.audit import AuditEntry
from storage.clock import Clock
from storage.engine import Database

SHUTDOWN_SECONDS = 5


class StaffRoom:
    """StaffChat over HTTP and rows of our own database.

    Args:
        database: where messages stand; `send` and `edit` write in short transactions of their own.
        host, port: where to listen; port 0 takes a free one, see `url`.
        groups: the chats, (id, name), the first being where a page opens.
        secret: signs login links; at least 32 random bytes, the same on every start.
        desk: the department whose room it is; its rules are what drafts are checked by.
        open_login: everybody at the page may be anybody on the staff. For demonstrations on this machine only.
        public_url: the address under which browsers reach the room where that is another than host and port.
        anchor: the file that the audit chain's heads are noted in, for the proof in a case's file.
    """

    platform = PLATFORM
    capabilities = ChatCapabilities(buttons=True, edits=True, approvals=True, domestic=True, deduplicates=True)

    def __init__(
        self, database: Database, *, host: str, port: int, groups: list[tuple[str, str]], secret: bytes, clock: Clock, desk: Desk,
        open_login: bool = False, public_url: str = "", anchor: Path | None = None,
    ) -> None:  # fmt: skip
        self._database, self._host, self._port, self._clock = database, host, port, clock
        self._groups, self._secret, self._desk = tuple(groups), secret, desk
        self._open_login, self._public_url, self._anchor = open_login, public_url, anchor
        self._bell = Bell()
        self._socket: socket.socket | None = None

    async def __aenter__(self) -> "StaffRoom":
        try:
            self._socket = socket.create_server((self._host, self._port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise ChatError(
                prompts.say("staff_room.port_taken", host=self._host, port=self._port, reason=reason), permanent=True
            ) from error
        self._port = self._socket.getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._socket is not None:
            self._socket.close()

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"{self._public_url.rstrip('/') or f'http://{self._host}:{self._port}'}/"

    def login_link(self, staff_id: int) -> str:
        """A link that logs this person in, once, within a day. Whoever holds it is that person: hand it over in private."""
        return f"{self.url}login/{sign_link(self._secret, staff_id, self._clock.now() + LINK_LIFETIME)}"

    async def send(self, chat: str, card: Card, key: str) -> str:
        """Show a card in a group, or in a person's private chat."""
        if chat not in dict(self._groups) and not chat.startswith("private:"):
            raise ChatError(prompts.say("staff_room.unknown_chat", chat=chat), permanent=True)
        async with self._database.transaction() as session:
            message = await transcript.post(session, chat, card, at=self._clock.now(), key=key)
        self._bell.ring()
        return str(message.number)

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        """Give a card that was sent a new face, where it stands."""
        async with self._database.transaction() as session:
            message = await transcript.replace(session, chat, int(reference), card, at=self._clock.now()) if reference.isdecimal() else None
        if message is None:
            raise ChatError(prompts.say("staff_room.unknown_message", chat=chat, reference=reference), permanent=True)
        self._bell.ring()

    async def incoming(self, handler: CommandHandler) -> None:
        """Serve the pages until cancelled; what people do there goes to `handler`."""
        assert self._socket is not None, "enter the room first"
        server = _Server(_config(self.application(handler)))
        serving = asyncio.create_task(server.serve(sockets=[self._socket]))
        watching = asyncio.create_task(self._bell.watch(self._latest))
        try:
            await asyncio.shield(serving)
        finally:
            watching.cancel()
            self._bell.close()
            server.should_exit = True
            await asyncio.wait([serving, watching])

    def application(self, handler: CommandHandler) -> Starlette:
        """The pages as an ASGI application."""
        site = Site(
            self._database, self._clock, self._desk, self._bell, Pages(self._desk.department.name), self._groups,
            self._secret, handler, self._open_login, self._public_url.startswith("https:"), self._anchor,
        )  # fmt: skip
        staff_routes: list[BaseRoute] = [
            *Talk(site).routes(),
            *Casefile(site).routes(),
            *Board(site).routes(),
            *LibraryPages(site).routes(),
        ]
        if self._open_login:
            staff_routes = [Mount("/as/{account}", routes=staff_routes)]
        routes = [Mount("/static", StaticFiles(directory=STATIC)), *Door(site).routes(), *staff_routes]
        hosts = (self._host, urlsplit(self._public_url).hostname or "")
        return Starlette(
            routes=routes, middleware=[Middleware(Border, hosts=hosts)], exception_handlers={HTTPException: _sorry(site.pages)}
        )

    async def _latest(self) -> tuple[int, int | None]:
        """What changes when there is news: the last message, and the last change of state of anything."""
        async with self._database.reading() as session:
            return await transcript.last_id(session), (await session.exec(select(func.max(AuditEntry.number)))).one()


def _sorry(pages: Pages) -> Callable[[Request, Exception], Response]:
    """What a page that is not there answers: the sentence that says what is missing."""

    def answer(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return HTMLResponse(pages.render("sorry.html", message=error.detail), status_code=error.status_code)

    return answer


class _Server(uvicorn.Server):
    """uvicorn as one of several loops of a process: signals are somebody else's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(application: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        application, lifespan="off", ws="none", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS, proxy_headers=False,
    )  # fmt: skip
