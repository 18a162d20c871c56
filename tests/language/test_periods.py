"""What people mean by 上周, and how the bot says when."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.periods import clock_phrase, duration_phrase, find_period

CHINA = timezone(timedelta(hours=8))
FRIDAY = datetime(2026, 11, 20, 18, 42, tzinfo=CHINA)


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("question", "start", "end", "label"),
    [
        ("今天多少条", at(11, 20), FRIDAY, "今天"),
        ("昨天呢", at(11, 19), at(11, 20), "昨天"),
        ("上周占道经营投诉多少", at(11, 9), at(11, 16), "上周"),
        ("本周有几件", at(11, 16), FRIDAY, "本周"),
        ("上上个星期", at(11, 2), at(11, 9), "上上周"),
        ("那上个月呢", at(10, 1), at(11, 1), "10 月"),
        ("本月油烟", at(11, 1), FRIDAY, "11 月"),
        ("10月的投诉", at(10, 1), at(11, 1), "10 月"),
        ("十二月呢", at(12, 1, year=2025), at(1, 1), "2025 年 12 月"),
        ("去年十月份", at(10, 1, year=2025), at(11, 1, year=2025), "2025 年 10 月"),
        ("2024年全年", at(1, 1, year=2024), at(1, 1, year=2025), "2024 年"),
        ("最近7天", at(11, 14), FRIDAY, "最近 7 天"),
        ("过去24小时", at(11, 19, 18, 42), FRIDAY, "最近 24 小时"),
    ],
)
def test_a_phrase_of_time(question: str, start: datetime, end: datetime, label: str) -> None:
    period = find_period(question, FRIDAY)
    assert period is not None
    assert (period.start, period.end, period.label) == (start, end, label)


@pytest.mark.parametrize("question", ["夜间施工几点以后不行", "A12 怎么样了", "3月以上的婴儿"])
def test_no_phrase_of_time(question: str) -> None:
    assert find_period(question, FRIDAY) is None


@pytest.mark.parametrize(
    ("question", "start", "end", "label"),
    [
        ("上周", at(11, 2), at(11, 9), "11/2–11/8"),
        ("10月", at(9, 1), at(10, 1), "9 月"),
        ("今天", at(11, 19), at(11, 19, 18, 42), "11/19"),
        ("本周", at(11, 9), at(11, 13, 18, 42), "11/9–11/13"),
        ("2024年", at(1, 1, year=2023), at(1, 1, year=2024), "2023 年"),
        ("今年1月", at(12, 1, year=2025), at(1, 1), "2025 年 12 月"),
    ],
)
def test_the_period_to_compare_with(question: str, start: datetime, end: datetime, label: str) -> None:
    period = find_period(question, FRIDAY)
    assert period is not None
    before = period.before()
    assert (before.start, before.end, before.label) == (start, end, label)


@given(
    st.sampled_from(["今天", "昨天", "本周", "上周", "本月", "上月", "2月", "今年", "去年", "最近9天"]),
    st.integers(min_value=0, max_value=10 * 365 * 24 * 60),
)
def test_periods_never_reach_into_the_future_and_never_overlap_the_one_before(phrase: str, minutes: int) -> None:
    now = at(3, 1, year=2020) + timedelta(minutes=minutes)
    period = find_period(phrase, now)
    assert period is not None
    before = period.before()
    assert period.start <= period.end <= now
    assert before.start < before.end or period.start == period.end
    assert before.end <= period.start


@pytest.mark.parametrize(
    ("moment", "phrase"),
    [
        (at(11, 20, 23, 42), "今日 23:42"),
        (at(11, 21, 10), "明天 10:00"),
        (at(11, 19, 8, 5), "昨天 08:05"),
        (at(11, 25, 8), "11月25日 08:00"),
        (at(1, 2, 8, year=2027), "2027年1月2日 08:00"),
        (datetime(2026, 11, 20, 16, 30, tzinfo=UTC), "明天 00:30"),
    ],
)
def test_how_a_moment_is_said(moment: datetime, phrase: str) -> None:
    assert clock_phrase(moment, FRIDAY) == phrase


@pytest.mark.parametrize(
    ("minutes", "phrase"),
    [(273, "4 小时 33 分"), (15, "15 分"), (0, "不到 1 分"), (60, "1 小时"), (51 * 60, "2 天 3 小时"), (-65, "1 小时 5 分")],
)
def test_how_a_duration_is_said(minutes: int, phrase: str) -> None:
    assert duration_phrase(timedelta(minutes=minutes)) == phrase
