"""Reading files: what is in them, and one sentence for each that is bad."""

import gzip
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.document import ParsedDocument, comparable_name
from knowledge_base.errors import UnreadableDocument
from knowledge_base.past_case import ParsedCase
from knowledge_base.reading_files import read_path

FRONT = """+++
title = "云川市夜市办法"
authority = "云川市人民政府"
document_number = "云川市人民政府令第 38 号"
province = "江屿省"
city = "云川市"
issued_on = 2024-04-18
effective_on = 2024-06-01
supersedes = { title = "云川市摊点办法", version = "2019" }
+++

# 云川市夜市办法

第一条　摊位应当整洁。
"""


def _write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    (document,) = read_path(_write(tmp_path, "夜市.md", FRONT))
    assert isinstance(document, ParsedDocument)
    assert (document.title, document.province, document.city) == ("云川市夜市办法", "江屿省", "云川市")
    assert (document.version_date, document.effective_on, document.repealed_on) == (date(2024, 4, 18), date(2024, 6, 1), None)
    assert document.replaces == ("云川市摊点办法",)
    assert document.body.startswith("# 云川市夜市办法")


def test_markdown_without_front_matter_is_named_by_its_heading(tmp_path: Path) -> None:
    (document,) = read_path(_write(tmp_path, "x.md", "# 云川市绿化办法\n\n第一条 种树。"))
    assert isinstance(document, ParsedDocument)
    assert document.title == "云川市绿化办法"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_plain_text_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = _write(tmp_path, "通告.txt", "云川市通告\r\n第一条 禁止焚烧。\r\n", encoding)
    (document,) = read_path(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert document == ParsedDocument("云川市通告", "第一条 禁止焚烧。", city="云川", file_name="通告.txt", file_hash=digest)


def test_laws_and_cases_as_json_lines(tmp_path: Path) -> None:
    rows = [
        {"title": "甲法", "version_date": None, "category": "行政法", "province": None, "text": "第一条 甲。"},
        {"id": "c1", "time": "2019-04-25 09:32:09", "question": "问", "reply": "答", "replied": "2019-05-10 14:56:53"},
    ]
    path = tmp_path / "all.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()))
    law, case = read_path(path)
    assert isinstance(law, ParsedDocument)
    assert (law.title, law.version_date, law.category) == ("甲法", None, "行政法")
    assert case == ParsedCase("c1", "问", "答", date(2019, 5, 10))


def test_one_bad_row_or_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "a.jsonl",
        '{"title": "甲法", "text": "第一条 甲。"}\n{"title": "乙法"}\n不是\n'
        '{"title": "丙法", "text": "丙", "version_date": "2020-13-01"}\n',
    )
    _write(tmp_path, "b.md", "+++\ntitle = 坏\n+++\n正文")
    (tmp_path / "c.txt").write_bytes(b"\xff\xff\xfe\x80\x80")
    (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(b'{"title": "x"')[:-6])
    _write(tmp_path, "e.md", FRONT)
    _write(tmp_path, "f.docx", "")
    _write(tmp_path, "g.doc", "")
    _write(tmp_path, "~$f.docx", "")
    entries = list(read_path(tmp_path))
    faults = [str(entry) for entry in entries if isinstance(entry, UnreadableDocument)]
    assert [entry.title for entry in entries if isinstance(entry, ParsedDocument)] == ["甲法", "云川市夜市办法"]
    assert [fault.split("：")[0] for fault in faults] == [
        "a.jsonl 第 2 行",
        "a.jsonl 第 3 行",
        "a.jsonl 第 4 行",
        "b.md",
        "c.txt",
        "d.jsonl.gz",
        "f.docx",
        "g.doc",
    ]


def test_what_is_not_there_or_not_supported_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path, _write(tmp_path, "x.exe", "")):
        (fault,) = read_path(path)
        assert isinstance(fault, UnreadableDocument)
        assert str(path.name) in str(fault) or str(path) in str(fault)


def test_names_are_compared_without_what_does_not_tell_them_apart() -> None:
    assert comparable_name("《中华人民共和国消防法（2021年修正）》") == comparable_name("消防法")
    assert comparable_name("国办发[2016]80号") == comparable_name("国办发（2016）80号") == "国办发〔2016〕80号"
    assert comparable_name("云川市养犬条例") != comparable_name("云川市养犬办法")
