"""JSON lines and forwarded posts."""

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.forwarded import ForwardedPosts, forwarded_post
from adapters.sources.json_lines import JsonLinesPosts, read_posts
from adapters.sources.record import read_count, read_time
from monitoring.errors import SourceError
from monitoring.post import PostSource
from tests.adapters.sources.post_source_contract import NOW, TEXTS, PostSourceContract, read_all, texts


def record(number: int, text: str) -> dict[str, object]:
    return {"pid": f"p{number}", "title": "", "text": text, "time": (NOW - timedelta(hours=9 - number)).isoformat(), "likes": number}


class TestJsonLines(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        lines = [json.dumps(record(number, text), ensure_ascii=False) for number, text in enumerate(records)]
        lines[3:3] = ['{"text": ', ""] if broken else []
        (folder / "posts.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return JsonLinesPosts("论坛", folder / "posts.jsonl")


class TestZippedJsonLines(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        lines = [json.dumps(record(number, text)) for number, text in enumerate(records)]
        lines[3:3] = ['{"text": "x", "time": "三月"}'] if broken else []
        (folder / "posts.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
        return JsonLinesPosts("论坛", folder / "posts.jsonl.gz")


async def test_in_replay_a_post_becomes_visible_when_its_time_has_come(tmp_path: Path) -> None:
    TestJsonLines().make(tmp_path, TEXTS)
    source = JsonLinesPosts("论坛", tmp_path / "posts.jsonl", replay=True)
    first = await read_all(source, now=NOW - timedelta(hours=7))
    assert texts(first) == list(TEXTS[:3])
    assert texts(await read_all(source, first[-1].cursor, NOW - timedelta(hours=7))) == []
    assert texts(await read_all(source, first[-1].cursor, NOW)) == list(TEXTS[3:])


async def test_one_file_can_hold_the_posts_of_several_sources(tmp_path: Path) -> None:
    rows = [{"pid": str(number), "text": f"帖子{number}", "source": "甲" if number % 2 else "乙"} for number in range(6)]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert texts(await read_all(JsonLinesPosts("甲", tmp_path / "posts.jsonl", origin="甲"))) == ["帖子1", "帖子3", "帖子5"]
    assert len(list(read_posts(tmp_path / "posts.jsonl"))) == 6


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cut.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 9000, mtime=0)[:200], "压缩损坏"),
        ("none.jsonl", None, "找不到文件"),
    ],
)
async def test_a_file_that_cannot_be_read_gives_one_clear_sentence(tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    source = JsonLinesPosts("x", tmp_path / name)
    with pytest.raises(SourceError, match=words):
        await read_all(source)


async def test_a_line_without_end_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.sources.json_lines.LONGEST_LINE_BYTES", 100)
    (tmp_path / "p.jsonl").write_text('{"text": "a"}\n' + "x" * 1000 + '\n{"text": "b"}\n', encoding="utf-8")
    batches = await read_all(JsonLinesPosts("x", tmp_path / "p.jsonl"))
    assert texts(batches) == ["a", "b"]
    assert len(batches[0].errors) == 1


async def test_a_file_that_has_grown_is_read_from_where_it_ended_and_one_that_was_replaced_from_its_beginning(tmp_path: Path) -> None:
    path, source = tmp_path / "p.jsonl", JsonLinesPosts("x", tmp_path / "p.jsonl")
    path.write_text('{"text": "a"}\n{"text": "b"}\n', encoding="utf-8")
    cursor = (await read_all(source))[-1].cursor
    with path.open("a", encoding="utf-8") as lines:
        lines.write('rubbish\n{"text": "c"}\n')
    batches = await read_all(source, cursor)
    assert texts(batches) == ["c"]
    assert "第 3 行" in batches[0].errors[0]
    assert texts(await read_all(source, {"line": 2})) == ["c"], "a place that an older release noted"
    path.write_text('{"text": "d"}\n', encoding="utf-8")
    assert texts(await read_all(source, batches[-1].cursor)) == ["d"]


@pytest.mark.parametrize("body", [b"\n", b"x", b"{}\n"])
async def test_a_packed_file_that_swells_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "p.jsonl.gz").write_bytes(gzip.compress(body * 30_000_000, 9))
    with pytest.raises(SourceError, match="大得离谱"):
        await read_all(JsonLinesPosts("x", tmp_path / "p.jsonl.gz"))


async def test_deep_nesting_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text("[" * 60_000 + "\n" + '{"text": "b"}\n', encoding="utf-8")
    assert texts(await read_all(JsonLinesPosts("x", tmp_path / "p.jsonl"))) == ["b"]


async def test_a_forwarded_text_is_one_post_however_often_it_is_forwarded() -> None:
    one, again = forwarded_post(" 井盖不见了 ", "论坛", NOW), forwarded_post("井盖不见了", "论坛", NOW + timedelta(hours=1))
    assert one.key == again.key != forwarded_post("井盖不见了", "微博", NOW).key
    assert await read_all(ForwardedPosts("转发")) == []


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-06 18:42",
        "2026/3/6 18:42",
        "2026年3月6日 18时42分",
        "2026-03-06T18:42:00+08:00",
        "2026.03.06 18:42:00",
        "46087.779166666667",
    ],
)
def test_times_as_people_write_them(written: str) -> None:
    assert read_time(written) == NOW


@given(st.text(max_size=40))
def test_any_other_cell_is_no_time(written: str) -> None:
    try:
        moment = read_time(written)
    except (ValueError, OverflowError):
        return
    assert moment is None or moment.tzinfo


@pytest.mark.parametrize(
    ("written", "count"), [("1,204", 1204), ("1.2万", 12_000), (7, 7), ("100w+", 1_000_000), ("赞", None), (None, None), ("", None)]
)
def test_counts_as_platforms_write_them(written: object, count: int | None) -> None:
    assert read_count(written) == count
