"""Where a rule applies, and reading it from a title."""

import pytest

from knowledge_base.region import NATIONAL, Region, named_in_title, places_named


def test_a_suffix_makes_no_other_place() -> None:
    assert Region("浙江省", "杭州市") == Region("浙江", "杭州")
    assert Region("广西壮族自治区") == Region("广西")


@pytest.mark.parametrize(
    ("rule", "place", "applies"),
    [
        (NATIONAL, NATIONAL, True),
        (NATIONAL, Region("浙江", "杭州"), True),
        (Region("浙江"), Region("浙江", "杭州"), True),
        (Region("浙江"), Region("浙江"), True),
        (Region("浙江", "杭州"), Region("浙江", "杭州"), True),
        (Region("浙江", "杭州"), Region("浙江", "宁波"), False),
        (Region("浙江", "杭州"), Region("浙江"), False),
        (Region("浙江"), Region("山东", "济南"), False),
        (Region("浙江"), NATIONAL, False),
        (Region(None, "云川"), NATIONAL, False),
        (Region(None, "云川"), Region("江屿", "云川"), True),
    ],
)
def test_covers(rule: Region, place: Region, applies: bool) -> None:
    assert rule.covers(place) is applies


@pytest.mark.parametrize(
    ("title", "known", "region"),
    [
        ("中华人民共和国消防法", NATIONAL, NATIONAL),
        ("城市绿化条例", NATIONAL, NATIONAL),
        ("市场监督管理投诉办法", NATIONAL, NATIONAL),
        ("浙江省物业管理条例", NATIONAL, Region("浙江")),
        ("杭州市养犬条例", NATIONAL, Region("浙江", "杭州")),
        ("云川市养犬条例", NATIONAL, Region(None, "云川")),
        ("云川市养犬条例", Region("江屿省"), Region("江屿", "云川")),
        ("上海市绿化条例", Region("上海"), Region("上海")),
        ("上海市绿化条例", NATIONAL, Region("上海")),
        ("内蒙古自治区环境条例", NATIONAL, Region("内蒙古")),
        ("随便什么办法", Region("江屿省", "云川市"), Region("江屿", "云川")),
    ],
)
def test_named_in_title(title: str, known: Region, region: Region) -> None:
    assert named_in_title(title, known) == region


def test_places_named() -> None:
    assert places_named("商洛的小区和青岛市比") == {Region("陕西", "商洛"), Region("山东", "青岛")}
    assert places_named("我们小区的狗，今天水压低，中山路的来宾") == set()
    assert places_named("湖南省的办法") == {Region("湖南")}
