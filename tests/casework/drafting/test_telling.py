"""How a matter is told: what is claimed, since when, how often, by whom answered, in which mood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.drafting.telling import LENGTHS, MOST_CLAIMS, SEVERAL, ClaimKind, Mood, Telling, read_telling

POST = (
    "柳岸花园楼下烧烤店油烟直排\n住在三楼，烧烤店每天晚上六点到凌晨两点往楼上排油烟，已经两年多了。"
    "投诉三次，城管说管不了室内的店。孩子晚上咳得睡不着，退租还要扣 2000 元押金！！到底有没有人管？"
)


def test_everything_is_told_in_the_citizens_words() -> None:
    told = read_telling([POST])
    assert told.when == "每天晚上六点到凌晨两点"
    assert told.lasting.startswith("已经两年多")
    assert (told.complained, told.times_complained) == ("投诉三次", 3)
    assert "管不了" in told.answer_told
    assert told.affected == ("孩子",)
    assert "孩子晚上咳得睡不着" in told.hurt
    assert told.mood is Mood.ANGRY


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("投诉了 5 次", 5),
        ("多次投诉无果", SEVERAL),
        ("打过十二次电话投诉", 12),
        ("打了 12345 三次", 3),
        ("第二次下雨就漏", 0),
        ("一次性交清", 0),
    ],
)
def test_complaints_are_counted_only_where_they_are_told(text: str, times: int) -> None:
    assert read_telling([text]).times_complained == times


@pytest.mark.parametrize(
    ("text", "lasting"),
    [("围挡长达半年没拆", "长达半年"), ("住了 3 年多的小区", "3 年多"), ("2019年交房", ""), ("三年级的学生", ""), ("两个月前", "")],
)
def test_how_long_is_no_date_and_no_grade(text: str, lasting: str) -> None:
    assert read_telling([text]).lasting.replace(" ", "") == lasting.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("请问门头换新要报批吗？谢谢", Mood.CALM),
        ("煤气味很重，我们很担心，求求你们快来看看", Mood.ANXIOUS),
        ("凭什么罚我们？简直无法无天", Mood.ANGRY),
        ("昨天就修好了，为你们点赞", Mood.GRATEFUL),
    ],
)
def test_the_mood_decides_how_a_reply_opens(text: str, mood: Mood) -> None:
    assert read_telling([text]).mood is mood


def test_accusations_masks_and_forms_of_address_are_not_repeated() -> None:
    told = read_telling(["他们天天收保护伞的钱，三年了。领导您好，每天晚上都吵。住 3 栋*号的业主每天晚上放音响。"])
    assert told.claims == ()


def test_nothing_told_nothing_claimed() -> None:
    assert read_telling([]) == Telling()
    assert read_telling(["嗯"]) == Telling()


@given(st.lists(st.text("每天晚上凌晨两三点投诉次多年了城管说孩子咳嗽。，！？\n*@0123456789（）“”", max_size=120), max_size=4))
def test_claims_are_short_exact_and_few(posts: list[str]) -> None:
    told = read_telling(posts)
    assert len(told.claims) <= MOST_CLAIMS
    for claim in told.claims:
        assert len(claim.text) in LENGTHS
        assert any(claim.text in post for post in posts)
        assert "*" not in claim.text
    for kind in ClaimKind:
        assert all(claim.kind is kind for claim in told.claims_of(kind))
