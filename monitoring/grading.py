"""等级: how grave a post is by what it tells, and how grave an event is by that and by what only the event shows."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from monitoring.factors import Factor
from monitoring.lines import LEVEL_NAMES
from monitoring.policy import GradingPolicy
from prompts import say

ORDINARY = 4
_JOINT = "｜"


@dataclass(frozen=True)
class EventSpread:
    """What only the whole event shows.

    Attributes:
        item_count, distinct_count: posts in all, and those that are not copies of one another.
        minutes_since_first: age of the event.
        per_minute: posts a minute, lately.
        baseline_ratio: `per_minute` against the habit of the line.
        negative_share: 0..1 of the posts.
        unanswered_repeats: how often the matter came back without an answer.
    """

    item_count: int
    distinct_count: int
    source_count: int
    minutes_since_first: float
    per_minute: float
    baseline_ratio: float
    likes: int
    negative_share: float
    unanswered_repeats: int


@dataclass(frozen=True)
class Grade:
    """A level (1-4, 0 for no alert), the points behind it, and the reasons in one line each; the first is the verdict in short."""

    level: int
    points: int
    reasons: tuple[str, ...]
    factors: tuple[Factor, ...] = ()


def graver(first: int, second: int) -> int:
    """The graver of two levels; 0 is the least grave."""
    return min((level for level in (first, second) if level), default=0)


def grade_item(factors: Collection[Factor], policy: GradingPolicy, *, alarming: bool) -> Grade:
    """The level of one post: the highest floor of its factors, else IV.

    Args:
        alarming: False for a post that is not ours or asks, suggests, praises or informs without any harm: no alert.
    """
    if not alarming:
        return Grade(0, 0, ())
    level = ORDINARY
    for factor in factors:
        level = graver(level, policy.item[factor.name].floor)
    names = frozenset(factor.name for factor in factors)
    for raised in policy.raises:
        if raised.applies(names):
            level = graver(level, raised.level)
    return Grade(level, sum(factor.points for factor in factors), _verdict(factors, policy, level, points=0), tuple(factors))


def grade_event(item_level: int, factors: Collection[Factor], spread: EventSpread, policy: GradingPolicy) -> Grade:
    """The level of an event: the highest of its items', raised where speed, spread and repeats bring its points over a threshold.

    Args:
        item_level: the gravest level of its items; where that is 0, nothing raises it.
        factors: those of its items; of equal names the heaviest counts once.
    """
    if item_level == 0:
        return Grade(0, 0, ())
    own = tuple(_heaviest(factors))
    shown = tuple(_spread_factors(spread, policy))
    points = sum(factor.points for factor in (*own, *shown))
    level = graver(item_level, policy.level_for(points)) if shown else item_level
    return Grade(level, points, _verdict((*own, *shown), policy, level, points), (*own, *shown))


def _heaviest(factors: Iterable[Factor]) -> Iterator[Factor]:
    best: dict[str, Factor] = {}
    for factor in factors:
        if factor.name not in best or (factor.points, factor.value) > (best[factor.name].points, best[factor.name].value):
            best[factor.name] = factor
    return iter(best.values())


def _spread_factors(spread: EventSpread, policy: GradingPolicy) -> Iterator[Factor]:
    values = {
        "speed": spread.baseline_ratio,
        "sources": spread.source_count,
        "volume": spread.distinct_count,
        "repeats": spread.unanswered_repeats,
        "likes": spread.likes,
        "negative": 100 * spread.negative_share,
    }
    for name, value in values.items():
        rule = policy.event[name]
        if points := rule.points(value, spread.item_count):
            label = rule.label.format(value=f"{value:.0f}")
            yield Factor(f"event_{name}", value, points, say("monitoring.factor_points", label=label, points=points))


def _verdict(factors: Collection[Factor], policy: GradingPolicy, level: int, points: int) -> tuple[str, ...]:
    """“涉执法行为 +3｜视频 +1 → II（≥6）”, or, where a floor and not the sum decides, “→ II（涉执法行为至少 II 级）”."""
    counted = sorted((factor for factor in factors if factor.points), key=lambda factor: -factor.points)
    parts = _JOINT.join(factor.reason for factor in counted) or say("monitoring.ordinary")
    name = LEVEL_NAMES[level].split()[0]
    if level == ORDINARY:
        return (say("monitoring.plain_verdict", parts=parts, level=name),)
    if points and policy.level_for(points) == level:
        return (say("monitoring.points_verdict", parts=parts, level=name, threshold=policy.thresholds[level]),)
    return (say("monitoring.floor_verdict", parts=parts, level=name, floor=_floor_reason(counted, policy, level, name)),)


def _floor_reason(factors: Iterable[Factor], policy: GradingPolicy, level: int, name: str) -> str:
    """Which factor demanded the level, or which ones together."""
    known = [factor for factor in factors if factor.name in policy.item]
    alone = next((factor for factor in known if policy.item[factor.name].floor == level), None)
    if alone:
        return say("monitoring.factor_floor", label=policy.item[alone.name].label, level=name)
    names = frozenset(factor.name for factor in known)
    together = next((raised for raised in policy.raises if raised.level == level and raised.applies(names)), None)
    labels = [policy.item[n].label for n in policy.item if together and n in (together.every | together.some) & names]
    return say("monitoring.factors_together", labels="、".join(labels)) if labels else say("monitoring.item_floor", level=name)
