"""RSS and Atom behind the border guard. Payloads are written by hand after the two formats' specifications."""

import gzip
import random
import zlib
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from adapters.sources.feed import FeedPosts
from adapters.sources.fetching import LARGEST_BYTES, Fetcher
from adapters.sources.guard import is_public
from monitoring.errors import SourceError
from monitoring.post import PostSource
from tests.adapters.sources.post_source_contract import NOW, TEXTS, PostSourceContract, read_all, texts
from tests.adapters.sources.site import READING, Site, answer, serving


def feed(site: Site, address: str = "https://forum.example/rss", **more: tuple[str, ...]) -> FeedPosts:
    return FeedPosts("论坛", address, site.fetcher, READING, **more)


def rss(records: Sequence[str], *, encoding: str = "utf-8", extra: str = "") -> bytes:
    items = "".join(
        f"<item><guid>g{number}</guid><link>https://forum.example/{number}</link><description>&lt;p&gt;{text}&lt;/p&gt;</description>"
        f"<pubDate>Fri, 06 Mar 2026 0{number}:00:00 GMT</pubDate></item>"
        for number, text in enumerate(records)
    )
    page = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>t</title>{items}{extra}</channel></rss>'
    return page.encode("gb18030" if encoding == "gb2312" else encoding)


def random_bytes(size: int) -> bytes:
    return random.Random(7).randbytes(size)


