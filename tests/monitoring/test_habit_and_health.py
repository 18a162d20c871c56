"""A source is silent, changed or failing against its own habit, and night is no illness."""

import random
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.habit import FEWEST_DAYS, Habit, take_habit
from monitoring.health import RECENT_POSTS, diagnose, latest
from monitoring.source import Ailment, Source, SourceKind
from monitoring.source_hour import SourceHour, hour_of, start_of
from storage.clock import CHINA
from tests.monitoring.posts_of_sources import START, hours_of_forum, weekend

DAYS = 28
END = START + timedelta(days=DAYS)


@cache
def habit_of(per_day: float = 100, seed: int = 1, **more: Any) -> Habit:
    habit = take_habit(list(hours_of_forum(random.Random(seed), per_day, DAYS, **more)), END, weekend)
    assert habit is not None
    return habit


def source(**fields: Any) -> Source:
    return Source(id=1, name="论坛", kind=SourceKind.FEED, **{"last_success_at": END, "last_post_at": END, **fields})


NOTHING: Counter[str] = Counter()


def test_a_habit_survives_its_row() -> None:
    assert Habit.from_json(habit_of().to_json()) == habit_of()
    assert Habit.from_json({}) is None


def test_nothing_is_usual_before_a_week() -> None:
    days = FEWEST_DAYS - 1
    young = take_habit(list(hours_of_forum(random.Random(1), 100, days)), START + timedelta(days=days), weekend)
    assert young is not None
    assert not young.is_settled
    assert diagnose(source(last_post_at=END - timedelta(days=9)), young, NOTHING, END, weekend) is None
    assert take_habit([], END, weekend) is None


def test_the_expected_number_follows_the_time_of_day() -> None:
    habit, monday = habit_of(), datetime(2026, 1, 26, tzinfo=CHINA)
    night = habit.expected(monday + timedelta(hours=2), monday + timedelta(hours=6), weekend)
    evening = habit.expected(monday + timedelta(hours=18), monday + timedelta(hours=22), weekend)
    assert night < 1 < 20 < evening
    whole = habit.expected(monday, monday + timedelta(days=1), weekend)
    assert whole == pytest.approx(sum(habit.working))


@given(st.integers(0, 27 * 24 * 60), st.integers(0, 3000), st.integers(0, 3000))
def test_what_is_expected_adds_up(begin: int, first: int, second: int) -> None:
    habit, start = habit_of(), START + timedelta(minutes=begin)
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    together = habit.expected(start, end, weekend)
    assert together == pytest.approx(habit.expected(start, middle, weekend) + habit.expected(middle, end, weekend))


def test_silence_by_day_is_an_illness_and_by_night_is_none() -> None:
    habit, ten = habit_of(), datetime(2026, 1, 28, 10, tzinfo=CHINA)
    found = diagnose(source(last_post_at=ten, last_success_at=ten + timedelta(hours=5)), habit, NOTHING, END, weekend)
    assert found is not None
    assert found.ailment is Ailment.SILENT
    assert "5 小时没有新帖" in found.note
    one = ten + timedelta(hours=15)
    assert diagnose(source(last_post_at=one, last_success_at=one + timedelta(hours=5)), habit, NOTHING, END, weekend) is None


def test_an_office_that_rests_at_weekends_is_not_silent_then() -> None:
    habit, friday = habit_of(20, office=True), datetime(2026, 1, 30, 17, 30, tzinfo=CHINA)
    monday = friday + timedelta(days=2, hours=15)
    assert diagnose(source(last_post_at=friday, last_success_at=monday), habit, NOTHING, monday, weekend) is None
    tuesday = monday + timedelta(days=1, hours=9)
    assert diagnose(source(last_post_at=friday, last_success_at=tuesday), habit, NOTHING, tuesday, weekend) is not None


def test_an_outage_in_the_past_is_no_habit() -> None:
    hours = [hour for hour in hours_of_forum(random.Random(3), 100, DAYS) if not 240 <= hour.hour - hour_of(START) < 340]
    broken = take_habit(hours, END, weekend)
    assert broken is not None
    assert broken.silence < 2 * habit_of(seed=3).silence


