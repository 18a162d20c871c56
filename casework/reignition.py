"""再燃: whether a matter that had calmed down is spoken of faster again than its own course lets expect.

The rate is a discounted mean of the hours before, in which an hour of the night weighs little, so that a silent night is no lull and an
ordinary morning no flare (made-up courses: benchmarks/reignition.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

HOURS_READ = 48
RECENT_HOURS = 2
"""What is newest; it is held against the hours before."""
FEWEST = 6
"""Posts within RECENT_HOURS below which nothing is called a flare."""
TIMES = 2.5
"""At least so many times what the hours before let expect …"""
LIKELY = 1e-3
"""… and no likelier than this, were it only chance. Windows overlap and looks are many, yet of quiet courses one in fifty is enough."""
LULL_SHARE = 1 / 3
"""Somewhere since the answer as many hours brought at most this share of the newest ones; else it never calmed down."""
DISCOUNT = 0.9
"""Weight of an hour against the one after it."""
PRIOR_POSTS, PRIOR_HOURS = 0.5, 1.0
NIGHT, EVENING = range(7), range(18, 23)
NIGHT_WEIGHT, EVENING_WEIGHT = 0.15, 1.5


@dataclass(frozen=True)
class Flare:
    """`count` posts within `hours`, where at most `expected` were to be expected, after so many quiet hours."""

    hours: int
    count: int
    expected: int
    quiet_hours: int


def find_flare(hourly: Sequence[int], ends_at_hour: int, hours_since_answer: int) -> Flare | None:
    """Look at a course for the newest flare.

    Args:
        hourly: posts in each of the last hours, oldest first; the last hour ends now.
        ends_at_hour: hour of the day (0-23) in which the last of them lies.
        hours_since_answer: whole hours since the reply, the closing or the last flare; only what came after can flare up again.

    Returns:
        None while it goes on as before, or has not calmed down yet.
    """
    count, before = sum(hourly[-RECENT_HOURS:]), hourly[:-RECENT_HOURS]
    since = before[-(hours_since_answer - RECENT_HOURS) :] if hours_since_answer > RECENT_HOURS else ()
    if count < FEWEST or len(since) < RECENT_HOURS or _quietest(since) > LULL_SHARE * count:
        return None
    posts, exposure = _known(before, ends_at_hour - RECENT_HOURS)
    expected = posts / exposure * sum(_weight(ends_at_hour - ago) for ago in range(RECENT_HOURS))
    if count < TIMES * expected or _chance_of(count, expected, posts) > LIKELY:
        return None
    quiet = next((ago for ago, posts in enumerate(reversed(since)) if posts * RECENT_HOURS > LULL_SHARE * count), len(since))
    return Flare(RECENT_HOURS, count, max(1, round(expected)), quiet)


def _quietest(hourly: Sequence[int]) -> int:
    return min(sum(hourly[start : start + RECENT_HOURS]) for start in range(len(hourly) - RECENT_HOURS + 1))


def _known(hourly: Sequence[int], ends_at_hour: int) -> tuple[float, float]:
    """What the hours so far tell of the rate: discounted posts, and the hours, by their weight, in which they came."""
    posts, exposure = PRIOR_POSTS, PRIOR_HOURS
    for number, counted in enumerate(hourly):
        ago = len(hourly) - 1 - number
        posts, exposure = DISCOUNT * posts + counted, DISCOUNT * exposure + _weight(ends_at_hour - ago)
    return posts, exposure


def _chance_of(count: int, expected: float, shape: float) -> float:
    """How likely so many posts or more are, the rate being gamma distributed around what is expected (negative binomial)."""
    success = shape / (shape + expected)
    likelihood, below = success**shape, 0.0
    for number in range(count):
        below += likelihood
        likelihood *= (number + shape) / (number + 1) * (1 - success)
    return max(0.0, 1.0 - below)


def _weight(hour: int) -> float:
    """How much people write at an hour of the day, roughly."""
    if hour % 24 in NIGHT:
        return NIGHT_WEIGHT
    return EVENING_WEIGHT if hour % 24 in EVENING else 1.0
