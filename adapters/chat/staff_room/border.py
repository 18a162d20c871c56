"""The border of the site: what may come in from a browser, and what its pages may do there."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import prompts

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Border:
    """ASGI middleware. Refuses foreign Host names (DNS rebinding) and writing from foreign pages; adds strict headers to all answers.

    Args:
        hosts: names under which the site may be asked for, without port; the loopback names always may.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...] = ()) -> None:
        self._app, self._hosts = app, {*LOOPBACK_NAMES, *(host.lower() for host in hosts if host)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await (PlainTextResponse(refusal, status_code=403) if refusal else self._app)(scope, receive, send_with_headers)

    def _refusal(self, method: str, headers: Headers) -> str:
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return prompts.say("staff_room.foreign_host")
        if method not in ("GET", "HEAD") and headers.get("origin", "").partition("://")[2] != host:
            return prompts.say("staff_room.foreign_origin")
        return ""


def _name(host: str) -> str:
    """The host without its port: `[::1]:8765` -> `[::1]`."""
    end = host.rfind(":")
    return (host[:end] if end > host.rfind("]") else host).lower()
