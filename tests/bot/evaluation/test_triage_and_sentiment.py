"""The evaluation commands read sparse rows and answer every one of them."""

from pathlib import Path

import pytest

from bot.evaluation.json_lines import read_rows, write_rows
from bot.evaluation.sentiment import run_sentiment
from bot.evaluation.triage import run_triage

FIELDS = {"pid", "relevance", "line", "intent", "attitude", "attitude_score", "level", "asks", "place", "reasons"}


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_come_back_as_they_were_written(tmp_path: Path, name: str) -> None:
    rows = [{"pid": "1", "text": "油烟\n扰民"}, {"pid": "2", "likes": None}]
    write_rows(tmp_path / name, rows)
    assert list(read_rows(tmp_path / name)) == rows


@pytest.mark.parametrize(("content", "message"), [('{"pid": 1}\n\n{"pid"', "第 3 行不是 JSON"), ("[1]\n", "第 1 行不是 JSON 对象")])
def test_a_broken_line_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        list(read_rows(path))


def test_triage_answers_every_post_whatever_is_missing(tmp_path: Path) -> None:
    posts, out = tmp_path / "posts.jsonl", tmp_path / "out.jsonl.gz"
    write_rows(
        posts,
        [
            {"pid": "a", "title": "夜间施工扰民", "text": "工地凌晨还在施工，噪音太大，请城管处理。", "likes": 60},
            {"pid": 7, "text": ""},
            {"pid": "c"},
        ],
    )
    run_triage(posts, out)
    rows = list(read_rows(out))
    assert [row["pid"] for row in rows] == ["a", 7, "c"]
    assert all(row.keys() == FIELDS for row in rows)
    assert (rows[0]["line"], rows[0]["level"], rows[1]["relevance"]) == ("噪声油烟扬尘", 3, "noise")


def test_sentiment_answers_every_post(tmp_path: Path) -> None:
    posts, out = tmp_path / "posts.jsonl.gz", tmp_path / "out.jsonl"
    write_rows(posts, [{"pid": "a", "text": "恶心，气死我了"}, {"pid": "b", "text": "好开心呀"}, {"pid": "c"}])
    run_sentiment(posts, out)
    scores = {row["pid"]: row["negativity"] for row in read_rows(out)}
    assert scores["a"] > scores["b"]
    assert set(scores) == {"a", "b", "c"}
