"""Matching runs on another form of the text; what it finds must be quoted from the original."""

from hypothesis import given
from hypothesis import strategies as st

from language.normalising import normalise
from language.script import to_simplified, to_traditional

CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=60)
WRITTEN = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("Ａｂ１！\u200b\u200d\ufeff\u00ad\x00 \n\u3000@#:/.攤販亂瞭乾😱㎡①"),
    ),
    max_size=80,
)


@given(CHINESE)
def test_simplified_text_is_as_long_as_the_original(text: str) -> None:
    assert len(to_simplified(text)) == len(text)


def test_phrases_decide_how_a_character_is_simplified() -> None:
    assert to_simplified("乾淨的攤販，乾坤大街") == "干净的摊贩，乾坤大街"


def test_simplified_text_is_not_read_as_traditional() -> None:
    assert to_simplified("破坏土地资源") == "破坏土地资源"


def test_traditional_text_is_for_display() -> None:
    assert to_traditional("占道经营") == "佔道經營"


@given(WRITTEN)
def test_every_span_of_the_matching_form_leads_back_to_the_characters_it_was_made_from(text: str) -> None:
    normal = normalise(text)
    places = [normal.original_span(place, place + 1)[0] for place in range(len(normal.text))]
    assert places == sorted(set(places))
    for place, character in zip(places, normal.text, strict=True):
        again = normalise(text[place]).text
        assert character in (again, " ") or to_simplified(again) != again


@given(WRITTEN)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


def test_a_word_broken_by_an_invisible_character_is_found_and_quoted_as_written() -> None:
    normal = normalise("請城\u200b管處理")
    start = normal.text.index("城管")
    assert normal.quote(start, start + 2) == "城\u200b管"


def test_width_and_case_do_not_matter() -> None:
    assert normalise("ＬＥＤ屏３号").text == "led屏3号"


def test_letters_of_links_and_pictographs_are_not_the_writers_words() -> None:
    normal = normalise("油烟http://t.example/chengguan?x=1 😱[怒]好")
    assert "chengguan" not in normal.text
    assert "怒" not in normal.text
    assert normal.text.startswith("油烟")
    assert normal.text.endswith("好")
