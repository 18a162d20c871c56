"""The kinds of findings: one table for people and one for the program, and what a department may decide."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.settings import DepartmentSettings, Settings
from casework.check import check_reply
from casework.checks.finding import Finding, Severity, found
from casework.checks.kinds import KINDS, NoSuchSetting, chosen
from tests.casework.checks.test_reply import CLEAN, DESK, DOUBTFUL, MATTER, NOW, PLANTED

DOCS = Path(__file__).parents[3] / "docs" / "checks.md"
GRAVITY = {"阻断": Severity.BLOCK, "提醒": Severity.WARN, "知会": Severity.INFO}


def test_the_table_in_the_docs_is_the_table_in_the_code() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \|.*\| (阻断|提醒|知会) \| (能|不能) \|$", DOCS.read_text(encoding="utf-8"))
    assert [(name, GRAVITY[gravity], can == "不能") for name, gravity, can in rows] == [(k.name, k.severity, k.core) for k in KINDS]


def test_every_kind_has_its_sentences() -> None:
    fields = {
        "name": "《甲法》第一条",
        "count": 4,
        "ask": "问",
        "due": "22:00",
        "length": 1,
        "channel": "微博评论",
        "longest": 1,
        "shortest": 1,
        "label": "AI",
    }
    for kind in KINDS:
        finding = found(kind.name, "某词", **fields)
        assert finding.severity is kind.severity
        assert finding.message
        assert finding.mend.endswith("。")


def with_checks(**decisions: str) -> tuple[Finding, ...]:
    desk = replace(DESK, checks=chosen(decisions))
    text = PLANTED["blame"] + DOUBTFUL["officialese"].removeprefix(CLEAN) + DOUBTFUL["evasive"].removeprefix(CLEAN)
    return check_reply(text, clauses=[], matter=MATTER, channel="12345/留言板答复", desk=desk, now=NOW)


def test_a_department_may_make_a_kind_graver_lighter_or_silent() -> None:
    found = {finding.name: finding.severity for finding in with_checks(blame="warn", evasive="block", officialese="off")}
    assert (found["blame"], found["evasive"]) == (Severity.WARN, Severity.BLOCK)
    assert "officialese" not in found
    assert {finding.name for finding in with_checks()} >= {"blame", "evasive", "officialese"}


@pytest.mark.parametrize("name", [kind.name for kind in KINDS if kind.core])
@pytest.mark.parametrize("wish", ["warn", "off"])
def test_the_core_cannot_be_made_lighter(name: str, wish: str) -> None:
    with pytest.raises(NoSuchSetting, match=name):
        chosen({name: wish})
    with pytest.raises(ValueError, match=name):
        Settings(department=DepartmentSettings(name="甲市城市管理局"), checks={name: wish})


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(NoSuchSetting, match="offcialese"):
        chosen({"offcialese": "off"})


def test_a_finding_survives_its_storing_and_an_old_one_without_a_place_is_read() -> None:
    finding = found("quote_altered", "可以安装", start=7, replacement="应当安装", name="《甲法》第一条")
    assert Finding.of_json(finding.to_json()) == finding
    old = {key: value for key, value in finding.to_json().items() if key not in ("start", "replacement")}
    assert Finding.of_json(old).button == ""
    assert finding.button == "改成“应当安装”"
    assert replace(finding, replacement="").button == "删掉“可以安装”"
