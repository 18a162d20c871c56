"""Servers that do not keep to HTTP, over real sockets: each ends in one sentence, and the next request is answered."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from adapters.sources.feed import FeedPosts
from adapters.sources.fetching import Fetcher
from adapters.sources.politeness import Hosts
from monitoring.errors import SourceError
from tests.adapters.sources.hostile.samples import GOOD_FEED
from tests.adapters.sources.post_source_contract import read_all, texts
from tests.adapters.sources.site import READING, Waiting

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
GOOD = HEAD + b"Content-Length: %d\r\n\r\n" % len(GOOD_FEED) + GOOD_FEED
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"
BOMB = gzip.compress(bytes(50_000_000))

ANSWERS = {
    "nothing": b"",
    "no status line": b"<rss version='2.0'/>",
    "a status beyond all": b"HTTP/1.1 99999 OK\r\n\r\n",
    "a header without end": HEAD + b"X-A: " + b"a" * 2_000_000,
    "100,000 headers": HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(100_000)) + b"\r\n",
    "a chunk size that is none": CHUNKED + b"\r\nzz\r\n<rss/>\r\n0\r\n\r\n",
    "a negative chunk size": CHUNKED + b"\r\n-5\r\n<rss/>\r\n0\r\n\r\n",
    "a chunk of all memory": CHUNKED + b"\r\nffffffffffffffff\r\n<rss>",
    "a chunk without end": CHUNKED + b"\r\n10\r\n<rss",
    "chunks without a last one": CHUNKED + b"\r\n5\r\n<rss/\r\n",
    "less than was promised": HEAD + b"Content-Length: 100000\r\n\r\n<rss",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n<rss/>",
    "a length that is none": HEAD + b"Content-Length: many\r\n\r\n<rss/>",
    "length and chunks": CHUNKED + b"Content-Length: 3\r\n\r\n5\r\n<rss>\r\n0\r\n\r\n",
    "a bomb in chunks": CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + b"%x\r\n" % len(BOMB) + BOMB + b"\r\n0\r\n\r\n",
    "two packings": HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(gzip.compress(GOOD_FEED)),
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nLocation: \r\nContent-Length: 0\r\n\r\n",
    "a redirect into a file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
}


@asynccontextmanager
async def server(reply: bytes) -> AsyncIterator[str]:
    """A server that sends the same bytes to everybody and hangs up; at /good it keeps to HTTP."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(GOOD if b"/good" in asked else reply)
        try:
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except ConnectionError:
            pass  # the reader had seen enough

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def feed(address: str, fetcher: Fetcher) -> FeedPosts:
    return FeedPosts("x", address, fetcher, READING, private_hosts=("127.0.0.1",))


@asynccontextmanager
async def fetching() -> AsyncIterator[Fetcher]:
    waiting = Waiting()
    async with Fetcher(httpx.AsyncHTTPTransport(), READING, hosts=Hosts(sleep=waiting.sleep, monotonic=waiting.monotonic)) as fetcher:
        yield fetcher


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_server_that_does_not_keep_to_http(name: str) -> None:
    async with server(ANSWERS[name]) as address, fetching() as fetcher:
        began = time.process_time()
        with pytest.raises(SourceError) as raised:
            await read_all(feed(f"{address}/bad", fetcher))
        assert time.process_time() - began <= 2.0
        assert str(raised.value).endswith("。")
        assert len(texts(await read_all(feed(f"{address}/good", fetcher)))) == 20


async def test_a_connection_refused_is_tried_again_later() -> None:
    async with server(b"") as address:
        pass
    async with fetching() as fetcher:
        with pytest.raises(SourceError, match="连不上") as raised:
            await read_all(feed(address, fetcher))
    assert raised.value.retry_after_seconds == 60
