"""Charsets, packing, manners toward hosts, evidence: what happens between the wire and the reader."""

import gzip
import hashlib
import zlib
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.charset import decode
from adapters.sources.evidence import LARGEST_PAGE_BYTES, evidence_of
from adapters.sources.feed import FeedPosts
from adapters.sources.fetching import LONGEST_SECONDS, Errand, Page, asked_patience
from adapters.sources.politeness import LONGEST_INTERVAL_SECONDS, Hosts
from adapters.sources.unpacking import PackedTooTight, Unpacker
from monitoring.errors import SourceError
from tests.adapters.sources.post_source_contract import NOW
from tests.adapters.sources.site import READING, Site, Waiting, serving

SIMPLIFIED = "柳岸夜市的摊位占了盲道，城管来了又走了，请问谁来管一管？这样的事情不是第一次。"
TRADITIONAL = "柳岸夜市的攤位佔了盲道，城管來了又走了，請問誰來管一管？這樣的事情不是第一次。"
JAPANESE = "夜市の屋台が点字ブロックをふさいでいます。市役所に連絡しましたが、まだ直っていません。"


@pytest.mark.parametrize(
    ("text", "encoding", "header", "page"),
    [
        (SIMPLIFIED, "utf-8", "", ""),
        (SIMPLIFIED, "gb18030", "text/html; charset=gb2312", ""),
        (SIMPLIFIED, "gb18030", "", '<meta charset="GBK">'),
        (SIMPLIFIED, "gb18030", "", '<?xml version="1.0" encoding="gb2312"?>'),
        (SIMPLIFIED, "gb18030", "", ""),
        (SIMPLIFIED, "utf-8", "text/html; charset=gbk", ""),
        (SIMPLIFIED, "utf-8", "", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        (SIMPLIFIED, "gb18030", "text/html; charset=utf-8", ""),
        (SIMPLIFIED, "gb18030", "text/html; charset=ISO-8859-1", ""),
        (SIMPLIFIED, "gb18030", "text/html; charset=ISO-8859-1", "<meta charset=gbk>"),
        (SIMPLIFIED, "utf-8", "text/html; charset=nonsense", ""),
        (SIMPLIFIED, "utf-8", "", '<?xml version="1.0" encoding="utf-16"?>'),
        (SIMPLIFIED, "utf-16", "text/html; charset=utf-8", ""),
        (SIMPLIFIED, "utf-16-le", "", "<html><head><title>"),
        (SIMPLIFIED, "utf-16-be", "", "<html><head><title>"),
        (TRADITIONAL, "big5hkscs", "text/html; charset=big5", ""),
        (TRADITIONAL, "big5hkscs", "", ""),
        (TRADITIONAL, "big5hkscs", "text/html; charset=gb2312", "<meta charset=big5>"),
        (JAPANESE, "cp932", "", "<meta charset=shift_jis>"),
        (JAPANESE, "cp932", "", ""),
        ("plain ASCII", "ascii", "text/html; charset=gbk", ""),
        ("naïve café", "cp1252", "text/html; charset=iso-8859-1", ""),
    ],
)
def test_charsets_and_labels_that_lie(text: str, encoding: str, header: str, page: str) -> None:
    assert decode((page + text).encode(encoding), header) == page + text


def test_a_mark_outdoes_every_label_and_a_cut_character_spoils_nothing() -> None:
    assert decode(b"\xef\xbb\xbf" + SIMPLIFIED.encode(), "text/html; charset=gbk") == SIMPLIFIED
    assert decode(SIMPLIFIED.encode("gb18030")[:-3] + b"\x81", "text/html; charset=gb2312").startswith(SIMPLIFIED[:-2])
    assert decode((SIMPLIFIED * 3).encode()[:-1], "text/html; charset=utf-8") == (SIMPLIFIED * 3)[:-1] + "\ufffd"


@settings(max_examples=200)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html; charset=gb2312", "charset=\x00", "charset=utf-16", "charset=utf-7", "charset=hz"]),
)
def test_any_bytes_become_text(body: bytes, header: str) -> None:
    assert isinstance(decode(body, header), str)


