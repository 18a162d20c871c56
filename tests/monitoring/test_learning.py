"""A department's labels become a small correction: it mends what is labelled, leaves the rest alone, and can be taken back."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import own_weights
from monitoring.errors import PolicyError
from monitoring.jurisdiction import BUCKETS
from monitoring.learning import FEWEST_LABELS, Lesson, learn, score_after, score_before, shortage
from monitoring.own_weights import OwnWeights
from monitoring.relevance import judge_relevance, shipped_logit
from monitoring.watch import Watch, build_watch
from tests.generated_city import START

PLACES = ("菱塘路", "槐花巷", "望潮街", "柳岸里", "松涛坊", "石榴渡", "金桥弄", "白石湾", "杏林浦", "鹿鸣坡", "云阶", "竹溪")
GAME = tuple(f"手游《摆摊人生》攻略第{number}关：在{place}地图流动摊贩占道经营，躲开城管就能升级" for number, place in enumerate(PLACES))
KITES = tuple(f"{place}上空又有人放风筝，线横在半空割人，谁来劝一劝他们换个地方，真的很危险" for place in PLACES)
REAL = (
    "菱塘路流动摊贩占道经营，人行道走不过去，请城管处理",
    "楼下烧烤店油烟扰民，投诉三次没人管",
    "超市卖的牛奶过期变质，喝了拉肚子，投诉",
    "电梯三天两头故障困人，请查处",
)


@cache
def watch() -> Watch:
    return build_watch()


def lesson(text: str, *, ours: bool) -> Lesson:
    reading = watch().read("", text)
    return Lesson(reading.ngrams, shipped_logit(reading, watch().rules), ours)


def lessons() -> list[Lesson]:
    return [*(lesson(text, ours=False) for text in GAME), *(lesson(text, ours=True) for text in KITES)]


def own(taught: list[Lesson]) -> OwnWeights:
    return OwnWeights(learn(taught), START, len(taught))


def is_ours(text: str, weights: OwnWeights | None = None) -> bool:
    return judge_relevance(watch().read("", text), watch().rules, weights).relevance.is_ours


def test_what_was_labelled_wrong_is_judged_right_on_posts_that_were_not_learned_from() -> None:
    assert all(is_ours(text) for text in GAME)
    assert not any(is_ours(text) for text in KITES)
    taught = lessons()
    before, after = score_before(taught), score_after(taught)
    assert (before.others_right, before.ours_right) == (0, 0)
    assert after.others_right >= 10
    assert after.ours_right >= 10


def test_a_new_post_of_the_kind_follows_the_labels_and_says_so() -> None:
    weights = own(lessons())
    game = "手游《摆摊人生》攻略第99关：在星河地图流动摊贩占道经营，躲开城管就能升级"
    verdict = judge_relevance(watch().read("", game), watch().rules, weights)
    assert not verdict.relevance.is_ours
    named, words = verdict.reason.split("：", 1)
    assert named == "按本单位标注过的帖子"
    assert all(word in game for word in words.split("、"))
    assert is_ours("银杏大街上空又有人放风筝，线横在半空割人，谁来劝一劝他们换个地方", weights)


def test_everything_else_stays_as_it_was() -> None:
    weights = own(lessons())
    assert all(is_ours(text, weights) for text in REAL)


def test_what_is_judged_rightly_and_surely_teaches_nothing() -> None:
    reading = watch().read("", REAL[0])
    sure = [Lesson(reading.ngrams, 12.0, ours=True), Lesson(reading.ngrams, 12.0, ours=True)]
    assert np.abs(learn(sure)).max() < 1e-3


def test_too_few_labels_are_counted_out() -> None:
    taught = lessons()
    assert not shortage(taught)
    lacking = shortage(taught[:15])
    assert (lacking.labels, lacking.ours, lacking.others) == (FEWEST_LABELS - 15, 2, 0)
    handled = [Lesson(each.ngrams, each.shipped, each.ours, labelled=False) for each in taught]
    assert shortage(handled).labels == FEWEST_LABELS


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(alphabet="甲乙丙丁城管摊", max_size=12), st.floats(-30, 30), st.booleans()), min_size=1, max_size=12))
def test_any_lessons_give_a_finite_correction_that_does_not_raise_the_loss(taught: list[tuple[str, float, bool]]) -> None:
    found = [Lesson(watch().read("", text).ngrams, shipped, ours) for text, shipped, ours in taught]
    weights = own(found)

    def loss(lean: list[float]) -> float:
        signed = [(1 if each.ours else -1) * (each.shipped + shift) for each, shift in zip(found, lean, strict=True)]
        return float(np.logaddexp(0, -np.array(signed)).sum())

    assert np.isfinite(weights.weights).all()
    assert loss([weights.lean(each.ngrams) for each in found]) <= loss([0.0] * len(found)) + 1e-4


def test_versions_are_kept_and_taken_back_one_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "learned"
    assert own_weights.in_force(folder) is None
    assert own_weights.undo(folder) is None
    for number in (1, 2):
        weights = np.full(BUCKETS, number, dtype=np.float32)
        assert own_weights.next_number(folder) == number
        own_weights.store(OwnWeights(weights, START + timedelta(days=number), 20 * number, number), folder)
    newest = own_weights.in_force(folder)
    assert newest is not None
    assert (newest.number, newest.labels, newest.learned_at) == (2, 40, START + timedelta(days=2))
    assert newest.lean(np.arange(4, dtype=np.uint32)) == pytest.approx(4.0)
    gone = own_weights.undo(folder)
    standing = own_weights.in_force(folder)
    assert gone is not None
    assert standing is not None
    assert (gone.number, standing.number) == (2, 1)
    assert own_weights.next_number(folder) == 3
    own_weights.undo(folder)
    assert own_weights.in_force(folder) is None


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04cut"])
def test_a_broken_file_is_named_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0001.npz").write_bytes(content)
    with pytest.raises(PolicyError, match=r"权重 0001\.npz 无法使用。请把它移出"):
        own_weights.in_force(tmp_path)


def test_a_file_with_another_shape_is_refused(tmp_path: Path) -> None:
    own_weights.store(OwnWeights(np.zeros(8, dtype=np.float32), START, 20), tmp_path)
    with pytest.raises(PolicyError, match="无法使用"):
        build_watch(learned_folder=tmp_path)
