"""Personal data leave the text, everything else stays where it was."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from language.masking import _DETECTORS, PersonalData, _Detector, mask_personal_data
from language.script import to_traditional

CASES = Path(__file__).parent / "cases"
"""Texts with ⟦what must be overwritten⟧; `masking.jsonl` was looked at while the rules were written, `masking_held.jsonl` was not."""
PLAIN = st.text(alphabet="投诉扰民，。路段噪音很大请处理 ", max_size=20)


def id_number(serial: int) -> str:
    stem = f"110105194912{serial % 30 + 1:02d}{serial % 1000:03d}"
    return stem + ric.calc_check_digit(stem + "0")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13812345678谢谢", "电话***********谢谢"),
        ("138-1234-5678", "*************"),
        ("+86 138 1234 5678", "*****************"),
        ("座机0571-88881234", "座机*************"),
        ("联系电话：88886666", "联系电话：********"),
        ("住锦绣家园3栋2单元501室", "住锦绣家园3栋2单元***室"),
        ("万科9-2-601", "万科9-2-***"),
        ("车牌浙A12345挡路", "车牌*******挡路"),
        ("邮箱abc.d@example.com。", "邮箱*****************。"),
        ("QQ：12345678", "QQ：********"),
        ("微信abc_12345", "微信*********"),
        ("我叫李小明，住", "我叫***，住"),
        ("联系人：欧阳修 来", "联系人：*** 来"),
        ("本人张伟，反映", "本人**，反映"),
        ("卡号4111 1111 1111 1111", "卡号*******************"),
        ("身份证110105194912310021", "身份证******************"),
        ("叫队员王小明、陈建国出来", "叫队员***、***出来"),
        ("当事人李某某称", "当事人*某某称"),
        ("@夜里的猫 看看", "@**** 看看"),
    ],
)
def test_personal_data_are_overwritten(text: str, masked: str) -> None:
    assert mask_personal_data(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "多次拨打12345、12315、12319和110无果",
        "客服400-800-1234不接",
        "楚春路199号5栋楼下",
        "订单号202412345678901234",
        "本人方便的时候再说",
        "2024年5月1日，第4111条",
        "工单110105194912310021",
        "青禾城管@青禾城管 快来",
        "尊敬的张市长，李局长说要查",
        "中山路的业主张贴了告示",
        "住在3栋，12楼有噪音",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert mask_personal_data(text).text == text


@given(PLAIN, st.integers(min_value=0, max_value=10_000), PLAIN)
def test_a_valid_id_number_never_survives(before: str, serial: int, after: str) -> None:
    number = id_number(serial)
    masked = mask_personal_data(before + number + after)
    assert masked.text[len(before) :] == "*" * len(number) + after
    assert masked.found[-1].kind == PersonalData.ID_NUMBER


@given(st.integers(min_value=10**14, max_value=10**15 - 1))
def test_a_bank_card_is_known_by_its_check_digit(stem: int) -> None:
    head = f"6{stem % 10**14:014d}"
    digit = luhn.calc_check_digit(head)
    wrong = str((int(digit) + 1) % 10)
    assert mask_personal_data(f"卡{head}{digit}").text == "卡" + "*" * 16
    assert mask_personal_data(f"卡{head}{wrong}").text == f"卡{head}{wrong}"


@given(st.text(max_size=120))
def test_masking_keeps_the_length_and_is_final(text: str) -> None:
    masked = mask_personal_data(text)
    assert len(masked.text) == len(text)
    covered = {place for found in masked.found for place in range(found.start, found.end)}
    assert all(masked.text[place] == ("*" if place in covered else text[place]) for place in range(len(text)))


def marked(text: str) -> tuple[str, set[tuple[int, int]]]:
    """A text without its marks, and the spans that they enclose."""
    spans = [(match.start() - 2 * number, match.end() - 2 * (number + 1)) for number, match in enumerate(re.finditer("⟦[^⟧]*⟧", text))]
    return re.sub("[⟦⟧]", "", text), set(spans)


def scored(texts: list[str]) -> tuple[float, float]:
    """Recall and precision over exact spans."""
    hits = wanted = found = 0
    for text in texts:
        plain, spans = marked(text)
        masked = {(piece.start, piece.end) for piece in mask_personal_data(plain).found}
        hits, wanted, found = hits + len(spans & masked), wanted + len(spans), found + len(masked)
    return hits / wanted, hits / found


def cases(name: str) -> list[str]:
    return [json.loads(line)["text"] for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("name", "recall", "precision"), [("masking.jsonl", 0.95, 0.98), ("masking_held.jsonl", 0.85, 0.92)])
def test_the_corpus_is_masked_as_well_as_it_was(name: str, recall: float, precision: float) -> None:
    got_recall, got_precision = scored(cases(name))
    assert got_recall >= recall
    assert got_precision >= precision


NAMES = [surname + given for surname, given in product("赵孙李吴郑王冯陈蒋沈韩杨", ("建华", "秀兰", "志明", "小红", "丽", "伟"))]
SETTINGS = (
    "当事人⟦{}⟧说秤被摔了。",
    "我叫⟦{}⟧，住在东门。",
    "城管队员⟦{}⟧态度很凶",
    "找⟦{}⟧局长反映过",
    "联系人：⟦{}⟧ 电话见下",
    "业主⟦{}⟧、居民反映",
)


def test_common_names_are_found_wherever_they_stand() -> None:
    texts = [setting.format(name) for setting, name in product(SETTINGS, NAMES)]
    recall, precision = scored(texts)
    assert recall >= 0.9
    assert precision >= 0.98


def test_names_are_found_in_traditional_script_as_in_simplified() -> None:
    texts = [to_traditional(SETTINGS[0].format(name)) for name in NAMES]
    assert scored(texts) == scored([SETTINGS[0].format(name) for name in NAMES])


@given(st.integers(min_value=13_000_000_000, max_value=19_999_999_999), st.sampled_from(("", " ", "-", ".", " - ")), st.booleans())
def test_a_mobile_number_never_survives_however_it_is_spaced(number: int, gap: str, in_figures: bool) -> None:
    figures = str.maketrans("0123456789", "零一二三四五六七八九") if in_figures else str.maketrans("", "")
    written = gap.join(str(number)).translate(figures)
    assert mask_personal_data(f"打{written}吧").text == "打" + "*" * len(written) + "吧"


@pytest.mark.parametrize("detector", [detector for detector in _DETECTORS if detector.needs_digit])
@given(data=st.data())
def test_what_is_only_looked_for_among_digits_holds_one(detector: _Detector, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(detector.pattern, alphabet=st.characters(codec="utf-8")))
    assert not [*detector.find(text)] or re.search(r"\d", text)
