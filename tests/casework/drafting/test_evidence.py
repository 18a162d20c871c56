"""Evidence: exact spans, of clauses that hold here and today, and nothing where nothing bears."""

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
