"""Why a candidate is proposed, and which of the next questions it leaves open."""

import pytest

from casework.drafting.explaining import questions, unanswered
from tests.casework.drafting.matters import matter
from tests.casework.drafting.test_composer import drafted

ASKED = "人伤了没有？执法记录仪的画面公不公开？"
TEXTS = {
    "nothing": ("我们看到了视频，正在核实。", (1, 2)),
    "only named": ("网友关心的是人伤了没有、执法记录仪的画面公不公开，查清后逐项答复。", (1, 2)),
    "left open": ("人伤了没有：【待核实：伤情】。", (1, 2)),
    "the first": ("摊主的手伤了，已经送到医院检查。人伤在右腕。", (2,)),
    "both": ("人伤在右腕，伤了骨头。执法记录仪的画面今晚公开。", ()),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_question_counts_as_answered_only_by_a_sentence_that_says_something(name: str) -> None:
    text, open_questions = TEXTS[name]
    assert unanswered(ASKED, text) == open_questions


def test_what_was_asked_already_is_no_next_question() -> None:
    for candidate in drafted(matter(asks=("能不能关店",)))[0].candidates:
        assert "关店" not in candidate.next_question
        assert 1 <= len(questions(candidate.next_question)) <= 2
