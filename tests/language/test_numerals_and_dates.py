"""Numbers and dates as Chinese texts write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.dates import dates, first_date
from language.hashed_ngrams import hashed_ngrams, ngrams_in_place
from language.numerals import article_number, count, from_int, to_int
from language.segmentation import character_ngrams, words


@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_numeral_reads_back_as_the_number_it_was_made_from(value: int) -> None:
    assert to_int(from_int(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十二", 12),
        ("一百一十", 110),
        ("三百零五", 305),
        ("三百五", 350),
        ("两万三", 23_000),
        ("二〇二四", 2024),
        ("一亿零二十", 100_000_020),
        ("37", 37),
    ],
)
def test_spoken_and_written_numerals(numeral: str, value: int) -> None:
    assert to_int(numeral) == value


@pytest.mark.parametrize("text", ["", "好", "12好", "½"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        to_int(text)


@pytest.mark.parametrize(
    ("phrase", "least"),
    [
        ("37人", 37),
        ("三百多户", 300),
        ("上千人", 1000),
        ("数十家", 20),
        ("几百户", 200),
        ("1.2万居民", 12_000),
        ("两千余名", 2000),
        ("没有人", None),
    ],
)
def test_a_quantity_tells_its_least_number(phrase: str, least: int | None) -> None:
    assert count(phrase) == least


@pytest.mark.parametrize(
    ("heading", "number"), [("第四十二条 执法", 42), ("第42条", 42), ("　第一百零三条之一", 103), ("依照第四十二条", None)]
)
def test_article_numbers(heading: str, number: int | None) -> None:
    assert article_number(heading) == number


def test_dates_in_every_spelling_and_no_impossible_ones() -> None:
    text = "2024年5月1日起，二〇二三年十二月三十一日止，见2024-02-30和2022/06/05。"
    found = list(dates(text))
    assert [span.day for span in found] == [date(2024, 5, 1), date(2023, 12, 31), date(2022, 6, 5)]
    assert text[found[1].start : found[1].end] == "二〇二三年十二月三十一日"
    assert first_date("没有日期") is None


def test_words_leave_out_white_space() -> None:
    assert words("占道 经营") == ["占", "道", "经营"] or "".join(words("占道 经营")) == "占道经营"


@given(st.text(max_size=30))
def test_ngrams_are_all_runs_of_their_size(text: str) -> None:
    assert list(character_ngrams(text, (2,))) == [text[i : i + 2] for i in range(len(text) - 1)]


@given(st.text(max_size=60), st.sampled_from([1 << 10, 1 << 18]))
def test_hashed_ngrams_depend_on_the_text_alone_and_stay_in_range(text: str, buckets: int) -> None:
    found = hashed_ngrams(text, (1, 2, 3), buckets)
    assert list(found) == sorted(set(found.tolist()))
    assert all(0 <= bucket < buckets for bucket in found)
    apart = [hashed_ngrams(text, (size,), buckets) for size in (1, 2, 3)]
    assert list(found) == sorted({int(bucket) for each in apart for bucket in each})
    assert [list(ngrams_in_place(text, size, buckets)) for size in (1, 2)] == [
        [int(hashed_ngrams(text[start : start + size], (size,), buckets)[0]) for start in range(len(text) - size + 1)] for size in (1, 2)
    ]


def test_the_order_of_characters_changes_the_ngrams() -> None:
    assert set(hashed_ngrams("城管", (2,), 1 << 18)) != set(hashed_ngrams("管城", (2,), 1 << 18))
