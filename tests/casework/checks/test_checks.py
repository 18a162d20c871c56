"""The single checks on their own."""

import re
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.checks.citations import mentions
from casework.checks.coverage import covers
from casework.checks.exposure import links, personal_data
from casework.checks.names import strangers
from casework.checks.promises import promises
from casework.checks.span import Span
from casework.checks.statements import unfounded
from casework.checks.wording import check_wording
from storage.clock import CHINA

NOW = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)
"""A Friday."""

PROMISED = {
    "结果会在今晚 22:00 前公布": "2026-03-06 22:00",
    "明天10时前答复您": "2026-03-07 10:00",
    "明晚 8 点半前说进展": "2026-03-07 20:30",
    "3月9日下午3点前通报": "2026-03-09 15:00",
    "三日内给您书面答复": "2026-03-09 18:42",
    "24小时内回访": "2026-03-07 18:42",
    "5个工作日内答复": "2026-03-13 18:00",
    "下周三前修好": "2026-03-11 18:00",
    "本月底前拆除": "2026-03-31 18:00",
    "下次答复的时间：3月7日 20:00": "2026-03-07 20:00",
}


@pytest.mark.parametrize("text", PROMISED)
def test_a_promise_is_found_with_its_time(text: str) -> None:
    (found,) = promises(f"我们看到了。{text}。", NOW)
    assert found.text == text
    assert found.due_at == datetime.strptime(PROMISED[text], "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    "text",
    ["您反映的3月9日的事", "昨天18:55已到场", "【待核实：今晚几点】前公布", "《条例》规定：“三日内答复”", "2月30日前办好", "3月1日前办好"],
)
def test_what_is_past_open_or_told_by_others_is_no_promise(text: str) -> None:
    assert promises(text, NOW) == ()


@example("0三日内")
@given(st.text("今明后天晚上下周三月底0123456789日号时点:前内工作小", max_size=25))
def test_any_words_of_time_are_read_without_failing(text: str) -> None:
    assert all(promise.due_at and promise.due_at > NOW for promise in promises(text, NOW))


def test_an_article_without_title_belongs_to_the_title_before() -> None:
    found = mentions("《甲法》第八条规定：“应当‘安装’”。违反的，按第一百条“处罚款”，同法第二条。“依照第九条”不算。")
    assert [(mention.title, mention.article, mention.quote) for mention in found] == [
        ("甲法", "第八条", "应当‘安装’"), ("甲法", "第一百条", "处罚款"), ("甲法", "第二条", ""),
    ]  # fmt: skip


def test_a_quote_within_a_quote_belongs_to_it() -> None:
    (found,) = mentions("《甲法》第八条规定：“标明“禁止”字样”。")
    assert found.quote == "标明“禁止”字样"


def test_the_short_and_the_full_title_are_the_same() -> None:
    assert mentions("《中华人民共和国甲法》第八条")[0].title == "甲法"


SENTENCES = st.lists(
    st.sampled_from(
        ["我们到了现场", "您反映有 3 家店", "共 5 家", "罚款二千元", "《乙法》规定", "第一时间赶到", "一、", "十分抱歉", "拨打12345"]
    ),
    min_size=1,
)


@given(SENTENCES.map("。".join))
def test_a_statement_is_where_it_says_and_known_once_it_is_told_to_be(text: str) -> None:
    found = unfounded(text, "", "")
    assert all(re.sub("，", ",", text[statement.start : statement.end]) == statement.text for statement in found)
    assert unfounded(text, text, "") == ()
    assert {statement.text for statement in unfounded(text, "", text)} <= {statement.text for statement in found}


def test_idioms_service_numbers_list_marks_and_slots_state_nothing() -> None:
    assert unfounded("1. 第一时间到场，十分抱歉，一起想办法，请打12345。\n二、【待核实：谁到场】", "", "") == ()


def test_what_the_citizen_told_needs_to_be_attributed() -> None:
    assert [statement.text for statement in unfounded("您反映投诉了3次。我们去了3次。", "", "投诉3次")] == ["3次"]


def test_a_person_is_a_stranger_until_a_fact_names_him() -> None:
    assert [person.text for person in strangers("由赵立队长处理", "")] == ["赵立队长"]
    assert strangers("由赵立队长处理", "赵立队长 19:20 到场") == ()


def test_hosts_are_compared_whole() -> None:
    allowed = ("https://hewan.example.cn",)
    assert links("见 https://a.hewan.example.cn/x 和 hewan.example.cn", allowed) == ()
    assert links("见 http://evilhewan.example.cn", allowed) == (Span("http://evilhewan.example.cn", 2),)
    assert links("见 https://hewan.example.cn.evil.com/", allowed) == (Span("https://hewan.example.cn.evil.com/", 2),)


def test_a_verified_phone_may_stand_and_no_other() -> None:
    text = "请打 0571-86001234 或 13912345678"
    assert personal_data(text, ["0571-86001234"]) == (Span("13912345678", 19),)


@pytest.mark.parametrize("text", ["临时工", "请立即删帖", "不明真相的网友"])
def test_words_that_must_not_go_out_block(text: str) -> None:
    assert any(finding.blocking for finding in check_wording(f"这是{text}。"))


def test_an_ask_is_covered_by_its_words_in_any_order() -> None:
    assert covers("楼下烧烤店的油烟，我们去整治。", "整治烧烤店油烟")
    assert not covers("我们看到了。", "整治烧烤店油烟")
