"""Whose business a post is, on cases of our own: half of them were looked at while the rules and the model were made, half were not."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.item import Relevance
from monitoring.jurisdiction import HEADS, OWN_LINES, load_jurisdiction
from monitoring.jurisdiction_training import Row, shingles, train, without_copies
from monitoring.lines import OTHER
from monitoring.relevance import RelevanceVerdict, judge_relevance
from monitoring.watch import Watch, build_watch

CASES = Path(__file__).parent / "cases"
SMALL_LINES = (
    "市政设施", "园林绿化", "环境卫生", "养犬管理", "证照与无照经营", "产品质量与特种设备", "执法行为与作风", "消费维权", "食品安全",
    "停车与共享单车", "广告与不正当竞争",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    text: str
    relevance: Relevance
    line: str
    verdict: RelevanceVerdict

    @property
    def is_ours(self) -> bool:
        return self.relevance.is_ours


@cache
def watch() -> Watch:
    return build_watch()


def judge(text: str) -> RelevanceVerdict:
    return judge_relevance(watch().read("", text), watch().rules)


@cache
def judged(half: str) -> tuple[Judged, ...]:
    rows = [json.loads(line) for line in (CASES / f"lines_{half}.jsonl").read_text(encoding="utf-8").splitlines()]
    return tuple(Judged(row["text"], Relevance(row["relevance"]), row["line"], judge(row["text"])) for row in rows)


def relevance_f1(cases: Sequence[Judged]) -> float:
    hits = sum(case.is_ours and case.verdict.relevance.is_ours for case in cases)
    return 2 * hits / (sum(case.is_ours for case in cases) + sum(case.verdict.relevance.is_ours for case in cases))


def line_macro_f1(cases: Sequence[Judged]) -> float:
    ours = [case for case in cases if case.is_ours]
    scores = []
    for line in SMALL_LINES:
        hits = sum(case.line == line == case.verdict.line for case in ours)
        scores.append(2 * hits / (sum(case.line == line for case in ours) + sum(case.verdict.line == line for case in ours)))
    return sum(scores) / len(scores)


@pytest.mark.parametrize("half", ["seen", "held"])
def test_each_half_holds_fifty_cases_of_every_small_line_in_both_scripts(half: str) -> None:
    counts = Counter(case.line for case in judged(half) if case.is_ours)
    assert all(counts[line] >= 50 for line in SMALL_LINES)
    assert sum(not case.is_ours for case in judged(half)) >= 70
    assert {case.text for case in judged("seen")}.isdisjoint(case.text for case in judged("held"))


@pytest.mark.parametrize(("half", "relevance", "line"), [("seen", 0.97, 0.90), ("held", 0.90, 0.62)])
def test_the_figures_that_were_reached_do_not_fall(half: str, relevance: float, line: float) -> None:
    assert relevance_f1(judged(half)) >= relevance
    assert line_macro_f1(judged(half)) >= line


def test_private_life_in_our_words_and_other_departments_business_ring_seldom() -> None:
    others = [case for case in judged("held") if not case.is_ours]
    assert sum(case.verdict.relevance.is_ours for case in others) <= 0.35 * len(others)


def test_the_reason_of_the_model_is_words_of_the_post() -> None:
    text = "井圈下陷，車子過去“咣”一聲，樓上聽得真真的"
    verdict = judge(text)
    assert (verdict.relevance, verdict.line) == (Relevance.YES, "市政设施")
    named, words = verdict.reason.split("：")
    assert named == "市政设施（用语相近）"
    assert all(word in text for word in words.split("、"))


def test_where_a_rule_speaks_it_decides_and_gives_the_reason() -> None:
    assert judge("电梯困人，请处理。").reason == "产品质量与特种设备：电梯、困人"
    assert judge("公积金断缴了怎么补缴").relevance is Relevance.NO


@given(st.text(max_size=200))
def test_any_text_gets_an_opinion(text: str) -> None:
    opinion = load_jurisdiction().opinion(watch().read("", text).ngrams)
    assert np.isfinite(opinion.ours)
    assert opinion.lines.sum() == pytest.approx(1, abs=1e-4)
    assert opinion.line in OWN_LINES
    assert not opinion.elsewhere.is_ours
    assert judge(text).line in (*OWN_LINES, OTHER)


def test_training_learns_what_it_is_shown() -> None:
    shown = {
        "市政设施": "路灯不亮井盖破了",
        "养犬管理": "大狗没拴绳追着人咬",
        "noise": "今天和朋友看电影真开心",
        "no": "公积金贷款怎么办理",
    }
    rows = [Row(watch().read("", f"{text}{number}").ngrams, target, 1.0) for target, text in shown.items() for number in range(6)]
    model = train(rows)
    assert model.weights.dtype == np.int8
    assert model.weights.shape[1] == len(HEADS)
    for target, text in shown.items():
        opinion = model.opinion(watch().read("", text).ngrams)
        assert (opinion.ours > 0) == (target in OWN_LINES)
        assert target in (opinion.line, opinion.elsewhere.value)


def test_copies_of_texts_that_are_measured_on_are_kept_out_of_training() -> None:
    measured = [{"text": "锦鹭苑楼下的夜宵摊每天摆到凌晨三点，油烟熏得人睡不着觉"}]
    copy = {"text": "转：锦鹭苑楼下的夜宵摊，每天摆到凌晨三点油烟熏得人睡不着！！"}
    other = {"text": "菱塘路的路灯坏了两个星期，晚上一片漆黑，请尽快派人来修"}
    assert list(without_copies([copy, other], shingles(measured))) == [other]
