"""How many posts an event will bring in the next hours, with an interval: a local level for counts that forgets.

The hourly rate is believed to be gamma distributed; each hour adds what was counted and discounts what was known before, so the forecast
is negative binomial (Harvey & Fernandes 1989, “Time series models for count or qualitative observations”).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

HOURS_AHEAD = 3
DISCOUNT = 0.6
"""Weight of an hour against the one after it; of 0.5 to 0.8 the best on made-up events that stay, burst, echo, or sleep at night."""
PRIOR_POSTS, PRIOR_HOURS = 0.3, 0.6
LOW, HIGH = 0.1, 0.9
"""The interval holds eight of ten outcomes."""
_LEAST_SHAPE = 0.05
_MANY = 100
"""Expected posts from which the distribution is as good as normal, and its terms too small to add up."""


@dataclass(frozen=True)
class Forecast:
    """Posts to be expected within `hours`: about `expected`, in eight of ten cases `low` to `high`."""

    hours: int
    expected: float
    low: int
    high: int


def forecast(hourly: Sequence[int], hours: int = HOURS_AHEAD) -> Forecast:
    """What the hours so far let expect of the next ones.

    Args:
        hourly: posts in each whole hour up to now, oldest first; older than a day weighs nothing.
        hours: how far ahead.
    """
    posts, exposure = PRIOR_POSTS, PRIOR_HOURS
    for counted in hourly:
        posts, exposure = DISCOUNT * posts + counted, DISCOUNT * exposure + 1
    expected = posts / exposure * hours
    shape = max(posts * DISCOUNT ** (hours / 2), _LEAST_SHAPE)
    return Forecast(hours, round(expected, 1), _quantile(shape, expected, LOW), _quantile(shape, expected, HIGH))


def _quantile(shape: float, mean: float, share: float) -> int:
    """The smallest count that so large a share of a negative binomial distribution does not exceed; for high means by the normal one."""
    if mean > _MANY:
        return max(0, round(NormalDist(mean, math.sqrt(mean + mean * mean / shape)).inv_cdf(share)))
    success = shape / (shape + mean)
    count, likelihood = 0, success**shape
    reached = likelihood
    while reached < share:
        count += 1
        likelihood *= (count - 1 + shape) / count * (1 - success)
        reached += likelihood
    return count
