"""What posts mean, on cases written by the rubric: half of each kind was developed on (`written`), half only measured (`held`)."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitoring.analysis import Analysis, analyse
from monitoring.watch import build_watch

CASES = Path(__file__).parent / "cases" / "meaning"
ROOT = Path(__file__).parents[2]
WATCH = build_watch()


@cache
def rows(kind: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (CASES / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines())


@cache
def read(text: str) -> Analysis:
    return analyse("", text, watch=WATCH)


def right(kind: str, half: str) -> Counter[str]:
    """How many labels of each sort the analysis meets."""
    found: Counter[str] = Counter()
    for row in rows(kind):
        if row["half"] == half:
            analysis = read(row["text"])
            found += Counter({name: 1 for name in ("intent", "attitude", "level") if name in row and row[name] == getattr(analysis, name)})
            found["missed"] += row.get("level") in (1, 2) and analysis.level not in (1, 2)
            found["false_alarm"] += row.get("level") in (0, 3, 4) and analysis.level in (1, 2)
    return found


LANDED: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("attitude", "written"): {"attitude": 23},  # of 30
    ("attitude", "held"): {"attitude": 17},  # of 30
    ("complaint", "written"): {"intent": 66},  # of 75
    ("complaint", "held"): {"intent": 12},  # of 15
    ("consult", "written"): {"intent": 26},  # of 32
    ("consult", "held"): {"intent": 25},  # of 32
    ("false_alarm", "written"): {"level": 36},  # of 46
    ("false_alarm", "held"): {"level": 35},  # of 47
    ("help", "written"): {"intent": 31},  # of 32
    ("help", "held"): {"intent": 29},  # of 32
    ("level_one", "written"): {"level": 51},  # of 53
    ("level_one", "held"): {"level": 46},  # of 52
    ("level_two", "written"): {"level": 49},  # of 51
    ("level_two", "held"): {"level": 44},  # of 50
    ("news", "written"): {"intent": 7, "level": 9},  # of 10, 10
    ("news", "held"): {"intent": 8, "level": 9},  # of 10, 10
    ("praise", "written"): {"intent": 45, "attitude": 45, "level": 50},  # of 50, 50, 50
    ("praise", "held"): {"intent": 22, "attitude": 22, "level": 39},  # of 50, 50, 50
    ("report", "written"): {"intent": 49},  # of 50
    ("report", "held"): {"intent": 45},  # of 50
    ("rumour", "written"): {"intent": 7, "level": 25},  # of 7, 37
    ("rumour", "held"): {"intent": 14, "level": 26},  # of 14, 39
    ("suggest", "written"): {"intent": 29},  # of 32
    ("suggest", "held"): {"intent": 23},  # of 32
}
"""What the analysis met when it landed, of the cases of each kind and half; fewer is a step back."""


@pytest.mark.parametrize(("kind", "half"), LANDED)
def test_as_many_cases_are_met_as_when_it_landed(kind: str, half: str) -> None:
    found = right(kind, half)
    assert {name: found[name] for name, least in LANDED[kind, half].items() if found[name] < least} == {}


def test_no_kind_of_case_goes_unmeasured() -> None:
    assert {kind for kind, _ in LANDED} == {path.stem for path in CASES.glob("*.jsonl")}


def test_grave_words_without_gravity_wake_nobody() -> None:
    woken = sum(right(kind, half)["false_alarm"] for kind in ("false_alarm", "rumour", "praise", "news") for half in ("written", "held"))
    assert woken <= 3


def test_grave_posts_are_not_missed() -> None:
    missed = sum(right(kind, half)["missed"] for kind in ("level_one", "level_two") for half in ("written", "held"))
    assert missed <= 12


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("路口井盖没盖，昨晚一名学生掉进去当场死亡，谁来负责？", "路口井盖没盖，哪天有人掉进去摔死了谁来负责？"),
        ("电梯坠落造成两人重伤，谁来承担责任？", "电梯这样抖，会不会坠落造成重伤？"),
        ("饭店煤气罐昨天爆炸了，难道没人管？", "饭店煤气罐放在门口，非要爆炸了才管吗？"),
    ],
)
def test_a_question_about_what_happened_leaves_it_grave_and_one_about_what_may_happen_does_not(told: str, asked: str) -> None:
    assert read(told).level in (1, 2)
    assert read(asked).level not in (1, 2)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("食堂的午饭吃倒了十几个孩子，都在呕吐", "group_harm", 10),
        ("婚宴吃完两百多人拉肚子，市监局来查", "group_harm", 200),
        ("自助餐吃完我们四个人都上吐下泻，投诉这家餐厅", "several_injured", 4),
    ],
)
def test_victims_are_counted(text: str, name: str, value: int) -> None:
    assert {factor.name: factor.value for factor in read(text).factors}[name] >= value


def test_every_ground_of_a_level_names_its_words() -> None:
    for row in (*rows("level_one"), *rows("level_two")):
        assert all(factor.span in row["text"] for factor in read(row["text"]).factors)


SEEDED = """
import json, sys
from monitoring.analysis import analyse
from monitoring.watch import build_watch
watch = build_watch()
for text in json.load(sys.stdin):
    print(analyse("", text, watch=watch))
"""


def test_the_same_post_is_read_alike_whatever_the_hash_seed() -> None:
    texts = json.dumps([row["text"] for kind in ("attitude", "level_two", "report") for row in rows(kind)][::3])
    outputs = {_run_with_seed(seed, texts) for seed in ("1", "2")}
    assert len(outputs) == 1


def _run_with_seed(seed: str, texts: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", SEEDED], cwd=ROOT, env=environment, input=texts, capture_output=True, text=True, check=True
    )
    return done.stdout
