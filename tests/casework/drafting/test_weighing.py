"""Which of many phrases are asked: the worthiest that differ."""

from hypothesis import given
from hypothesis import strategies as st

from casework.drafting.asking import asks_of
from casework.drafting.weighing import ANALYSED, MOST_ASKS, OTHER_TOPIC, Wish, distinct, same_ask, weightiest

PHRASES = st.text("整治解决夜市麻将馆噪音油烟扰民停水", min_size=2, max_size=10)


@given(st.lists(PHRASES, max_size=12))
def test_what_is_kept_differs_from_each_other(asks: list[str]) -> None:
    kept = distinct(asks)
    assert len(kept) <= MOST_ASKS
    assert not any(same_ask(one, other) for place, one in enumerate(kept) for other in kept[:place])


def test_of_two_that_ask_the_same_the_fuller_stands() -> None:
    assert distinct(["整治噪音", "整治麻将馆噪音"]) == ("整治麻将馆噪音",)
    told = "楼下麻将馆吵"
    assert weightiest([Wish("整治噪音", ANALYSED, 0, told), Wish("整治麻将馆噪音", ANALYSED, 1, told)]) == ("整治麻将馆噪音",)


def test_a_topic_that_is_only_touched_is_no_ask_beside_the_matter() -> None:
    told = "健身房不退会员费\n门口有车位。"
    asked = weightiest([Wish("退还会员费", ANALYSED, 0, told), Wish("清走违停车辆", OTHER_TOPIC, 1, told)])
    assert asked == ("退还会员费",)


def test_something_is_always_asked() -> None:
    assert asks_of("嗯", "其他", "投诉", ())


def test_news_is_asked_what_the_public_asks_of_such_news() -> None:
    asked = asks_of("某地没收一车西瓜", "执法行为与作风", "中性资讯", ("没收依据", "处理结果"))
    assert "没收依据" in asked
    assert any("属实" in ask for ask in asked)


def test_conduct_is_first_of_all_asked_whether_it_is_true() -> None:
    assert "属实" in asks_of("城管队员掀摊，秤都摔了", "执法行为与作风", "投诉", ())[0]


def test_a_place_that_is_often_noisy_is_no_noise() -> None:
    told = "KTV 办的充值卡\nKTV 关门了，充值卡里的钱不退。"
    assert not any("噪音" in ask for ask in asks_of(told, "消费维权", "投诉", ()))
    assert any("噪音" in ask for ask in asks_of("KTV 吵得睡不着\n楼下 KTV 天天唱到凌晨。", "噪声油烟扬尘", "投诉", ()))


def test_two_troubles_of_one_place_are_two_asks() -> None:
    assert not same_ask("整治饭店占道经营", "整治饭店油烟")
    assert same_ask("整治麻将馆噪音", "整治麻将馆夜夜扰民")


def test_praise_asks_only_what_it_says_outright() -> None:
    assert asks_of("公厕翻新了，点赞\n保洁阿姨很好，谢谢。", "环境卫生", "表扬", ("改善公厕卫生",)) == ()
    assert asks_of("公厕翻新了，点赞\n希望增设一个母婴台。", "环境卫生", "表扬", ()) == ("增设母婴台",)
