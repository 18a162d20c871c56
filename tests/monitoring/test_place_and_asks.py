"""Where a post is about and what it asks, on invented posts: half of them were written down before the rules, half held back from them."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from language.segmentation import tagged_words
from monitoring.analysis import analyse
from monitoring.asks import MOST_ASKS, find_asks
from monitoring.item import Relevance
from monitoring.reading import read_post
from monitoring.watch import build_watch
from monitoring.wish import EDGE

CASES = Path(__file__).parent / "cases"
WATCH = build_watch()


def cases(name: str, *, held: bool) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["held"] is held]


def shared(first: str, second: str) -> float:
    """F1 over the characters that two phrases share."""
    if not first or not second:
        return float(first == second)
    return 2 * (Counter(first) & Counter(second)).total() / (len(first) + len(second))


def shared_asks(gold: Sequence[str], found: Sequence[str]) -> float:
    """F1 of how well each is covered by the other."""
    if not gold or not found:
        return float(not gold and not found)
    recall = sum(max(shared(one, other) for other in found) for one in gold) / len(gold)
    precision = sum(max(shared(one, other) for other in gold) for one in found) / len(found)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize(("held", "least"), [(False, 0.94), (True, 0.85)])
def test_places_are_found_as_well_as_they_were(held: bool, least: float) -> None:
    found = [(row["place"] or "", analyse("", row["text"], watch=WATCH).place or "") for row in cases("places.jsonl", held=held)]
    assert mean([shared(gold, place) for gold, place in found]) >= least


@pytest.mark.parametrize(("held", "least"), [(False, 0.85), (True, 0.79)])
def test_asks_are_found_as_well_as_they_were(held: bool, least: float) -> None:
    rows = cases("asks.jsonl", held=held)
    assert mean([shared_asks(row["asks"], analyse(row["title"], row["text"], watch=WATCH).asks) for row in rows]) >= least


@pytest.mark.parametrize(
    ("title", "text", "asks"),
    [
        ("", "夜市开到半夜，吵得睡不着，请整治。", ("整治夜市噪音",)),
        ("要求退款", "健身房关门了，要求退还年卡余额，公示账目，并且赔偿损失。", ("退还年卡余额", "公示账目", "赔偿损失")),
        ("停车收费", "医院停车一小时十元，合理吗？", ("停车收费是否合法",)),
        ("", "多久能修好路灯？", ("多久能修好路灯",)),
        ("城管打人", "队员打人了，视频在这里，要求公开执法记录。", ("是否属实", "调查处理结果", "公开执法记录")),
        ("", "某小区12岁男孩坠井身亡", ("事故原因和责任", "隐患排查")),
        ("", "网传夜市明天全部关停，真的假的？", ("是否属实",)),
        ("表扬", "点赞环卫工人，路扫得真干净，谢谢！", ()),
    ],
)
def test_examples_of_asks(title: str, text: str, asks: tuple[str, ...]) -> None:
    assert analyse(title, text, watch=WATCH).asks[: len(asks)] == asks
    assert bool(analyse(title, text, watch=WATCH).asks) == bool(asks)


def test_asks_are_the_same_in_both_scripts_and_leave_the_place_out() -> None:
    simplified = analyse("", "云栖花园3栋楼下烧烤店油烟直排，请尽快整治。", watch=WATCH)
    traditional = analyse("", "雲棲花園3棟樓下燒烤店油煙直排，請盡快整治。", watch=WATCH)
    assert simplified.asks == traditional.asks == ("整治烧烤店油烟",)
    assert traditional.place == "雲棲花園3棟樓下"


@example("0", "000000000/000", "噪声油烟扬尘")
@given(st.text(max_size=200), st.text(max_size=30), st.sampled_from(("噪声油烟扬尘", "其他", "执法行为与作风")))
def test_asks_of_any_text_are_few_distinct_phrases(text: str, title: str, line: str) -> None:
    asks = find_asks(read_post(title, text, WATCH.lexicon.find), Relevance.YES, line, "投诉", None)
    assert len(asks) <= MOST_ASKS
    assert len(set(asks)) == len(asks)
    assert all(2 <= len(ask) <= 30 and ask.strip(EDGE) == ask for ask in asks)
    assert find_asks(read_post(title, text, WATCH.lexicon.find), Relevance.NOISE, line, "投诉", None) == ()


@given(st.text(alphabet=st.sampled_from("霁城市东浦区菱塘路锦鹭苑小区的在门口有人把垃圾倒3号楼ab-1.%#_，。！？；：、\n… ~*"), max_size=60))
def test_a_stretch_between_marks_is_cut_into_words_as_in_the_whole(text: str) -> None:
    words = [word for stretch in re.split("([,，。！!？?；;：:、\n…])", text) for word in tagged_words(stretch)]
    assert words == tagged_words(text)
