"""Wishes in people's words, and what the rules make of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.drafting.rewording import Around, Revised, revise
from casework.drafting.slots import SLOT, open_slots
from casework.drafting.wishes import WishKind, read_comment

QUOTE = "从事烧烤的摊位应当安装油烟净化设施，不得影响居民生活"
TEXT = f"""您反映的“桥头烧烤摊冒烟”，我们逐项答复：
一、您问能不能处罚。《云边烧烤管理办法》第九条规定：“{QUOTE}”。也就是说，摊位要装净化设施。队员去看的情况：【待核实：检查结果】。
二、您问多久解决。日期定下来就写在这里：【待核实：答复时间】。我们会请居民一起看。
三、您提出晚上有人管。如确有不当，依规处理，不回避。请您保留好视频。
河湾市城市管理局
【待核实：答复日期】"""
PHONE = "0571-86001234"
AROUND = Around({"值班电话": PHONE}, (("《云边烧烤管理办法》第九条", QUOTE),))


def revised(comment: str, text: str = TEXT, around: Around = AROUND) -> Revised:
    return revise(text, read_comment(comment), around)


@pytest.mark.parametrize(
    ("comment", "kinds"),
    [
        ("语气再软一点，删掉第二段", [WishKind.SOFTEN, WishKind.DELETE_PARAGRAPHS]),
        ("别用‘依规处理’，说清楚多久给结果", [WishKind.AVOID, WishKind.DEADLINE]),
        ("太长了，控制在 200 字以内", [WishKind.SHORTEN]),
        ("压到一百二十字", [WishKind.SHORTEN]),
        ("说人话，少点官腔", [WishKind.COLLOQUIAL, WishKind.COLLOQUIAL]),
        ("正式一些", [WishKind.FORMAL]),
        ("别那么凶", [WishKind.SOFTEN]),
        ("不要引法条了", [WishKind.NO_CLAUSE]),
        ("把依据加上", []),
        ("补一条依据", [WishKind.CLAUSE]),
        ("加上电话和道歉", [WishKind.APOLOGY, WishKind.PHONE]),
        ("写上什么时候给答复", [WishKind.DEADLINE]),
        ("称呼改成“市民朋友”", [WishKind.ADDRESS]),
        ("用你，不用您", [WishKind.INFORMAL_YOU, WishKind.INFORMAL_YOU]),
        ("把“请您保留好视频”改成“视频请先留着”", [WishKind.REPLACE]),
        ("去掉“不回避”", [WishKind.DELETE_WORDS]),
        ("第三段不要了", [WishKind.DELETE_PARAGRAPHS]),
        ("删除第１、２句", [WishKind.DELETE_SENTENCES]),
        ("别提居民", [WishKind.AVOID]),
        ("好的，谢谢", []),
    ],
)
def test_wishes_are_heard(comment: str, kinds: list[WishKind]) -> None:
    assert [wish.kind for wish in read_comment(comment).wishes] == kinds


def test_what_is_not_understood_is_named_and_the_rest_is_done() -> None:
    found = revised("写得像一首诗，删掉最后一句")
    assert "「写得像一首诗」没看懂" in found.undone[0]
    assert "请您保留好视频" not in found.text
    assert read_comment("好的，谢谢").puzzling == ()


def test_a_paragraph_goes_with_its_number_and_its_slots_are_named() -> None:
    found = revised("删掉第三段")
    assert "您问多久解决" not in found.text
    assert "二、您提出晚上有人管" in found.text
    assert "答复时间" in found.done[0]
    assert found.text.endswith("河湾市城市管理局\n【待核实：答复日期】")


def test_places_mean_what_they_meant_when_the_comment_was_written() -> None:
    found = revised("删第一段，删第三段")
    assert found.text.startswith("一、您问能不能处罚")
    assert "您问多久解决" not in found.text
    assert "您提出晚上有人管" in found.text


@pytest.mark.parametrize("comment", ["删掉最后一段", "删掉最后一句", "最后一句不要"])
def test_the_signature_is_no_paragraph(comment: str) -> None:
    assert revised(comment).text.endswith("河湾市城市管理局\n【待核实：答复日期】")
    assert "请您保留好视频" not in revised(comment).text


def test_a_notice_behind_the_date_belongs_to_the_signature() -> None:
    marked = f"{TEXT}（本文由人工智能辅助生成，经人工核实）"
    assert revised("删掉最后一句", marked).text.endswith("【待核实：答复日期】（本文由人工智能辅助生成，经人工核实）")
    assert f"请打{PHONE}。\n河湾市城市管理局" in revised("加上电话", marked).text


def test_a_place_that_is_not_there_is_refused_with_the_number_there_is() -> None:
    found = revised("删掉第九段")
    assert found.text == TEXT
    assert "只有 4 段" in found.undone[0]


def test_a_word_with_a_better_one_is_replaced_and_one_without_goes_with_its_phrase() -> None:
    assert "如确有不当，查清后按规定办，结果在这里公布，不回避" in revised("别用“依规处理”").text
    without = revised("别说“不回避”").text
    assert "如确有不当，依规处理。请您保留好视频。" in without


@pytest.mark.parametrize("comment", ["别用“油烟净化设施”", "把“应当安装”改成“可以安装”", "去掉“不得影响居民生活”"])
def test_words_of_a_quote_are_never_touched(comment: str) -> None:
    found = revised(comment)
    assert found.text == TEXT
    assert "不能改字" in found.undone[0]


def test_what_is_tidied_after_a_deletion_is_never_inside_a_quote() -> None:
    odd = "《云边办法》第一条规定：“甲，，乙。。丙！！”。如确有不当，依规处理，不回避。\n第二段。"
    found = revised("别说“不回避”，删掉第二段", odd)
    assert "“甲，，乙。。丙！！”" in found.text
    assert "\ue000" not in revised("别说“不回避”", f"\ue000{odd}").text


def test_a_text_is_shortened_by_what_carries_nothing_and_says_where_it_ends() -> None:
    found = revised("压到 60 字")
    assert QUOTE in found.text
    assert open_slots(found.text) == open_slots(TEXT)
    assert "我们会请居民一起看" not in found.text
    assert f"只能压到 {len(found.text)} 字" in found.done[0]
    enough = revised(f"压到 {len(TEXT) - 5} 字")
    assert len(enough.text) <= len(TEXT) - 5
    assert "只能" not in enough.done[0]


def test_clauses_go_with_their_explanation_and_come_back_word_for_word() -> None:
    without = revised("不引法条").text
    assert "《云边烧烤管理办法》" not in without
    assert "也就是说" not in without
    assert "一、您问能不能处罚。队员去看的情况" in without
    again = revised("加上依据", without)
    assert f"《云边烧烤管理办法》第九条规定：“{QUOTE}”。\n河湾市城市管理局" in again.text
    assert revised("加上依据").undone
    assert "没有找到" in revised("加上依据", without, Around({})).undone[0]


def test_what_is_added_is_a_verified_fact_or_an_open_slot() -> None:
    assert f"请打{PHONE}。\n河湾市城市管理局" in revised("加上电话").text
    open_phone = revised("加上电话", around=Around({}))
    assert "【待核实：值班电话】" in open_phone.text
    assert "还有待核实的要补" in open_phone.done[0]
    assert revised("加上电话", open_phone.text, Around({})).undone


def test_an_address_replaces_the_one_before() -> None:
    once = revised("称呼改成市民朋友").text
    assert once.startswith("市民朋友：\n您反映的")
    assert revised("称呼换成居民朋友们", once).text.startswith("居民朋友们：\n您反映的")


def test_softer_words_do_not_change_what_is_due() -> None:
    found = revised("语气软一点")
    assert "如果确实有做得不对的地方" in found.text
    assert QUOTE in found.text
    assert open_slots(found.text) == open_slots(TEXT)
    assert revised("语气软一点", found.text).text.count("我们理解") == 1


MANNERS = st.lists(
    st.sampled_from(
        ["软一点", "说人话", "正式一点", "用“你”", "别用“核实”", "加上道歉", "加上电话", "说清楚多久给结果", "称呼改成市民朋友"]
    ),
    max_size=4,
)
SENTENCES = (
    "我们看到了您说的情况。", "目前正在依法依规处理。", "【待核实：检查结果】。\n", "尽快核实后告知您。",
    f"《办法》第九条规定：“{QUOTE}”。",
    "您必须配合。\n", "一、您问能不能罚。", "二、您问多久。\n", "是否属实，何时公布，如何处理，尚未核实。", "责令改正。",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).map("".join)


@given(PIECES, MANNERS)
def test_a_change_of_manner_keeps_every_slot_and_every_quote(text: str, comments: list[str]) -> None:
    found = revise(text, read_comment("，".join(comments)), Around({}))
    assert set(open_slots(text)) <= set(open_slots(found.text))
    assert found.text.count(f"“{QUOTE}”") == text.count(f"“{QUOTE}”")
    assert not re.search("[，、][。，、]|^[，。]", SLOT.sub("事", found.text), re.MULTILINE)


@given(PIECES, st.text(max_size=40))
def test_no_comment_makes_the_rules_fail(text: str, comment: str) -> None:
    found = revise(text, read_comment(comment), Around({}))
    assert found.text
    assert found == revise(text, read_comment(comment), Around({}))