def test_packing_is_undone_in_bounded_pieces_and_bombs_are_broken_off() -> None:
    body = SIMPLIFIED.encode() * 3_000
    for encoding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body)), ("", body)):
        unpacker = Unpacker(encoding)
        pieces = [piece for first in range(0, len(packed), 1000) for piece in unpacker.pieces(packed[first : first + 1000])]
        assert b"".join(pieces) == body
        assert max(map(len, pieces)) <= 65_536
    bomb, given_out = zlib.compressobj(9, wbits=31), 0
    unpacker = Unpacker("gzip")
    while given_out < 1_000_000:
        given_out += sum(map(len, unpacker.pieces(bomb.compress(bytes(500_000)) + bomb.flush(zlib.Z_SYNC_FLUSH))))
    with pytest.raises(PackedTooTight):
        unpacker.pieces(bomb.compress(bytes(500_000)) + bomb.flush(zlib.Z_SYNC_FLUSH))


async def test_one_host_gets_one_request_at_a_time_with_a_pause_between() -> None:
    waiting = Waiting()
    hosts = Hosts(sleep=waiting.sleep, monotonic=waiting.monotonic)
    for interval in (1.0, 10_000.0, 1.0):
        async with hosts.turn("a.example", interval_seconds=interval):
            waiting.now += 5
    async with hosts.turn("b.example"):
        pass
    assert waiting.waited == [1.0, LONGEST_INTERVAL_SECONDS]


async def test_a_host_that_asked_for_patience_is_left_alone() -> None:
    waiting = Waiting()
    hosts = Hosts(sleep=waiting.sleep, monotonic=waiting.monotonic)
    hosts.hold("a.example", 1e9)
    with pytest.raises(SourceError, match="暂缓访问") as raised:
        async with hosts.turn("a.example"):
            pass
    assert raised.value.retry_after_seconds == 7_200
    waiting.now += 7_201
    async with hosts.turn("a.example"):
        pass


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {}, None),
        (429, {}, 60),
        (503, {}, None),
        (429, {"retry-after": "90"}, 90),
        (503, {"retry-after": "Fri, 06 Mar 2026 10:44:00 GMT"}, 120),
        (429, {"retry-after": "soon"}, 60),
        (429, {"x-ratelimit-reset": "2026-03-06T10:45:00.000Z"}, 180),
        (200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 30)}, 30),
        (200, {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "900"}, None),
        (429, {"retry-after": "9" * 400}, 60),
    ],
)
def test_how_long_a_host_asks_to_be_left_alone(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert asked_patience(status, httpx.Headers(headers), NOW) == seconds


async def test_a_body_that_drips_is_given_up_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.sources.fetching.LONGEST_SECONDS", 0.05)

    class Dripping(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            import asyncio

            while True:
                yield b"<"
                await asyncio.sleep(0.01)

    site = Site(lambda _: httpx.Response(200, stream=Dripping()))
    with pytest.raises(SourceError, match="没有传完") as raised:
        await site.fetcher.fetch(Errand("https://forum.example/"), NOW)
    assert raised.value.retry_after_seconds == 60
    assert LONGEST_SECONDS == 20


async def test_posts_of_one_page_share_their_evidence_and_its_hash_is_that_of_the_bytes() -> None:
    body = b"<rss version='2.0'><channel><item><title>a</title></item><item><title>b</title></item></channel></rss>"
    source = FeedPosts("x", "https://forum.example/rss", serving(body).fetcher, READING)
    (batch, _) = [each async for each in source.read({}, NOW)]
    one, other = (post.evidence for post in batch.posts)
    assert one is other
    assert one
    assert one.digest == hashlib.sha256(body).hexdigest()
    assert zlib.decompress(one.packed) == body
    assert timedelta(0) <= one.fetched_at - NOW < timedelta(seconds=5)


def test_of_a_page_beyond_measure_the_beginning_is_kept() -> None:
    evidence = evidence_of(Page(b"x" * (LARGEST_PAGE_BYTES + 5), "text/html", "https://a.example/", "", "", NOW))
    assert evidence.size_bytes == LARGEST_PAGE_BYTES
    assert len(evidence.packed) < 10_000
