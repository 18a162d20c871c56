"""`wensheng eval drafts` on files of invented posts, clauses and past cases."""

import json
from pathlib import Path

import pytest

from bot.evaluation.drafts import run_drafts

HERE = {"province": "云边省", "city": "河湾市"}
THERE = {"province": "远山省", "city": "远山市"}


def _clause(key: str, title: str, article: str, text: str, **fields: object) -> dict[str, object]:
    return {"id": key, "title": title, "article": article, "text": text, **fields}


IN_FORCE = "餐饮服务经营者应当安装油烟净化设施并保持正常使用。"
CORPUS = [
    _clause("甲|2024|第八条", "云边油烟条例", "第八条", IN_FORCE, in_force=True),
    _clause("甲|2010|第八条", "云边油烟条例", "第八条", "排放油烟的餐饮服务经营者应当安装油烟净化设施。", in_force=False),
    _clause("乙|nd|第二条", "远山市油烟办法", "第二条", "排放油烟的餐饮服务经营者应当使用专用烟道。", **THERE),
]
SMOKE = "烧烤店每天晚上 10 点还在冒油烟，投诉 3 次没人管。多久解决？"
POSTS = [
    {"pid": 1, "title": "7 栋楼下烧烤店油烟", "text": SMOKE, "region": HERE},
    {"pid": "b", "text": "健身房关门了，充值 2000 元不退。"},
]
CASES = [{"id": "k1", "question": "烧烤店油烟", "reply": "到现场核查并责令改正。"}]


def _file(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    path = folder / name
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def drafted(tmp_path: Path) -> list[dict[str, object]]:
    corpus, cases = _file(tmp_path, "c.jsonl", CORPUS), _file(tmp_path, "k.jsonl", CASES)  # type: ignore[arg-type]
    posts, out = _file(tmp_path, "p.jsonl", POSTS), tmp_path / "out.jsonl"  # type: ignore[arg-type]
    run_drafts(corpus, cases, posts, out)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_every_post_is_drafted_in_the_order_of_the_file(drafted: list[dict[str, object]]) -> None:
    assert [row["pid"] for row in drafted] == [1, "b"]


def test_candidates_are_whole_and_cite_only_what_holds_here(drafted: list[dict[str, object]]) -> None:
    cited = set()
    for row in drafted:
        for candidate in row["candidates"]:  # type: ignore[attr-defined]
            assert "".join(sentence["text"] for sentence in candidate["sentences"]) == candidate["text"]
            assert all(name in candidate["text"] for name in candidate["slots"])
            assert {check["name"] for check in candidate["checks"] if check["severity"] == "block"} <= {"open_slot"}
            cited |= {(citation["id"], citation["quote"]) for citation in candidate["citations"]}
    assert {key for key, _ in cited} == {"甲|2024|第八条"}
    assert all(quote in IN_FORCE for _, quote in cited)


def test_asks_are_answered_by_sentences_of_the_first_candidate(drafted: list[dict[str, object]]) -> None:
    first = drafted[0]
    numbers = range(1, len(first["candidates"][0]["sentences"]) + 1)  # type: ignore[index]
    assert "多久解决" in [ask["ask"] for ask in first["asks"]]  # type: ignore[attr-defined]
    assert all(set(ask["answered_by"]) <= set(numbers) for ask in first["asks"])  # type: ignore[attr-defined]
