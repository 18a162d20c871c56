"""Evidence: exact spans, of clauses that hold here and today, and nothing where nothing bears."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from casework.drafting.evidence import LONGEST_QUOTE, MOST_CLAUSES, SHORTEST_QUOTE, best_span, find_evidence
from casework.drafting.matter import Post
from tests.casework.drafting.matters import DESK, matter
from tests.casework.drafting.shelf import TODAY, SmallLibrary, stocked

TEXT = st.text("油烟净化设施排放，。；：\n（一）应当禁止罚款", max_size=300)


@given(TEXT, st.lists(st.sampled_from(["油烟", "净化设施", "罚款", "排放"]), min_size=1))
def test_a_quote_is_an_exact_span_of_bounded_length(text: str, terms: list[str]) -> None:
    span = best_span(text, tuple(terms))
    assert span in text
    assert len(span) <= LONGEST_QUOTE
    assert not span or any(term in text for term in terms)


def test_the_sentence_with_most_terms_is_quoted() -> None:
    text = "餐饮业应当登记。排放油烟的，应当安装油烟净化设施。其他单位参照执行。"
    assert best_span(text, ("油烟净化设施", "排放油烟")) == "排放油烟的，应当安装油烟净化设施"


def test_items_of_a_list_and_definitions_are_no_rule_by_themselves() -> None:
    assert best_span("有下列行为的，处罚：\n（一）排放油烟的；\n（二）其他。", ("排放油烟",)) == ""
    assert best_span("本法所称油烟，是指烹饪产生的油烟。", ("油烟",)) == ""
    assert best_span("本市建成区内油烟的排放和监督，适用本办法。", ("油烟",)) == ""


def test_a_repealed_clause_and_one_of_another_place_are_never_evidence() -> None:
    found = find_evidence(matter(), stocked(), DESK, TODAY)  # type: ignore[arg-type]
    assert {quote.clause.title for quote in found.quotes} == {"云边大气油烟防治条例"}


def test_many_asks_bring_three_clauses_at_most() -> None:
    library = stocked()
    for number, words in enumerate(
        ("道路养护单位应当及时补缺或者修复", "任何单位不得占用、堵塞、封闭疏散通道", "电梯的维护保养单位应当定期检验特种设备")
    ):
        library.add(f"云边{('城市道路', '消防', '特种设备')[number]}条例", f"第{'一二三'[number]}条", f"{words}。")
    post = Post("", "油烟扰民，路面破损，消防通道被堵，电梯困人，夜间施工。")
    about = matter(post, asks=("整治油烟", "修复路面", "整治消防通道", "消除电梯隐患", "制止夜间施工噪音"))
    found = find_evidence(about, library, DESK, TODAY)  # type: ignore[arg-type]
    assert len({quote.clause.key for quote in found.quotes}) == MOST_CLAUSES
    assert all(len(quote.text) >= SHORTEST_QUOTE for quote in found.quotes)


def test_what_is_stored_names_each_quote_with_the_hash_of_its_clause() -> None:
    found = find_evidence(matter(), stocked(), DESK, TODAY)  # type: ignore[arg-type]
    rows = [row for row in found.to_json() if row["kind"] == "clause"]
    assert {(row["key"], row["text_hash"], row["quote"]) for row in rows} == {
        (quote.clause.key, quote.clause.text_hash, quote.text) for quote in found.quotes
    }


def test_one_short_word_in_common_does_not_make_a_clause_bear() -> None:
    library = SmallLibrary()
    library.add("云边大气管理条例", "第九条", "任何单位都有义务减少油烟。")
    library.add("云边大气油烟条例", "第十条", "任何单位都应当治理烟气。")
    assert find_evidence(matter(), library, DESK, TODAY).quotes == ()  # type: ignore[arg-type]


def test_overturned_stalls_are_a_matter_of_how_officers_behave_and_not_of_their_clothes() -> None:
    library = SmallLibrary()
    library.add("云边行政处罚办法", "第四十二条", "执法人员应当文明执法，尊重和保护当事人合法权益。")
    library.add("云边城市管理执法办法", "第九条", "执法人员应当统一着装，主动出示执法证件。")
    library.add("云边行政强制办法", "第二十四条", "查封、扣押的，应当制作并当场交付扣押决定书和清单。")
    overturned = Post("夜市城管掀摊", "几个城管队员把摊子掀翻了，还推搡老人。")
    seized = Post("三轮车被城管扣了", "城管把三轮车扣押了，没有给单据。")
    for post, article in ((overturned, "第四十二条"), (seized, "第二十四条")):
        found = find_evidence(matter(post, line="执法行为与作风"), library, DESK, TODAY).general  # type: ignore[arg-type]
        assert found is not None
        assert found.clause.article == article


def test_the_penalty_is_told_to_whoever_asks_for_it_and_the_duty_to_all_others() -> None:
    duty = find_evidence(matter(asks=("整治油烟",)), stocked(), DESK, TODAY)  # type: ignore[arg-type]
    fine = find_evidence(matter(asks=("油烟能不能处罚",)), stocked(), DESK, TODAY)  # type: ignore[arg-type]
    assert [quote.clause.article for quote in duty.quotes] == ["第八十一条"]
    assert fine.by_ask["油烟能不能处罚"].clause.article == "第一百一十八条"


def test_an_ask_that_the_matters_own_clause_answers_brings_no_second_one() -> None:
    found = find_evidence(matter(asks=("整治烧烤店油烟", "整治店铺油烟")), stocked(), DESK, TODAY)  # type: ignore[arg-type]
    assert len({quote.clause.key for quote in found.quotes}) == 1


def test_past_cases_of_another_matter_are_not_offered() -> None:
    library = stocked()
    assert [case.key for case in find_evidence(matter(), library, DESK, TODAY).cases] == ["past0", "past1"]  # type: ignore[arg-type]
    library.cases = [replace(case, question="烧烤店门口的路灯不亮", line="市政设施") for case in library.cases]
    assert find_evidence(matter(), library, DESK, TODAY).cases == ()  # type: ignore[arg-type]


def test_staff_are_told_the_clauses_own_words_for_the_matter_and_no_bridged_ones() -> None:
    found = find_evidence(matter(), stocked(), DESK, TODAY).general  # type: ignore[arg-type]
    assert found is not None
    assert "餐饮油烟" in found.clause.why
    assert all(word in found.text for word in re.findall("“([^”]+)”", found.clause.why))


PROHIBITED = "第十一条　严禁下列行为：\n\n（一）殴打、推搡当事人；\n\n（二）掀翻摊位，摔砸物品；\n\n（三）酒后执法。"


def test_an_item_of_a_list_is_quoted_from_its_head_on() -> None:
    span = best_span(PROHIBITED, ("掀翻",))
    assert span in PROHIBITED
    assert (span[:10], span[-9:]) == (PROHIBITED[:10], "掀翻摊位，摔砸物品")


def test_no_item_is_quoted_without_its_head_where_the_head_is_too_far_away() -> None:
    assert "掀翻" not in best_span(PROHIBITED, ("掀翻",), longest=30)


def test_what_must_be_handed_in_together_is_quoted_whole_or_not_at_all() -> None:
    clause = "申请摊位的，向管理单位提交下列材料：\n（一）身份证明；\n（二）健康证明。"
    assert best_span(clause, ("申请摊位",)) == clause.rstrip("。")
    assert best_span(clause, ("申请摊位",), longest=30) == ""
