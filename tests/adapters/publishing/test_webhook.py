"""The webhook against a receiving side on loopback that checks what its docstring tells it to check."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from adapters.publishing.webhook import WebhookPublisher
from casework.approval import ApprovedReply
from casework.errors import PublishError
from storage.clock import ManualClock

SECRET = b"an invented secret"
REPLY = ApprovedReply("A12", 7, 3, "微博评论", "我们看到了，正在核实。", "ab" * 32, ("郑三", "何四"))


@dataclass
class ReceivingSide:
    """A web site that publishes what is signed, once for each key. `answer`: what it says instead; `hangs`: it never answers."""

    published: dict[str, str] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    answer: tuple[int, bytes] | None = None
    hangs: bool = False
    bodies: list[dict[str, object]] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        if self.hangs:
            await reader.read()
        else:
            status, answer = self.answer or self._publish(headers, body)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n".encode() + answer)
            await writer.drain()
        writer.close()

    def _publish(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        nonce = headers["x-wensheng-nonce"]
        signed = f"{headers['x-wensheng-timestamp']}.{nonce}.".encode() + body
        expected = "sha256=" + hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
        if nonce in self.nonces or not hmac.compare_digest(headers["x-wensheng-signature"], expected):
            return 401, b"{}"
        self.nonces.add(nonce)
        self.bodies.append(json.loads(body))
        link = self.published.setdefault(headers["idempotency-key"], f"https://site.example/{len(self.published) + 1}")
        return 201, json.dumps({"link": link}).encode()


@pytest.fixture
async def site() -> AsyncIterator[ReceivingSide]:
    side = ReceivingSide()
    async with await asyncio.start_server(side.serve, "127.0.0.1", 0) as server:
        side.port = server.sockets[0].getsockname()[1]
        yield side


def publisher(site: ReceivingSide, clock: ManualClock, secret: bytes = SECRET, timeout: float = 5.0) -> WebhookPublisher:
    return WebhookPublisher(f"http://127.0.0.1:{site.port}/replies", secret, clock, timeout)


async def test_a_signed_reply_is_published_and_its_link_comes_back(site: ReceivingSide, clock: ManualClock) -> None:
    async with publisher(site, clock) as webhook:
        assert await webhook.publish(REPLY, "A12-3-abab") == "https://site.example/1"
    assert site.bodies[0]["text"] == REPLY.text
    assert not {"approvers", "郑三"} & {*site.bodies[0], *map(str, site.bodies[0].values())}


async def test_the_same_key_again_is_the_same_publication(site: ReceivingSide, clock: ManualClock) -> None:
    async with publisher(site, clock) as webhook:
        assert await webhook.publish(REPLY, "k") == await webhook.publish(REPLY, "k")
    assert len(site.published) == 1
    assert len(site.nonces) == 2


async def test_another_secret_is_refused_and_nothing_is_out(site: ReceivingSide, clock: ManualClock) -> None:
    async with publisher(site, clock, secret=b"another") as webhook:
        with pytest.raises(PublishError) as refused:
            await webhook.publish(REPLY, "k")
    assert (refused.value.uncertain, site.published) == (False, {})


@pytest.mark.parametrize(
    ("status", "body", "uncertain"),
    [(400, b"", False), (404, b"", False), (302, b"", False), (409, b"", True), (500, b"", True), (503, b"", True), (200, b"ok", True),
     (200, b"{}", True), (200, b"[]", True), (201, b'{"link": "javascript:alert(1)"}', True)],
)  # fmt: skip
async def test_an_answer_without_a_link_is_refused_or_uncertain(
    site: ReceivingSide, clock: ManualClock, status: int, body: bytes, uncertain: bool
) -> None:
    site.answer = (status, body)
    async with publisher(site, clock) as webhook:
        with pytest.raises(PublishError) as failed:
            await webhook.publish(REPLY, "k")
    assert failed.value.uncertain is uncertain


async def test_silence_after_sending_is_uncertain(site: ReceivingSide, clock: ManualClock) -> None:
    site.hangs = True
    async with publisher(site, clock, timeout=0.2) as webhook:
        with pytest.raises(PublishError) as silent:
            await webhook.publish(REPLY, "k")
    assert silent.value.uncertain


async def test_a_closed_door_means_that_nothing_was_sent(clock: ManualClock) -> None:
    async with WebhookPublisher("http://127.0.0.1:9/replies", SECRET, clock) as webhook:
        with pytest.raises(PublishError) as failed:
            await webhook.publish(REPLY, "k")
    assert not failed.value.uncertain
