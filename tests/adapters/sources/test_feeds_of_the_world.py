"""Feeds as the world writes them: what is taken is compared with what should be. Written by hand after the formats and their slips."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from adapters.sources.feed import FeedPosts
from monitoring.post import RawPost
from storage.clock import CHINA
from tests.adapters.sources.post_source_contract import NOW, read_all
from tests.adapters.sources.site import READING, serving

TEN = datetime(2026, 3, 6, 10, 0, tzinfo=CHINA)
BODY = "北门路口的井盖又不见了，老人差点摔倒。"


@dataclass(frozen=True)
class Told:
    """What a post should be; None where it does not matter."""

    title: str | None = ""
    text: str = BODY
    at: datetime | None = TEN
    url: str | None = "https://forum.example/t/1"
    author: str | None = None
    has_video: bool = False


def channel(inside: str, *, head: str = "", root: str = 'rss version="2.0"', about: str = "") -> bytes:
    return f"{head}<{root}><channel><title>论坛</title>{about}{inside}</channel></{root.split()[0]}>".encode()


WHEN = "Fri, 06 Mar 2026 02:00:00 GMT"
ITEM = f"<item><link>https://forum.example/t/1</link><description>{BODY}</description><pubDate>{WHEN}</pubDate></item>"
ATOM = "http://www.w3.org/2005/Atom"

FEEDS: dict[str, tuple[bytes, Told]] = {
    "RSS 2.0": (channel(ITEM), Told()),
    "RSS 0.91 with its document type": (
        channel(ITEM, head='<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://a/rss-0.91.dtd">', root='rss version="0.91"'),
        Told(),
    ),
    "RSS 0.92": (channel(ITEM, root='rss version="0.92"'), Told()),
    "RSS 1.0": (
        f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel><item rdf:about="https://forum.example/t/1">
        <title>井盖</title><link>https://forum.example/t/1</link><description>{BODY}</description><dc:date>2026-03-06T10:00:00+08:00</dc:date>
        <dc:creator>市民甲</dc:creator></item></rdf:RDF>""".encode(),
        Told(title="井盖", author="市民甲"),
    ),
    "RSS 0.90": (
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>t</title>
        </channel><item><title>{BODY}</title><link>https://forum.example/t/1</link></item></rdf:RDF>""".encode(),
        Told(title=BODY, text="", at=NOW),
    ),
    "Atom 1.0": (
        f"""<?xml version="1.0"?><feed xmlns="{ATOM}"><title>t</title><entry><id>tag:a,1</id>
        <title type="html">&lt;b&gt;井盖&lt;/b&gt;</title>
        <link rel="self" href="https://forum.example/self"/><link rel="alternate" href="https://forum.example/t/1"/>
        <published>2026-03-06T02:00:00Z</published><updated>2026-03-06T05:00:00Z</updated><author><name>市民甲</name><email>a@b.c</email></author>
        <summary>短</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{BODY}</p></div></content></entry></feed>""".encode(),
        Told(title="井盖", author="市民甲"),
    ),
    "Atom 0.3": (
        f"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title><entry><id>1</id><title>井盖</title>
        <issued>2026-03-06T10:00:00+08:00</issued><link rel="alternate" type="text/html" href="https://forum.example/t/1"/>
        <content mode="escaped">&lt;p&gt;{BODY}</content></entry></feed>""".encode(),
        Told(title="井盖"),
    ),
    "CDATA with markup": (channel(ITEM.replace(BODY, f"<![CDATA[<div><p>{BODY}</p><script>x()</script></div>]]>")), Told()),
    "markup escaped twice": (channel(ITEM.replace(BODY, f"&amp;lt;p&amp;gt;{BODY}&amp;lt;/p&amp;gt;")), Told(text=f"<p>{BODY}</p>")),
    "the fuller of description and content": (
        channel(
            ITEM.replace("<description>", f"<content:encoded><![CDATA[<p>{BODY}</p>]]></content:encoded><description>").replace(
                f"<description>{BODY}", "<description>北门路口…"
            ),
            root='rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        ),
        Told(),
    ),
    "a namespace prefix that nobody declared": (
        channel(ITEM.replace("<description>", "<wfw:x>1</wfw:x><media:y/><description>")),
        Told(),
    ),
    "a wrong namespace": (channel(ITEM, root='rss version="2.0" xmlns="http://backend.userland.com/rss2"'), Told()),
    "entities of HTML that XML does not know": (channel(ITEM.replace("，", "&nbsp;&mdash;")), Told(text=BODY.replace("，", " —"))),
    "a bare ampersand": (channel(ITEM.replace("，", " & ")), Told(text=BODY.replace("，", " & "))),
    "a byte order mark in the middle": (
        b"\xef\xbb\xbf" + channel(ITEM.replace("<description>", "\ufeff<description>\ufeff"), head="\ufeff\n"),
        Told(),
    ),
    "blanks before the declaration": (b"\r\n \n" + channel(ITEM, head='<?xml version="1.0" encoding="utf-8"?>'), Told()),
    "control characters": (channel(ITEM.replace("井", "\x0b井\x01")), Told()),
    "GBK that says UTF-8": (channel(ITEM, head='<?xml version="1.0" encoding="utf-8"?>').decode().encode("gb18030"), Told()),
    "UTF-8 that says GB 2312": (channel(ITEM, head='<?xml version="1.0" encoding="gb2312"?>'), Told()),
    "UTF-16": (channel(ITEM, head='<?xml version="1.0" encoding="utf-16"?>').decode().encode("utf-16"), Told()),
    "UTF-32": (channel(ITEM).decode().encode("utf-32"), Told()),
    "a document type within the text": (channel(ITEM.replace(BODY, f"<![CDATA[{BODY}<!DOCTYPE html>]]>")), Told()),
    "a date in Chinese": (channel(ITEM.replace(WHEN, "2026年3月6日 10:00")), Told()),
    "a date without a zone": (channel(ITEM.replace(WHEN, "2026-03-06 10:00:00")), Told()),
    "a mail's date without a zone": (channel(ITEM.replace(" 02:00:00 GMT", " 10:00:00")), Told()),
    "China's CST, not Chicago's": (channel(ITEM.replace(WHEN, "Fri Mar 06 10:00:00 CST 2026")), Told()),
    "a wrong weekday": (channel(ITEM.replace("Fri, 06", "Mon, 06")), Told()),
    "a date as seconds": (channel(ITEM.replace(WHEN, str(int(TEN.timestamp())))), Told()),
    "minutes ago": (channel(ITEM.replace(WHEN, "5分钟前")), Told(at=NOW - timedelta(minutes=5))),
    "no date": (channel(ITEM.replace("<pubDate>Fri, 06 Mar 2026 02:00:00 GMT</pubDate>", "")), Told(at=NOW)),
    "a date of Dublin Core": (
        channel(
            ITEM.replace("pubDate", "dc:date").replace(WHEN, "2026-03-06T10:00+08:00"),
            root='rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"',
        ),
        Told(),
    ),
    "a relative link": (channel(ITEM.replace("https://forum.example/t/1", "/t/1")), Told()),
    "a link with blanks around": (channel(ITEM.replace("https://forum.example/t/1", "\n  https://forum.example/t/1\n")), Told()),
    "a guid that is the link": (channel(ITEM.replace("link>", "guid>")), Told()),
    "a guid that is none": (
        channel(ITEM.replace("<link>https://forum.example/t/1</link>", '<guid isPermaLink="false">17</guid>')),
        Told(url=""),
    ),
    "a title that repeats the text": (channel(ITEM.replace("<link>", f"<title>{BODY[:8]}…</title><link>")), Told()),
    "a title beside the text": (channel(ITEM.replace("<link>", "<title>&lt;b&gt;求助&lt;/b&gt;</title><link>")), Told(title="求助")),
    "an author as mail address": (channel(ITEM.replace("<link>", "<author>a@b.com (市民甲)</author><link>")), Told(author="市民甲")),
    "a video enclosed": (
        channel(ITEM.replace("<link>", '<enclosure url="https://a/v.mp4" type="video/mp4" length="1"/><link>')),
        Told(has_video=True),
    ),
    "a video in the text": (channel(ITEM.replace(BODY, f"<![CDATA[{BODY}<video src='v.mp4'></video>]]>")), Told(has_video=True)),
    "media with a description": (
        channel(
            ITEM.replace("description>", "media:description>").replace("<link>", '<media:content url="https://a/v" medium="video"/><link>'),
            root='rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"',
        ),
        Told(has_video=True),
    ),
    "capital letters": (channel(ITEM).replace(b"item>", b"ITEM>").replace(b"description>", b"Description>"), Told()),
    "a picture embedded in the text": (
        channel(ITEM.replace(BODY, f"&lt;img src='data:image/png;base64,{'A' * 300_000}'&gt;{BODY}")),
        Told(),
    ),
    "emoji written as two halves": (channel(ITEM.replace("。", "&#55357;&#56832;")), Told(text=BODY.replace("。", "😀"))),
    "an unclosed entry": (channel(ITEM.replace("</item>", "")), Told()),
}  # fmt: skip


def taken(body: bytes) -> list[RawPost]:
    source = FeedPosts("x", "https://forum.example/rss", serving(body, content_type="text/xml").fetcher, READING)
    return [post for batch in asyncio.run(read_all(source)) for post in batch.posts]


@pytest.mark.parametrize("name", FEEDS)
def test_what_is_taken_is_what_was_told(name: str) -> None:
    body, told = FEEDS[name]
    (post,) = taken(body)
    seen = Told(
        post.title, post.text, None if told.at is None else post.posted_at, post.url,
        None if told.author is None else post.author, post.has_video,
    )  # fmt: skip
    if seen.at and told.at and told.at >= NOW - timedelta(minutes=5):
        assert abs(seen.at - told.at) < timedelta(seconds=5)
        seen = Told(seen.title, seen.text, told.at, seen.url, seen.author, seen.has_video)
    assert seen == told


def test_entries_that_share_one_guid_are_told_apart() -> None:
    items = "".join(f"<item><guid>same</guid><title>题{number}</title></item>" for number in range(3))
    posts = taken(channel(items))
    assert sorted(post.title for post in posts) == ["题0", "题1", "题2"]
    assert len({post.key for post in posts}) == 3


def test_the_same_entry_twice_is_one_post() -> None:
    assert len(taken(channel(ITEM + ITEM))) == 1


def test_an_empty_feed_is_no_error() -> None:
    assert taken(channel("")) == []


def test_broken_entries_do_not_take_the_others_with_them() -> None:
    broken = ITEM.replace("<description>", "<link></item></link><description>").replace("/t/1", "/t/2")
    assert BODY in [post.text for post in taken(channel(ITEM + broken))]