@pytest.mark.parametrize(("per_day", "office"), [(5, False), (60, False), (300, False), (20, True)])
def test_sixty_days_of_health_raise_no_alarm_and_a_breakdown_does(per_day: float, office: bool) -> None:
    days, alarms, watched = 88, 0, source()
    hours = list(hours_of_forum(random.Random(per_day), per_day, days, office=office))
    habit, seen, ill = None, 0, False
    for step in range(DAYS * 24, days * 24):
        now = START + timedelta(hours=step)
        while seen < len(hours) and hours[seen].hour < hour_of(now):
            watched.last_post_at, seen, ill = start_of(hours[seen].hour) + timedelta(minutes=59), seen + 1, False
        if now.hour == 0:
            habit = take_habit([hour for hour in hours[:seen] if hour.hour > hour_of(now) - DAYS * 24], now, weekend)
        watched.last_success_at = now
        found = diagnose(watched, habit, NOTHING, now, weekend) is not None
        alarms += found and not ill
        ill = found
    assert alarms == 0
    watched.last_success_at = now + timedelta(days=6)
    assert diagnose(watched, habit, NOTHING, now, weekend) is not None


def recent(**changes: int) -> Counter[str]:
    usual = {"posts": RECENT_POSTS, "titled": 20, "linked": 20, "signed": 20, "dated": 20, "characters": 1800, "repeated": 0}
    return Counter({**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"titled": 1}, "没有标题"), ({"dated": 0, "signed": 0}, "没有作者、发布时间"), ({"characters": 300}, "90 字变成 15 字"),
        ({"repeated": 15}, "换了编号"), ({}, ""), ({"titled": 12}, ""), ({"characters": 700}, ""), ({"posts": 5, "titled": 0}, ""),
    ],
)  # fmt: skip
def test_posts_that_look_different(changes: dict[str, int], words: str) -> None:
    found = diagnose(source(), habit_of(), recent(**changes), END, weekend)
    assert (found.ailment, words in found.note) == (Ailment.CHANGED, True) if found else words == ""


def test_a_source_that_wavers_stays_ill_until_it_is_well_indeed() -> None:
    habit, changed = habit_of(), source(ailment=Ailment.CHANGED, ailment_note="x")
    assert diagnose(changed, habit, recent(titled=8), END, weekend) is not None
    assert diagnose(changed, habit, NOTHING, END, weekend) is not None, "without news nobody gets well"
    assert diagnose(changed, habit, recent(titled=15), END, weekend) is None
    failing = source(ailment=Ailment.FAILING, ailment_note="x", good_readings=1)
    assert diagnose(failing, habit, NOTHING, END, weekend) is not None
    failing.good_readings = 2
    assert diagnose(failing, habit, NOTHING, END, weekend) is None
    assert diagnose(source(failures=2, last_error="连不上"), habit, NOTHING, END, weekend) is None
    found = diagnose(source(failures=3, last_error="连不上 a。"), None, NOTHING, END, weekend)
    assert found is not None
    assert found.note == "连续 3 次读不到：连不上 a。"


def test_the_latest_posts_are_those_of_the_last_hours() -> None:
    hours = [SourceHour(source_id=1, hour=hour_of(END) - back, posts=posts) for back, posts in ((60, 100), (9, 7), (8, 13), (1, 8))]
    assert latest(hours, END)["posts"] == 21
    assert latest(hours[:2], END)["posts"] == 7


def test_one_that_pushes_is_silent_without_being_read() -> None:
    ten = datetime(2026, 1, 28, 10, tzinfo=CHINA)
    pushed = Source(id=1, name="厂商", kind=SourceKind.WEBHOOK, last_post_at=ten)
    found = diagnose(pushed, habit_of(), NOTHING, ten + timedelta(hours=6), weekend)
    assert found is not None
    assert found.ailment is Ailment.SILENT
