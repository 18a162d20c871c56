"""One short line: place first, then what happened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.headline import LONGEST, headline


@pytest.mark.parametrize(
    ("place", "title", "text", "line"),
    [
        ("北门夜市", "", "网传队员掀翻摊位，秤都摔了", "北门夜市：网传队员掀翻摊位"),
        ("北门夜市", "北门夜市网传队员掀翻摊位", "……", "北门夜市：网传队员掀翻摊位"),
        ("汀岚花苑", "", "尊敬的局长您好：我们小区楼下油烟直排", "汀岚花苑：我们小区楼下油烟直排"),
        (None, "", "@某某发布 #油烟# 楼下烧烤店油烟直排，三次投诉", "楼下烧烤店油烟直排"),
        (None, "", "市民来电反映：路灯三天不亮，请处理", "路灯三天不亮"),
    ],
)
def test_examples(place: str | None, title: str, text: str, line: str) -> None:
    assert headline(place, title, text) == line


@given(st.none() | st.text(max_size=20), st.text(max_size=80), st.text(max_size=200))
def test_never_empty_never_long_never_broken(place: str | None, title: str, text: str) -> None:
    line = headline(place, title, text)
    assert 0 < len(line) <= LONGEST
    assert "\n" not in line
