"""`eval retrieve`, `answer` and `past` on corpora handed in."""

import json
from pathlib import Path
from typing import Any

from bot.evaluation.answer import run_answer
from bot.evaluation.past import run_past
from bot.evaluation.retrieve import run_retrieve

CORPUS = [
    {
        "id": "a",
        "title": "国家噪声法",
        "article": "第七条",
        "text": "违反本法，夜间施工的，处一万元以上十万元以下的罚款。",
        "in_force": True,
    },
    {"id": "b", "title": "国家噪声法", "article": "第七条", "text": "违反本法，夜间施工的，处一千元罚款。", "in_force": False},
    {"id": "c", "title": "云川市施工办法", "article": "第三条", "text": "夜间施工应当公告。", "province": "江屿", "city": "云川"},
    {"id": "d", "title": "山城市施工办法", "article": "第三条", "text": "夜间施工应当备案。", "province": "江屿", "city": "山城"},
    {"id": 5, "title": "路灯办法第九条", "article": "", "text": "路灯应当及时修复。"},
]
QUERIES = [
    {"qid": "q1", "text": "夜间施工最多罚多少？", "region": {"province": "江屿省", "city": "云川市"}},
    {"qid": "q2", "text": "夜间施工最多罚多少？", "region": None},
    {"qid": 3, "text": "云川市共享单车条例第五条怎么规定？"},
]


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def _read(path: Path) -> dict[Any, dict[str, Any]]:
    return {row["qid"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def test_retrieve(tmp_path: Path) -> None:
    run_retrieve(_write(tmp_path / "c.jsonl", CORPUS), _write(tmp_path / "q.jsonl", QUERIES), tmp_path / "out.jsonl")
    found = {qid: [hit["id"] for hit in row["hits"]] for qid, row in _read(tmp_path / "out.jsonl").items()}
    assert set(found["q1"][:2]) == {"a", "c"}, "what speaks of building at night stands before the street lamps"
    assert found["q1"][2:] == ["5"]
    assert set(found["q2"]) == {"a", "5"}
    assert 3 in found


def test_answer(tmp_path: Path) -> None:
    run_answer(_write(tmp_path / "c.jsonl", CORPUS), _write(tmp_path / "q.jsonl", QUERIES), tmp_path / "out.jsonl")
    answers = _read(tmp_path / "out.jsonl")
    assert answers["q2"]["citations"] == [{"id": "a", "quote": CORPUS[0]["text"]}]
    assert answers[3] == {"qid": 3, "refused": True, "text": answers[3]["text"], "citations": []}


def test_past(tmp_path: Path) -> None:
    cases = _write(tmp_path / "k.jsonl", [{"id": "k1", "reply": "已修复路灯。"}, {"id": "k2", "reply": "已责令夜间停止施工。"}])
    run_past(cases, _write(tmp_path / "q.jsonl", QUERIES), tmp_path / "out.jsonl")
    assert _read(tmp_path / "out.jsonl")["q1"]["hits"][0]["id"] == "k2"
