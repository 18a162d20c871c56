"""What a rule's own definitions add to an answer: the exact words, only where they answer, never more than three clauses."""

import pytest

from knowledge_base.region import Region
from retrieval.answering import definition_line
from retrieval.definitions import definitions_in, word_asked_for
from retrieval.library import Library
from tests.retrieval.shelves import CITY, TODAY, clause, library

TERMS = """本法中下列用语的含义：

（一）噪声排放，是指噪声源向周围生活环境辐射噪声；

（二）夜间，是指晚上十点至次日早晨六点之间的期间，设区的市级以上人民政府可以另行规定；

（三）特殊车辆，指救护车和消防车。"""


def test_the_rule_comes_before_the_words_that_define_it() -> None:
    answer = library().answer("夜间施工是几点到几点？", region=CITY, on=TODAY)
    assert [quote.clause.article for quote in answer.quotes] == ["第四十三条", "第八十八条"]
    assert "“夜间，是指晚上十点至次日早晨六点之间的期间。”（同法第八十八条）" in answer.text


def test_what_places_may_settle_otherwise_is_said() -> None:
    hit = clause(2, "国家噪声法", "第八十八条", TERMS).hit
    meanings = {each.term: each.quote for each in definitions_in([hit])}
    told = "（同法第八十八条；地方可以另行规定，知识库中没有本市的规定）"
    assert definition_line(meanings["夜间"], left_open=True).endswith(f"设区的市级以上人民政府可以另行规定”{told}")
    assert told not in definition_line(meanings["夜间"], left_open=False) + definition_line(meanings["噪声排放"], left_open=True)


def test_a_definition_that_does_not_answer_is_left_out() -> None:
    answer = library().answer("夜间施工罚多少？", region=CITY, on=TODAY)
    assert "第八十八条" not in [quote.clause.article for quote in answer.quotes]


def test_definitions_are_spans_of_their_clause() -> None:
    found = list(definitions_in([clause(1, "国家噪声法", "第八十八条", TERMS).hit]))
    assert [each.term for each in found] == ["噪声排放", "夜间", "特殊车辆"]
    assert found[0].quote.text == "噪声排放，是指噪声源向周围生活环境辐射噪声"
    other = clause(2, "法", "第一条", "物业服务企业应当指派负责人。主管部门应当指导和监督。本法所称犬只，是指：").hit
    assert list(definitions_in([other])) == []


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("什么是社会生活噪声？", "社会生活噪声"),
        ("社会生活噪声是指什么", "社会生活噪声"),
        ("预付卡的定义", "预付卡"),
        ("夜间施工几点以后不行？", ""),
        ("罚多少", ""),
    ],
)
def test_the_word_that_is_asked_for(question: str, word: str) -> None:
    assert word_asked_for(question) == word


def test_a_word_is_explained_by_a_rule_in_force_here_or_not_at_all() -> None:
    there = clause(9, "山城市停车条例", "第二条", "本条例所称公共车位，是指向社会开放的车位。", Region("江屿", "山城"))
    here = clause(10, "云川市停车条例", "第二条", "本条例所称公共车位，是指供公众使用的车位。", CITY)
    answer = Library.of([there, here], []).answer("什么是公共车位？", region=CITY, on=TODAY)
    assert [quote.text for quote in answer.quotes] == ["本条例所称公共车位，是指供公众使用的车位。"]
    assert Library.of([there], []).answer("什么是公共车位？", region=CITY, on=TODAY).refused
