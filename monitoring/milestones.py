"""What passes with one post and is worth a message of its own, although the level stays."""

from collections.abc import Iterable

from monitoring.event import Event
from monitoring.factors import Factor
from monitoring.policy import GradingPolicy
from monitoring.source import Source
from prompts import say

ITEM_COUNTS = (10, 50, 100, 500, 1_000, 5_000, 10_000)
SOURCE_COUNTS = (3, 5)
KEY_FACTS = frozenset({
    "death", "group_harm", "severe_injury", "several_injured", "injury", "explosion", "crowd_now", "petition", "officer_violence",
    "officers_attacked", "bribery_reported", "hot_search", "national_spread",
})  # fmt: skip
"""Factors of a post that change what an event is."""


def milestones(event: Event, sources_before: int, new_factors: Iterable[Factor], source: Source, policy: GradingPolicy) -> tuple[str, ...]:
    """In words for staff, what the newest post of an event that stood before has brought.

    Args:
        sources_before: number of sources before the post joined.
        new_factors: factors that the event did not have before.
    """
    sources, passed = len(event.source_names), []
    passed += [say("events.milestone_fact", fact=policy.item[factor.name].label) for factor in new_factors if factor.name in KEY_FACTS]
    if source.options.get("official"):
        passed.append(say("events.milestone_official", source=source.name))
    if event.item_count in ITEM_COUNTS:
        passed.append(say("events.milestone_items", count=event.item_count))
    if sources > sources_before and sources in SOURCE_COUNTS:
        passed.append(say("events.milestone_sources", count=sources))
    return tuple(passed)
