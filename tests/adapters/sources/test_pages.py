"""List pages and the posts' own pages. The pages are written by hand after what Chinese forums of several makes send."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.sources.pages import MOST_FULL_TEXTS, PageOptions, PagePosts
from monitoring.errors import SourceError
from monitoring.post import PostSource
from tests.adapters.sources.post_source_contract import NOW, TEXTS, PostSourceContract, read_all, texts
from tests.adapters.sources.site import READING, Site, answer, routes

OPTIONS = {"list": "ul.posts > li", "title": "a", "time": ".when", "author": ".who", "text": ".words"}
HTML = "text/html; charset=utf-8"


def pages(site: Site, **options: Any) -> PagePosts:
    return PagePosts("论坛", "https://forum.example/list", site.fetcher, READING, PageOptions.of({**OPTIONS, **options}))


def entry(number: int, *, when: str = "", title: str = "") -> str:
    written = when or f"2026-03-06 0{number}:00"
    return f'<li><a href="/p/{number}">{title or f"题目{number}"}</a><span class=who>市民{number}</span><i class=when>{written}</i></li>'


def listing(entries: Sequence[str], *, more: str = "") -> bytes:
    return f"<html><body><ul class=posts>{''.join(entries)}</ul>{more}</body></html>".encode()


def own_page(text: str) -> bytes:
    return f"<html><body><nav>首页</nav><div class=words><p>{text}</p><script>1</script></div></body></html>".encode()


def forum(records: Sequence[str], *, more: Sequence[str] = (), extra: dict[str, bytes | httpx.Response] | None = None) -> Site:
    """A forum with the newest post on top."""
    entries = [entry(number) for number in reversed(range(len(records)))]
    own = {f"/p/{number}": own_page(text) for number, text in enumerate(records)}
    return routes({"/list": listing([*more, *entries]), **own, **(extra or {})}, content_type=HTML)


class TestPages(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        return pages(forum(records, more=["<li>广告</li>"] if broken else []))


async def test_a_post_has_what_list_and_own_page_tell() -> None:
    (post,) = (await read_all(pages(forum(TEXTS[:1]))))[0].posts
    assert (post.title, post.text, post.author) == ("题目0", TEXTS[0], "市民0")
    assert (post.url, post.posted_at) == ("https://forum.example/p/0", NOW.replace(hour=0, minute=0))
    assert post.evidence
    assert (post.evidence.address, post.evidence.media_type) == ("https://forum.example/p/0", HTML)


@pytest.mark.parametrize(
    ("when", "ago"),
    [
        ("刚刚", timedelta()),
        ("3分钟前", timedelta(minutes=3)),
        ("昨天 18:42", timedelta(days=1)),
        ("3月6日 17:42", timedelta(hours=1)),
        ("发表于 2026-03-06 18:12", timedelta(minutes=30)),
    ],
)
async def test_times_as_forums_write_them(when: str, ago: timedelta) -> None:
    site = routes({"/list": listing([entry(0, when=when)]), "/p/0": own_page("井盖不见了")}, content_type=HTML)
    (post,) = (await read_all(pages(site, permission="测试")))[0].posts
    assert abs(post.posted_at - (NOW - ago)) < timedelta(seconds=5)


async def test_a_time_that_cannot_be_understood_is_told_and_the_own_page_asked() -> None:
    own = b"<html><head><meta property='article:published_time' content='2026-03-06T10:00:00+08:00'></head><body><div class=words>x</div>"
    batches = await read_all(pages(routes({"/list": listing([entry(0, when="三月某日")]), "/p/0": own}, content_type=HTML)))
    assert batches[0].posts[0].posted_at == NOW.replace(hour=10, minute=0)
    assert "三月某日" in "".join(error for batch in batches for error in batch.errors)


async def test_without_a_selector_the_block_with_the_most_words_is_the_text() -> None:
    links = "".join(f"<li><a href='/{number}'>推荐阅读：这里有一条很长很长的标题，说的是别的事情</a></li>" for number in range(40))
    story = "".join(f"<p>第{number}段：北门路口的井盖又不见了，老人差点摔倒，请尽快来装。</p>" for number in range(4))
    body = f"""<body><header>某某论坛</header><ul>{links}</ul><div id=main><div class=side>登录 注册</div><div class=xx>{story}</div></div>
    <footer>版权所有，未经许可不得转载，本站地址在很远很远的地方，电话也很长很长很长很长</footer></body>"""
    site = routes({"/list": listing([entry(0)]), "/p/0": body.encode()}, content_type=HTML)
    (text,) = texts(await read_all(pages(site, text="")))
    assert [line[:4] for line in text.splitlines()] == [f"第{number}段：" for number in range(4)]


async def test_only_new_posts_are_fetched_and_the_newest_wait_where_there_are_many() -> None:
    records = [f"第{number}条帖子" for number in range(MOST_FULL_TEXTS + 5)]
    site = routes(
        {
            "/list": listing([entry(number, when="刚刚") for number in reversed(range(len(records)))]),
            **{f"/p/{number}": own_page(text) for number, text in enumerate(records)},
        },
        content_type=HTML,
    )
    first = await read_all(pages(site))
    assert texts(first) == records[:MOST_FULL_TEXTS]
    asked = len(site.asked)
    second = await read_all(pages(site), first[-1].cursor)
    assert texts(second) == records[MOST_FULL_TEXTS:]
    assert len(site.asked) - asked == 1 + 5


async def test_further_pages_are_read_while_all_on_them_is_new() -> None:
    turn = "<a class=more href='/list?page={}'>下一页</a>"
    listed = {
        "/list": listing([entry(3), entry(2)], more=turn.format(2)),
        "/list?page=2": listing([entry(1), entry(0)], more=turn.format(3)),
        "/list?page=3": listing([entry(9)], more=turn.format(4)),
    }
    own = {f"/p/{number}": own_page(f"帖{number}") for number in range(10)}
    source = pages(routes({**listed, **own}, content_type=HTML), next=".more", pages=2)
    batches = await read_all(source)
    assert texts(batches) == ["帖0", "帖1", "帖2", "帖3"]
    seen = {**batches[-1].cursor, "seen": batches[-1].cursor["seen"][1:]}
    assert texts(await read_all(source, seen)) == [], "page 1 holds nothing new, so nobody turns the leaf"


async def test_a_post_whose_page_fails_is_tried_again_then_its_title_goes_alone() -> None:
    source = pages(forum(TEXTS[:2], extra={"/p/1": httpx.Response(503)}))
    source_site_down = await read_all(source)
    assert texts(source_site_down) == [TEXTS[0]]
    assert "503" in source_site_down[0].errors[0]
    again = await read_all(pages(forum(TEXTS[:2])), source_site_down[-1].cursor)
    assert texts(again) == [TEXTS[1]]
    last = source_site_down
    for _ in range(2):
        last = await read_all(pages(forum(TEXTS[:2], extra={"/p/1": httpx.Response(503)})), last[-1].cursor)
    assert [(post.title, post.text) for batch in last for post in batch.posts] == [("题目1", "")]


async def test_a_post_that_is_gone_goes_with_its_title_at_once() -> None:
    batches = await read_all(pages(forum(TEXTS[:1], extra={"/p/0": httpx.Response(404)})))
    assert [post.title for post in batches[0].posts] == ["题目0"]
    assert "题目0" in batches[0].errors[0]


async def test_the_full_text_can_be_left_out() -> None:
    site = forum(TEXTS[:2])
    batches = await read_all(pages(site, full_text=False))
    assert [post.title for post in batches[0].posts] == ["题目0", "题目1"]
    assert site.paths == ["/robots.txt", "/list"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"list": ""}, r"options\.list"),
        ({"list": ".none"}, "一条也没有选到"),
        ({"list": "::::"}, "不是 CSS 选择器"),
        ({"title": ">>>["}, "不是 CSS 选择器"),
        ({"tilte": "a"}, "不认识"),
    ],
)
async def test_options_that_cannot_be_used_give_one_clear_sentence(options: dict[str, str], words: str) -> None:
    with pytest.raises(SourceError, match=words):
        await read_all(pages(forum(TEXTS), **options))


async def test_links_that_lead_to_no_page_are_left_and_their_entry_stays() -> None:
    site = routes({"/list": listing(["<li><a href='javascript:alert(1)'>井盖不见了</a></li>"])}, content_type=HTML)
    (post,) = (await read_all(pages(site)))[0].posts
    assert (post.title, post.url) == ("井盖不见了", "")


ROBOTS = b"User-agent: *\nDisallow: /p/\nCrawl-delay: 7\n\nUser-agent: Wensheng\nDisallow: /private\nCrawl-delay: 3\n"


async def test_robots_txt_is_asked_once_a_day_and_its_delay_kept() -> None:
    site = forum(TEXTS[:3], extra={"/robots.txt": ROBOTS})
    assert texts(await read_all(pages(site))) == list(TEXTS[:3])
    assert site.paths.count("/robots.txt") == 1
    assert site.waiting.waited == [1.0, 3.0, 3.0, 3.0]
    await read_all(pages(site), now=NOW + timedelta(hours=23))
    assert site.paths.count("/robots.txt") == 1
    await read_all(pages(site), now=NOW + timedelta(hours=25))
    assert site.paths.count("/robots.txt") == 2


async def test_a_refusal_of_robots_txt_names_the_rule() -> None:
    rules = b"User-agent: *\nDisallow: /l # lists\nDisallow: /list?page=*\nDisallow: /p\nAllow: /p/\n"
    site = forum(TEXTS, extra={"/robots.txt": rules})
    with pytest.raises(SourceError, match=r"规则“Disallow: /l”") as raised:
        await read_all(pages(site))
    assert raised.value.retry_after_seconds is None
    assert site.paths == ["/robots.txt"]
    assert texts(await read_all(pages(site, permission="站方 2026-03-01 书面同意"))) == list(TEXTS)


@pytest.mark.parametrize(("status", "is_read"), [(404, True), (403, True), (500, False), (429, False)])
async def test_a_missing_robots_txt_allows_and_a_failing_one_forbids(status: int, is_read: bool) -> None:
    site = forum(TEXTS, extra={"/robots.txt": httpx.Response(status)})
    if is_read:
        assert texts(await read_all(pages(site))) == list(TEXTS)
        return
    with pytest.raises(SourceError, match=r"robots\.txt 暂时读不到") as raised:
        await read_all(pages(site))
    assert raised.value.retry_after_seconds == 600


async def test_known_rules_stand_while_the_host_cannot_give_them() -> None:
    answers = iter([answer(b"User-agent: *\nAllow: /\n"), httpx.Response(500)])
    site = forum(TEXTS)
    inner = site._answer
    site._answer = lambda request: next(answers) if request.url.path == "/robots.txt" else inner(request)
    await read_all(pages(site))
    assert texts(await read_all(pages(site), now=NOW + timedelta(days=2))) == list(TEXTS)
    assert site.paths.count("/robots.txt") == 2


async def test_robots_txt_is_asked_at_every_host_that_a_redirect_leads_to() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == "forum.example":
            return (
                httpx.Response(302, headers={"location": "https://other.example/list"})
                if request.url.path == "/list"
                else httpx.Response(404)
            )
        return answer(b"User-agent: *\nDisallow: /") if request.url.path == "/robots.txt" else answer(listing([entry(0)]))

    with pytest.raises(SourceError, match=r"other\.example 的 robots\.txt"):
        await read_all(pages(Site(reply)))


async def test_a_rule_made_to_be_matched_for_ever_keeps_nobody() -> None:
    site = forum(TEXTS, extra={"/robots.txt": f"User-agent: *\nDisallow: /{'*a' * 2_000}b\n".encode()})
    source = PagePosts("x", f"https://forum.example/{'a' * 200}", site.fetcher, READING, PageOptions.of(OPTIONS))
    with pytest.raises(SourceError, match="404"):
        await read_all(source)
