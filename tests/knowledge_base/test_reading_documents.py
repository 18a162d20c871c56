"""PDF, Word and web files: what is read is what a person would see, paragraph by paragraph."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.errors import UnreadableDocument
from knowledge_base.extracting import extract
from knowledge_base.past_case import ParsedCase
from knowledge_base.reading_documents import read_one
from knowledge_base.reading_files import KnownFile, read_path
from knowledge_base.reflowing import reflow
from knowledge_base.structure import split
from language.numerals import from_int
from tests.knowledge_base.made_files import docx, html, pdf, wrapped

TITLE, NOTE = "云川市夜市管理办法", "（2024年4月18日云川市人民政府发布）"
CLAUSES = [
    "摊位应当整洁，经营者应当在收市后三十分钟内清理摊位及其周边五米范围内的垃圾、油污和积水，不得将污水直接排入雨水管网或者道路。",
    "有下列情形之一的，责令改正：\n（一）占用盲道的；\n（二）使用明火且未采取防护措施的。",
    "本办法自2024年6月1日起施行。",
]
LINES = [TITLE, NOTE, *"\n".join(f"第{from_int(n)}条　{text}" for n, text in enumerate(CLAUSES, 1)).split("\n")]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.pdf", pdf(wrapped(LINES, width=24, lines=6))),
        ("a.docx", docx(LINES)),
        ("a.html", html(LINES)),
        ("b.html", html(LINES, encoding="gb18030")),
        ("a.txt", "\n".join(LINES).encode("gb18030")),
        ("a.md", "\n\n".join(LINES).encode()),
    ],
)
def test_every_kind_of_file_gives_the_same_document(name: str, body: bytes) -> None:
    document = read_one(name, body, extract)
    assert (document.title, document.city, document.version_date) == (TITLE, "云川", date(2024, 4, 18))
    read = {span.article: "".join(document.body[span.start : span.end].split()) for span in split(document.body)}
    assert {name: text for name, text in read.items() if name.startswith("第")} == {
        f"第{from_int(number)}条": "".join(text.split()) for number, text in enumerate(CLAUSES, 1)
    }


def test_automatic_numbers_of_word_are_read() -> None:
    levels = '<w:lvl><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl>'
    item = '<w:lvl><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="（%2）"/></w:lvl>'
    numbering = f'<w:abstractNum w:abstractNumId="4">{levels}{item}</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num>'
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for level, text in ((0, "甲应当登记。"), (0, "有下列情形的："), (1, "乙；"), (1, "丙。"), (0, "丁应当备案。"))
    )
    text = extract("a.docx", "docx", docx([], body=body, numbering=numbering)).text
    assert text.split("\n") == ["第一条　甲应当登记。", "第二条　有下列情形的：", "（1）　乙；", "（2）　丙。", "第三条　丁应当备案。"]


def test_deleted_words_are_not_read_and_tables_are_kept_as_lines() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    row = "<w:tr>" + "".join(f"<w:tc><w:p>{run.format(cell)}</w:p></w:tc>" for cell in ("违法行为", "罚款")) + "</w:tr>"
    body = (
        f"<w:p>{run.format('第一条 甲')}<w:del>{run.format('乙')}</w:del><w:ins>{run.format('丙')}</w:ins></w:p><w:tbl>{row}{row}</w:tbl>"
    )
    text = extract("a.docx", "docx", docx([], body=body)).text
    assert text.split("\n")[0] == "第一条 甲丙"
    assert text.count("| 违法行为 | 罚款 |") == 2


def test_a_page_tells_its_title_and_day_in_its_tags() -> None:
    told = {"ArticleTitle": "关于清扫的工作安排", "PubDate": "2023-05-06 10:00", "ContentSource": "市城管局"}
    tags = "".join(f'<meta name="{name}" content="{value}">' for name, value in told.items())
    document = read_one("x.html", html(["各单位要做好清扫。", "一、清扫。", "二、保洁。"], head=tags), extract)
    assert (document.title, document.authority, document.version_date) == ("关于清扫的工作安排", "市城管局", date(2023, 5, 6))
    assert any("网页的发布日期" in warning for warning in document.warnings)
    assert "备案号" not in document.body
    assert "热点专题" not in document.body


def test_a_table_in_a_page_is_kept_as_lines() -> None:
    table = "<table><tr><th>区</th><th>电话</th></tr><tr><td>东岭区</td><td>12345</td></tr></table>"
    page = f"<body><div><p>关于值班电话的通知</p><p>各区值班电话如下，请市民在遇到占道经营时拨打。</p>{table}</div></body>"
    assert "| 东岭区 | 12345 |" in extract("x.html", "html", page.encode()).text


def test_pages_without_words_are_told() -> None:
    document = read_one("x.pdf", pdf([LINES, [], LINES[2:]]), extract)
    assert any("第 2 页" in warning for warning in document.warnings)


def test_a_font_that_does_not_tell_its_meaning_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="乱码"):
        extract("x.pdf", "pdf", pdf([LINES], with_meaning=False))


def test_cases_of_a_table_are_known_by_its_usual_heads(tmp_path: Path) -> None:
    rows = "留言编号,留言详情,答复意见,答复时间\nT1,路灯不亮,已修复,2024年5月6日\n,垃圾,已清运,\n,,,\n只有编号,,,\n"
    (tmp_path / "往年.csv").write_bytes(rows.encode("gb18030"))
    first, second, fault = read_path(tmp_path)
    assert first == ParsedCase("T1", "路灯不亮", "已修复", date(2024, 5, 6))
    assert isinstance(second, ParsedCase)
    assert (second.question, second.replied_on, len(second.key)) == ("垃圾", None, 24)
    assert "往年.csv 第 5 行" in str(fault)


def test_a_known_file_is_passed_over_in_a_folder_and_read_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx(LINES))
    (document,) = read_path(tmp_path)
    known = {document.file_hash}  # type: ignore[union-attr]
    assert list(read_path(tmp_path, known=known)) == [KnownFile("a.docx")]
    assert list(read_path(path, known=known)) == [document]


words = st.text(alphabet="摊位应当整洁不得占用道路罚款", min_size=1, max_size=90)


@settings(max_examples=60)
@given(st.lists(words, min_size=6, max_size=14), st.integers(16, 40), st.integers(2, 5))
def test_reflow_gives_back_the_paragraphs_that_a_printer_broke(texts: list[str], width: int, lines: int) -> None:
    paragraphs = [f"第{from_int(number)}条　{text}。" for number, text in enumerate(texts, 1)]
    pages = wrapped(paragraphs, width, lines)
    assert reflow(pages).split("\n") == paragraphs
