"""The asks that stand in a post's own words: requests, questions, points, the headline's matter, and who stood by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.drafting.spoken import LONGEST, SHORTEST, Way, cut, spoken_asks


def said(text: str, place: str | None = None) -> dict[str, Way]:
    return {spoken.text: spoken.way for spoken in spoken_asks(text, place)}


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("希望有关部门尽快修好河湾路的公厕", "修好河湾路的公厕"),
        ("请相关部门对桥头夜市进行整治", "整治桥头夜市"),
        ("恳请领导督促开发商尽快补办竣工手续", "开发商补办竣工手续"),
        ("请问商铺门头换新要不要报批？", "商铺门头换新要不要报批"),
        ("想问一下这笔卫生费合法吗", "卫生费是否合法"),
        ("柳岸花园健身房不给退会员费", "解决健身房不给退会员费"),
        ("投诉云锦城物业私自停梯的问题\n电梯停了。", "查处云锦城物业私自停梯"),
    ],
)
def test_an_ask_is_cut_out_of_what_people_say(text: str, ask: str) -> None:
    assert ask in said(text)


def test_the_place_is_left_out_but_never_half_a_word() -> None:
    assert "修复路面塌陷" in said("河湾路与东岭路口北半幅路面塌陷\n很危险。", "河湾路与东岭路口北半幅")


def test_whoever_is_said_to_stand_by_is_asked_why() -> None:
    assert said("夜市又摆出来了，打电话给城管，城管一直踢皮球。")["城管为何踢皮球"] is Way.NEGLECT


def test_numbered_points_are_asks_where_they_name_a_trouble() -> None:
    found = said("【小区几件事】1.消防通道被堵塞 2.我们住了十年。3.楼顶违规搭棚")
    assert [text for text, way in found.items() if way is Way.ITEM] == ["解决消防通道被堵塞", "查处楼顶违规搭棚"]


@pytest.mark.parametrize("text", ["你们难道不会管吗？", "希望领导重视", "请给个说法", "良心哪里去了？", "恳请为民做主，谢谢"])
def test_outcries_and_empty_requests_are_no_asks(text: str) -> None:
    assert said(text) == {}


def test_what_only_looks_like_a_request_is_none() -> None:
    assert not [text for text, way in said("改造只到望江路以南为止，路边摆满了车").items() if way is Way.REQUEST]


@given(st.text("请希望问为什么何时是否能否修好路灯违建噪音，。？！\n【】1、2.的了@#*", max_size=200))
def test_any_text_gives_short_phrases_without_masks(text: str) -> None:
    for spoken in spoken_asks(text):
        assert SHORTEST <= len(spoken.text) <= LONGEST + 2
        assert "*" not in spoken.text
        assert "@" not in spoken.text


@given(st.text("修好路灯井盖和的人行道", min_size=1, max_size=60), st.integers(4, 20), st.booleans())
def test_a_cut_is_part_of_the_text_and_fits(text: str, longest: int, from_end: bool) -> None:
    part = cut(text, longest, from_end=from_end)
    assert part in text
    assert len(part) <= longest


def test_what_follows_the_word_for_requests_is_requested() -> None:
    found = said("路口积水\n市民来电反映：雨水口堵了，行人绕行。诉求：三天内疏通雨水口，并告知是谁负责。联系人在家。")
    assert found["三天内疏通雨水口"] is Way.REQUEST
    assert not any("联系人" in text for text in found)


def test_a_question_in_a_headline_stays_a_question() -> None:
    assert "摊位费交给街道还是市场" in said("摊位费交给街道还是市场\n没有人说得清。")
