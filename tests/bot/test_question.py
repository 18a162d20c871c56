"""Questions are told apart by what they ask for."""

import pytest

from bot.conversation.question import Kind, is_follow_up, looks_like_question, read_question


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("上周占道经营投诉多少，比前一周呢？", Kind.FIGURES),
        ("今天多少条，什么等级，哪个条线最多", Kind.FIGURES),
        ("本月养犬管理的举报有几件？", Kind.FIGURES),
        ("A12 怎么样了", Kind.CASE),
        ("a12?", Kind.CASE),
        ("B3处理到哪一步了", Kind.CASE),
        ("油烟投诉以前怎么回复的", Kind.PAST),
        ("之前夜市收费是怎么答复的？", Kind.PAST),
        ("夜间施工几点以后不行？", Kind.POLICY),
        ("罚款最多多少元", Kind.POLICY),
        ("隔壁市的夜市怎么收费？", Kind.POLICY),
        ("怎么用？", Kind.HELP),
    ],
)
def test_kinds(text: str, kind: Kind) -> None:
    assert read_question(text).kind is kind


def test_a_case_question_names_its_case() -> None:
    assert read_question("a12 怎么样了").case_number == "A12"


def test_follow_ups_and_talk() -> None:
    assert is_follow_up("那上个月呢？")
    assert not is_follow_up("夜间施工几点以后不行？")
    assert looks_like_question("夜间施工几点以后不行？")
    assert not looks_like_question("好？")
    assert looks_like_question("找案例 夜市 收费"), "a refused answer proposes exactly this"
    assert read_question("找案例 夜市 收费").kind is Kind.PAST
