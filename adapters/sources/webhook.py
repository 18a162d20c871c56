"""Posts that a vendor pushes: a signed HTTP request, answered only when everything in it is stored.

The door has a port of its own and is shut where no source of the kind `webhook` is named: the pages of the staff room stay on this machine,
while this port may be opened to vendors. It knows one address, `POST /intake/<name of the source>`, and one form of body, JSON.
"""

import asyncio
import contextlib
import hashlib
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.signature import NONCE, SIGNATURE, TIMESTAMP, is_signed
from adapters.sources.mapping import FieldMapping
from adapters.sources.nonce import use_nonce
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.record import post_of_plain
from adapters.sources.secret import fill
from monitoring.errors import SourceError
from monitoring.post import Evidence, RawPost
from prompts import say
from storage.clock import Clock
from storage.engine import Database

LARGEST_BODY_BYTES = 2_000_000
LONGEST_BODY_SECONDS = 15.0
WINDOW = timedelta(minutes=5)
"""How far a sender's clock may be from ours."""
SHORTEST_SECRET = 16
NONCE_CHARACTERS = range(8, 129)
AT_ONCE = 4
"""Bodies worked on side by side."""
MOST_CONNECTIONS = 64
"""Further ones are answered with 503, so that those who dribble fill no more memory than this."""
SHUTDOWN_SECONDS = 5

TakePosts = Callable[[str, tuple[RawPost, ...]], Awaitable[int]]
"""Stores the posts of the source of that name; returns how many it took, when all are stored."""


class Turned(Exception):
    """A request that is turned away: the status, and one sentence for the vendor."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Sender:
    """One vendor.

    Attributes:
        items: dotted path of the list of records in a body; empty where the body is the list, or one record.
        fields: field of a post -> dotted path within a record; empty takes the usual names.
    """

    name: str
    secret: bytes = field(repr=False)
    items: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, options: Mapping[str, Any]) -> Self:
        """The vendor that a source's options describe. Raises SourceError: no secret, one too short, an unusable mapping."""
        FieldMapping.of(fields := dict(options.get("fields", {})))
        named = str(options.get("secret", ""))
        secret = fill("", {"secret": named}).headers["secret"] if named else ""
        if len(secret) < SHORTEST_SECRET:
            raise SourceError(say("sources.webhook_secret_short", name=name, least=SHORTEST_SECRET))
        return cls(name, secret.encode(), str(options.get("items", "")), fields)


