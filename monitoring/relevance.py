"""Whether a post is the department's business, and of which line, with the words that say so.

The rules decide where they speak. Where none does, or only rules of other departments' business against a model that is very sure, the
model of `jurisdiction` decides; the department's own weights, learned from the labels of its staff, move either.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitoring.item import Relevance
from monitoring.jurisdiction import OURS, Opinion, load_jurisdiction
from monitoring.lines import CONDUCT, OTHER
from monitoring.own_weights import OwnWeights
from monitoring.reading import Reading
from monitoring.rulebook import LineRule, Rulebook
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

SLOPE = 1.5
"""Logit of a whole point by which one side outweighs the other."""
UNANSWERED = 0.5
"""What stands against a claim of ours where nobody else claims the post."""
ELSEWHERE = -3.9
"""Logit of a post that only rules of other departments' business claim."""
OVERRULES = 3.0
"""From this logit on the model overrules a claim of other departments."""
LINE_TRUST = 0.3
"""What the model's whole likelihood of a line adds to the rules' claim to it."""

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


def judge_relevance(reading: Reading, rules: Rulebook, own: OwnWeights | None = None) -> RelevanceVerdict:
    """Weigh what speaks for each line against what speaks for other departments or for nobody.

    Args:
        own: what the department's labels have taught, None before it has learned anything.
    """
    claims, opinion = weigh(reading, rules), load_jurisdiction().opinion(reading.ngrams)
    shipped = _logit(claims, opinion)
    logit = shipped + (own.lean(reading.ngrams) if own else 0.0)
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
    verdict = _ours(reading, claims, opinion, score) if logit >= 0 else _elsewhere(claims, opinion, score)
    if own and (shipped >= 0) != (logit >= 0):
        return replace(verdict, reason=say("monitoring.reason_learned", words="、".join(own.telling_words(reading, ours=logit >= 0))))
    return verdict


def shipped_logit(reading: Reading, rules: Rulebook) -> float:
    """The logit of a post being ours before anything that the department has taught."""
    return _logit(weigh(reading, rules), load_jurisdiction().opinion(reading.ngrams))


def weigh(reading: Reading, rules: Rulebook) -> list[Claim]:
    """The claims on a post, strongest first; one for each line, one for each kind of foreign business."""
    found: dict[tuple[str, bool, Relevance | None], list[tuple[LineRule, frozenset[str]]]] = {}
    for rule in rules.possible(reading.hits):
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
    return Claim(
        rule.line, rule.relevance, weights[best] + further, tuple(sorted(decisive, key=lambda word: (reading.hits[word][0], word)))
    )


def _weight(reading: Reading, rule: LineRule, words: frozenset[str]) -> float:
    in_head = 1.0 if rule.rule.found(reading.head_hits) else sum(word in reading.head_hits for word in words) / len(words)
    base = IN_BODY + (IN_HEADLINE - IN_BODY) * in_head
    bonus = CONDUCT_BONUS if rule.line == CONDUCT else 0.0
    return base + bonus - (PARTLY_DISCOUNT if rule.relevance is Relevance.PARTLY else 0.0)


def _logit(claims: Sequence[Claim], opinion: Opinion) -> float:
    if not claims:
        return opinion.ours
    ours, theirs = _strongest(claims, ours=True), _strongest(claims, ours=False)
    by_rules = SLOPE * (ours.weight - (theirs.weight if theirs else UNANSWERED)) if ours else ELSEWHERE
    return max(by_rules, opinion.ours - OVERRULES) if by_rules < 0 <= opinion.ours - OVERRULES else by_rules


def _ours(reading: Reading, claims: Sequence[Claim], opinion: Opinion, score: float) -> RelevanceVerdict:
    """Ours: of the line that rules and model together speak for most; the rules' words are the reason where there are any."""
    ours = [claim for claim in claims if claim.relevance.is_ours]
    if ours:
        claim = max(ours, key=lambda claim: claim.weight + LINE_TRUST * opinion.likelihood(claim.line))
        return RelevanceVerdict(claim.relevance, claim.line, score, _reason(claim))
    model, line = load_jurisdiction(), opinion.line
    words = model.telling_words(reading, line) or model.telling_words(reading, OURS)
    return RelevanceVerdict(Relevance.YES, line, score, say("monitoring.reason_model", line=line, words="、".join(words)))


def _elsewhere(claims: Sequence[Claim], opinion: Opinion, score: float) -> RelevanceVerdict:
    theirs = _strongest(claims, ours=False)
    if theirs is None:
        return RelevanceVerdict(opinion.elsewhere, OTHER, score, say("monitoring.reason_no_rule"))
    return RelevanceVerdict(theirs.relevance, OTHER, score, _reason(theirs))


def _strongest(claims: Sequence[Claim], *, ours: bool) -> Claim | None:
    """The first of ours, or of those that are not: claims come strongest first."""
    return next((claim for claim in claims if claim.relevance.is_ours == ours), None)


def _reason(claim: Claim) -> str:
    return say("monitoring.reason_rule", line=claim.line, words="、".join(word for word in claim.words if word != PLACE_MARK))
