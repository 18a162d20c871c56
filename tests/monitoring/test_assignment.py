"""Posts find their event by place and matter together; the work for one post is bounded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.script import to_traditional
from monitoring import assignment
from monitoring.assignment import CANDIDATES, HOLDERS_PER_KEY, KEYS, assign, keys_of, standing, voice_of
from monitoring.likeness import Resemblance, compare
from monitoring.matter import Matter, read_matter, trouble_number
from monitoring.recollection import Recollection
from monitoring.voices import Voice
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


PHRASES = ("油烟", "工地", "井盖", "垃圾", "北门夜市", "汀岚花苑", "砚渡路", "扰民", "没人管", "投诉", "凌晨", "打桩", "收费")
WORDS = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=30).map("，".join)


NIGHT_WORK = "旁边的工地每天凌晨还在打桩施工，噪音大得整栋楼都睡不着，投诉多次没人管，请有关部门查处。"
LETTER = "的学生，临近毕业学校要求必须去安排的工厂实习，工资很低，不去不给毕业证，请领导关注。"
APART = {
    "same trouble, two estates": (("砚渡名邸夜间施工扰民", "砚渡名邸" + NIGHT_WORK), ("翎溪花苑夜间施工扰民", "翎溪花苑" + NIGHT_WORK)),
    "one estate, two troubles": (
        ("砚渡名邸夜间施工扰民", "砚渡名邸" + NIGHT_WORK),
        ("砚渡名邸幼儿园何时开园", "砚渡名邸配套的幼儿园建好两年一直没有招生，孩子入园难，请问教育局什么时候能办成普惠园？"),
    ),
    "two branches of one chain": (
        ("蘅芜健身沅江店不退年卡", "蘅芜健身沅江店突然关门，办的年卡还剩八个月，老板电话打不通，请帮助退款。"),
        ("蘅芜健身澹台店教练打人", "蘅芜健身澹台店的教练昨天因为口角动手打人，民警来了也没有说法，请查处。"),
    ),
    "two lines": (
        ("建议地铁3号线延伸到珩溪", "珩溪片区人口越来越多，出行不便，希望地铁3号线能够延伸过来，设立珩溪站。"),
        ("请问地铁6号线何时开通", "地铁6号线已经修了很多年，听说今年通车，请问具体什么时候开通，有没有时间表？"),
    ),
    "two districts": (
        ("甲岚区学区划分不合理", "甲岚区今年的学区划分不合理，家门口的小学不能上，请教育局说明依据。"),
        ("乙霁区学区划分不公平", "乙霁区的学区划分没有依据，我们小区被划到很远的学校，请教育局解释。"),
    ),
    "one letter about two schools": (
        ("缙云职业学院强制学生实习", "我是缙云职业学院" + LETTER),
        ("汀兰商贸学校强制学生实习", "我是汀兰商贸学校" + LETTER),
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
async def test_look_alikes_stay_apart(pair: tuple[tuple[str, str], tuple[str, str]]) -> None:
    assert await gather([said(text, title=title, hours=40 * place) for place, (title, text) in enumerate(pair)]) == [0, 1]


TOGETHER = {
    "told otherwise": (
        ("砚渡名邸未能按时交房", "砚渡名邸合同约定去年底交房，到现在还没有完工，开发商一拖再拖，请住建部门督促。"),
        ("砚渡名邸何时才交房", "我们买了砚渡名邸的房子，早就过了交付日期，工地还停着，开发商没有说法，请问什么时候能收房？"),
    ),
    "garbled name": (
        ("砚渡名邸未能按时交房", "砚渡名邸合同约定去年底交房，到现在还没有完工，开发商一拖再拖，请住建部门督促。"),
        ("砚名渡邸延期交房", "砚名渡邸合同约定去年底交房，到现在还没有完工，已经逾期半年，开发商一拖再拖，请住建部门督促。"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", TOGETHER.values(), ids=TOGETHER)
@pytest.mark.parametrize("script", ["simplified", "traditional"])
async def test_one_matter_in_other_words_is_one_event(pair: tuple[tuple[str, str], tuple[str, str]], script: str) -> None:
    (title, text), (again, told) = pair
    if script == "traditional":
        again, told = to_traditional(again), to_traditional(told)
    assert await gather([said(text, title=title), said(told, title=again, hours=60)]) == [0, 0]


def test_names_are_what_everyday_words_and_troubles_leave() -> None:
    matter = read_matter("甲岚区砚渡名邸3栋凌晨施工扰民", "请有关部门查处。")
    letters = {chr(letter) for letter in matter.letters.tolist()}
    assert set("砚渡") <= letters <= set("砚渡名邸栋")
    assert trouble_number("施工") in matter.troubles
    assert list(matter.numbers.values()) == [frozenset({3})]


@given(st.text(max_size=120), st.text(max_size=400))
@settings(deadline=None, max_examples=60)
def test_a_matter_comes_back_from_its_row(title: str, text: str) -> None:
    matter = read_matter(title, text)
    again = Matter.unpack(matter.pack())
    for name in ("names", "spoken", "letters", "numbered", "troubles", "told"):
        assert np.array_equal(getattr(matter, name), getattr(again, name))


def test_a_row_from_before_there_were_matters_is_compared_all_the_same() -> None:
    new, old = said(LONG_ONE), replace(said(LONG_TWO, hours=2), matter=Matter.unpack(None))
    assert 0 < compare(new, [old])[0].likelihood < 1


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
@settings(deadline=None, max_examples=40)
def test_compared_together_is_compared_alone(olds: list[str], new: str) -> None:
    voices = [said(text, title=text[:8], hours=place) for place, text in enumerate(olds)]
    mine = said(new, title=new[:8], hours=9)
    together = [resemblance.likelihood for resemblance in compare(mine, voices)]
    assert together == pytest.approx([compare(mine, [old])[0].likelihood for old in voices])


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
