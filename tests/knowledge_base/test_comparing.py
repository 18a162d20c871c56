"""What changed between versions: exact counts on planted edits, and texts that can be put together again from the pieces."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.comparing import ChangeKind, ComparedClause, PieceKind, compare, pieces_of
from language.numerals import from_int

LAW = [
    "摊位应当整洁，收市后清理垃圾。",
    "经营者应当亮证经营，明码标价。",
    "不得占用盲道、消防通道。",
    "违反规定的，处五十元以上二百元以下罚款。",
    "本办法自2020年1月1日起施行。",
]


def _clauses(texts: list[str]) -> list[ComparedClause]:
    return [ComparedClause(f"第{from_int(number)}条", text) for number, text in enumerate(texts, 1)]


def _told(old: list[str], new: list[str]) -> list[tuple[str, str | None, str | None]]:
    changes = compare(_clauses(old), _clauses(new))
    return [(change.kind.value, change.old and change.old.article, change.new and change.new.article) for change in changes]


def test_nothing_changed() -> None:
    assert {kind for kind, _, _ in _told(LAW, LAW)} == {"same"}


def test_a_clause_put_in_renumbers_the_rest() -> None:
    new = [LAW[0], "夜市应当设置公共厕所和洗手池。", *LAW[1:]]
    assert _told(LAW, new)[:3] == [("same", "第一条", "第一条"), ("added", None, "第二条"), ("renumbered", "第二条", "第三条")]


def test_a_clause_taken_out_stands_where_it_stood() -> None:
    assert _told(LAW, LAW[:1] + LAW[2:])[1:3] == [("removed", "第二条", None), ("renumbered", "第三条", "第二条")]


def test_changed_words_are_marked_and_no_others() -> None:
    new = [*LAW[:3], LAW[3].replace("五十", "一百").replace("二百", "五百"), LAW[4]]
    (change,) = [change for change in compare(_clauses(LAW), _clauses(new)) if change.kind is ChangeKind.CHANGED]
    cut = "".join(piece.text for piece in change.pieces if piece.kind is PieceKind.CUT)
    put = "".join(piece.text for piece in change.pieces if piece.kind is PieceKind.PUT)
    assert set("五十二百") >= set(cut) - set("元")
    assert set("一百五百") >= set(put) - set("元")


def test_a_clause_moved_and_changed_is_one_change() -> None:
    new = ["夜市由市城市管理部门负责管理。", "市场监督管理部门负责食品安全。", *LAW[:3], LAW[3].replace("五十", "一百"), LAW[4]]
    assert ("changed", "第四条", "第六条") in _told(LAW, new)


text = st.text(alphabet="摊位应当整洁不得占用罚款五十二百元，。", max_size=60)


@given(text, text)
def test_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = pieces_of(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.PUT) == old
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.CUT) == new


@given(st.lists(text, max_size=8), st.lists(text, max_size=8))
def test_every_clause_is_told_once_and_in_order(old: list[str], new: list[str]) -> None:
    changes = compare(_clauses(old), _clauses(new))
    assert sorted(change.old.article for change in changes if change.old) == sorted(clause.article for clause in _clauses(old))
    assert [change.new for change in changes if change.new] == _clauses(new)
