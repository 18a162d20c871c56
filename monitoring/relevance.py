"""Whether a post is the department's business, and of which line: the rules that match it decide, and their words are the reason."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitoring.item import Relevance
from monitoring.lines import CONDUCT, OTHER
from monitoring.reading import Reading
from monitoring.rulebook import LineRule
from prompts import say

IN_HEADLINE = 3.0
"""Weight of a rule all or part of whose words stand in the headline: what a post is about, it says first."""
IN_BODY = 1.0
ANOTHER_RULE = 0.2
ANOTHER_WORD = 0.1
MOST_WORDS = 8
PARTLY_DISCOUNT = 0.25
CONDUCT_BONUS = 1.0
"""What officers did outweighs the matter they came for."""

PLACE_MARK = "〈地点〉"
"""Stands in rules for “a precise place is named”."""


@dataclass(frozen=True)
class Claim:
    """What speaks for one line (or for somebody else's business): how strongly, and by which words."""

    line: str
    relevance: Relevance
    weight: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class RelevanceVerdict:
    """Relevance, line and how sure.

    Attributes:
        score: 0..1, how likely the post is the department's.
        reason: the hit words, for staff.
    """

    relevance: Relevance
    line: str
    score: float
    reason: str


def judge_relevance(reading: Reading, rules: Iterable[LineRule]) -> RelevanceVerdict:
    """Weigh what speaks for each line against what speaks for other departments or for nobody."""
    claims = weigh(reading, rules)
    ours = next((claim for claim in claims if claim.relevance.is_ours), None)
    theirs = next((claim for claim in claims if not claim.relevance.is_ours), None)
    score = _likelihood(ours, theirs)
    if ours and score >= 0.5:
        return RelevanceVerdict(ours.relevance, ours.line, score, _reason(ours))
    if theirs is None:
        return RelevanceVerdict(Relevance.NOISE, OTHER, score, say("monitoring.reason_no_rule"))
    return RelevanceVerdict(theirs.relevance, OTHER, score, _reason(theirs))


def weigh(reading: Reading, rules: Iterable[LineRule]) -> list[Claim]:
    """The claims on a post, strongest first; one for each line, one for each kind of foreign business."""
    found: dict[tuple[str, bool, Relevance | None], list[tuple[LineRule, frozenset[str]]]] = {}
    for rule in rules:
        if words := rule.rule.found(reading.hits):
            ours = rule.relevance.is_ours
            found.setdefault((rule.line, ours, None if ours else rule.relevance), []).append((rule, words))
    claims = [_claim(reading, matches) for matches in found.values()]
    return sorted(claims, key=lambda claim: -claim.weight)


def _claim(reading: Reading, matches: Sequence[tuple[LineRule, frozenset[str]]]) -> Claim:
    weights = [_weight(reading, rule, words) for rule, words in matches]
    best = max(range(len(matches)), key=weights.__getitem__)
    words = frozenset().union(*(words for _, words in matches))
    further = ANOTHER_RULE * min(len(matches) - 1, 3) + ANOTHER_WORD * min(len(words), MOST_WORDS)
    rule, decisive = matches[best]
    return Claim(rule.line, rule.relevance, weights[best] + further, tuple(sorted(decisive, key=lambda word: reading.hits[word][0])))


def _weight(reading: Reading, rule: LineRule, words: frozenset[str]) -> float:
    in_head = 1.0 if rule.rule.found(reading.head_hits) else sum(word in reading.head_hits for word in words) / len(words)
    base = IN_BODY + (IN_HEADLINE - IN_BODY) * in_head
    bonus = CONDUCT_BONUS if rule.line == CONDUCT else 0.0
    return base + bonus - (PARTLY_DISCOUNT if rule.relevance is Relevance.PARTLY else 0.0)


def _likelihood(ours: Claim | None, theirs: Claim | None) -> float:
    if ours is None:
        return 0.02 if theirs else 0.05
    return 1 / (1 + math.exp(-1.5 * (ours.weight - (theirs.weight if theirs else 0.5))))


def _reason(claim: Claim) -> str:
    return say("monitoring.reason_rule", line=claim.line, words="、".join(word for word in claim.words if word != PLACE_MARK))
