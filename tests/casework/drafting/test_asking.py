"""What many ask: the things that most posts want, in sober words."""

from casework.drafting.asking import MANY_POSTS, Heard, asks_of_many, asks_of_posts
from casework.drafting.weighing import MOST_ASKS
from prompts import frames

HEATED = "凭什么打人！！无法无天！"
HURT = "大爷送医院了，伤得重不重？"
VIDEO = "记录仪呢？把录像放全！"
WHEN = "几点给结果？"


def test_what_most_posts_want_is_asked_in_sober_words() -> None:
    assert asks_of_many([HURT, VIDEO, HURT, VIDEO, WHEN, WHEN, HEATED], "投诉")[:3] == (
        "人伤得怎么样",
        "完整视频和执法记录公不公开",
        "什么时候给结果",
    )


def test_one_voice_is_not_everybodys() -> None:
    assert "什么时候给结果" not in asks_of_many([HURT, VIDEO, HURT, VIDEO, WHEN], "投诉")


def test_few_posts_and_praise_tell_nothing() -> None:
    assert asks_of_many([HURT, VIDEO] * (MANY_POSTS // 2 - 1), "投诉") == ()
    assert asks_of_many([HURT, VIDEO] * MANY_POSTS, "表扬") == ()


def test_never_more_asks_than_a_reply_can_answer() -> None:
    everything = "".join(word for want in frames("asks")["want"] for word in want["words"])
    assert len(asks_of_many([everything] * MANY_POSTS, "投诉")) == MOST_ASKS


def test_the_asks_of_few_posts_are_put_together_each_once() -> None:
    posts = [
        Heard("河湾路 3 号夜市油烟扰民\n希望整治夜市油烟。"),
        Heard("", ("整治夜市油烟",)),
        Heard("夜市什么时候收摊？请清理夜市的垃圾。"),
    ]
    asked = asks_of_posts(posts, "噪声油烟扬尘", "投诉")
    assert sum("油烟" in ask for ask in asked) == 1
    assert any("什么时候" in ask for ask in asked)
    assert "清理夜市的垃圾" in asked


def test_the_decisive_post_goes_before_what_others_of_its_event_only_add() -> None:
    posts = [Heard("楼下烧烤店油烟\n能不能罚？哪天解决？"), *(Heard(f"路灯{name}不亮\n大家都知道。") for name in ("甲", "乙", "丙"))]
    assert {"能不能罚", "哪天解决"} <= set(asks_of_posts(posts, "噪声油烟扬尘", "投诉"))
