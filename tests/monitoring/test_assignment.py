"""Posts find their event by place and matter together; the work for one post is bounded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import assignment
from monitoring.assignment import CANDIDATES, HOLDERS_PER_KEY, KEYS, assign, keys_of, standing, voice_of
from monitoring.likeness import Resemblance, Voice, compare
from monitoring.recollection import Recollection
from tests.generated_city import START


class CountingRecollection(Recollection):
    """Remembers how much it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    async def holders(self, keys: Sequence[int]) -> Iterable[tuple[int, int]]:
        found = list(await super().holders(keys))
        self.asked["holders"] = max(self.asked["holders"], len(found))
        return found

    async def voices(self, events: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        found = await super().voices(events)
        self.asked["voices"] = max(self.asked["voices"], sum(map(len, found.values())))
        return found


def said(text: str, *, title: str = "", hours: float = 0, **known: str) -> Voice:
    return voice_of(title, text, START + timedelta(hours=hours), **known)


async def gather(posts: Iterable[Voice], index: Recollection | None = None) -> list[int]:
    index, events = index or Recollection(), []
    for number, voice in enumerate(posts):
        keys = keys_of(voice.wording)
        found = await assign(index, voice, keys)
        events.append(number if found.event is None else found.event)
        if found.worth_remembering:
            await index.remember(events[-1], number, voice, keys)
    return events


LONG_ONE = "我们是汀岚花苑的业主，小区北门外的工地从三月起每天凌晨两点还在打桩，整栋楼都睡不着，多次拨打热线没有结果，请求查处夜间施工。"
LONG_TWO = "汀岚花苑北门工地夜间施工严重扰民，打桩声持续到凌晨，老人孩子无法休息，请相关部门查处。"


async def test_one_matter_told_twice_is_one_event() -> None:
    told = [said(LONG_ONE, title="汀岚花苑北门工地夜间打桩扰民"), said(LONG_TWO, title="汀岚花苑工地凌晨施工扰民", hours=30)]
    assert await gather(told) == [0, 0]


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("汀岚花苑物业乱收停车费", "汀岚花苑物业公司今年擅自把停车费从两百涨到四百，不公示也不开发票，请物价部门核查。", "汀岚花苑"),
        ("砚渡名邸南门工地夜间打桩扰民", "砚渡名邸南门旁边的工地每天凌晨还在施工，噪音很大，影响休息，请有关部门管一管。", "砚渡名邸"),
    ],
)
async def test_another_matter_there_and_the_same_matter_elsewhere_stay_apart(title: str, text: str, place: str) -> None:
    first = said(LONG_ONE, title="汀岚花苑北门工地夜间打桩扰民", district="甲区", place="汀岚花苑", line="噪声油烟扬尘")
    line = "价格与收费" if place == "汀岚花苑" else "噪声油烟扬尘"
    assert await gather([first, said(text, title=title, hours=30, district="甲区", place=place, line=line)]) == [0, 1]


def test_known_places_decide_between_equal_words() -> None:
    words = "井盖缺失好几天没人补，只插了一根树枝，老人孩子走这里很不安全"
    here, there, again = (said(words, district="甲区", place=place, line="市政设施") for place in ("北门夜市", "南山路", "北门夜市"))
    assert compare(here, [there])[0].likelihood < assignment.THRESHOLD < compare(here, [again])[0].likelihood


async def test_in_a_burst_whoever_names_the_place_speaks_of_the_same() -> None:
    told = ("北门夜市城管掀摊子了", "天哪北门夜市，凉粉洒了一地", "北门夜市的大姐手腕受伤了", "今晚北门夜市给不给个说法？")
    voices = [said(text, hours=number / 10, district="甲区", place="北门夜市", line="市容秩序") for number, text in enumerate(told)]
    assert set(await gather(voices)) == {0}


async def test_the_work_for_one_post_is_bounded() -> None:
    index = CountingRecollection()
    await gather(
        [said(f"第{n}次说：北门夜市的摊子{'甲乙丙丁戊己庚辛'[n % 8] * (n % 5 + 1)}占道经营没人管", hours=n * 40) for n in range(150)], index
    )
    assert index.asked["holders"] <= KEYS * HOLDERS_PER_KEY
    assert index.asked["voices"] <= CANDIDATES * assignment.VOICES


PHRASES = ("油烟", "工地", "井盖", "垃圾", "北门夜市", "汀岚花苑", "砚渡路", "扰民", "没人管", "投诉", "凌晨", "打桩", "收费")
WORDS = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=30).map("，".join)


@given(WORDS, WORDS, st.floats(0, 5_000))
@settings(max_examples=150, deadline=None)
def test_comparing_is_symmetric_and_a_probability(one: str, other: str, hours: float) -> None:
    first, second = said(one), said(other, hours=hours)
    there, back = compare(first, [second])[0], compare(second, [first])[0]
    assert there.likelihood == pytest.approx(back.likelihood, abs=1e-6)
    assert 0 <= there.likelihood <= 1
    assert there.hours == pytest.approx(hours, abs=1e-3)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0, 1))
def test_a_better_resemblance_never_makes_an_event_less_likely(scores: list[float], more: float) -> None:
    def of(values: list[float]) -> float:
        return standing([Resemblance(value, shares_name=False, hours=100, cosine=0.1) for value in values]).likelihood

    assert of([max(scores[0], more), *scores[1:]]) >= of(scores) - 1e-9


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_has_at_most_so_many_keys(text: str) -> None:
    keys = keys_of(said(text).wording)
    assert len(keys) == len(set(keys)) <= KEYS
