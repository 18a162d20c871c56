"""Answers stand word for word in a clause in force, or there is none."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.region import NATIONAL, Region
from language.script import to_simplified, to_traditional
from retrieval.bridging import weigh
from retrieval.evidence import Quote
from retrieval.library import Library
from retrieval.need import asked_for
from retrieval.quoting import LONGEST_QUOTE, SHORTEST_QUOTE, best_span, sentences
from tests.retrieval.shelves import CITY, RULES, TODAY, clause, library

SHELVED = library()


@pytest.mark.parametrize(
    ("question", "name", "words"),
    [
        ("夜间施工最多能罚多少？", "《国家噪声法》第七十七条", "处一万元以上十万元以下的罚款"),
        ("遛狗不拴绳怎么罚？", "《云川市养犬条例》第九条", "处五十元罚款"),
        ("健身房的预付款能退吗？", "《国家消费法》第五十三条", "应当退回预付款"),
        ("噪声法第八十八条", "《国家噪声法》第八十八条", "夜间，是指晚上十点至次日早晨六点之间的期间。"),
        ("我市摆摊占道怎么罚？", "《江屿省市容条例》第十条", "处一百元以上一千元以下的罚款"),
        ("遛狗不拴绳罚多少？", "《云川市养犬条例》第九条", "处五十元罚款"),
        ("夜间是几点到几点？", "《国家噪声法》第八十八条", "夜间，是指晚上十点至次日早晨六点之间的期间。"),
    ],
)
def test_the_clause_answers_word_for_word(question: str, name: str, words: str) -> None:
    answer = SHELVED.answer(question, region=CITY, on=TODAY)
    assert not answer.refused
    assert answer.quotes[0].clause.name == name
    assert words in answer.quotes[0].text
    assert f"{name.partition('》')[0]}》（2020-01-01 施行）" in answer.text
    assert len(answer.quotes) <= 3


def test_how_officers_must_proceed_is_answered_by_the_procedure_and_not_by_the_fine() -> None:
    fine = clause(1, "云川市市容条例", "第十条", "擅自占用公共场所摆摊设点的，责令改正；拒不改正的，处二百元以下罚款。", CITY)
    steps = clause(2, "云川市摊点办法", "第九条", "摊位越线经营的，执法人员应当先口头提醒，不得以推翻摊位的方式纠正。", CITY)
    shelved = Library.of([fine, steps], [])
    assert shelved.answer("摊位越线经营，队员应当怎么处理？", region=CITY, on=TODAY).quotes[0].clause.article == "第九条"
    assert shelved.answer("占用公共场所摆摊设点怎么罚？", region=CITY, on=TODAY).quotes[0].clause.article == "第十条"


@pytest.mark.parametrize(
    ("question", "region", "told"),
    [
        ("今天中午吃什么？", CITY, "这个我做不了"),
        ("施工单位招聘电工看什么学历？", CITY, "没有可以引用的依据"),
        ("护照怎么办理？", CITY, "没有可以引用的依据"),
        ("云川市共享单车条例第三条怎么规定？", CITY, "云川市共享单车条例"),
        ("国家噪声法第九百条怎么说？", CITY, "第九百条"),
        ("青岛的夜间施工怎么罚？", CITY, "青岛"),
        ("隔壁市遛狗不拴绳怎么罚？", CITY, "没有可以引用的依据"),
        ("我市摆摊占道怎么罚？", NATIONAL, "没有可以引用的依据"),
        ("我市夜间施工几点以后不行？", CITY, "没有可以引用的依据"),
        ("摆摊占道怎么罚？", NATIONAL, "没有可以引用的依据"),
        ("夜市摊位费多少钱？", CITY, "没有可以引用的依据"),
    ],
)
def test_it_refuses_rather_than_guess(question: str, region: Region, told: str) -> None:
    answer = SHELVED.answer(question, region=region, on=TODAY)
    assert answer.refused
    assert not answer.quotes
    assert told in answer.text


def test_a_refusal_shows_past_cases() -> None:
    assert SHELVED.answer("夜市摊位费多少钱？", region=CITY, on=TODAY).similar_cases[0].key == "c1"


def test_before_a_rule_begins_there_is_no_answer() -> None:
    assert SHELVED.answer("夜间施工最多能罚多少？", region=CITY, on=date(2019, 12, 31)).refused


@pytest.mark.parametrize("text", [rule[2] for rule in RULES])
def test_quotes_are_whole_sentences(text: str) -> None:
    quote = best_span(text, {"罚款": 1.0}, asked_for("罚多少"))
    start = text.index(quote)
    assert start in {first for first, _ in sentences(text)}
    assert start + len(quote) in {last for _, last in sentences(text)}


def test_the_sentence_that_gives_the_kind_of_answer_is_quoted() -> None:
    duty, fine = "夜间施工的单位应当取得夜间施工证明并且公示。", "违反前款规定的，由城市管理部门处三千元罚款。"
    text = f"{duty}\n\n{'施工单位应当逐日记录施工情况和施工人员名单，并妥善保存记录。' * 5}\n\n{fine}"
    for question, sentence in (("夜里开工要不要办证明", duty), ("夜里开工没有办证明怎么罚", fine)):
        assert best_span(text, weigh(question), asked_for(question)) == sentence


@settings(deadline=None)
@given(
    st.text(alphabet="甲乙罚款五十元。；：，\n 　（一）应当", max_size=600),
    st.sampled_from([None, *map(asked_for, ("罚多少", "几天", "哪些"))]),
)
def test_a_span_always_stands_in_its_clause(text: str, need: object) -> None:
    span = best_span(text, {"罚款": 1.0, "应当": 0.5}, need)  # type: ignore[arg-type]
    Quote(clause(1, "甲办法", "第一条", text).hit, span)
    assert span == span.strip()
    if len(sentences(text)) > 1 and len(span) > LONGEST_QUOTE:
        assert any(text[first:last] == span for first, last in sentences(text)) or len(text.strip()) == len(span)
    if any(last - first >= SHORTEST_QUOTE for first, last in sentences(text)):
        assert len(span) >= SHORTEST_QUOTE


@pytest.mark.parametrize(
    ("question", "given", "beside"),
    [
        ("分类桶要买多少升的", "容积不少于二十升。", "应当在二小时内清运。"),
        ("骑一小时收多少钱", "每小时收取二元。", "应当公示收费标准和免费时长。"),
        ("主路一天扫几遍", "每日清扫不少于两次。", "应当在五日内清扫。"),
    ],
)
def test_a_number_of_another_kind_is_no_answer(question: str, given: str, beside: str) -> None:
    need = asked_for(question)
    assert need is not None
    assert need.is_met_by(given)
    assert not need.is_met_by(beside)


def test_a_quote_that_does_not_stand_there_is_no_quote() -> None:
    with pytest.raises(ValueError, match="not a span"):
        Quote(clause(1, "甲办法", "第一条", "应当登记。").hit, "应当登纪。")


@pytest.mark.parametrize("question", ["夜间施工最多能罚多少？", "遛狗不拴绳怎么罚？", "健身房的预付款能退吗？", "夜間是幾點到幾點？"])
def test_rules_in_traditional_script_answer_alike_in_their_own_words(question: str) -> None:
    shelf = Library.of(
        [clause(n, title, article, to_traditional(text), where) for n, (title, article, text, where) in enumerate(RULES, 1)], []
    )
    answer, same = shelf.answer(question, region=CITY, on=TODAY), SHELVED.answer(question, region=CITY, on=TODAY)
    assert [quote.clause.key for quote in answer.quotes] == [quote.clause.key for quote in same.quotes] != []
    assert [to_simplified(quote.text) for quote in answer.quotes] == [quote.text for quote in same.quotes]
    assert all(quote.text in quote.clause.text for quote in answer.quotes)
