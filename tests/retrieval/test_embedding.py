"""The embedded embedder, what it learns by, and the standing of documents."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import training, training_texts
from retrieval.contrastive import Learner
from retrieval.embedding import HashedEmbedder, NgramWeights
from retrieval.ngrams import bags_of
from retrieval.standing import Standing

EMBEDDER = HashedEmbedder()


def test_vectors_are_of_unit_length_and_alike_for_alike_texts() -> None:
    vectors = EMBEDDER.embed(["禁止夜间施工", "夜间禁止施工作业", "宠物犬登记", "", "？！"])
    assert vectors.shape == (5, EMBEDDER.dimensions)
    assert np.linalg.norm(vectors[:3], axis=1) == pytest.approx([1.0] * 3, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert not vectors[3:].any()
    assert not EMBEDDER.embed_question("？！").any()


@pytest.mark.parametrize(
    ("question", "answer"), [("没有驾照开车上路", 0), ("遛狗不牵绳咬了人", 1), ("买到假货了店家不认", 2), ("工地半夜还在打桩吵得睡不着", 3)]
)
def test_lay_words_are_near_to_official_ones_that_share_none(question: str, answer: int) -> None:
    clauses = (
        "驾驶机动车应当取得机动车驾驶证。", "携带犬只出户的，应当系犬绳。",
        "经营者提供商品有欺诈行为的，应当增加赔偿其受到的损失。", "在噪声敏感建筑物集中区域，禁止夜间进行建筑施工作业。",
    )  # fmt: skip
    assert int((EMBEDDER.embed(clauses) @ EMBEDDER.embed_question(question)).argmax()) == answer


@given(st.lists(st.text(alphabet="夜市养犬ab1。 \n繁體", max_size=20), max_size=6))
def test_a_vector_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    together = EMBEDDER.embed(texts)
    assert all(np.allclose(together[place], EMBEDDER.embed([text])[0], atol=1e-6) for place, text in enumerate(texts))


@given(st.text(alphabet="夜市a1 。", max_size=12))
def test_ngrams_do_not_cross_what_is_no_letter(text: str) -> None:
    runs = "".join(character if character not in " 。" else " " for character in text).split()
    expected = sum(max(0, len(run) - size + 1) for run in runs for size in (1, 2, 3))
    assert bags_of([text]).times.sum() == expected


def test_stored_weights_give_the_same_vectors_and_other_weights_another_name(tmp_path: Path) -> None:
    weights = Learner.fresh(40, 8, np.random.default_rng(1)).weights(np.arange(40) * 7, np.ones(40, np.float32))
    weights.save(tmp_path / "weights.npz")
    again = NgramWeights.load(tmp_path / "weights.npz")
    assert HashedEmbedder(again).identity == HashedEmbedder(weights).identity != EMBEDDER.identity
    assert np.array_equal(again.expanded, weights.expanded)


def test_learning_brings_what_belongs_together_near() -> None:
    from scipy import sparse

    bags = sparse.identity(12, dtype=np.float32, format="csr")
    questions, texts = bags[:4], bags[4:12]
    learner = Learner.fresh(12, 6, np.random.default_rng(0))
    for _ in range(200):
        learner.step_asking(questions, texts, np.zeros((4, 8), bool))
    unit = learner.vectors / np.linalg.norm(learner.vectors, axis=1, keepdims=True)
    found = (unit[:4] + learner.leaning) @ unit[4:].T
    assert found.argmax(1).tolist() == [0, 1, 2, 3]


def test_what_is_excluded_is_not_pushed_away() -> None:
    from scipy import sparse

    bags = sparse.identity(4, dtype=np.float32, format="csr")
    learner = Learner.fresh(4, 6, np.random.default_rng(0))
    before = learner.vectors[3].copy()
    learner.step_asking(bags[:1], bags[1:], np.array([[False, False, True]]))
    assert np.array_equal(learner.vectors[3], before)
    assert not np.array_equal(learner.vectors[2], before)


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[Path]:
    """A small folder of texts in the shape that training reads."""
    kinds = ["夜市收摊", "养犬登记", "渣土运输", "油烟净化", "预付退款", "广告拆除"]
    articles = [
        {
            "id": f"S{number}",
            "title": f"{kind}条例第{part}条",
            "text": f"{kind}应当报告，第{part}项由街道负责。违反{kind}规定的，警告。",
        }
        for number, (kind, part) in enumerate((kind, part) for kind in kinds for part in "一二三四五六七八九十")
    ]
    questions = [{"qid": n, "text": f"{kind}怎么办", "gold": [{"id": f"S{10 * n}"}]} for n, kind in enumerate(kinds)]
    cases = [{"id": f"c{n}", "question": f"{kind}没有人管", "reply": f"已处理{kind}一事。"} for n, kind in enumerate(kinds)]
    feed = [{"title": f"{kind}", "text": f"反映{kind}问题，请处理。"} for kind in kinds]
    for name, rows in (
        ("statutes/corpus", articles),
        ("statutes/queries", questions),
        ("cases/past_replies", cases),
        ("feed/messages", feed),
    ):
        file = tmp_path / f"{name}.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return tmp_path


def test_training_is_repeatable_and_says_what_it_is_worth(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, small in (("ALIKE_ROUNDS", 2), ("ALIKE_BATCH", 6), ("CASE_BATCH", 3), ("HARD", 2), ("RANDOM", 4), ("DIMENSIONS", 16)):
        monkeypatch.setattr(training, name, small)
    monkeypatch.setattr(training_texts, "HELD_BUCKETS", 500)
    said = []
    for name in ("first", "second"):
        (data_folder / name).mkdir()
        out = StringIO()
        training.train(data_folder, data_folder / name, seed=3, out=out)
        said.append(out.getvalue())
    assert said[0] == said[1]
    assert "articles: found among ten" in said[0]
    weights = [NgramWeights.load(data_folder / name / "embedding.npz") for name in ("first", "second")]
    assert weights[0].fingerprint == weights[1].fingerprint
    assert Standing.load(data_folder / "first" / "standing.npz").of("夜市收摊条例") == pytest.approx(0.0, abs=0.01)


def test_standing_is_counted_against_what_was_expected() -> None:
    titles = ["甲法"] * 50 + ["乙法"] * 50
    standing = Standing.counted(
        [f"{title}第{number}条" for title, number in zip(titles, "一二三四五" * 20, strict=True)], [{"甲法第一条"}] * 10
    )
    assert standing.of("中华人民共和国甲法") == standing.of("甲法第十条") > 0 > standing.of("乙法")
    assert standing.of("丙办法") == 0
    assert abs(Standing.counted(titles, [{"甲法"}]).of("甲法")) < standing.of("甲法") + 0.1
