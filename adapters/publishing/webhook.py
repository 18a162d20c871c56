"""Publishing by a signed webhook: the department's own site receives the approved text and answers where it stands.

What the receiving side checks, in this order:

1. `X-Wensheng-Timestamp` (Unix seconds) is not older than five minutes, and `X-Wensheng-Nonce` was not seen within them.
2. `X-Wensheng-Signature` is `sha256=` and the hexadecimal HMAC-SHA256, under the shared secret, of timestamp, a full stop, nonce, a full
   stop and the raw body.
3. `Idempotency-Key`: the same key again is the same publication; it answers as it did the first time.

It answers 200 or 201 with `{"link": "https://…"}`. Every 4xx means that nothing was published.
"""

import json
import secrets
from types import TracebackType

import httpx

from adapters.signature import signed_headers
from casework.approval import ApprovedReply
from casework.errors import PublishError
from prompts import say
from storage.clock import Clock, SystemClock

TIMEOUT_SECONDS = 20.0
NONCE_BYTES = 16
LONGEST_ANSWER_BYTES = 65_536
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_CONFLICT = 409


class WebhookPublisher:
    """Sends approved replies to one address. An async context manager.

    Args:
        secret: shared with the receiving side.
        clock: for the timestamp that is signed; the machine's own, which the receiving side compares with its own.
        timeout_seconds: for connecting, sending and the answer, each.
    """

    name = "webhook"

    def __init__(self, url: str, secret: bytes, clock: Clock | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url, self._secret, self._clock = url, secret, clock or SystemClock()
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
        body = body_of(reply)
        try:
            async with self._client.stream("POST", self._url, content=body, headers=self._headers(body, key)) as response:
                return _link(response.status_code, await _start_of(response))
        except _NOT_SENT as error:
            raise PublishError(say("casework.webhook_unreachable")) from error
        except httpx.HTTPError as error:
            raise PublishError(say("casework.webhook_silent"), uncertain=True) from error

    def _headers(self, body: bytes, key: str) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_urlsafe(NONCE_BYTES)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            **signed_headers(self._secret, timestamp, nonce, body),
        }


def body_of(reply: ApprovedReply) -> bytes:
    """The reply as JSON. Names of approvers stay inside."""
    fields = {
        "case": reply.case_number,
        "version": reply.version_number,
        "channel": reply.channel,
        "text": reply.text,
        "hash": reply.bound_hash,
    }
    return json.dumps(fields, ensure_ascii=False).encode()


async def _start_of(response: httpx.Response) -> bytes:
    start = b""
    async for chunk in response.aiter_bytes():
        start += chunk
        if len(start) > LONGEST_ANSWER_BYTES:
            break
    return start


def _link(status: int, body: bytes) -> str:
    if status == _CONFLICT or status >= 500:
        raise PublishError(say("casework.webhook_unclear", status=status), uncertain=True)
    if status >= 300:
        raise PublishError(say("casework.webhook_refused", status=status))
    try:
        link = json.loads(body).get("link", "")
    except (ValueError, AttributeError) as error:
        raise PublishError(say("casework.webhook_no_link"), uncertain=True) from error
    if not isinstance(link, str) or not link.startswith(("https://", "http://")):
        raise PublishError(say("casework.webhook_no_link"), uncertain=True)
    return link