class Intake:
    """The door for vendors. An async context manager that listens; `serve` answers.

    Args:
        senders: by the name of their source.
        take: where posts go.
        database: where used nonces are kept.
        reading: where bodies are parsed.
        port: 0 takes a free one, see `url`.
    """

    def __init__(
        self, senders: Mapping[str, Sender], take: TakePosts, database: Database, clock: Clock, reading: ReadingProcess, *,
        host: str, port: int,
    ) -> None:  # fmt: skip
        self._senders, self._take, self._database, self._clock, self._reading = senders, take, database, clock, reading
        self._host, self._port, self._places = host, port, asyncio.Semaphore(AT_ONCE)
        self._socket: socket.socket | None = None

    async def __aenter__(self) -> Self:
        try:
            self._socket = socket.create_server((self._host, self._port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceError(say("sources.webhook_port", host=self._host, port=self._port, reason=reason)) from error
        self._port = self._socket.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    @property
    def url(self) -> str:
        """Where vendors send to, without the name."""
        return f"http://{self._host}:{self._port}/intake/"

    async def serve(self, stop: asyncio.Event) -> None:
        """Answer until told to stop; a request under way is finished."""
        assert self._socket is not None, "open the door first"
        server = _Server(
            uvicorn.Config(
                self.application(), lifespan="off", ws="none", log_config=None, access_log=False, server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS, proxy_headers=False, limit_concurrency=MOST_CONNECTIONS,
            )
        )  # fmt: skip
        serving = asyncio.create_task(server.serve(sockets=[self._socket]))
        await stop.wait()
        server.should_exit = True
        await serving

    def application(self) -> Starlette:
        """The door as an ASGI application."""
        return Starlette(routes=[Route("/intake/{name}", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        try:
            return JSONResponse(await self._received(request), 202)
        except Turned as turned:
            return JSONResponse({"error": str(turned)}, turned.status)
        except ClientDisconnect:
            return Response(status_code=400)

    async def _received(self, request: Request) -> dict[str, Any]:
        sender = self._senders.get(request.path_params["name"])
        if sender is None:
            raise Turned(404, say("sources.webhook_unknown"))
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Turned(415, say("sources.webhook_content_type"))
        body = await _body(request)
        async with self._places:
            return await self._taken(request.headers, sender, body)

    async def _taken(self, headers: Mapping[str, str], sender: Sender, body: bytes) -> dict[str, Any]:
        """Store a request that is signed, in time and new. Raises Turned for any other."""
        now = self._clock.now()
        sent_at = _checked(headers, sender, body, now)
        async with self._database.transaction() as session:
            fresh = await use_nonce(session, sender.name, headers[NONCE], sent_at + 2 * WINDOW, now)
        if not fresh:
            raise Turned(409, say("sources.webhook_replayed"))
        posts, errors = await self._posts(sender, body, now)
        taken = await self._take(sender.name, posts) if posts else 0
        return {"taken": taken, "errors": errors}

    async def _posts(self, sender: Sender, body: bytes, now: datetime) -> tuple[tuple[RawPost, ...], list[str]]:
        """The posts of a body, oldest first, and what is wrong with single records."""
        try:
            answer = await self._reading.read(
                "records", body, what=sender.name, content_type="application/json", items=sender.items, fields=dict(sender.fields),
                following="", now=now.isoformat(),
            )  # fmt: skip
        except SourceError as error:
            raise Turned(422, str(error)) from error
        if answer["errors"] and not answer["posts"]:
            raise Turned(422, str(answer["errors"][0]))
        evidence = await asyncio.to_thread(_evidence, sender.name, body, now)
        posts = [replace(post_of_plain(plain), evidence=evidence) for plain in answer["posts"]]
        return tuple(sorted(posts, key=lambda post: post.posted_at)), [str(error) for error in answer["errors"]]


def _checked(headers: Mapping[str, str], sender: Sender, body: bytes, now: datetime) -> datetime:
    """When a request was signed. Raises Turned where it was not, or not by this sender, or not now."""
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12 and headers.get(SIGNATURE)):
        raise Turned(400, say("sources.webhook_headers"))
    if len(nonce) not in NONCE_CHARACTERS or not (nonce.isascii() and nonce.isprintable()):
        raise Turned(400, say("sources.webhook_nonce", least=NONCE_CHARACTERS.start, most=NONCE_CHARACTERS.stop - 1))
    if not is_signed(headers, sender.secret, body):
        raise Turned(401, say("sources.webhook_signature"))
    if abs(int(timestamp) - now.timestamp()) > WINDOW.total_seconds():
        raise Turned(401, say("sources.webhook_clock", ours=int(now.timestamp()), minutes=int(WINDOW.total_seconds() // 60)))
    return datetime.fromtimestamp(int(timestamp), UTC)


async def _body(request: Request) -> bytes:
    """The raw body, whole. Raises Turned where it is too large or comes too slowly."""
    declared = request.headers.get("content-length", "0")
    body = bytearray()
    try:
        async with asyncio.timeout(LONGEST_BODY_SECONDS):
            async for chunk in _chunks(request, declared):
                body += chunk
                if len(body) > LARGEST_BODY_BYTES:
                    raise _too_large()
    except TimeoutError as error:
        raise Turned(408, say("sources.webhook_slow", seconds=int(LONGEST_BODY_SECONDS))) from error
    return bytes(body)


async def _chunks(request: Request, declared: str) -> AsyncIterator[bytes]:
    if declared.isdecimal() and int(declared[:20]) > LARGEST_BODY_BYTES:
        raise _too_large()
    async for chunk in request.stream():
        yield chunk


def _too_large() -> Turned:
    return Turned(413, say("sources.webhook_too_large", limit=LARGEST_BODY_BYTES // 1_000_000))


def _evidence(name: str, body: bytes, now: datetime) -> Evidence:
    return Evidence(hashlib.sha256(body).hexdigest(), zlib.compress(body), len(body), "application/json", f"/intake/{name}", now)


class _Server(uvicorn.Server):
    """uvicorn as one of several loops of a process: signals are somebody else's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
