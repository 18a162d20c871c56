"""The places a department lists: its file, names in two districts, aliases, both scripts."""

from pathlib import Path

import pytest

from monitoring.analysis import analyse
from monitoring.errors import PolicyError
from monitoring.gazetteer import Gazetteer, KnownPlace, districts_of, read_gazetteer
from monitoring.watch import build_watch

TOML = """
[[place]]
name = "柳岸夜市"
kind = "市场"
district = "河东区"
aliases = ["柳岸街夜市", "老夜市"]

[[place]]
name = "文化路"
kind = "道路"
district = "河东区"

[[place]]
name = "文化路"
kind = "道路"
district = "河西区"
"""
CSV = "名称,类别,区,别名\n柳岸夜市,市场,河东区,柳岸街夜市、老夜市\n\n文化路,道路,河东区,\n文化路,道路,河西区,\n"


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig" if name.endswith("csv") else "utf-8")
    return path


@pytest.mark.parametrize(("name", "text"), [("places.toml", TOML), ("places.csv", CSV)])
def test_both_kinds_of_file_hold_the_same(tmp_path: Path, name: str, text: str) -> None:
    assert read_gazetteer(file(tmp_path, name, text)) == (
        KnownPlace("柳岸夜市", "市场", "河东区", ("柳岸街夜市", "老夜市")),
        KnownPlace("文化路", "道路", "河东区"),
        KnownPlace("文化路", "道路", "河西区"),
    )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "名称,类别\n柳岸夜市,集市\n", "第 2 行“柳岸夜市”的类别“集市”"),
        ("a.csv", "名称,类别\n\n,市场\n", "第 3 行缺少名称"),
        ("a.csv", "名称,颜色\n柳岸夜市,红\n", "第 2 行的“颜色”不认识"),
        ("a.csv", "名称,区\n柳岸夜市,河东区\n文化路,河东区\n柳岸夜市,河东区\n", "第 4 行的“柳岸夜市”与第 2 行重复"),
        ("a.csv", "名称,区\n柳岸夜市,河东区,多,了\n", "第 2 行的格数多于列名"),
        ("a.csv", "区,类别\n河东区,区\n", "第一行应当是列名"),
        ("a.toml", '[[place]]\nname = "柳岸夜市"\n\n[[place]]\nkind = "市场"\n', "第 4 行缺少名称"),
        ("a.toml", '[[place]]\nname = "柳岸夜市"\naliases = "老夜市"\n', "第 1 行“柳岸夜市”的别名"),
        ("a.toml", '[[place]]\nname = "柳岸夜市"\ndistrict = 3\n', "第 1 行“柳岸夜市”的区"),
        ("a.toml", 'places = ["柳岸夜市"]\n', "[[place]]"),
        ("a.toml", "[[place\n", "不是有效的 TOML"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_gazetteer(file(tmp_path, name, text))
    assert told in str(refused.value)
    assert name in str(refused.value)


def test_a_missing_file_is_told() -> None:
    with pytest.raises(PolicyError):
        read_gazetteer(Path("/nowhere/places.csv"))
    with pytest.raises(PolicyError):
        read_gazetteer(Path("/nowhere/places.toml"))


@pytest.mark.parametrize(
    ("text", "place", "district"),
    [
        ("老夜市的音响太吵了", "老夜市", "河东区"),
        ("柳岸街夜市12号摊占道", "柳岸街夜市12号", "河东区"),
        ("柳岸夜市的音響太吵", "柳岸夜市", "河东区"),
        ("河西区文化路路灯不亮", "河西区文化路", "河西区"),
        ("文化路路灯不亮，我们河东区没人管吗", "文化路", "河东区"),
        ("文化路路灯不亮", "文化路", None),
        ("北岭路路灯不亮", "北岭路", None),
    ],
)
def test_aliases_scripts_and_districts(tmp_path: Path, text: str, place: str, district: str | None) -> None:
    found = analyse("", text, watch=build_watch(gazetteer_file=file(tmp_path, "places.toml", TOML)))
    assert (found.place, found.district) == (place, district)


def test_a_name_of_two_districts_is_left_open_and_both_are_named(tmp_path: Path) -> None:
    watch = build_watch(gazetteer_file=file(tmp_path, "places.csv", CSV))
    assert any("河东区" in reason and "河西区" in reason for reason in analyse("", "文化路路灯不亮", watch=watch).reasons)
    assert not any("河东区" in reason for reason in analyse("", "河西区文化路路灯不亮", watch=watch).reasons)


def test_settings_and_file_are_known_together(tmp_path: Path) -> None:
    watch = build_watch(gazetteer={"河东区": ["望湖小区"]}, gazetteer_file=file(tmp_path, "places.toml", TOML))
    assert analyse("", "望湖小区停电", watch=watch).district == "河东区"
    assert analyse("", "老夜市停电", watch=watch).district == "河东区"


def test_thousands_of_places_are_found_by_the_longest_name() -> None:
    many = Gazetteer(KnownPlace(f"云岭{number}号院", district=f"{number % 7}区") for number in range(5000))
    mentions = many.mentions("我住云岭4321号院，不是云岭432号院")
    assert [(mention.start, mention.end) for mention in mentions] == [(2, 10), (13, 20)]
    assert districts_of(mentions) == ("2区",)
