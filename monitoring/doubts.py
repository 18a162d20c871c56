"""疑点: what nobody has verified yet in an event."""

from collections.abc import Iterable

from monitoring.factors import Factor
from prompts import say

_UNVERIFIED = {
    "death": {"death"},
    "injury": {"severe_injury", "several_injured", "group_harm", "injury", "officer_violence", "officer_conduct", "vulnerable_health"},
    "conduct": {"officer_violence", "officer_conduct", "officer_misconduct", "bribery_reported"},
    "video": {"video"},
}
"""What must be asked back, and by which factors it comes up."""


def doubts(factors: Iterable[Factor]) -> list[str]:
    """The lines of 疑点 on a card: accounts that differ, a source nobody knows, and what is claimed but not verified.

    Args:
        factors: of all posts of an event.
    """
    names = {factor.name for factor in factors}
    lines = [say(f"monitoring.doubt_{name}") for name in ("dispute", "rumour") if name in names]
    questions = [say(f"monitoring.doubt_{question}") for question, grounds in _UNVERIFIED.items() if names & grounds]
    if questions:
        lines.append(say("monitoring.doubt_line", what=say("monitoring.doubt_joint").join(questions)))
    return lines
