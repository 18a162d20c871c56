"""Whatever comes: no crash, an answer or one clear sentence within two seconds, bounded memory, and the next source goes on."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.sources.api import ApiOptions, ApiPosts
from adapters.sources.feed import FeedPosts
from adapters.sources.json_lines import JsonLinesPosts
from adapters.sources.mastodon import MastodonOptions, MastodonPosts
from adapters.sources.pages import PageOptions, PagePosts
from adapters.sources.reading_child import MOST_MEMORY_BYTES
from adapters.sources.reading_process import JOB_SECONDS
from adapters.sources.table import TablePosts
from monitoring.errors import SourceError
from monitoring.post import Batch, PostSource
from tests.adapters.sources.hostile import samples
from tests.adapters.sources.post_source_contract import NOW, read_all
from tests.adapters.sources.site import READING, Site, answer

LONGEST_SECONDS = 2.0
"""Of a reading in all, on a machine that has nothing else to do: what the child may take, and what its parent does besides."""
FLIPS = 60


def over_network(kind: str, body: bytes, content_type: str = "") -> PostSource:
    site = Site(lambda request: httpx.Response(404) if request.url.path == "/robots.txt" else answer(body, content_type=content_type))
    address, fetcher = "https://forum.example/x", site.fetcher
    match kind:
        case "feed":
            return FeedPosts("x", address, fetcher, READING)
        case "page":
            return PagePosts("x", address, fetcher, READING, PageOptions.of({"list": "li", "time": "i", "full_text": False}))
        case "full text":
            return PagePosts("x", address, fetcher, READING, PageOptions.of({"list": "*", "text": ""}))
        case "api":
            return ApiPosts("x", address, fetcher, READING, ApiOptions.of({"items": "data"}))
        case _:
            return MastodonPosts("x", address, fetcher, READING, MastodonOptions.of({"tags": ["a"]}))


async def outcome(source: PostSource) -> list[Batch] | str:
    """What came of a reading: batches, or the one sentence that says why not."""
    assert _alive()
    began = time.process_time()
    try:
        came: list[Batch] | str = await read_all(source)
    except SourceError as error:
        came = str(error)
    assert JOB_SECONDS + time.process_time() - began <= LONGEST_SECONDS
    assert isinstance(came, list) or (came.endswith("。") and "\n" not in came), "one sentence for a person"
    return came


def posts_in(came: list[Batch] | str) -> int:
    return 0 if isinstance(came, str) else sum(len(batch.posts) for batch in came)


async def still_reads() -> None:
    assert posts_in(await outcome(over_network("feed", samples.GOOD_FEED))) == 20


@pytest.mark.parametrize("name", samples.MARKUP)
@pytest.mark.parametrize("kind", ["feed", "page"])
async def test_markup(kind: str, name: str) -> None:
    came = await outcome(over_network(kind, samples.MARKUP[name](), "text/xml; charset=utf-8"))
    assert posts_in(came) <= 500
    if isinstance(came, list):
        words = [post.title + post.text for batch in came for post in batch.posts]
        assert not any("root:" in each for each in words), "nothing of this machine's files"
        assert all(post.url.startswith(("", "http")) for batch in came for post in batch.posts)
    await still_reads()


@pytest.mark.parametrize("name", ["HTML 50,000 deep", "formatting 50,000 deep", "noise", "a line of 10 MB", "NULs", "200,000 attributes"])
async def test_full_texts(name: str) -> None:
    body = samples.MARKUP[name]()
    site = Site(lambda request: httpx.Response(404) if request.url.path == "/robots.txt" else answer(own(request)))

    def own(request: httpx.Request) -> bytes:
        return body if request.url.path == "/p/0" else b"<ul><li><a href=/p/0>t</a></ul>"

    came = await outcome(PagePosts("x", "https://forum.example/list", site.fetcher, READING, PageOptions.of({"list": "li"})))
    assert posts_in(came) == 1, "the title goes on without the text"
    await still_reads()


@pytest.mark.parametrize("name", samples.JSON)
@pytest.mark.parametrize("kind", ["api", "mastodon"])
async def test_json(kind: str, name: str) -> None:
    came = await outcome(over_network(kind, samples.JSON[name](), "application/json"))
    assert posts_in(came) <= 1_000
    await still_reads()


@pytest.mark.parametrize("name", samples.JSON)
async def test_json_lines(name: str, tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_bytes(samples.JSON[name]() + b'\n{"text": "the line after"}\n')
    came = await outcome(JsonLinesPosts("x", tmp_path / "p.jsonl"))
    assert isinstance(came, list)
    assert [post.text for batch in came for post in batch.posts][-1:] == ["the line after"]


@pytest.mark.parametrize(("suffix", "name"), [(".csv", name) for name in samples.CSV] + [(".xlsx", name) for name in samples.XLSX])
async def test_tables(suffix: str, name: str, tmp_path: Path) -> None:
    wanted: Mapping[str, Callable[[], bytes]] = samples.CSV if suffix == ".csv" else samples.XLSX
    (tmp_path / f"t{suffix}").write_bytes(wanted[name]())
    assert posts_in(await outcome(TablePosts("x", tmp_path / f"t{suffix}", READING))) <= 100_000
    await still_reads()


@pytest.mark.parametrize(("kind", "document"), [("feed", samples.GOOD_FEED), ("page", samples.GOOD_PAGE), ("api", samples.GOOD_JSON)])
async def test_cut_at_every_twentieth(kind: str, document: bytes) -> None:
    for cut in samples.cuts(document):
        came = await outcome(over_network(kind, cut))
        if kind == "api":
            assert isinstance(came, str), "half a JSON document is none"
        if kind == "feed" and isinstance(came, list):
            assert len([error for batch in came for error in batch.errors]) == 1, "that it was cut is told once"
    assert posts_in(await outcome(over_network(kind, document))) >= 9


@pytest.mark.parametrize(("kind", "document"), [("feed", samples.GOOD_FEED), ("page", samples.GOOD_PAGE), ("api", samples.GOOD_JSON)])
async def test_flipped_bytes(kind: str, document: bytes) -> None:
    for seed in range(FLIPS):
        await outcome(over_network(kind, samples.flipped(document, seed)))
    await still_reads()


HEAVY_READING = """
import asyncio, resource
from tests.adapters.sources.hostile.test_hostile import READING, outcome, over_network, samples

