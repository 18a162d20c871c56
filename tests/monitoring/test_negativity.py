"""The model of negative texts: stored small, run without scikit-learn, trained again on demand."""

from pathlib import Path

import numpy as np
import pytest

from monitoring.negativity import BUCKETS, WEIGHTS, NegativityModel, load_negativity
from monitoring.training import store, train_negativity

MODEL = load_negativity()


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("气死了，这家店太恶心，再也不来了", "这家店太好吃了，下次还来"),
        ("难过，心里堵得慌，哭了一晚上", "开心，阳光真好，笑了一下午"),
        ("垃圾物业，骗子，强烈谴责！", "感谢物业师傅，辛苦啦！"),
    ],
)
def test_a_negative_text_scores_above_its_opposite(worse: str, better: str) -> None:
    assert MODEL.negativity(worse) > 0.5 > MODEL.negativity(better)


def test_an_empty_text_is_neither() -> None:
    assert MODEL.negativity("") == 0.5


def test_the_weights_are_small_and_hold_no_objects() -> None:
    assert WEIGHTS.stat().st_size < 1_000_000
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        assert stored["weights"].shape == (BUCKETS,)
        assert stored["weights"].dtype == np.int8


def test_training_learns_and_storing_keeps_the_scores(tmp_path: Path) -> None:
    texts = ["太差了骗人", "差评恶心", "讨厌死了骗人", "恶心太差"] * 5 + ["真好喜欢", "开心喜欢", "真好开心", "很棒喜欢"] * 5
    model = train_negativity(texts, [True] * 20 + [False] * 20)
    assert model.negativity("恶心骗人") > 0.7 > 0.3 > model.negativity("真好很棒")
    store(model, tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as stored:
        again = NegativityModel(stored["weights"], float(stored["scale"]), float(stored["bias"]))
    assert [again.negativity(text) for text in texts] == [model.negativity(text) for text in texts]
