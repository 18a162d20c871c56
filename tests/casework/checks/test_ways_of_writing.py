"""The same fault in other ways of writing: both scripts, both widths, spelt out, broken up."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.check import check_reply
from casework.checks.citations import mentions
from casework.checks.exposure import diversions, links, personal_data
from casework.checks.names import organisations, places, strangers
from casework.checks.plain import plain
from casework.checks.promises import past_promises, promises, vague_promises
from casework.checks.statements import unfounded
from language.script import to_traditional
from storage.clock import CHINA
from tests.casework.checks.test_reply import CLAUSES, CLEAN, DESK, DOUBTFUL, MATTER, NOW, PLANTED, checked, clause

ALIKE = [name for name in (*PLANTED, *DOUBTFUL) if name not in ("too_long", "too_short")]


@pytest.mark.parametrize("name", ALIKE)
def test_a_text_in_traditional_characters_is_checked_the_same(name: str) -> None:
    text = to_traditional((PLANTED | DOUBTFUL)[name])
    assert name in {finding.name for finding in checked(text)}


def test_a_clean_text_in_traditional_characters_is_clean() -> None:
    assert [finding.name for finding in checked(to_traditional(CLEAN)) if finding.blocking] == []


@given(st.lists(st.sampled_from([*PLANTED.values(), *DOUBTFUL.values()]), min_size=1, max_size=3).map("\n".join), st.booleans())
def test_every_span_is_an_exact_piece_of_the_text(text: str, traditional: bool) -> None:
    text = to_traditional(text) if traditional else text
    for finding in checked(text):
        assert finding.span == (text[finding.start : finding.end] if finding.start >= 0 else "")


@given(st.text(max_size=60))
def test_plain_writing_keeps_every_place(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_the_button_mends_what_it_can() -> None:
    text = CLEAN.replace("应当安装油烟净化", "可以安装油烟净化")
    (altered,) = [finding for finding in checked(text) if finding.name == "quote_altered"]
    assert altered.replacement is not None
    mended = text[: altered.start] + altered.replacement + text[altered.end :]
    assert [finding.name for finding in checked(mended) if finding.blocking] == []


def test_a_wrong_number_whose_quotation_stands_elsewhere_in_the_law_is_put_right() -> None:
    text = "《云边市容条例》第三条规定：“第二项应当清理”。"
    found = check_reply(text, clauses=CLAUSES, matter=MATTER, channel="情况通报", desk=DESK, now=NOW)
    assert [finding.replacement for finding in found if finding.name == "clause_unknown"] == ["《云边市容条例》第二条"]


def test_a_law_is_named_without_marks_or_without_its_article() -> None:
    named = mentions("根据云边市容条例第三条，应当清理。")
    assert [(mention.title, mention.article) for mention in named] == [("云边市容条例", "第三条")]
    (quoted,) = mentions("《云边市容条例》规定：“第一项可以清理”。")
    assert (quoted.article, quoted.quote) == ("", "第一项可以清理")
    assert "quote_altered" in {finding.name for finding in checked(CLEAN + "《云边市容条例》规定：“第一项可以清理”。")}


@pytest.mark.parametrize("title", ["云边实施《油烟法》办法", "云边实施〈油烟法〉办法"])
@pytest.mark.parametrize("stored", ["云边实施《油烟法》办法", "云边实施〈油烟法〉办法"])
def test_a_title_may_hold_another(title: str, stored: str) -> None:
    law = [clause(stored, "第二条", "应当装净化设施。")]
    text = CLEAN + f"《{title}》第二条规定：“应当装净化设施”。"
    assert mentions(text)[-1].title == title
    findings = check_reply(text, clauses=[*CLAUSES, *law], matter=MATTER, channel="12345/留言板答复", desk=DESK, now=NOW)
    assert [finding.name for finding in findings if finding.blocking] == []
    assert "clause_unknown" in {finding.name for finding in checked(text)}


def test_a_paragraph_that_the_article_does_not_have_is_no_clause() -> None:
    assert "clause_unknown" in {finding.name for finding in checked(CLEAN.replace("第八条规定", "第八条第三款规定"))}


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.com/a", "http：//evil.com", "hxxps://evil.org/1", "www.evil.net",
        "ｗｗｗ．ｅｖｉｌ．ｃｏｍ", "evil.com.cn", "evil点com", "evil。cn",
        "evil[.]cn", "evil（点）top", "t.cn/A6abcd", "203.0.113.9:8080", "w w w . evil . com", "消息.中国", "ftp://evil.cc/x",
    ],
)  # fmt: skip
def test_an_address_is_found_in_every_disguise(address: str) -> None:
    assert links(f"详情请看{address} ，谢谢。")


@pytest.mark.parametrize("text", ["今天 10.5 公里", "3.6 米宽", "12345。请打", "第3.2节", "一点com都没有", "v1.2.3"])
def test_figures_are_no_addresses(text: str) -> None:
    assert not [span for span in links(text) if "com都" not in span.text]


def test_an_allowed_host_is_allowed_in_every_disguise_and_no_other() -> None:
    assert links("见 ｈｔｔｐｓ：//a.hewan.example.cn/x", ["hewan.example.cn"]) == ()
    assert links("见 hewan.example.cn.evil.com", ["hewan.example.cn"])


def test_codes_and_accounts_divert_unless_they_are_the_departments_own() -> None:
    assert [span.text for span in diversions("请扫描下方二维码，或关注“某某帮办”公众号。")] == ["扫描下方二维码", "公众号"]
    assert diversions("请看“河湾城管”公众号。", ["河湾城管"]) == ()


@pytest.mark.parametrize("number", ["139 1234 5678", "１３９１２３４５６７８", "幺三九幺二三四五六七八", "139-1234-5678", "①③⑨①②③④⑤⑥⑦⑧"])
def test_a_phone_number_is_found_in_every_disguise(number: str) -> None:
    assert personal_data(f"请打{number}，谢谢")
    assert personal_data(f"请打{number}，谢谢", ["值班手机 13912345678"]) == () or not number.isascii()


FACTS = "4月13日19:20到场，青禾区住建局会同清波街道办，共12户，处罚3家，2026年4月13日，罚款2000元"


@pytest.mark.parametrize("said", ["4 月 13 日到场", "19时20分到场", "十二户", "三家", "昨天到场", "2026年4月13日", "罚款2000元"])
def test_the_same_fact_in_other_words_has_its_ground(said: str) -> None:
    assert [span.text for span in unfounded(said, FACTS, "", date(2026, 4, 14))] == []


@pytest.mark.parametrize(
    "said",
    [
        "4月12日到场",
        "19:21到场",
        "十三户",
        "前天到场",
        "半数",
        "四成",
        "〔2026〕13号文",
        "WS20260413",
        "上周三去过",
        "二〇二五年",
        "百分之三十",
    ],
)
def test_another_fact_has_none(said: str) -> None:
    assert unfounded(said, FACTS, "", date(2026, 4, 14))


@pytest.mark.parametrize(
    "text",
    ["经办人郑兰立已说明", "由赵立队长处理", "摊主周晓燕的秤", "由副局长孔桂建牵头", "責任人為韋新（輔助人員）", "受伤的魏佑峰已出院"],
)
def test_a_person_is_named(text: str) -> None:
    assert strangers(text, "执法中队19:20到场")


@pytest.mark.parametrize(
    "text", ["公安局长办公会", "纪委的同志已介入", "我们高度重视", "申请人可以补材料", "左转车道", "老师和同学", "项目经理到场"]
)
def test_offices_and_everyday_words_are_no_persons(text: str) -> None:
    assert strangers(text, "") == ()


@pytest.mark.parametrize("text", ["已转云川区住建局", "伤者在安和骨科医院", "由宏远建设集团施工", "經雲川區疾病預防控制中心檢測"])
def test_an_organisation_is_named(text: str) -> None:
    assert organisations(text, FACTS)


@pytest.mark.parametrize(
    "text", ["青禾区住房和城乡建设局已到", "已转市住建局", "请物业公司整改", "送医院检查", "执法中队到场", "清波街道办"]
)
def test_an_organisation_that_is_known_or_nobodys_name_is_none(text: str) -> None:
    assert organisations(text, FACTS) == ()


@pytest.mark.parametrize("text", ["在凤起广场设点", "引导到云川夜市经营", "福興路的護欄"])
def test_a_place_is_named(text: str) -> None:
    assert places(text, "清波路")


@pytest.mark.parametrize("text", ["清波路的护栏", "占用道路", "走人行道", "农村公路", "小区门口", "这个夜市"])
def test_a_place_that_is_known_or_nobodys_name_is_none(text: str) -> None:
    assert places(text, "清波路") == ()


FRIDAY = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)
DUE = {
    "半小时内赶到现场": "2026-03-06 19:12",
    "两周之内装好净化器": "2026-03-20 18:42",
    "下个月10日前完成改造": "2026-04-10 18:00",
    "最迟明晚答复": "2026-03-07 23:59",
    "下月初给您结果": "2026-04-05 18:00",
    "季度末之前通报进展": "2026-03-31 18:00",
    "年底前建成": "2026-12-31 18:00",
    "清明前修好路灯": "2026-04-03 18:00",
    "国庆前完成修复": "2026-09-30 18:00",
    "五一节后回访": "2026-05-06 18:00",
    "今晚八点前清走垃圾": "2026-03-06 20:00",
    "不晚于本周日恢复供水": "2026-03-08 18:00",
    "我们已到场，今晚22点前公布结果": "2026-03-06 22:00",
    "三個工作日內回覆您": "2026-03-11 18:00",
    "七天内退还余额": "2026-03-13 18:42",
    "半个月内完成": "2026-03-21 18:42",
    "春节前拆完": "2027-01-20 18:00",
}


@pytest.mark.parametrize("text", DUE)
def test_a_promise_is_due_when_it_says(text: str) -> None:
    (found,) = promises(f"我们看到了。{text}。", FRIDAY)
    assert found.due_at == datetime.strptime(DUE[text], "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@pytest.mark.parametrize("text", ["网友问今晚公布吗", "市场夜里10点收摊", "单位应当在10个工作日内回复意见", "昨天22:00前已清走"])
def test_what_others_say_or_rules_demand_is_no_promise(text: str) -> None:
    assert promises(text, FRIDAY) == ()


@pytest.mark.parametrize(
    "text", ["我们会尽快答复您", "近期将安排检查", "择日召开协调会", "结果出来后第一时间告知", "我們將盡快處理", "待研究后再答复"]
)
def test_what_is_put_off_to_no_day_is_vague(text: str) -> None:
    assert vague_promises(f"我们看到了。{text}。")


@pytest.mark.parametrize(
    "text", ["我们立即到场制止", "三日内尽快答复", "拍下来马上告诉我们", "您说要尽快处理", "【待核实：时间】前尽快答复"]
)
def test_what_is_done_dated_or_asked_for_is_not_vague(text: str) -> None:
    assert vague_promises(text) == ()


def test_a_promise_whose_time_is_over_is_told() -> None:
    assert [found.text for found in past_promises("我们将在3月5日18:00前公布结果。", FRIDAY)] == ["我们将在3月5日18:00前公布结果"]
    assert past_promises("3月5日18:00到场检查。", FRIDAY) == ()
