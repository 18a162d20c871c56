"""One short line: place first, then what happened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.headline import LONGEST, gravity, headline


@pytest.mark.parametrize(
    ("place", "title", "text", "line"),
    [
        ("北门夜市", "", "网传队员掀翻摊位，秤都摔了", "北门夜市：网传队员掀翻摊位"),
        ("北门夜市", "北门夜市网传队员掀翻摊位", "……", "北门夜市：网传队员掀翻摊位"),
        ("汀岚花苑", "", "尊敬的局长您好：我们小区楼下油烟直排", "汀岚花苑：我们小区楼下油烟直排"),
        (None, "", "@某某发布 #油烟# 楼下烧烤店油烟直排，三次投诉", "楼下烧烤店油烟直排"),
        (None, "", "市民来电反映：路灯三天不亮，请处理", "路灯三天不亮"),
        ("渡口早市", "", "我的天我正买菜！渡口早市队员把豆腐摊掀翻了，大家快看", "渡口早市：网传队员把豆腐摊掀翻了"),
        ("渡口早市", "", "【渡口早市打人啦】十几个城管围着一个大爷，掀摊子、抢秤！转起来！", "渡口早市：网传掀摊子、抢秤"),
        ("渡口早市", "渡口早市执法人员掀翻摊位", "市民来电反映：今早目睹。诉求：调查。", "渡口早市：市民反映执法人员掀翻摊位"),
        ("渡口早市", "", "渡口早市的队员没骂人，还帮我推车", "渡口早市：队员没骂人"),
        ("碧波苑3栋", "碧波苑3栋右边那部电梯，上周掉了两次", "", "碧波苑3栋：右边那部电梯，上周掉了两次"),
        ("云水小区", "", "云水小区内违规停水，还要收六十元", "云水小区：违规停水，还要收六十元"),
        ("湖滨小学", "", "湖滨小学的家长有没有？孩子午饭后呕吐，老师让去接", "湖滨小学：孩子午饭后呕吐"),
        ("汀岚花苑", "", "投诉三次了！楼下烧烤店油烟直排，受不了", "汀岚花苑：楼下烧烤店油烟直排"),
        ("长桥路", "", "昨晚长桥路井盖竟然没了", "长桥路：井盖没了"),
        ("长桥路", "", "长桥路有人当场死亡", "长桥路：网友反映有人当场死亡"),
        ("长桥路", "长桥路“好邻居”店卖过期牛奶的问题", "", "长桥路：“好邻居”店卖过期牛奶"),
    ],
)
def test_examples(place: str | None, title: str, text: str, line: str) -> None:
    assert headline(place, title, text) == line


def test_a_deed_of_officers_weighs_more_than_a_matter_and_a_death_most() -> None:
    told = ("今晚人好多", "路灯不亮请维修路面", "网传城管掀翻摊位", "网友反映一人死亡")
    assert [gravity(line) for line in told] == sorted(gravity(line) for line in told)
    assert gravity(told[2]) == 2
    assert gravity(told[3]) == 3
    assert gravity("城管没有掀翻摊位") < 2
    assert gravity("午饭后二十多个孩子呕吐") > gravity("午饭后孩子呕吐")


@given(st.none() | st.text(max_size=20), st.text(max_size=80), st.text(max_size=200))
def test_never_empty_never_long_never_broken(place: str | None, title: str, text: str) -> None:
    line = headline(place, title, text)
    assert 0 < len(line) <= LONGEST
    assert "\n" not in line
    assert place or not set("！!") & set(line)
