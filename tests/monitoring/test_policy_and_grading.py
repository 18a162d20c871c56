"""The grading policy and the levels it makes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.doubts import doubts
from monitoring.errors import PolicyError
from monitoring.factors import Factor, weigh
from monitoring.grading import EventSpread, grade_event, grade_item, graver
from monitoring.policy import BUILT_IN_POLICY, EVENT_FACTORS, ITEM_FACTORS, load_policy
from monitoring.sign import Sign

POLICY = load_policy()
QUIET = EventSpread(
    item_count=1,
    distinct_count=1,
    source_count=1,
    minutes_since_first=0,
    per_minute=0,
    baseline_ratio=1,
    likes=0,
    negative_share=0,
    unanswered_repeats=0,
)


def factor(name: str, value: float = 1) -> Factor:
    return weigh(Sign(name, value, "原话"), POLICY)


def item_level(*names: str) -> int:
    return grade_item([factor(name) for name in names], POLICY, alarming=True).level


@pytest.mark.parametrize(
    ("names", "level"),
    [
        ((), 4),
        (("video", "rumour"), 4),
        (("collective",), 3),
        (("hazard", "likes"), 3),
        (("officer_conduct", "video"), 2),
        (("several_injured", "collective"), 2),
        (("death",), 1),
        (("officer_violence",), 2),
        (("officer_violence", "video"), 1),
        (("officer_violence", "national_spread"), 1),
        (("hot_search",), 3),
        (("hot_search", "school_food"), 2),
        (("collective", "repeated"), 3),
        (("collective", "repeated", "hazard"), 2),
    ],
)
def test_the_level_of_one_post(names: tuple[str, ...], level: int) -> None:
    assert item_level(*names) == level


def test_no_alert_where_nothing_alarms() -> None:
    assert grade_item([factor("video")], POLICY, alarming=False).level == 0


def test_the_reasons_of_an_event_read_as_on_the_card() -> None:
    spread = replace(QUIET, item_count=17, distinct_count=8, source_count=3, baseline_ratio=40.2, negative_share=0.5)
    grade = grade_event(2, [factor("officer_conduct"), factor("video"), factor("video")], spread, POLICY)
    assert grade.reasons == ("涉执法行为 +3｜增速为本条线平时 40 倍 +2｜视频 +1｜跨 3 平台 +1 → II（≥6）",)
    assert (grade.level, grade.points) == (2, 7)


def test_a_level_that_rests_on_a_floor_says_so() -> None:
    assert grade_item([factor("death")], POLICY, alarming=True).reasons == ("致人死亡 +6 → I（致人死亡至少 I 级）",)
    together = grade_item([factor("officer_violence"), factor("video")], POLICY, alarming=True)
    assert together.reasons == ("执法人员施暴指控 +4｜视频 +1 → I（执法人员施暴指控、视频同时具备）",)
    assert grade_item([], POLICY, alarming=True).reasons == ("普通单件 → IV",)


FACTORS = st.lists(st.sampled_from(ITEM_FACTORS).map(factor), max_size=5)
SPREADS = st.builds(
    EventSpread,
    item_count=st.integers(1, 500),
    distinct_count=st.integers(1, 200),
    source_count=st.integers(1, 9),
    minutes_since_first=st.floats(0, 1e4),
    per_minute=st.floats(0, 50),
    baseline_ratio=st.floats(0, 200),
    likes=st.integers(0, 20_000),
    negative_share=st.floats(0, 1),
    unanswered_repeats=st.integers(0, 20),
)


@given(st.integers(0, 4), FACTORS, SPREADS)
def test_an_event_is_never_less_grave_than_its_items_and_nothing_raises_what_is_no_alert(
    level: int, factors: list[Factor], spread: EventSpread
) -> None:
    grade = grade_event(level, factors, spread, POLICY)
    assert grade.level == graver(grade.level, level)
    assert (grade.level == 0) == (level == 0)


@given(st.integers(1, 4), FACTORS, SPREADS, st.sampled_from(["distinct_count", "source_count", "likes", "unanswered_repeats"]))
def test_more_spread_never_lowers_a_level(level: int, factors: list[Factor], spread: EventSpread, name: str) -> None:
    wider = replace(spread, **{name: getattr(spread, name) * 2})
    before, after = grade_event(level, factors, spread, POLICY), grade_event(level, factors, wider, POLICY)
    assert graver(after.level, before.level) == after.level


@given(st.integers(1, 4), FACTORS)
def test_without_spread_an_event_stands_where_its_items_stand(level: int, factors: list[Factor]) -> None:
    assert grade_event(level, factors, QUIET, POLICY).level == level


def test_a_factor_survives_being_stored() -> None:
    assert Factor.from_json(factor("collective", 320).to_json()) == factor("collective", 320)
    assert factor("collective", 320).reason == "集体性（320） +2"


def test_the_built_in_policy_weighs_every_factor() -> None:
    assert set(POLICY.item) == set(ITEM_FACTORS)
    assert set(POLICY.event) == set(EVENT_FACTORS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("II = 6", "II = 2"), "应当写明 I、II、III 的分数线"),
        (lambda text: text.replace("[item.death]", "[item.deaths]"), "因素“deaths”不存在"),
        (lambda text: text.replace("[event.speed]", "[event.haste]"), "因素“haste”不存在"),
        (lambda text: text.replace('label = "致人死亡"\npoints = 6', 'label = "致人死亡"\npoints = "6"'), "因素“death”应当写明"),
        (lambda text: text.replace("floor = 1", "floor = 9", 1), "因素“death”应当写明"),
        (lambda text: text.replace('[item.video]\nlabel = "视频"\npoints = 1\nfloor = 0\n', ""), "缺少因素：video"),
        (lambda text: text.replace('all = ["officer_violence", "video"]', 'all = ["nonsense"]'), r"个 \[\[raise\]\] 有误"),
        (lambda text: text.replace("{ from = 3, points = 1 }", "{ at = 3 }", 1), "事件因素“sources”应当写明"),
        (lambda text: text + "\n[[", "不是有效的 TOML"),
    ],
)
def test_a_policy_that_cannot_be_used_says_why(tmp_path: Path, change: Callable[[str], str], message: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(change(BUILT_IN_POLICY.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(PolicyError, match=message):
        load_policy(path)


def test_doubts_name_what_nobody_has_verified() -> None:
    assert doubts([factor("officer_conduct"), factor("video"), factor("dispute")]) == [
        "双方说法不一",
        "是否受伤、伤情如何、执法经过、视频是否完整：未核实",
    ]
    assert doubts([factor("rumour")]) == ["消息来源不明"]
    assert doubts([factor("collective")]) == []
