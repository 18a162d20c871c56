"""The parts that searching is made of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.retrievers import BaseRetriever

from retrieval.bridging import bridges, lexicon, relied_on, weigh
from retrieval.dense import Chroma
from retrieval.embedding import HashedEmbedder
from retrieval.fusion import fuse
from retrieval.langchain_retriever import ClauseRetriever
from retrieval.lexical import Entry, LexicalIndex
from retrieval.shortcut import Mention, matching_title, mentioned, same_article
from retrieval.terms import terms
from retrieval.vectors import MemoryVectors, VectorStore
from tests.retrieval.shelves import CITY, TODAY, library


@pytest.fixture(params=["memory", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    if request.param == "memory":
        yield MemoryVectors(EMBEDDER.dimensions)
        return
    with Chroma(tmp_path / "vectors") as chroma:
        yield chroma.collection("clauses", EMBEDDER.identity)


EMBEDDER = HashedEmbedder()
TEXTS = {1: "夜市摊位应当整洁", 2: "养犬应当登记", 3: "路灯应当明亮", 4: "夜市不得扰民"}


def _fill(store: VectorStore, subjects: dict[int, int], replacing: tuple[int, ...] = ()) -> None:
    entries = [Entry(row, subject, TEXTS[row]) for row, subject in subjects.items()]
    store.replace(replacing, entries, EMBEDDER.embed([entry.text for entry in entries]))


class TestEveryVectorStore:
    """What `retrieval.vectors.VectorStore` promises."""

    def test_the_nearest_comes_first(self, store: VectorStore) -> None:
        _fill(store, {1: 1, 2: 1, 3: 2, 4: 2})
        found = store.search(EMBEDDER.embed(["夜市摊位"])[0], 3)
        assert next(iter(found)) == 1
        assert len(found) == 3
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert found[1] == pytest.approx(float(EMBEDDER.embed([TEXTS[1]])[0] @ EMBEDDER.embed(["夜市摊位"])[0]), abs=1e-4)

    def test_rows_are_replaced_by_subject(self, store: VectorStore) -> None:
        _fill(store, {1: 1, 2: 1, 3: 2})
        _fill(store, {4: 1}, replacing=(1,))
        assert set(store.search(EMBEDDER.embed(["夜市"])[0], 10)) == {3, 4}
        assert store.count() == 2

    def test_nothing_is_found_in_nothing(self, store: VectorStore) -> None:
        _fill(store, {1: 1})
        store.clear()
        assert store.count() == 0
        assert store.search(EMBEDDER.embed(["夜市"])[0], 10) == {}


def test_terms_are_characters_and_pairs_and_whole_numbers() -> None:
    assert terms("夜市12345，ＡＢ路") == ["夜", "市", "夜市", "12345", "ab", "路"]


@pytest.mark.parametrize("folder", [False, True])
def test_the_lexical_index_replaces_by_subject_and_narrows_to_places(tmp_path: Path, folder: bool) -> None:
    index = LexicalIndex(tmp_path / "terms" if folder else None)
    index.replace((), [Entry(1, 7, "夜市摊位", "a"), Entry(2, 7, "夜市收摊", "b"), Entry(3, 8, "夜市夜市", "a")])
    assert set(index.search(weigh("夜市"), 10)) == {1, 2, 3}
    assert set(index.search(weigh("夜市"), 10, {"a"})) == {1, 3}
    index.replace([7], [Entry(4, 7, "路灯夜市", "b")])
    assert set(index.search(weigh("夜市"), 10)) == {3, 4}
    assert (index.count(), index.frequency("路灯"), index.frequency("云川")) == (2, 1, 0)
    again = LexicalIndex(tmp_path / "terms") if folder else index
    assert set(again.search(weigh("路灯"), 10)) == {4}
    index.clear()
    assert index.count() == 0


rankings = st.dictionaries(st.integers(1, 9), st.floats(0.1, 50), max_size=6)


def _nothing(_: int) -> float:
    return 0.0


@given(rankings, st.floats(0.1, 5))
def test_a_ranking_alone_keeps_its_order(scores: dict[int, float], weight: float) -> None:
    assert list(fuse(scores, {}, weight, _nothing)) == sorted(scores, key=lambda row: (-scores[row] / max(scores.values()), row))
    assert list(fuse({}, scores, weight, _nothing)) == sorted(scores, key=lambda row: (-weight * scores[row], row))


@given(rankings, rankings, st.floats(0.1, 5))
def test_whoever_leads_both_rankings_leads(lexical: dict[int, float], dense: dict[int, float], weight: float) -> None:
    fused = fuse({**lexical, 5: 60.0}, {**dense, 5: 60.0}, weight, _nothing)
    assert next(iter(fused)) == 5
    assert set(fused) == lexical.keys() | dense.keys() | {5}


def test_agreement_outweighs_one_ranking() -> None:
    assert next(iter(fuse({1: 10.0, 2: 9.0}, {2: 0.9, 3: 0.5}, 1.0, _nothing))) == 2


def test_a_row_that_one_ranking_did_not_reach_is_no_worse_there_than_its_last() -> None:
    assert fuse({1: 10.0, 2: 5.0}, {1: 0.9, 3: 0.7}, 1.0, _nothing) == {1: 1.9, 2: 1.2, 3: 1.2}


def test_standing_decides_between_equals() -> None:
    assert list(fuse({1: 3.0, 2: 3.0}, {}, 1.0, {1: 0.0, 2: 0.1}.__getitem__)) == [2, 1]


def test_the_lexicon_is_broad_and_each_lay_word_leads_somewhere() -> None:
    assert len(lexicon()) >= 150
    for official, words in lexicon():
        assert all(len(word) > 1 for word in words), official
        assert official in {bridge.official for bridge in bridges(words[0])}


def test_official_phrases_weigh_half_of_the_question() -> None:
    plain, bridged = weigh("有人遛狗不拴绳"), weigh("有人遛狗不拴绳", bridges("有人遛狗不拴绳"))
    assert sum(bridged.values()) == pytest.approx(1.5 * sum(plain.values()))
    assert "犬绳" in bridged


@pytest.mark.parametrize(
    ("text", "relied"),
    [
        ("狗绳多长", 1.0),
        ("我们几个人一起出资办的厂里丢了狗绳应当由谁来赔偿", 2 / (0.25 * 24)),
        ("遛狗的人和夜市摊位的经营者之间订立的合同到底算不算数呢", 1.0),
        (f"请问{'某某' * 30}，还有夜市", 1.0),
        ("合同到期之后怎么办", 0.0),
    ],
)
def test_a_lay_word_in_passing_is_hardly_relied_on(text: str, relied: float) -> None:
    assert relied_on(text, bridges(text)) == pytest.approx(relied)


def test_official_phrases_weigh_as_far_as_they_are_relied_on() -> None:
    found = bridges("狗绳")
    plain, half = weigh("狗绳"), weigh("狗绳", found, relied=0.5)
    assert sum(half.values()) == pytest.approx(1.25 * sum(plain.values()))
    assert weigh("狗绳", found, relied=0.0) == plain


@pytest.mark.parametrize(
    ("question", "mention"),
    [
        ("噪声法 第四十三条", Mention("噪声法", "第四十三条")),
        ("请问《养犬条例》第3条之一怎么说", Mention("养犬条例", "第3条之一")),
        ("云川市市容条例里占道罚多少", Mention("云川市市容条例")),
        ("《食安法》34条", Mention("食安法", "第34条")),
        ("治安法第五十八条第一款怎么说", Mention("治安法", "第五十八条")),
        ("噪声法 43条", Mention("噪声法", "第43条")),
        ("有什么办法让他不吵", None),
        ("违法停车怎么罚", None),
    ],
)
def test_documents_that_a_question_names(question: str, mention: Mention | None) -> None:
    assert mentioned(question) == mention


def test_titles_are_matched_by_abbreviation_never_by_another_kind() -> None:
    titles = {
        "中华人民共和国噪声污染防治法",
        "中华人民共和国消费者权益保护法",
        "消费者权益保护法实施条例",
        "物业管理条例",
        "云川市物业管理条例",
    }
    assert matching_title("噪声法", titles) == "中华人民共和国噪声污染防治法"
    assert matching_title("物业管理条例", titles) == "物业管理条例"
    assert matching_title("消费者权益保护法", titles) == "中华人民共和国消费者权益保护法"
    assert matching_title("养犬条例", titles) is None
    assert same_article("第四十三条", "第43条")
    assert not same_article("第四十三条", "第四十三条之一")


def test_it_serves_as_a_langchain_retriever() -> None:
    retriever = ClauseRetriever(library=library(), region=CITY, today=lambda: TODAY, limit=2)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke("夜间施工")
    assert len(documents) == 2
    assert documents[0].metadata["name"].startswith("《国家噪声法》")
    assert documents[0].metadata["effective_on"] == "2020-01-01"


async def test_asked_in_a_chain_it_finds_the_same_and_every_clause_names_itself() -> None:
    retriever = ClauseRetriever(library=library(), region=CITY, today=lambda: TODAY, limit=3)
    documents = await retriever.ainvoke("夜間施工")
    assert documents == retriever.invoke("夜間施工")
    assert [document.id for document in documents] == [document.metadata["key"] for document in documents]
    assert {"title", "article", "name", "score", "why"} <= documents[0].metadata.keys()
