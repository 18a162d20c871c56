"""Reposts are recognised, look-alikes are not; the order of two texts does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.script import to_traditional
from monitoring.duplicates import BANDS, HOLDERS_PER_BAND, Text, bands_of, find_original, is_same_text, text_of
from monitoring.wording import read_wording
from tests.generated_city import generate_city, repost

TEXT = "昨晚十点半，青禾路口的烧烤店又把油烟往楼上排，孩子咳了一夜，我们投诉了三次也没有人来处理，请问到底归谁管？"
LETTERS = st.text(alphabet="天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏", min_size=20, max_size=120)


class RememberedTexts:
    """A `DuplicateIndex` in memory."""

    def __init__(self) -> None:
        self.bands: dict[int, list[int]] = defaultdict(list)
        self.all: list[Text] = []

    async def band_holders(self, bands: Sequence[int]) -> Iterable[int]:
        return [item for band in bands for item in self.bands[band][-HOLDERS_PER_BAND:]]

    async def texts(self, items: Sequence[int]) -> Mapping[int, Text]:
        return {item: self.all[item] for item in items}

    async def see(self, text: str) -> int | None:
        letters, wording = text_of("", text), read_wording("", text)
        bands = bands_of(letters, wording)
        original = await find_original(self, letters, bands)
        self.all.append(letters)
        for band in bands if original is None else ():
            self.bands[band].append(len(self.all) - 1)
        return original


@pytest.mark.parametrize("seed", range(60))
async def test_a_repost_of_any_kind_is_found_among_the_posts_of_a_city(seed: int) -> None:
    seen = RememberedTexts()
    for each in generate_city(21, events=10, noise=10).posts:
        await seen.see(each.post.text)
    number = len(seen.all)
    await seen.see(TEXT)
    assert await seen.see(repost(TEXT, seed)) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("望月家园3栋楼下的烧烤店油烟直排，家里窗户都不敢开", "望月家园5栋楼下的烧烤店油烟直排，家里窗户都不敢开"),
        ("岚溪花苑的垃圾桶满了一个星期没人清运，臭味熏天", "砚渡名邸的垃圾桶满了一个星期没人清运，臭味熏天"),
        ("请问渚湾路的路灯什么时候修", "请问蘅坪街的路灯什么时候修"),
        ("油烟扰民没人管", "噪音扰民没人管"),
    ],
)
def test_the_same_words_about_another_place_are_another_post(one: str, other: str) -> None:
    assert not is_same_text(text_of("", one), text_of("", other))


def test_two_known_places_are_never_one_text() -> None:
    text = "垃圾桶满了一个星期没人清运，臭味熏天，苍蝇乱飞"
    here, there = text_of("", text + "1", district="甲区", place="东门"), text_of("", text, district="甲区", place="西门")
    assert not is_same_text(here, there)
    assert is_same_text(here, text_of("", text))


@given(LETTERS, st.integers(0, 1 << 20))
@settings(max_examples=150, deadline=None)
def test_sameness_is_symmetric_and_every_text_is_itself(text: str, seed: int) -> None:
    one, other = text_of("", text), text_of("", repost(text, seed))
    assert is_same_text(one, one)
    assert is_same_text(one, other) == is_same_text(other, one)


@given(LETTERS)
@settings(max_examples=100, deadline=None)
def test_script_width_and_pictographs_change_no_band(text: str) -> None:
    def bands(written: str) -> list[int]:
        return bands_of(text_of("", written), read_wording("", written))

    assert bands(text) == bands(text + "😡") == bands("@某某 " + text)
    assert set(bands(text)) & set(bands(to_traditional(text)))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_looked_up(text: str) -> None:
    letters, wording = text_of("", text), read_wording("", text)
    assert all(0 <= band < 1 << 63 for band in bands_of(letters, wording))
    assert type(wording).unpack(wording.pack()).grams.tolist() == wording.grams.tolist()


def test_a_text_that_says_nothing_is_nobodys_duplicate() -> None:
    assert bands_of(text_of("", "顶！"), read_wording("", "顶！")) == []


@given(LETTERS)
@settings(max_examples=50, deadline=None)
def test_an_archive_with_more_bands_to_a_text_holds_all_that_are_made_now(text: str) -> None:
    letters, wording = text_of("", text), read_wording("", text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("monitoring.duplicates.BANDS", 2 * BANDS)
        before = bands_of(letters, wording)
    assert before[:BANDS] == bands_of(letters, wording)
