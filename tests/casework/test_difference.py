"""What changed between two wordings."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casework.difference import Change, Run, changed_places, difference, plain, share_changed, texts

OLD = "我们看到了北门夜市的视频，正在依规处理。\n【待核实：公布时间】前公布结果。请打 0571-12345678。"
WORDING = st.text(st.sampled_from("我们看到了视频，正在核实。\n【待核实：时】前公布 12ab"), max_size=60)


@given(WORDING, WORDING)
def test_the_runs_put_together_are_both_texts(old: str, new: str) -> None:
    runs = difference(old, new)
    assert texts(runs) == (old, new)
    assert all(run.text for run in runs)
    assert all(one.change is not other.change for one, other in pairwise(runs))


@given(WORDING, WORDING)
def test_the_share_is_none_for_the_same_and_whole_for_all_others(old: str, new: str) -> None:
    assert share_changed(old, old) == 0
    assert 0 <= share_changed(old, new) <= 1


def test_a_replaced_phrase_is_one_place_and_no_confetti() -> None:
    runs = difference(OLD, OLD.replace("正在依规处理", "今晚派人到现场看"))
    assert changed_places(runs) == 1
    assert [run.text for run in runs if run.change is not Change.KEPT] == ["正在依规处理", "今晚派人到现场看"]


def test_slots_and_numbers_are_struck_whole() -> None:
    new = OLD.replace("【待核实：公布时间】", "【待核实：答复时间】").replace("12345678", "12345679")
    struck = [run.text for run in difference(OLD, new) if run.change is Change.STRUCK]
    assert struck == ["【待核实：公布时间】", "0571-12345678"]


def test_two_changes_apart_are_two_places() -> None:
    assert changed_places(difference(OLD, OLD.replace("我们看到了", "").replace("请打", "值班电话"))) == 2


def test_a_slot_that_was_filled_is_no_change_of_wording() -> None:
    assert share_changed("【待核实：时间】前公布。", "前公布。") == 0


def test_plain_text_names_what_went_and_what_came_and_leaves_the_rest_short() -> None:
    shown = plain(difference(OLD, OLD.replace("正在依规处理", "正在核实")))
    assert "〔删：依规处理〕〔加：核实〕" in shown
    assert len(shown) < len(OLD)
    assert plain((Run(Change.KEPT, OLD),)) == OLD


def test_the_little_that_stays_between_two_changes_is_shown_as_changed() -> None:
    runs = difference("我们去，看了", "他们来，问过")
    assert [(run.change, run.text) for run in runs] == [(Change.STRUCK, "我们去，看了"), (Change.ADDED, "他们来，问过")]