async def main():
    for name in ("100,000 entries", "a million empty arrays", "a number of 5 million digits"):
        body = (samples.MARKUP | samples.JSON)[name]()
        await outcome(over_network("api" if body.startswith(b"{") else "feed", body))
    READING.close()
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)

asyncio.run(main())
"""


async def test_the_child_stays_within_its_memory() -> None:
    """In a program of its own: a process remembers the largest of all the children that it ever had."""
    peak = await asyncio.to_thread(subprocess.check_output, [sys.executable, "-c", HEAVY_READING], cwd=Path(__file__).parents[4])
    assert int(peak) * 1_024 < MOST_MEMORY_BYTES


async def test_wrong_content_types_and_lengths_do_not_matter() -> None:
    for content_type in ("", "image/png", "text/html; charset=", "\x7f", "application/json; charset=utf-16", "x" * 10_000):
        assert posts_in(await outcome(over_network("feed", samples.GOOD_FEED, content_type))) == 20


def test_limits_are_those_of_the_kernel() -> None:
    """A job that eats memory ends in an error of its own, not of the machine's."""
    with pytest.raises(SourceError, match=r"内存|中断|没有解析完"):
        READING.read_now(
            "records", b"[" + b"[]," * 40_000_000 + b"1]", what="x", content_type="", items="", fields={}, following="", now=NOW.isoformat()
        )
    assert _alive()


def _alive() -> Any:
    """The child stands ready: one that the last sample killed is replaced while nobody waits, as between two fetches."""
    return READING.read_now("robots", b"", what="x", url="https://a.example/", agent="x")
