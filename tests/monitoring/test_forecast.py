"""The forecast holds what it promises on events made up in four ways, and its figures are sane everywhere."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.forecast import HOURS_AHEAD, forecast

HOURS = 48
LEAST_COVERED, MOST_COVERED = 0.75, 0.95
"""Eight of ten outcomes are promised."""


def poisson(chance: random.Random, rate: float) -> int:
    """Knuth's method in steps, so that no exponential underflows."""
    count = 0
    while rate > 0:
        reach, product = min(rate, 20.0), chance.random()
        limit = 2.718281828459045**-reach
        while product > limit:
            count, product = count + 1, product * chance.random()
        rate -= reach
    return count


def steady(chance: random.Random) -> list[int]:
    rate = chance.lognormvariate(0, 1.2)
    return [poisson(chance, rate) for _ in range(HOURS)]


def burst(chance: random.Random) -> list[int]:
    start, peak, fall = chance.randrange(3, 20), chance.lognormvariate(2.2, 1), chance.uniform(2, 10)
    rates = (0.1 if hour < start else peak * 2.718281828459045 ** (-(hour - start) / fall) for hour in range(HOURS))
    return [poisson(chance, rate) for rate in rates]


def echo(chance: random.Random) -> list[int]:
    hours, answers, waiting = [0] * HOURS, chance.uniform(0.6, 0.9), [chance.uniform(0, HOURS) for _ in range(6)]
    while waiting:
        at = waiting.pop()
        hours[int(at)] += 1
        later = (at + chance.expovariate(0.5) for _ in range(poisson(chance, answers)))
        waiting += [moment for moment in later if moment < HOURS]
    return hours


def asleep(chance: random.Random) -> list[int]:
    rate = chance.lognormvariate(1, 1)
    return [poisson(chance, rate * (0.2 if hour % 24 < 7 else 1)) for hour in range(HOURS)]


@pytest.mark.parametrize("make", [steady, burst, echo, asleep])
def test_eight_of_ten_outcomes_lie_within(make: Callable[[random.Random], list[int]]) -> None:
    chance, held = random.Random(7), []
    for _ in range(120):
        hourly = make(chance)
        for now in range(8, HOURS - HOURS_AHEAD, 4):
            past = hourly[max(0, now - 24) : now]
            if sum(past) >= 3:
                told = forecast(past)
                held.append(told.low <= sum(hourly[now : now + HOURS_AHEAD]) <= told.high)
    assert len(held) > 300
    assert LEAST_COVERED <= sum(held) / len(held) <= MOST_COVERED


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=24))
def test_the_interval_is_an_interval(hourly: list[int]) -> None:
    told = forecast(hourly)
    assert 0 <= told.low <= told.high
    assert told.expected >= 0
    assert told.low <= told.expected + 1


@given(st.lists(st.integers(0, 500), min_size=1, max_size=24), st.integers(1, 500))
def test_more_posts_now_let_expect_more(hourly: list[int], more: int) -> None:
    assert forecast([*hourly[:-1], hourly[-1] + more]).expected > forecast(hourly).expected


def test_hours_ahead_are_named() -> None:
    assert forecast([1, 2, 3]).hours == HOURS_AHEAD