class TestFeed(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        return feed(serving(rss(records, extra="<item><guid>e</guid></item>" if broken else "")))


async def test_an_unchanged_page_is_not_sent_again() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        known = request.headers.get("if-none-match") == '"v1"' and request.headers.get("if-modified-since") == "yesterday"
        return httpx.Response(304) if known else answer(rss(TEXTS), etag='"v1"', last_modified="yesterday")

    source = feed(site := Site(reply))
    batches = await read_all(source)
    assert batches[0].cursor.get("etag") is None, "a page counts as read only when all its posts are handed over"
    assert await read_all(source, batches[-1].cursor) == []
    assert len(site.asked) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030", "big5"])
async def test_charsets(encoding: str) -> None:
    words = "夜市攤位" if encoding == "big5" else "夜市摊位"
    assert texts(await read_all(feed(serving(rss([words], encoding=encoding), content_type="text/xml")))) == [words]


async def test_atom_with_markup_video_and_title() -> None:
    page = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>a</id><title>井盖</title>
    <updated>2026-03-06T10:00:00+08:00</updated>
    <content type="html">&lt;p&gt;北门&amp;nbsp;井盖&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
    &lt;p&gt;不见了&lt;/p&gt;&lt;video src="x"&gt;&lt;/video&gt;</content>
    <link href="javascript:alert(1)"/></entry></feed>"""
    post = (await read_all(feed(serving(page.encode()))))[0].posts[0]
    assert (post.title, post.text, post.url) == ("井盖", "北门 井盖\n不见了", "")
    assert post.posted_at == NOW.replace(hour=10, minute=0)


async def test_the_checked_address_is_the_one_connected_to() -> None:
    site = serving(rss(TEXTS))
    await read_all(feed(site))
    assert str(site.asked[0].url) == "https://93.184.216.34/rss"
    assert site.asked[0].headers["host"] == "forum.example"
    assert site.asked[0].extensions["sni_hostname"] == "forum.example"


@pytest.mark.parametrize(
    "address",
    [
        "http://inner.example/rss",
        "http://both.example/rss",
        "http://127.0.0.1/",
        "http://169.254.169.254/meta",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
    ],
)
async def test_private_networks_are_out_of_bounds(address: str) -> None:
    site = serving(rss(TEXTS))
    with pytest.raises(SourceError, match="内网"):
        await read_all(feed(site, address))
    assert site.asked == []


async def test_a_redirect_into_a_private_network_is_not_followed() -> None:
    site = Site(lambda request: httpx.Response(302, headers={"location": "http://inner.example/secret"}))
    with pytest.raises(SourceError, match="内网"):
        await read_all(feed(site))
    assert len(site.asked) == 1


async def test_a_host_that_does_not_answer_at_one_address_is_asked_at_the_next() -> None:
    def half_down(request: httpx.Request) -> httpx.Response:
        if request.url.host == "93.184.216.34":
            raise httpx.ConnectError("down")
        return answer(rss(TEXTS))

    site = Site(half_down)
    assert texts(await read_all(feed(site, "https://two.example/rss"))) == list(TEXTS)
    assert [request.url.host for request in site.asked] == ["93.184.216.34", "93.184.216.35"]


async def test_a_host_without_an_address_is_told() -> None:
    with pytest.raises(SourceError, match="找不到主机"):
        await read_all(feed(serving(b""), "https://none.example/rss"))


async def test_a_relative_redirect_stays_with_the_named_host() -> None:
    site = Site(lambda request: answer(rss(TEXTS)) if request.url.path == "/new" else httpx.Response(301, headers={"location": "/new"}))
    assert texts(await read_all(feed(site))) == list(TEXTS)
    assert [request.headers["host"] for request in site.asked] == ["forum.example"] * 2


async def test_a_private_host_may_be_allowed_by_name_and_no_other_with_it() -> None:
    assert texts(await read_all(feed(serving(rss(TEXTS)), "http://inner.example/rss", private_hosts=("inner.example",)))) == list(TEXTS)
    site = Site(lambda request: httpx.Response(302, headers={"location": "http://127.0.0.1/"}))
    with pytest.raises(SourceError, match="内网"):
        await read_all(feed(site, "http://inner.example/rss", private_hosts=("inner.example",)))


@pytest.mark.parametrize(
    ("status", "body", "headers", "words", "retry"),
    [
        (404, b"", {}, "不存在或不许访问", None),
        (503, b"", {"retry_after": "120"}, "返回 503", 120.0),
        (503, b"", {}, "返回 503", 60.0),
        (200, b"<html><body>hello</body></html>", {}, "不是 RSS", None),
        (200, b"", {}, "不是 RSS", None),
        (200, random_bytes(LARGEST_BYTES + 1), {}, "超过", None),
        (200, gzip.compress(b" " * 8_000_000, mtime=0), {"content_encoding": "gzip"}, "展开后过大", None),
        (200, gzip.compress(rss(TEXTS), mtime=0)[:12] + b"\xff" * 60, {"content_encoding": "gzip"}, "压缩有误", None),
        (200, rss(TEXTS), {"content_encoding": "br"}, "压缩有误", None),
        (302, b"", {"location": "https://forum.example/rss"}, "跳转次数太多", None),
        (302, b"", {"location": "file:///etc/passwd"}, "不是网址", None),
        (302, b"", {"location": "https://user:pass@forum.example/"}, "用户名或密码", None),
        (302, b"", {"location": "https://forum.example:6379/"}, "端口 6379", None),
        (302, b"", {"location": "https://forum.example@127.0.0.1/"}, "用户名或密码", None),
        (302, b"", {"location": "http://[::ffff:7f00:1]/"}, "内网", None),
        (302, b"", {"location": "http://[64:ff9b::7f00:1]/"}, "内网", None),
        (302, b"", {"location": "http://0.0.0.0/"}, "内网", None),
    ],
)
async def test_what_cannot_be_read_gives_one_clear_sentence(
    status: int, body: bytes, headers: dict[str, str], words: str, retry: float | None
) -> None:
    with pytest.raises(SourceError, match=words) as raised:
        await read_all(feed(Site(lambda _: answer(body, status, **headers))))
    assert raised.value.retry_after_seconds == retry


@pytest.mark.parametrize("packed", [gzip.compress(rss(TEXTS), mtime=0), zlib.compress(rss(TEXTS)), zlib.compress(rss(TEXTS), wbits=-15)])
async def test_packed_pages(packed: bytes) -> None:
    encoding = "gzip" if packed[:2] == b"\x1f\x8b" else "deflate"
    assert texts(await read_all(feed(serving(packed, content_encoding=encoding)))) == list(TEXTS)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "localhost"])
async def test_other_spellings_of_this_machine_are_out_of_bounds_too(host: str) -> None:
    """The system's resolver understands them, so they are judged by what it makes of them."""
    asked: list[httpx.Request] = []
    transport = httpx.MockTransport(lambda request: asked.append(request) or answer(rss(TEXTS)))  # type: ignore[func-returns-value]
    with pytest.raises(SourceError, match=r"内网|找不到主机|不是网址"):
        await read_all(FeedPosts("x", f"http://{host}/", Fetcher(transport, READING), READING))
    assert asked == []


async def test_a_public_host_leads_into_no_private_network_even_where_the_settings_allow_one() -> None:
    site = Site(lambda request: httpx.Response(302, headers={"location": "http://inner.example/rss"}))
    with pytest.raises(SourceError, match="内网"):
        await read_all(feed(site, private_hosts=("inner.example",)))


async def test_no_answer_and_no_address() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(SourceError, match=r"连不上 forum\.example"):
        await read_all(feed(Site(refuse)))
    with pytest.raises(SourceError, match="不是网址"):
        await read_all(feed(Site(refuse), "file:///etc/passwd"))


PUBLIC = ("93.184.216.34", "2606:2800:220:1::1")
WRAPPED = ("64:ff9b::a00:1", "::7f00:1", "2002:7f00:1::", "::ffff:127.0.0.1")
PRIVATE = (*WRAPPED, "240.0.0.1", "not an address", "0.0.0.0", "100.64.0.1", "fe80::1%eth0", "224.0.0.1", "fd00::1", "192.168.1.1")


@pytest.mark.parametrize("address", PUBLIC + PRIVATE)
def test_public_addresses(address: str) -> None:
    assert is_public(address) is (address in PUBLIC)
