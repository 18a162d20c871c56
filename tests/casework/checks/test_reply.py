"""Planted faults in a clean reply: each is found, and the clean reply passes."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from casework.check import check_reply
from casework.checks.finding import Finding, Severity
from casework.desk import Department, Desk
from casework.drafting.history import EarlierPromise, History
from casework.drafting.matter import Matter, Post
from casework.promise import PromiseState
from knowledge_base.clause import Clause
from knowledge_base.region import NATIONAL, Region
from monitoring.watch import build_watch
from storage.clock import CHINA

NOW = datetime(2026, 3, 6, 21, 0, tzinfo=CHINA)
HERE = Region("云边省", "河湾市")
DESK = Desk(Department("河湾市城市管理局", region=HERE), build_watch(), allowed_links=("https://hewan.example.cn/report",))
MATTER = Matter(
    case_number="A1", headline="油烟", line="噪声油烟扬尘", level=4, place=None, intent="投诉", event_revision=1,
    posts=(Post("", "7 栋楼下的店冒油烟，投诉 3 次了。"),), asks=("整治餐饮油烟", "多久解决"),
    facts={"到场": "3 月 6 日 19:20，执法队员到场", "值班电话": "0571-86001234"}, region=HERE, department="河湾市城市管理局",
)  # fmt: skip
CLEAN = (
    "您反映的“7 栋楼下的店冒油烟”，我们逐项答复：\n"
    "一、您提出整治餐饮油烟。3 月 6 日 19:20，执法队员到场，要求店家打开净化设施。"
    "《云边油烟条例》第八条规定：“餐饮服务经营者应当安装油烟净化设施”。也就是说，这是店家该做到的。\n"
    "二、您问多久解决。改好以后我们再来看，结果写在这里；晚上再冒烟，请打 0571-86001234，值班的人接电话，当场记下地点和店名。"
    "您愿意的话，冒烟时拍一段带时间的视频，取证时用得上；店家没有按规定用净化设施的，我们照条文处理，不看谁的面子，也不让您一家家去找。\n"
    "河湾市城市管理局"
)


def clause(title: str, article: str, text: str, *, region: Region = NATIONAL, ended_on: date | None = None) -> Clause:
    return Clause(
        key=f"{title}|{article}", document_id=1, ordinal=1, article=article, text=text, start_offset=0, end_offset=1, text_hash="h",
        title=title, province=region.province, city=region.city, effective_on=date(2024, 1, 1), ended_on=ended_on, usable=True,
    )  # fmt: skip


CLAUSES = [
    clause("云边油烟条例", "第八条", "餐饮服务经营者应当安装油烟净化设施，并保持正常使用。"),
    clause("旧油烟办法", "第二条", "应当安装油烟净化设施。", ended_on=date(2025, 1, 1)),
    clause("远山市油烟办法", "第三条", "应当安装油烟净化设施。", region=Region("远山省", "远山市")),
    *(clause("云边市容条例", f"第{n}条", f"第{n}项应当清理。") for n in "一二三"),
]


def checked(text: str, *, channel: str = "12345/留言板答复") -> tuple[Finding, ...]:
    return check_reply(text, clauses=CLAUSES, matter=MATTER, channel=channel, desk=DESK, now=NOW)


def test_a_clean_reply_passes() -> None:
    assert [finding for finding in checked(CLEAN) if finding.severity is not Severity.INFO] == []


PLANTED = {
    "open_slot": CLEAN + "\n【待核实：谁到场】",
    "clause_unknown": CLEAN.replace("第八条", "第九十八条"),
    "clause_not_in_force": CLEAN + "《旧油烟办法》第二条另有规定。",
    "clause_elsewhere": CLEAN + "《远山市油烟办法》第三条另有规定。",
    "quote_altered": CLEAN.replace("应当安装油烟", "可以安装油烟"),
    "too_many_clauses": CLEAN + "".join(f"《云边市容条例》第{n}条规定：“第{n}项应当清理”。" for n in "一二三"),
    "unfounded": CLEAN.replace("19:20", "20:45"),
    "stranger": CLEAN + "现场由赵立队长处理。",
    "personal_data": CLEAN + "店主电话 13912345678。",
    "link": CLEAN + "详情见 https://evil.example.com/x 。",
    "blame": CLEAN + "那是临时工干的。",
    "threat": CLEAN + "请立即删帖。",
}
DOUBTFUL = {
    "evasive": CLEAN + "这不属于我单位职责。",
    "officialese": CLEAN + "我们高度重视。",
    "overpromise": CLEAN + "保证不再发生。",
    "inflame": CLEAN + "请勿炒作。",
    "playing_down": CLEAN + "影响不大。",
    "ask_missing": CLEAN.replace("您问多久解决", "另外"),
    "too_short": "您反映的事我们看了。整治餐饮油烟，多久解决，都在这里。",
    "too_long": CLEAN + "我们再说一遍。" * 100,
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_blocks(name: str) -> None:
    assert name in {finding.name for finding in checked(PLANTED[name]) if finding.blocking}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_wording_is_left_to_a_person(name: str) -> None:
    assert name in {finding.name for finding in checked(DOUBTFUL[name]) if finding.severity is Severity.WARN}


def test_a_comment_over_its_length_blocks() -> None:
    assert "comment_too_long" in {finding.name for finding in checked(CLEAN, channel="微博评论") if finding.blocking}


def test_blocking_findings_come_first_and_every_finding_says_how_to_mend_it() -> None:
    findings = checked("\n".join(PLANTED.values()) + "".join(DOUBTFUL.values()) + "明天 10 时前答复。")
    order = [list(Severity).index(finding.severity) for finding in findings]
    assert order == sorted(order)
    assert all(finding.message and finding.mend for finding in findings)
    assert {"promise"} <= {finding.name for finding in findings if finding.severity is Severity.INFO}


def test_the_citizens_numbers_need_his_name_and_the_citizens_quote_is_no_statement_of_ours() -> None:
    assert "unfounded" in {finding.name for finding in checked(CLEAN + "我们去了 3 次。")}
    assert "unfounded" not in {finding.name for finding in checked(CLEAN + "您说投诉 3 次了。")}
    assert "officialese" not in {finding.name for finding in checked(CLEAN + "您说的“高度重视”没有用，我们记下了。")}


def test_what_our_own_records_say_of_earlier_cases_has_its_ground() -> None:
    promise = EarlierPromise("3 月 1 日 18:00 前装好净化设施", NOW, PromiseState.BROKEN)
    known = replace(MATTER, history=History(count=4, broken=(promise,)))
    text = CLEAN + "我们答应过“3 月 1 日 18:00 前装好净化设施”，没有做到，这是第 4 件。"
    findings = check_reply(text, clauses=CLAUSES, matter=known, channel="12345/留言板答复", desk=DESK, now=NOW)
    assert "unfounded" not in {finding.name for finding in findings}
    assert "unfounded" in {finding.name for finding in checked(text)}


def test_a_clause_of_another_matter_is_doubted() -> None:
    dogs = clause("云边养犬条例", "第二条", "携犬出户应当束牵引带。")
    text = CLEAN + "《云边养犬条例》第二条规定：“携犬出户应当束牵引带”。"
    findings = check_reply(text, clauses=[*CLAUSES, dogs], matter=MATTER, channel="12345/留言板答复", desk=DESK, now=NOW)
    assert [finding.span for finding in findings if finding.name == "clause_off_topic"] == ["《云边养犬条例》第二条"]
    assert "clause_off_topic" not in {finding.name for finding in checked(CLEAN)}


def test_an_allowed_address_passes() -> None:
    assert "link" not in {finding.name for finding in checked(CLEAN + "举报入口 https://hewan.example.cn/report 。")}
