"""Publishing by a signed webhook: the department's own site receives the approved text and answers where it stands.

What the receiving side checks, in this order:

1. `X-Wensheng-Timestamp` (Unix seconds) is not older than five minutes, and `X-Wensheng-Nonce` was not seen within them.
2. `X-Wensheng-Signature` is `sha256=` and the hexadecimal HMAC-SHA256, under the shared secret, of timestamp, a full stop, nonce, a full
   stop and the raw body.
3. `Idempotency-Key`: the same key again is the same publication; it answers as it did the first time.

It answers 200 or 201 with `{"link": "https://…"}`. Every 4xx means that nothing was published.

After an attempt without an answer it is asked what stands there: `GET` to the same address with the key as `?key=…`, signed the same way
over an empty body. It answers 200 with the link, or with `{"link": null}` where the key published nothing and will not any more; every
other answer means that it cannot tell, and a person looks.

The body of a text that a model wrote has the field `AIGC` for the metadata of what is published (GB 45438-2025).
"""

import asyncio
import json
import secrets
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx

from adapters.publishing.answer import beginning, is_address
from adapters.signature import signed_headers
from casework.ai_label import metadata
from casework.approval import ApprovedReply
from casework.errors import PublishError
from prompts import say
from storage.clock import Clock, SystemClock

TIMEOUT_SECONDS = 20.0
NONCE_BYTES = 16
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_CONFLICT = 409


class WebhookPublisher:
    """Sends approved replies to one address. An async context manager.

    Args:
        secret: shared with the receiving side.
        clock: for the timestamp that is signed; the machine's own, which the receiving side compares with its own.
        timeout_seconds: for the whole exchange.
        producer: the department, for the metadata of generated content.
    """

    name = "webhook"
    finds = True

    def __init__(
        self, url: str, secret: bytes, clock: Clock | None = None, timeout_seconds: float = TIMEOUT_SECONDS, *, producer: str = ""
    ) -> None:
        self._url, self._secret, self._clock = url, secret, clock or SystemClock()
        self._timeout_seconds, self._producer = timeout_seconds, producer
        self._client = httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False, trust_env=False)

    async def __aenter__(self) -> "WebhookPublisher":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def publish(self, reply: ApprovedReply, key: str) -> str:
        """Send the reply and return the link that the receiving side answers with.

        Raises:
            PublishError: refused, or never sent; uncertain when it was sent and the answer does not say where it stands.
        """
        body = body_of(reply, self._producer)
        try:
            return _link(*await self._ask("POST", self._headers(body, key), content=body))
        except _NOT_SENT as error:
            raise PublishError(say("casework.webhook_unreachable")) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise PublishError(say("casework.webhook_silent"), uncertain=True) from error

    async def find(self, text: str, key: str, since: datetime) -> str | None:
        """Ask the receiving side what became of a key; see the module."""
        try:
            status, answer = await self._ask("GET", self._headers(b"", key), params={"key": key})
        except (httpx.HTTPError, TimeoutError) as error:
            raise PublishError(say("casework.webhook_silent"), uncertain=True) from error
        link = answer.get("link", "") if status == 200 and isinstance(answer, dict) else ""
        if link is not None and not is_address(link):
            raise PublishError(say("casework.webhook_unclear", status=status), uncertain=True)
        return link

    async def _ask(self, method: str, headers: dict[str, str], **more: Any) -> tuple[int, Any]:
        async with asyncio.timeout(self._timeout_seconds), self._client.stream(method, self._url, headers=headers, **more) as response:
            return response.status_code, await beginning(response)

    def _headers(self, body: bytes, key: str) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_urlsafe(NONCE_BYTES)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            **signed_headers(self._secret, timestamp, nonce, body),
        }


def body_of(reply: ApprovedReply, producer: str = "") -> bytes:
    """The reply as JSON. Names of approvers stay inside."""
    fields = {
        "case": reply.case_number,
        "version": reply.version_number,
        "channel": reply.channel,
        "text": reply.text,
        "hash": reply.bound_hash,
        **metadata(reply, producer),
    }
    return json.dumps(fields, ensure_ascii=False).encode()


def _link(status: int, answer: Any) -> str:
    if status == _CONFLICT or status >= 500:
        raise PublishError(say("casework.webhook_unclear", status=status), uncertain=True)
    if status >= 300:
        raise PublishError(say("casework.webhook_refused", status=status))
    link = answer.get("link") if isinstance(answer, dict) else None
    if not is_address(link):
        raise PublishError(say("casework.webhook_no_link"), uncertain=True)
    return str(link)
