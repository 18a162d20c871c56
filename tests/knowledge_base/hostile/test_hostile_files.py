"""Bad files: each gives one clear sentence, nothing of it is stored, and the child that read it serves the next file."""

import contextlib
import gzip
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from sqlmodel import select

from adapters.documents import DocumentReader
from knowledge_base.document import ParsedDocument, PolicyDocument
from knowledge_base.errors import UnreadableDocument
from knowledge_base.importing_in_bulk import import_path
from knowledge_base.preparing import prepare
from knowledge_base.reading_files import MOST_FILE_BYTES, read_path
from storage.clock import ManualClock
from storage.engine import Database
from tests.knowledge_base.made_files import W, docx, html, package, pdf, wrapped

LAW = ["云川市夜市办法", "第一条 摊位应当整洁。", "第二条 本办法自2024年6月1日起施行。"]


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader() as opened:
        yield opened


def _encrypted_pdf() -> bytes:
    return _protected(user="secret")


def _protected(user: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf([LAW]))))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _swelling_pdf() -> bytes:
    packed = zlib.compress(b"BT /F 12 Tf (x) Tj ET " * 15_000_000, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream]
    return _plain_pdf(objects)


def _plain_pdf(objects: list[bytes]) -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 9 >>\n%%EOF\n"


def _circular_pdf() -> bytes:
    return _plain_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])


