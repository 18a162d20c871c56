"""The line to the wechaty gateway: kept up, looked after, and with a deadline on every call.

`Wechaty.start()` is not used: it ends the program's event loop when the gateway is down, and returns as if all were well when the token
is bad.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable
from typing import Any, TypeVar

from adapters.chat.wechat.compatibility import (
    Channel,
    Message,
    PuppetOptions,
    PuppetService,
    PuppetStub,
    Wechaty,
    WechatyOptions,
)
from adapters.chat.wechat.faults import LINK_ERRORS, bad_token, is_refused_token, logged_out, translate, unreachable
from adapters.chat.wechat.timing import Timing
from casework.errors import ChatError

log = logging.getLogger("wensheng.wechat")

WAITING_MESSAGES = 1000
"""How many messages are kept while nobody listens; later ones are dropped."""

T = TypeVar("T")


class Service(PuppetService):
    """The gateway's client: no look-up that blocks the loop, TLS where wanted, and no waiting without end."""

    def __init__(self, options: Any, *, tls: bool, timing: Timing) -> None:
        super().__init__(options)
        self._tls, self._timing = tls, timing

    def _init_puppet(self) -> None:
        host, _, port = self.options.end_point.rpartition(":")
        self.channel = Channel(host, int(port), ssl=_unverified_tls() if self._tls else None)
        self.channel._authority = self.options.token  # the gateway reads the token there
        self._puppet_stub = PuppetStub(self.channel)

    async def start(self) -> None:
        """Connect and pass events on until the line is lost, which always ends in an error."""
        self._init_puppet()
        async with asyncio.timeout(self._timing.call):
            await self.puppet_stub.stop()
            await self.puppet_stub.start()
        pinging = asyncio.create_task(self._ping())
        try:
            await self._listen_for_event()
        except (LookupError, ValueError) as error:
            raise ConnectionError("an event could not be read") from error
        finally:
            pinging.cancel()
        raise ConnectionError("the event stream ended")

    async def _ping(self) -> None:
        """Close the line, and with it the event stream, when it is dead though nobody closed it."""
        try:
            while True:
                await asyncio.sleep(self._timing.ping)
                async with asyncio.timeout(self._timing.call):
                    await self.ding("")
        except LINK_ERRORS:
            if self.channel:
                self.channel.close()

    def hang_up(self) -> None:
        """Forget the line and everything that came over it."""
        self.login_user_id = None
        self._event_stream.remove_all_listeners()
        self._event_stream.cancel()
        if self.channel:
            self.channel.close()
            self.channel = None


class Link(Wechaty):  # type: ignore[misc]  # wechaty has no types
    """One logged-in WeChat account behind a gateway.

    Attributes:
        messages: what arrived, oldest first; None once the link is kept up no more.
        refusal: why the gateway will never take us; None as long as it may.
    """

    def __init__(self, token: str, endpoint: str, *, tls: bool, timing: Timing) -> None:
        self._service = Service(PuppetOptions(token=token, end_point=endpoint), tls=tls, timing=timing)
        super().__init__(WechatyOptions(puppet=self._service))
        self._plugin_manager.start = _nothing  # it would open a web server and a scheduler, and fail at the second login
        self._timing = timing
        self._state = "not connected yet"
        self.messages: asyncio.Queue[Any | None] = asyncio.Queue(WAITING_MESSAGES)
        self.refusal: ChatError | None = None

    async def keep_up(self) -> None:
        """Connect, and connect again with growing pauses whenever the line is lost, until cancelled or refused for good."""
        pause = self._timing.first_pause
        try:
            while not self.refusal:
                was_up = await self._hold()
                pause = self._timing.first_pause if was_up else min(2 * pause, self._timing.longest_pause)
                await asyncio.sleep(pause)
        finally:
            self._service.hang_up()
            self.cancel()
            if not self.messages.full():
                self.messages.put_nowait(None)

    async def _hold(self) -> bool:
        """One connection, from its begin to its end. Returns whether an account was logged in meanwhile."""
        try:
            await self.init_puppet()
            for kind in (self.Contact, self.ContactSelf, self.Room):
                kind._pool = {}  # else what is remembered from an earlier connection would answer for ever
            await self.init_puppet_event_bridge(self._service)
            self._service.on("error", _report)
            await self._service.start()
        except LINK_ERRORS as error:
            self._lost(error)
        was_up = self._service.login_user_id is not None
        self._service.hang_up()
        return was_up

    def _lost(self, error: Exception) -> None:
        fault = translate(error)
        if is_refused_token(error):
            self.refusal = bad_token()
        if self._state != str(fault):
            log.error("link_lost %s", fault)
        self._state = str(fault)

    # Events

    async def on_login(self, contact: Any) -> None:
        self._state = "logged in"
        log.info("logged_in")

    async def on_logout(self, contact: Any) -> None:
        log.error("logged_out %s", logged_out())

    async def on_message(self, msg: Message) -> None:
        if self.messages.full():
            log.warning("message_dropped")
        elif not msg.is_self():
            self.messages.put_nowait(msg.payload)

    # Calls

    async def call(self, work: Awaitable[T], *, sending: bool = False) -> T:
        """Await a call over the link, not longer than a call may take.

        Raises:
            ChatError: see `faults.translate`.
        """
        try:
            async with asyncio.timeout(self._timing.call):
                return await work
        except LINK_ERRORS as error:
            raise translate(error, sending=sending) from error

    @property
    def gateway(self) -> Any:
        """What can be called through `call`."""
        return self._service

    @property
    def account(self) -> str:
        """The WeChat id of the bot itself.

        Raises:
            ChatError: it is not logged in now, or never will be.
        """
        if self.refusal:
            raise self.refusal
        if not self._service.channel:
            raise unreachable(self._state)
        if not self._service.login_user_id:
            raise logged_out()
        return str(self._service.login_user_id)


async def _nothing() -> None:
    """Stands in for the start of wechaty's plugins."""


def _report(error: object) -> None:
    """An event that could not be passed on, such as a message that the gateway does not know any more."""
    log.error("event_lost %s", type(error).__name__)


def _unverified_tls() -> ssl.SSLContext:
    """Encrypts and proves nothing: gateways carry a certificate whose key anybody can download."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    return context
