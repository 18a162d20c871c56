"""A grading policy from careless hands: read, or refused in one sentence that names the file and the place."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.errors import PolicyError
from monitoring.policy import BUILT_IN_POLICY, load_policy

BUILT_IN = BUILT_IN_POLICY.read_text(encoding="utf-8")


def load(folder: Path, text: str) -> None:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    load_policy(path)


def changed(old: str, new: str) -> str:
    assert old in BUILT_IN
    return BUILT_IN.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed("II = 6", "II = 12"), r"policy\.toml 的 \[levels\] 应当写明"),
        (changed("II = 6", "II = true"), r"\[levels\] 应当写明"),
        (changed("[item.death]", "[item.deth]"), "因素“deth”不存在"),
        (changed("points = 6", "points = -1"), "因素“death”应当写明"),
        (changed("floor = 1", "floor = 9"), "因素“death”应当写明"),
        (changed("增速为本条线平时 {value} 倍", "增速 {times} 倍"), "事件因素“speed”应当写明"),
        (changed('all = ["officer_violence", "video"]', 'all = ["officer_violence", "vidoe"]'), r"第 1 个 \[\[raise\]\] 有误"),
        (changed('all = ["officer_violence", "video"]', 'all = [["video"]]'), r"第 1 个 \[\[raise\]\] 有误"),
        ("item = 3\n[levels]\nI = 10\nII = 6\nIII = 3\n", r"\[item\] 应当由一节节因素组成"),
        ("[levels]\nI = 10\nII = 6\nIII = 3\n", r"\[item\] 缺少因素：death"),
        ("这不是 TOML", "不是有效的 TOML.*line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        load(tmp_path, text)


def test_a_section_written_with_one_bracket_too_few_is_told(tmp_path: Path) -> None:
    text = BUILT_IN[: BUILT_IN.index("[[raise]]")] + BUILT_IN[BUILT_IN.index("[event.speed]") :] + "[raise]\nlevel = 1\n"
    with pytest.raises(PolicyError, match=r"\[\[raise\]\] 要写两层方括号"):
        load(tmp_path, text)


ODD = st.sampled_from([3, -1, True, "", "甲{0}", [], [[]], {}, {"a": 1}, 1.5])
PLACES = st.sampled_from(
    [("levels",), ("levels", "I"), ("item",), ("item", "death"), ("item", "death", "points"), ("event", "speed", "steps"),
     ("event", "speed", "label"), ("event", "likes", "steps", 0), ("raise",), ("raise", 0), ("raise", 2, "any")]
)  # fmt: skip


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PLACES, ODD)
def test_any_odd_value_anywhere_is_accepted_or_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: tuple[Any, ...], odd: object
) -> None:
    content = copy.deepcopy(tomllib.loads(BUILT_IN))
    target: Any = content
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = odd
    monkeypatch.setattr("monitoring.policy.read_toml", lambda _: content)
    refusal = ""
    try:
        load_policy(tmp_path / "policy.toml")
    except PolicyError as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert not refusal or refusal.startswith("policy.toml")
