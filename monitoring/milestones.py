"""What passes with one post and is worth a message of its own, although the level stays."""

from collections.abc import Iterable

from monitoring.factors import Factor
from monitoring.policy import GradingPolicy
from monitoring.source import Source
from prompts import say

KEY_FACTS = frozenset({
    "death", "group_harm", "severe_injury", "several_injured", "injury", "explosion", "crowd_now", "petition", "officer_violence",
    "officers_attacked", "bribery_reported", "hot_search", "national_spread",
})  # fmt: skip
"""Factors of a post that change what an event is."""


def milestones(new_factors: Iterable[Factor], source: Source, policy: GradingPolicy) -> tuple[str, ...]:
    """In words for staff, what the newest post of an event has brought. Mere counts are none: the card shows them in place.

    Args:
        new_factors: factors that the event did not have before.
    """
    passed = [_fact(factor, policy) for factor in new_factors if factor.name in KEY_FACTS]
    if source.options.get("official"):
        passed.append(say("events.milestone_official", source=source.name))
    return tuple(passed)


def _fact(factor: Factor, policy: GradingPolicy) -> str:
    """What kind of fact, and the words that show it."""
    label = policy.item[factor.name].label
    return say("events.milestone_told", fact=label, span=factor.span) if factor.span else say("events.milestone_fact", fact=label)
