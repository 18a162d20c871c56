"""Splitting: clauses are spans of the body, in order, and nothing is lost between them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.structure import PREAMBLE, article_number, split
from language.numerals import from_int

LAW = """# 云川市犬只管理条例

（2020年3月1日通过）

## 第一章　总则

第一条　为了规范养犬，制定本条例。

第二条 本条例适用于本市。

第三条规定的情形，不适用本条。

### 第一节  登记

第三条  犬只应当登记：

（一）有固定住所；

（二）已经免疫。

第三条之一　登记不收费。

## 第二章 附则

第四条　本条例自2020年5月1日起施行。

附件：禁养犬名录
"""


def _texts(body: str) -> dict[str, str]:
    return {span.article: body[span.start : span.end] for span in split(body)}


def test_articles_are_exact_spans_without_their_labels() -> None:
    texts = _texts(LAW)
    assert list(texts) == [PREAMBLE, "第一条", "第二条", "第三条", "第三条之一", "第四条", "附件"]
    assert texts["第一条"] == "为了规范养犬，制定本条例。"
    assert texts["第三条"] == "犬只应当登记：\n\n（一）有固定住所；\n\n（二）已经免疫。"
    assert texts["附件"] == "禁养犬名录"


def test_a_paragraph_that_speaks_of_an_article_begins_none() -> None:
    assert _texts(LAW)["第二条"].endswith("第三条规定的情形，不适用本条。")


def test_a_label_without_a_blank_begins_an_article_only_in_its_turn() -> None:
    assert list(_texts("第一条甲应当登记。\n第五条适用于乙。\n第二条丙应当登记。\n")) == ["第一条", "第二条"]


def test_headings_tell_where_a_clause_stands() -> None:
    places = {span.article: (span.chapter, span.section) for span in split(LAW)}
    assert places["第二条"] == ("第一章 总则", "")
    assert places["第三条之一"] == ("第一章 总则", "第一节 登记")
    assert places["第四条"] == ("第二章 附则", "")


def test_parts_hold_chapters() -> None:
    body = "第一编 总则\n第一章 范围\n第一条 甲乙丙丁。\n第二编 分则\n第二条 戊己庚辛。\n"
    assert [(span.part, span.chapter) for span in split(body)] == [("第一编 总则", "第一章 范围"), ("第二编 分则", "")]


@pytest.mark.parametrize("gap", ["", " ", "　", "  ", "\u2002\u2002"])
def test_any_blank_may_follow_a_label(gap: str) -> None:
    assert list(_texts(f"第一条{gap}甲应当登记。\n第二条{gap}乙应当登记。\n")) == ["第一条", "第二条"]


def test_documents_without_articles_are_split_at_numbered_sections() -> None:
    body = "各区政府：\n现通知如下。\n一、工作目标\n整治油烟。\n二、工作措施\n（一）检查。\n三、本通知自发布之日起施行。"
    texts = _texts(body)
    assert list(texts) == [PREAMBLE, "第一部分", "第二部分", "第三部分"]
    assert texts["第二部分"] == "工作措施\n（一）检查。"


def test_documents_without_any_numbers_are_split_at_paragraphs() -> None:
    body = "# 通告\n\n自即日起禁止燃放。\n违者处理。\n\n特此通告。"
    assert _texts(body) == {"第1段": "自即日起禁止燃放。\n违者处理。", "第2段": "特此通告。"}


def test_an_annex_alone_makes_no_law_of_a_notice() -> None:
    assert list(_texts("自即日起禁止燃放。\n\n违者处理。\n\n附件：地点名单")) == ["第1段", "第2段", "第3段"]


def test_nothing_comes_of_nothing() -> None:
    assert split("") == split(" \n\u200b\n") == ()


def test_numbers_of_articles() -> None:
    assert article_number("第二百七十八条") == article_number("第278条") == (278, 0)
    assert article_number("第２７８条") == (278, 0)
    assert article_number("第十条之二") == (10, 2)
    assert article_number("附件") is None


sentence = st.text(alphabet="市民应当依法登记养犬处罚款元（一）；，的", min_size=1, max_size=30).map(lambda text: f"甲{text}。")
clause = st.lists(sentence, min_size=1, max_size=3).map("\n\n".join)
heading = st.sampled_from(["", "## 第一章　总则\n\n", "第二章 责任\n", "### 第三节  其他\n\n"])
blank = st.sampled_from([" ", "　", "  "])


@given(st.lists(st.tuples(heading, blank, clause), min_size=1, max_size=12))
def test_round_trip(parts: list[tuple[str, str, str]]) -> None:
    labels = [f"第{from_int(number)}条" for number in range(1, len(parts) + 1)]
    body = "\n\n".join(f"{head}{label}{gap}{text}" for label, (head, gap, text) in zip(labels, parts, strict=True))
    spans = split(body)
    assert [span.article for span in spans] == labels
    assert [body[span.start : span.end] for span in spans] == [text for _, _, text in parts]


@given(st.text(alphabet="第一二3１十百条之章节编、。\n# 　甲乙附件：（）*", max_size=200))
def test_spans_are_in_order_and_only_labels_and_headings_stand_between(body: str) -> None:
    spans, at = split(body), 0
    for span in spans:
        assert at <= span.start < span.end <= len(body)
        assert body[span.start : span.end].strip() == body[span.start : span.end]
        at = span.end
    outside = body
    for span in reversed(spans):
        outside = outside[: span.start] + "\n" + outside[span.end :]
    for line in outside.splitlines():
        left = re.sub(r"\W", "", line)
        assert not left or line.lstrip(" 　").startswith(("#", "第", "*")) or re.match(r"[\s　#*]*(?:[一二十]+、|附件)", line)


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("第一條", "第二條", "第二條之一"),
        ("第 1 条", "第 2 条", "第 2 条之1"),
        ("第１條", "第２條", "第２條之１"),
        ("第　一　条", "第　二　条", "第　二　条　之　一"),
        ("**第一條**", "**第二條**", "**第二條之一**"),
    ],
)
def test_labels_are_read_in_either_script_and_however_they_are_spaced(first: str, second: str, third: str) -> None:
    body = (
        f"第一編 總則\n第一章　通則\n{first}　為了規範養犬，制定本條例。\n{second}\u3000犬隻應當登記。\n{third} 登記不收費。\n附錄：名錄\n"
    )
    spans = split(body)
    assert [article_number(span.article) for span in spans[:3]] == [(1, 0), (2, 0), (2, 1)]
    assert [body[span.start : span.end] for span in spans] == ["為了規範養犬，制定本條例。", "犬隻應當登記。", "登記不收費。", "名錄"]
    assert {(span.part, span.chapter) for span in spans[:3]} == {("第一编 总则", "第一章 通则")}


def test_long_numbers_spaced_out_on_a_justified_line() -> None:
    body = "第 一 百 二 十 三 条　甲。\n第 一 百 二 十 三 条 之 一　乙。\n第 一 百 二 十 四 条　丙。"
    assert [span.article for span in split(body)] == ["第一百二十三条", "第一百二十三条之一", "第一百二十四条"]


def test_a_document_in_formal_numerals_is_split_at_them() -> None:
    assert [span.article for span in split("壹、總則\n甲。\n貳、罰則\n乙。")] == ["第壹部分", "第贰部分"]
