"""RSS and Atom behind the border guard. Payloads are written by hand after the two formats' specifications."""

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest

from adapters.sources.feed import FeedPosts
from adapters.sources.fetching import LARGEST_BYTES, http_client
from adapters.sources.guard import GuardedTransport, is_public
from monitoring.errors import SourceError
from monitoring.post import PostSource
from tests.adapters.sources.post_source_contract import NOW, TEXTS, PostSourceContract, read_all, texts

ADDRESSES = {"forum.example": ["93.184.216.34"], "inner.example": ["10.0.0.7"], "both.example": ["93.184.216.34", "127.0.0.1"]}
Answer = Callable[[httpx.Request], httpx.Response]


async def resolve(host: str, port: int) -> Sequence[str]:
    return ADDRESSES.get(host) or [host]


class Site:
    """A site that answers and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer

    def feed(self, address: str = "https://forum.example/rss", **more: tuple[str, ...]) -> FeedPosts:
        transport = GuardedTransport(httpx.MockTransport(self._handle), resolve)
        return FeedPosts("论坛", address, http_client(transport), **more)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)


def rss(records: Sequence[str], *, encoding: str = "utf-8", extra: str = "") -> bytes:
    items = "".join(
        f"<item><guid>g{number}</guid><link>https://forum.example/{number}</link><description>&lt;p&gt;{text}&lt;/p&gt;</description>"
        f"<pubDate>Fri, 06 Mar 2026 0{number}:00:00 GMT</pubDate></item>"
        for number, text in enumerate(records)
    )
    page = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>t</title>{items}{extra}</channel></rss>'
    return page.encode("gb18030" if encoding == "gb2312" else encoding)


def serving(body: bytes, **headers: str) -> Site:
    return Site(lambda _: httpx.Response(200, content=body, headers={"content-type": "application/rss+xml", **headers}))


class TestFeed(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        return serving(rss(records, extra="<item><guid>e</guid></item>" if broken else "")).feed()


async def test_an_unchanged_page_is_not_sent_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        known = request.headers.get("if-none-match") == '"v1"' and request.headers.get("if-modified-since") == "yesterday"
        return (
            httpx.Response(304)
            if known
            else httpx.Response(200, content=rss(TEXTS), headers={"etag": '"v1"', "last-modified": "yesterday"})
        )

    source = (site := Site(answer)).feed()
    batches = await read_all(source)
    assert batches[0].cursor.get("etag") is None, "a page counts as read only when all its posts are handed over"
    assert await read_all(source, batches[-1].cursor) == []
    assert len(site.asked) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030", "big5"])
async def test_charsets(encoding: str) -> None:
    words = "夜市攤位" if encoding == "big5" else "夜市摊位"
    assert texts(await read_all(serving(rss([words], encoding=encoding), **{"content-type": "text/xml"}).feed())) == [words]


async def test_atom_with_markup_video_and_title() -> None:
    page = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>a</id><title>井盖</title>
    <updated>2026-03-06T10:00:00+08:00</updated>
    <content type="html">&lt;p&gt;北门&amp;nbsp;井盖&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
    &lt;p&gt;不见了&lt;/p&gt;&lt;video src="x"&gt;&lt;/video&gt;</content>
    <link href="javascript:alert(1)"/></entry></feed>"""
    post = (await read_all(serving(page.encode()).feed()))[0].posts[0]
    assert (post.title, post.text, post.url) == ("井盖", "北门 井盖\n不见了", "")
    assert post.posted_at == NOW.replace(hour=10, minute=0)


async def test_the_checked_address_is_the_one_connected_to() -> None:
    site = serving(rss(TEXTS))
    await read_all(site.feed())
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
        await read_all(site.feed(address))
    assert site.asked == []


async def test_a_redirect_into_a_private_network_is_not_followed() -> None:
    site = Site(lambda request: httpx.Response(302, headers={"location": "http://inner.example/secret"}))
    with pytest.raises(SourceError, match="内网"):
        await read_all(site.feed())
    assert len(site.asked) == 1


async def test_a_relative_redirect_stays_with_the_named_host() -> None:
    site = Site(
        lambda request: (
            httpx.Response(200, content=rss(TEXTS)) if request.url.path == "/new" else httpx.Response(301, headers={"location": "/new"})
        )
    )
    assert texts(await read_all(site.feed())) == list(TEXTS)
    assert [request.headers["host"] for request in site.asked] == ["forum.example"] * 2


async def test_a_private_host_may_be_allowed_by_name_and_no_other_with_it() -> None:
    assert texts(await read_all(serving(rss(TEXTS)).feed("http://inner.example/rss", private_hosts=("inner.example",)))) == list(TEXTS)
    site = Site(lambda request: httpx.Response(302, headers={"location": "http://127.0.0.1/"}))
    with pytest.raises(SourceError, match="内网"):
        await read_all(site.feed("http://inner.example/rss", private_hosts=("inner.example",)))


@pytest.mark.parametrize(
    ("answer", "words", "retry"),
    [
        (httpx.Response(404), "不存在或不许访问", None),
        (httpx.Response(503, headers={"retry-after": "120"}), "返回 503", 120.0),
        (httpx.Response(200, content=b"<html><body>hello</body></html>"), "不是 RSS", None),
        (httpx.Response(200, content=b""), "不是 RSS", None),
        (httpx.Response(200, content=gzip.compress(b" " * (LARGEST_BYTES + 1)), headers={"content-encoding": "gzip"}), "超过", None),
        (httpx.Response(302, headers={"location": "https://forum.example/rss"}), "跳转次数太多", None),
    ],
)
async def test_what_cannot_be_read_gives_one_clear_sentence(answer: httpx.Response, words: str, retry: float | None) -> None:
    def again(_: httpx.Request) -> httpx.Response:
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(b"".join(answer.stream)))  # type: ignore[arg-type]

    with pytest.raises(SourceError, match=words) as raised:
        await read_all(Site(again).feed())
    assert raised.value.retry_after_seconds == retry


async def test_no_answer_and_no_address() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(SourceError, match=r"连不上 forum\.example"):
        await read_all(Site(refuse).feed())
    with pytest.raises(SourceError, match="不是网址"):
        await read_all(Site(refuse).feed("file:///etc/passwd"))


PUBLIC = ("93.184.216.34", "2606:2800:220:1::1")
PRIVATE = ("0.0.0.0", "100.64.0.1", "fe80::1%eth0", "224.0.0.1", "2002:7f00:1::", "::ffff:127.0.0.1", "fd00::1", "192.168.1.1")


@pytest.mark.parametrize("address", PUBLIC + PRIVATE)
def test_public_addresses(address: str) -> None:
    assert is_public(address) is (address in PUBLIC)
