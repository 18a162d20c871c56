"""The wizard writes a file that loads, whatever is answered."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.faults import StartError
from bot.init import write_settings
from bot.settings import load_settings


def answering(*answers: str) -> Callable[[str, str], str]:
    waiting = iter(answers)
    return lambda question, default: next(waiting) or default


def test_answers_become_settings_that_load(tmp_path: Path) -> None:
    path = tmp_path / "wensheng.toml"
    people = "李雯:duty+drafter，周明:duty+approver, 陈静:approver"
    write_settings(
        path, answering('东桥市"城管"局', "禾川省", "东桥市", "东桥城管,城管局", "12319", people, "https://example.invalid/feed.xml")
    )
    settings = load_settings(path)
    assert settings.department.name == '东桥市"城管"局'
    assert settings.department.names == ("东桥城管", "城管局")
    assert settings.department.duty_phone == "12319"
    assert {member.name: member.roles for member in settings.staff} == {
        "李雯": ("duty", "drafter"), "周明": ("duty", "approver"), "陈静": ("approver",),
    }  # fmt: skip
    assert [source.address for source in settings.sources] == ["https://example.invalid/feed.xml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_answered_still_loads(tmp_path: Path) -> None:
    path = tmp_path / "wensheng.toml"
    write_settings(path, answering("", "", "", "", "", "", ""))
    settings = load_settings(path)
    assert settings.groups[0].platform == "staff_room"
    assert sum("approver" in member.roles for member in settings.staff) == 2


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "wensheng.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(StartError, match="没有覆盖"):
        write_settings(path, answering())
    assert path.read_text(encoding="utf-8") == "mine"


def test_the_file_of_places_that_is_proposed_is_read_from_beside_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "wensheng.toml"
    write_settings(path, answering("", "", "", "", "", "", ""))
    path.write_text(path.read_text(encoding="utf-8").replace("# gazetteer_file", "gazetteer_file"), encoding="utf-8")
    assert load_settings(path).gazetteer_file == tmp_path / "places.csv"
