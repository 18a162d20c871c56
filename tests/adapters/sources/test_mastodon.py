"""Mastodon's hashtag timelines and search, against an instance of ours that speaks them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.sources.mastodon import MastodonOptions, MastodonPosts
from monitoring.errors import SourceError
from monitoring.post import PostSource
from tests.adapters.sources.mastodon_instance import FIRST_AT, Instance
from tests.adapters.sources.post_source_contract import PostSourceContract, read_all, texts
from tests.adapters.sources.site import READING, Site


def reading(instance: Instance, **options: Any) -> MastodonPosts:
    return over(Site(instance.answer), **options)


def over(site: Site, **options: Any) -> MastodonPosts:
    return MastodonPosts("长毛象", "https://forum.example/", site.fetcher, READING, MastodonOptions.of({"tags": ["#城管"], **options}))


class TestMastodon(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        instance = Instance()
        for number, text in enumerate(records):
            if broken and number == 3:
                instance.post("", content="<p></p>")
            instance.post(text, content=f"<p>{text}</p>")
        return reading(instance)

    async def test_from_any_cursor_reading_goes_on_without_a_gap(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first reading takes the newest page; every later one goes forward from the newest known, page by page."""
        instance = Instance()
        instance.post("最早的一条")
        cursor = (await read_all(reading(instance)))[-1].cursor
        written = [instance.post(f"第{number}条")["id"] for number in range(100)]
        batches = await read_all(reading(instance), cursor)
        assert [len(batch.posts) for batch in batches] == [40, 40, 20]
        for number, batch in enumerate(batches):
            rest = await read_all(reading(instance), batch.cursor)
            assert sum(len(each.posts) for each in batches[: number + 1]) + sum(len(each.posts) for each in rest) == len(written)


async def test_a_post_has_what_a_reader_sees() -> None:
    instance = Instance()
    video = {"type": "gifv", "description": "城管推倒摊位的视频"}
    instance.post("柳岸夜市", spoiler_text="冲突画面", sensitive=True, media_attachments=[video, {"type": "image", "description": None}])
    (post,) = (await read_all(reading(instance)))[0].posts
    assert (post.title, post.text, post.has_video) == ("冲突画面", "柳岸夜市\n#城管\n城管推倒摊位的视频", True)
    assert (post.likes, post.reposts, post.comments, post.author) == (3, 2, 1, "a@town.example")
    assert (post.posted_at, post.url) == (FIRST_AT, "https://town.example/@a/0")


async def test_a_boost_is_the_post_that_it_boosts() -> None:
    instance = Instance()
    original = instance.post("井盖不见了")
    for _ in range(3):
        instance.post("", content="", reblog=original)
    assert texts(await read_all(reading(instance))) == ["井盖不见了\n#城管"]


async def test_what_is_not_public_is_not_read() -> None:
    instance = Instance()
    instance.post("给朋友看的", visibility="private")
    instance.post("公开的")
    assert texts(await read_all(reading(instance))) == ["公开的\n#城管"]


async def test_tags_and_searches_have_a_place_each_and_share_their_posts() -> None:
    instance = Instance()
    instance.post("甲", tags=["城管"])
    instance.post("乙 青禾 夜市", tags=["夜市"])
    instance.post("丙 青禾 夜市", tags=["城管"])
    source = reading(instance, queries=["青禾 夜市"])
    batches = await read_all(source)
    assert [text[0] for text in texts(batches)] == ["甲", "丙", "乙"]
    assert batches[-1].cursor == {"tag:城管": "100", "query:青禾 夜市": "100"}
    instance.post("丁 青禾 夜市", tags=["夜市"])
    assert [text[0] for text in texts(await read_all(source, batches[-1].cursor))] == ["丁"]


async def test_the_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(token="t0ken")
    instance.post("甲")
    with pytest.raises(SourceError, match="401"):
        await read_all(reading(instance))
    monkeypatch.setenv("WENSHENG_MASTODON_TOKEN", "t0ken")
    assert len(texts(await read_all(reading(instance, token="${WENSHENG_MASTODON_TOKEN}")))) == 1
    with pytest.raises(SourceError, match="不要写在设置里"):
        await read_all(reading(instance, token="t0ken"))


async def test_a_spent_rate_limit_is_waited_for_by_all_sources_of_the_host() -> None:
    instance = Instance()
    instance.post("甲")
    instance.remaining, instance.reset = 1, FIRST_AT + timedelta(minutes=5)
    site = Site(instance.answer)
    assert len(texts(await read_all(over(site), now=FIRST_AT))) == 1, "the answer that spends the last request still counts"
    with pytest.raises(SourceError, match="暂缓访问") as raised:
        await read_all(over(site, tags=["夜市"]), now=FIRST_AT)
    assert raised.value.retry_after_seconds == pytest.approx(300, abs=2)
    assert len(site.asked) == 1
    site.waiting.now += 301
    instance.remaining = 10
    assert len(texts(await read_all(over(site), now=FIRST_AT))) == 1


async def test_too_many_requests_are_answered_with_patience() -> None:
    instance = Instance()
    instance.remaining, instance.reset = 0, FIRST_AT + timedelta(minutes=4)
    with pytest.raises(SourceError, match="429") as raised:
        await read_all(reading(instance), now=FIRST_AT)
    assert raised.value.retry_after_seconds == 240


@pytest.mark.parametrize(
    ("document", "words"), [(b'{"error": "x"}', "帖子列表"), (b"<html>", "不是 JSON"), (b"[[[", "不是 JSON"), (b"7", "帖子列表")]
)
async def test_what_is_no_timeline_gives_one_clear_sentence(document: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        await read_all(over(Site(lambda _: httpx.Response(200, stream=httpx.ByteStream(document)))))


async def test_nothing_asked_for_is_told() -> None:
    with pytest.raises(SourceError, match=r"options\.tags"):
        MastodonOptions.of({})
