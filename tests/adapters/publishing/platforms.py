"""The other side of publishing, on loopback: platforms of ours that keep what they accept and misbehave as they are told."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from html import escape
from itertools import count
from typing import Any

from aiohttp import web

from adapters.signature import NONCE, SIGNATURE, TIMESTAMP
from storage.clock import CHINA, Clock

SECRET = b"an invented secret"
TOKEN = "an invented token"


class Fault(StrEnum):
    """What becomes of the next request to publish."""

    REFUSED = "refused"
    BUSY = "busy"
    BROKEN = "broken"
    LOST = "lost"
    CUT = "cut"
    SILENT = "silent"
    RUBBISH = "rubbish"
    NO_LINK = "no_link"


NOT_OUT = (Fault.REFUSED, Fault.BUSY)
"""Faults that say that nothing was accepted."""
ACCEPTED = (Fault.CUT, Fault.SILENT, Fault.RUBBISH, Fault.NO_LINK)
"""Faults after the text was accepted. BROKEN and LOST: it was not, and nobody says so."""


@dataclass
class Posted:
    """One text as it stands on a platform."""

    text: str
    link: str
    at: datetime
    key: str = ""


@dataclass
class Platform:
    """A server that publishes texts.

    Attributes:
        posted: what stands there, oldest first.
        faults: what becomes of the next requests to publish.
        attempts: how many requests to publish came.
        look_fault: what every request to look something up answers instead: a status and a body.
        remembers_keys: whether the same key again is the same publication.
        witness: called when a request to publish has arrived (`sending`) and when its text stands (`accepted`).
    """

    clock: Clock
    posted: list[Posted] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    attempts: int = 0
    look_fault: tuple[int, str] | None = None
    remembers_keys: bool = True
    witness: Callable[[str], None] = lambda _: None
    port: int = 0
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> "Platform":
        app = web.Application()
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        """What the public reads."""
        return [each.text for each in self.posted]

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def answer(self, posted: Posted) -> dict[str, Any]:
        """What an accepted request is told."""
        raise NotImplementedError

    def post(self, text: str, key: str = "", at: datetime | None = None) -> Posted:
        """Let a text stand; the same key again is the same text where keys are remembered."""
        known = next((each for each in self.posted if key and each.key == key), None)
        if known and self.remembers_keys:
            return known
        self.posted.append(Posted(text, f"https://town.example/@us/{next(self._numbers)}", at or self.clock.now(), key))
        return self.posted[-1]

    async def accept(self, request: web.Request, text: str, key: str) -> web.StreamResponse:
        """Take a request to publish, or do with it what the next fault says."""
        self.attempts += 1
        self.witness("sending")
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.REFUSED:
            return web.json_response({"error": "Validation failed"}, status=422)
        if fault is Fault.BUSY:
            return web.json_response({"error": "Too many requests"}, status=429)
        if fault is Fault.BROKEN:
            return web.Response(status=500)
        if fault is Fault.LOST:
            return _cut(request)
        posted = self.post(text, key)
        self.witness("accepted")
        if fault is Fault.CUT:
            return _cut(request)
        if fault is Fault.SILENT:
            await asyncio.sleep(30)
        if fault is Fault.RUBBISH:
            return web.Response(text="<html>ok</html>")
        return web.json_response({} if fault is Fault.NO_LINK else self.answer(posted))

    def looked_up(self, found: Any) -> web.StreamResponse:
        """What a request to look something up is told."""
        if self.look_fault:
            status, body = self.look_fault
            return web.Response(status=status, text=body, content_type="application/json")
        return web.json_response(found)


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


@dataclass
class Mastodon(Platform):
    """An instance, as docs.joinmastodon.org tells of it; one account publishes."""

    longest: int = 500
    page: int = 40
    statuses: list[dict[str, Any]] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v2/instance", self._instance),
            web.get("/api/v1/accounts/verify_credentials", self._account),
            web.get("/api/v1/accounts/7/statuses", self._statuses),
            web.post("/api/v1/statuses", self._publish),
        ]

    def answer(self, posted: Posted) -> dict[str, Any]:
        return self._status(self.posted.index(posted))

    async def _instance(self, _: web.Request) -> web.StreamResponse:
        return self.looked_up({"configuration": {"statuses": {"max_characters": self.longest, "characters_reserved_per_url": 23}}})

    async def _account(self, request: web.Request) -> web.StreamResponse:
        return self.looked_up({"id": "7"}) if _authorised(request) else web.json_response({"error": "invalid"}, status=401)

    async def _statuses(self, request: web.Request) -> web.StreamResponse:
        newest_first = range(len(self.posted) - 1, -1, -1)
        below = int(request.query.get("max_id", len(self.posted) + 1))
        shown = [self._status(index) for index in newest_first if index + 1 < below]
        return self.looked_up(shown[: min(int(request.query.get("limit", 20)), self.page)])

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        if not _authorised(request):
            return web.json_response({"error": "The access token is invalid"}, status=401)
        asked = await request.json()
        self.statuses.append(asked)
        if len(asked["status"]) > self.longest:
            return web.json_response({"error": "Validation failed: Text character limit exceeded"}, status=422)
        return await self.accept(request, asked["status"], request.headers["Idempotency-Key"])

    def _status(self, index: int) -> dict[str, Any]:
        posted = self.posted[index]
        paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br />')}</p>" for part in posted.text.split("\n\n"))
        return {"id": str(index + 1), "url": posted.link, "uri": posted.link, "created_at": posted.at.isoformat(), "content": paragraphs}


def _authorised(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {TOKEN}"


@dataclass
class Site(Platform):
    """A web site that publishes what is signed, as the webhook's docstring tells its receiving side."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/replies", self._publish), web.get("/replies", self._find)]

    def answer(self, posted: Posted) -> dict[str, Any]:
        return {"link": posted.link}

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not self._is_signed(request, body):
            return web.json_response({}, status=401)
        self.bodies.append(json.loads(body))
        return await self.accept(request, self.bodies[-1]["text"], request.headers["Idempotency-Key"])

    async def _find(self, request: web.Request) -> web.StreamResponse:
        if not self._is_signed(request, b""):
            return web.json_response({}, status=401)
        return self.looked_up({"link": next((each.link for each in self.posted if each.key == request.query["key"]), None)})

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        nonce = request.headers[NONCE]
        expected = hmac.new(SECRET, f"{request.headers[TIMESTAMP]}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
        fresh = nonce not in self.nonces
        self.nonces.add(nonce)
        return fresh and hmac.compare_digest(request.headers[SIGNATURE], f"sha256={expected}")


@dataclass
class TelegramChannel(Platform):
    """The Bot API's `sendMessage` for one channel; its answers as https://core.telegram.org/bots/api#message tells."""

    remembers_keys: bool = False
    username: str = "townhall"
    waits: int = 7

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/bot{token}/sendMessage", self._publish)]

    def answer(self, posted: Posted) -> dict[str, Any]:
        chat = {"id": -1001234, "type": "channel", "title": "东桥发布"} | ({"username": self.username} if self.username else {})
        number = self.posted.index(posted) + 1
        return {"ok": True, "result": {"message_id": number, "date": 1_760_000_000, "chat": chat, "text": posted.text}}

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        asked = await request.post()
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        if self.faults[:1] == [Fault.BUSY]:
            self.attempts += 1
            self.faults.pop(0)
            told = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": self.waits}}
            return web.json_response(told, status=429)
        if self.faults[:1] == [Fault.REFUSED]:
            self.attempts += 1
            self.faults.pop(0)
            told = {"ok": False, "error_code": 403, "description": "Forbidden: bot is not a member of the channel chat"}
            return web.json_response(told, status=403)
        return await self.accept(request, str(asked["text"]), "")


def long_ago(clock: Clock) -> datetime:
    """Before anything that a test publishes."""
    return clock.now().astimezone(CHINA) - timedelta(days=1)
