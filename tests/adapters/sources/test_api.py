"""JSON APIs by field mapping. Answers are written by hand after those of several Chinese platforms."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.sources.api import ApiOptions, ApiPosts
from adapters.sources.mapping import FieldMapping
from adapters.sources.secret import fill
from monitoring.errors import SourceError
from monitoring.post import PostSource
from tests.adapters.sources.post_source_contract import NOW, TEXTS, PostSourceContract, read_all, texts
from tests.adapters.sources.site import READING, Site, answer, routes

FIELDS = {
    "key": "id",
    "text": "body.html",
    "title": "subject",
    "time": "created",
    "url": "link",
    "author": "user.name",
    "likes": "stats.0.count",
}


def api(site: Site, **options: Any) -> ApiPosts:
    wanted = {"items": "data.list", "fields": FIELDS, **options}
    return ApiPosts("接口", "https://forum.example/api?sort=new", site.fetcher, READING, ApiOptions.of(wanted))


def record(number: int, text: str) -> dict[str, Any]:
    return {
        "id": 1000 + number,
        "body": {"html": f"<p>{text}</p>"},
        "subject": None,
        "created": int(NOW.timestamp()) * 1000 - (9 - number) * 60_000,
        "link": f"https://forum.example/p/{number}",
        "user": {"name": "市民"},
        "stats": [{"count": "1.2万"}],
    }


def reply(records: Sequence[Any], **more: Any) -> bytes:
    return json.dumps({"code": 0, "data": {"list": list(records), **more}}, ensure_ascii=False).encode()


def serving_records(records: Sequence[Any]) -> Site:
    return routes({"/api": reply(records)}, content_type="application/json")


class TestApi(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        listed = [record(number, text) for number, text in enumerate(records)]
        return api(serving_records([*listed[:3], *([{"id": 7}] if broken else []), *listed[3:]]))


async def test_a_post_has_what_the_mapping_names() -> None:
    (post,) = (await read_all(api(serving_records([record(0, TEXTS[0])]))))[0].posts
    assert (post.key, post.text, post.author, post.likes) == ("1000", TEXTS[0], "市民", 12_000)
    assert post.posted_at.timestamp() == int(NOW.timestamp()) - 540
    assert post.evidence
    assert post.evidence.address == "https://forum.example/api?sort=new"


async def test_a_post_is_handed_over_again_when_its_counts_have_doubled() -> None:
    rows = [record(0, TEXTS[0])]
    cursor = (await read_all(api(serving_records(rows))))[-1].cursor
    rows[0]["stats"] = [{"count": 12_100}]
    assert texts(await read_all(api(serving_records(rows)), cursor)) == []
    rows[0]["stats"] = [{"count": 30_000}]
    assert texts(await read_all(api(serving_records(rows)), cursor)) == [TEXTS[0]]


@pytest.mark.parametrize(
    ("options", "body", "words"),
    [
        ({"items": "data.rows"}, reply([]), "没有列表“data.rows”"),
        ({}, b"<html>login", "不是 JSON"),
        ({}, b"", "不是 JSON"),
        ({}, b'{"data": {"list": [1, 2]}}', "没有一条能读成帖子"),
        ({"fields": {"text": "words"}}, reply([record(0, "x"), record(1, "y")]), r"没有“words”一项（fields\.text），有：id、body"),
        ({"fields": {"txt": "body"}}, reply([]), "“txt”不能用"),
        ({"fields": {"time": "created"}}, reply([]), "至少要写 text 或 title"),
        ({"paging": {"size": 3}}, reply([]), "只能写"),
        ({"paging": {"parameter": "page", "most": 1000}}, reply([]), "1 到 20 页"),
        ({"headers": {"Authorization": "Bearer abc"}}, reply([]), "不要写在设置里"),
        ({"headers": {"Authorization": "Bearer ${WENSHENG_NOT_SET}"}}, reply([]), "WENSHENG_NOT_SET"),
        ({"headers": {"X-Name": "${HOME}"}}, reply([]), "HOME"),
    ],
)
async def test_what_does_not_fit_gives_one_clear_sentence(options: dict[str, Any], body: bytes, words: str) -> None:
    site = routes({"/api": body}, content_type="application/json")
    with pytest.raises(SourceError, match=words):
        await read_all(api(site, **options))


async def test_numbered_pages_are_read_until_nothing_is_new() -> None:
    site = routes(
        {f"/api?sort=new&page={page}": reply([record(2 * page + n, f"帖{2 * page + n}") for n in (0, 1)]) for page in (1, 2, 3, 4)}
    )
    source = api(site, paging={"parameter": "page", "most": 3})
    batches = await read_all(source)
    assert sorted(texts(batches)) == [f"帖{number}" for number in (2, 3, 4, 5, 6, 7)]
    assert texts(await read_all(source, batches[-1].cursor)) == []
    assert site.paths[3:] == ["/api?sort=new&page=1"]


async def test_cursors_are_followed_to_their_end() -> None:
    site = routes(
        {
            "/api?sort=new": reply([record(0, "甲")], next="x/1&y"),
            "/api?sort=new&after=x%2F1%26y": reply([record(1, "乙")], next=None),
        }
    )
    assert texts(await read_all(api(site, paging={"parameter": "after", "path": "data.next"}))) == ["甲", "乙"]


async def test_secrets_come_from_the_environment_stay_with_their_host_and_are_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENSHENG_API_KEY", "s3cret")

    def moved(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == "forum.example":
            return httpx.Response(302, headers={"location": "https://other.example/api?key=s3cret"})
        return answer(reply([record(0, TEXTS[0])]))

    site = Site(moved)
    options = ApiOptions.of({"items": "data.list", "fields": FIELDS, "headers": {"X-Api-Key": "${WENSHENG_API_KEY}"}})
    source = ApiPosts("x", "https://forum.example/api?key=${WENSHENG_API_KEY}", site.fetcher, READING, options)
    (post,) = (await read_all(source))[0].posts
    assert [request.headers.get("x-api-key") for request in site.asked] == ["s3cret", None]
    assert site.paths[0] == "/api?key=s3cret"
    assert post.evidence
    assert post.evidence.address == "https://other.example/api?key=***"


def test_only_our_variables_are_filled_in() -> None:
    filled = fill("https://a.example/?k=${WENSHENG_K}", {"X-Plain": "1"}, {"WENSHENG_K": "v"})
    assert (filled.address, filled.headers, filled.secrets) == ("https://a.example/?k=v", {"X-Plain": "1"}, ("v",))


@pytest.mark.parametrize("written", ["2026-03-06 18:42", 1772793720, 1772793720000, "1772793720", "刚刚", "2026-03-06T10:42:00Z", "", None])
def test_times_of_every_kind(written: Any) -> None:
    assert FieldMapping().post({"text": "x", "time": written}, NOW).posted_at == NOW


def test_records_without_a_key_are_known_by_their_link_or_words() -> None:
    mapping = FieldMapping.of({"text": "t", "url": "u"})
    one, other, same = (mapping.post(each, NOW).key for each in ({"t": "a", "u": ""}, {"t": "b"}, {"t": "a", "u": "javascript:x"}))
    assert one == same != other
