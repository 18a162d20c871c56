"""Personal data leave the text, everything else stays where it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from language.masking import PersonalData, mask_personal_data

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
        "身份证110105194912310021",
        "住在3栋，12楼有噪音",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert mask_personal_data(text).text == text


@given(PLAIN, st.integers(min_value=0, max_value=10_000), PLAIN)
def test_a_valid_id_number_never_survives(before: str, serial: int, after: str) -> None:
    number = id_number(serial)
    masked = mask_personal_data(before + number + after)
    assert masked.text == before + "*" * len(number) + after
    assert [found.kind for found in masked.found] == [PersonalData.ID_NUMBER]


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
