"""From values to markup: nothing that people wrote becomes markup, links lead where links may lead."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.staff_room.rendering import changed, checked, folded, left, link, marks, quoted
from casework.checks.finding import Finding, Severity
from casework.difference import difference
from storage.clock import CHINA

NOW = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)
words = st.text(alphabet="ab*<>&'\"【】待核实：。", max_size=40)


@given(words)
def test_marking_adds_only_marks_and_loses_no_word(text: str) -> None:
    html = str(marks(text))
    for tag in ("<mark class='slot'>", "</mark>", "<strong>", "</strong>"):
        html = html.replace(tag, "**" if "strong" in tag else "")
    assert "<" not in html
    assert unescape(html) == text


def test_open_facts_stand_out_and_stars_make_bold() -> None:
    assert marks("**37 件**，【待核实：时限】前") == "<strong>37 件</strong>，<mark class='slot'>【待核实：时限】</mark>前"


def test_changes_are_marked_and_what_people_wrote_is_no_markup() -> None:
    assert changed(difference("我们晚上<b>处理油烟", "我们晚上到场油烟")) == "我们晚上<del>&lt;b&gt;处理</del><ins>到场</ins>油烟"


@given(words, words)
def test_only_a_quote_that_stands_there_is_highlighted(text: str, quote: str) -> None:
    html = str(quoted(text, quote))
    assert unescape(html.replace("<mark class='quote'>", "").replace("</mark>", "")) == text
    assert ("<mark" in html) == (bool(quote) and quote in text)


def finding(name: str, span: str, severity: Severity = Severity.BLOCK) -> Finding:
    return Finding(name, severity, span, f"“{span}”不行", "改掉")


@given(words, st.lists(st.text(alphabet="ab<&", min_size=1, max_size=3), max_size=3))
def test_marking_what_the_checks_found_loses_no_word(text: str, spans: list[str]) -> None:
    html = str(checked(text, [finding("x", span) for span in spans]))
    assert unescape(re.sub(r"<mark[^>]*>|</mark>", "", html)) == text
    assert ("<mark" in html) == (bool(re.search("【待核实：[^【】]*】", text)) or any(span in text for span in spans))


def test_findings_of_one_kind_stand_in_one_line() -> None:
    first, second, other = finding("unfounded", "三月"), finding("unfounded", "六日"), finding("blame", "临时工")
    assert folded([first, other, second]) == [(first, [second]), (other, [])]


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/cases/A12/draft", "/as/liwen/cases/A12/draft"),
        ("https://example.org/p/1", "https://example.org/p/1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//evil.example/x", ""),
        ("/\\evil.example", ""),
        ("cases/A12", ""),
        ("http://", ""),
        ("http://[not-an-address", "http://[not-an-address"),
        ("", ""),
    ],
)
def test_a_card_s_link_leads_into_the_room_or_to_the_web(target: str, address: str) -> None:
    assert link(target, "/as/liwen") == address


TIMES_LEFT = {285: "剩 4 小时 45 分", 45: "剩 45 分钟", 0: "剩 0 分钟", -70: "超时 1 小时 10 分", 3 * 1440 + 5: "剩 3 天"}


@pytest.mark.parametrize(("minutes", "wording"), TIMES_LEFT.items())
def test_the_time_left_is_said_in_words(minutes: int, wording: str) -> None:
    assert left(NOW + timedelta(minutes=minutes), NOW) == wording