def _nested_pdf() -> bytes:
    return _plain_pdf([b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 200_000 + b" >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])


def _swelling_docx() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target, target.open("word/document.xml", "w") as part:
        part.write(b"<a>")
        for _ in range(100):
            part.write(b" " * 1_000_000)
    return packed.getvalue()


def _laughing_docx() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<!DOCTYPE d [<!ENTITY a0 "哈">{entities}]><w:document xmlns:w="{W}"><w:body>&a11;</w:body></w:document>'
    return package({"word/document.xml": xml.encode()})


def _encrypted_word() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500


def _endless_line() -> bytes:
    packed = io.BytesIO()
    with gzip.open(packed, "wb", compresslevel=1) as target:
        for _ in range(40):
            target.write(b"[" * 1_000_000)
    return packed.getvalue()


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "加密.pdf": (_encrypted_pdf, "去掉密码"),
    "截断.pdf": (lambda: pdf(wrapped(LAW * 40))[:2_000], "损坏|扫描件"),
    "扫描.pdf": (lambda: pdf([[], []]), "2 页，都没有文字层"),
    "乱码.pdf": (lambda: pdf([["\ue123\ue124\ue125" * 12] * 20]), "乱码"),
    "膨胀.pdf": (_swelling_pdf, "损坏|没有解析完|内存|中断"),
    "循环.pdf": (_circular_pdf, "损坏|扫描件"),
    "嵌套.pdf": (_nested_pdf, "损坏|扫描件|内存|中断"),
    "不是.pdf": (lambda: b"\x00\x01\x02" * 5_000, "损坏"),
    "空.pdf": (lambda: b"", "空的"),
    "截断.docx": (lambda: docx(LAW)[:300], "损坏"),
    "改坏.docx": (lambda: docx(LAW).replace(b"PK\x01\x02", b"PK\x09\x09"), "损坏"),
    "膨胀.docx": (_swelling_docx, "大得不正常"),
    "实体.docx": (_laughing_docx, "损坏"),
    "加密.docx": (_encrypted_word, "加了密码"),
    "旧.docx": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3_000, "另存为 .docx"),
    "别的.docx": (lambda: package({"a.txt": b"x"}), "不是 Word"),
    "图片.docx": (lambda: docx([], body="<w:p><w:r><w:drawing/></w:r></w:p>"), "没有文字"),
    "空白.html": (lambda: b"<html><script>alert(1)</script></html>", "没有文字"),
    "嵌套.html": (lambda: b"<div>" * 300_000 + "第一条 甲。".encode(), "没有解析完|没有文字|没有标题"),
    "二进制.txt": (lambda: bytes(range(256)) * 100, "不是 UTF-8"),
    "十万条.txt": (lambda: "\n".join(f"第{n}条 甲。" for n in range(1, 100_001)).encode(), "超过 20000 条"),
    "太长.txt": (lambda: "云".encode() * 5_100_000, "超过 500 万字"),
    "嵌套.md": (lambda: ("+++\ntitle = " + "[" * 15_000 + "\n+++\n第一条 甲。").encode(), "文件头"),
    "嵌套.jsonl": (lambda: b"[" * 200_000, "嵌套太深|第 1 行"),
    "膨胀.jsonl.gz": (_endless_line, "一行超过"),
    "截断.jsonl.gz": (lambda: gzip.compress(b'{"title": "x"')[:-6], "读不出来"),
    "日期.jsonl": (lambda: json.dumps({"title": "甲", "text": "乙", "version_date": "2024-02-30"}).encode(), "第 1 行"),
    "标题.jsonl": (lambda: json.dumps({"title": "长" * 5_000, "text": "乙"}).encode(), "标题超过"),
    "别的列.csv": (lambda: "甲,乙\n1,2\n".encode(), "“问题”和“答复”"),
    "长格.csv": (lambda: ('问题,答复\n"' + "长" * 200_000 + '",答\n').encode(), "第 2 行"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
async def test_a_bad_file_gives_one_sentence_and_leaves_nothing(
    database: Database, clock: ManualClock, reader: DocumentReader, tmp_path: Path, name: str
) -> None:
    content, sentence = CASES[name]
    (tmp_path / name).write_bytes(content())
    done = [
        progress
        async for progress in import_path(database.transaction, tmp_path, actor="周明", now=clock.now, approve=True, extract=reader)
    ][-1]
    (fault,) = done.faults
    assert name in fault
    assert pytest.approx(0) == done.documents + done.cases
    assert any(part in fault for part in sentence.split("|")), fault
    assert fault.count("\n") == 0
    async with database.reading() as session:
        assert (await session.exec(select(PolicyDocument.id))).all() == []


def test_the_reader_serves_the_next_file_after_a_bad_one(reader: DocumentReader) -> None:
    with pytest.raises(UnreadableDocument):
        reader("嵌套.html", "html", CASES["嵌套.html"][0]())
    assert "摊位应当整洁" in reader("好.pdf", "pdf", pdf([LAW])).text


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    for suffix in ("pdf", "docx", "txt", "html"):
        with (tmp_path / f"大.{suffix}").open("wb") as file:
            os.truncate(file.fileno(), 4 * MOST_FILE_BYTES)
    faults = list(read_path(tmp_path, extract=lambda *_: pytest.fail("it was read")))
    assert [str(fault).split("：")[0] for fault in faults] == ["大.docx", "大.html", "大.pdf", "大.txt"]
    assert all("MB" in str(fault) for fault in faults)


def test_a_protected_file_that_anybody_may_read_is_read(reader: DocumentReader) -> None:
    assert "摊位应当整洁" in reader("只读.pdf", "pdf", _protected(user="")).text


def test_names_lie(reader: DocumentReader) -> None:
    assert "摊位应当整洁" in reader("其实是.docx", "docx", pdf([LAW])).text
    assert "摊位应当整洁" in reader("其实是.pdf", "pdf", docx(LAW)).text


def test_a_deep_word_file_is_read_or_refused(reader: DocumentReader) -> None:
    deep = docx([], body="<w:sdt><w:sdtContent>" * 20_000 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 20_000)
    with pytest.raises(UnreadableDocument):
        reader("深.docx", "docx", deep)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5hkscs"])
def test_text_of_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    lines = ["雲川市夜市管理規則", "第一條 攤位應當整潔。"] if encoding == "big5hkscs" else LAW
    (tmp_path / "通告.txt").write_bytes("\r\n".join(lines).encode(encoding))
    (document,) = read_path(tmp_path)
    assert isinstance(document, ParsedDocument)
    assert document.title == lines[0]


def test_a_text_pasted_from_two_encodings_is_taken_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "通告.txt").write_bytes("\n".join(LAW * 60).encode() + "附录".encode("gb18030") + b"\n")
    (document,) = read_path(tmp_path)
    assert isinstance(document, ParsedDocument)
    assert any("读不出来" in warning for warning in document.warnings)


def test_wrong_dates_are_not_taken_and_are_told(tmp_path: Path) -> None:
    text = "云川市夜市办法\n（2024年2月30日云川市人民政府发布）\n第一条 甲。\n第二条 本办法自0202年6月1日起施行。"
    (tmp_path / "夜市.txt").write_text(text, encoding="utf-8")
    (document,) = read_path(tmp_path)
    assert isinstance(document, ParsedDocument)
    assert document.version_date is None
    assert any("2024年2月30日" in warning for warning in document.warnings)


async def test_values_of_any_kind_in_rows_are_words(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    rows = [
        {"title": "云川\ud83d办法", "text": "第一条 甲\udc00\x00乙。", "authority": ["甲局"], "province": 3},
        {"id": 7, "question": "问\ud83d", "reply": 5},
    ]
    (tmp_path / "怪.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = [one async for one in import_path(database.transaction, tmp_path, actor="周明", now=clock.now, approve=True)][-1]
    assert (done.documents, done.cases, done.faults) == (1, 1, ())


@pytest.mark.parametrize(
    "line", ["　", " ", "#", "《", "自公布之日起", "（一）", "第一条", "《甲》第一条、", "废止《甲》", "2024年1月1日起施行"]
)
def test_a_line_without_end_takes_no_time_without_end(tmp_path: Path, line: str) -> None:
    """Each of these would take minutes with a pattern that looks at it again from every place."""
    (tmp_path / "长.txt").write_text("云川市办法\n" + line * (300_000 // len(line)), encoding="utf-8")
    with contextlib.suppress(UnreadableDocument):
        for entry in read_path(tmp_path):
            assert isinstance(entry, ParsedDocument)
            prepare(entry)


def test_a_script_in_a_page_is_no_word_of_it(reader: DocumentReader) -> None:
    assert "脚本" not in reader("页.html", "html", html(LAW)).text
