"""How a post stands to the department: blame or praise, and whom it is meant for."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitoring.conduct import conduct
from monitoring.cues import Cues
from monitoring.item import Attitude
from monitoring.reading import Reading

NEGATIVE_FROM = 0.5
_OPEN_BLAME = 0.62
"""Blame that fits nobody but an authority."""
_AIMED_BLAME = 0.42
_LOOSE_BLAME = 0.16
_ELSEWHERE_BLAME = 0.07
_WEARY = 0.06
_MOST_WEARY = 4
_CONDUCT = "执法行为"


@dataclass(frozen=True)
class AttitudeVerdict:
    """Attitude, how likely it is negative (0..1), and the words that say so."""

    attitude: Attitude
    score: float
    words: tuple[str, ...] = ()


def judge_attitude(reading: Reading, cues: Cues, *, relevance_score: float) -> AttitudeVerdict:
    """Weigh the blame that falls on the department or the government; blame on shops, neighbours and managers of estates hardly counts.

    Args:
        relevance_score: a post that is likely somebody else's business is likely no blame either.
    """
    weights = list(_blames(reading, cues))
    acquitted = 1.0
    for _, weight in weights:
        acquitted *= 1 - weight
    score = (1 - acquitted) * min(1.0, 0.3 + relevance_score)
    words = tuple(dict.fromkeys(word for word, weight in sorted(weights, key=lambda pair: -pair[1]) if weight >= _LOOSE_BLAME))
    if score >= NEGATIVE_FROM:
        return AttitudeVerdict(Attitude.NEGATIVE, score, words)
    thanks = _praise(reading, cues)
    if thanks and score < NEGATIVE_FROM / 2:
        return AttitudeVerdict(Attitude.POSITIVE, score / 2, thanks)
    return AttitudeVerdict(Attitude.NEUTRAL, score, words)


def _blames(reading: Reading, cues: Cues) -> Iterator[tuple[str, float]]:
    """Each word of blame once, with its weight where it stands best."""
    best: dict[str, float] = {}
    if any(sign.name != "officers_attacked" for sign in conduct(reading, cues)):
        best[_CONDUCT] = _OPEN_BLAME
    for word, _ in reading.starts(cues["blame_official"]):
        best[word] = _OPEN_BLAME
    for word, start in reading.starts(cues["blame"]):
        best[word] = max(best.get(word, 0.0), _aim(reading, cues, start))
    yield from best.items()
    weary = sorted({word for word, _ in reading.starts(cues["weary"])})
    yield from ((word, _WEARY) for word in weary[:_MOST_WEARY])


def _aim(reading: Reading, cues: Cues, start: int) -> float:
    """Whom a word of blame is meant for: who stands nearest before it in its sentence, else after it, else nobody named."""
    sentence = reading.sentence_at(start)
    official = [place for _, place in reading.starts(cues["official"]) if sentence.start <= place < sentence.end]
    private = [place for _, place in reading.starts(cues["private"]) if sentence.start <= place < sentence.end]
    if not official:
        return _ELSEWHERE_BLAME if private else _LOOSE_BLAME
    if not private or _distance(official, start) <= _distance(private, start):
        return _AIMED_BLAME
    return _LOOSE_BLAME


def _distance(places: list[int], start: int) -> int:
    """To the nearest before `start`; one that comes after counts as twice as far."""
    return min(start - place if place <= start else 2 * (place - start) for place in places)


def _praise(reading: Reading, cues: Cues) -> tuple[str, ...]:
    """Words of praise that are not the courtesy at the end of a request."""
    polite = [(start, start + len(word)) for word, start in reading.starts(cues["courtesy"])]
    requests = reading.has(cues["complain"] - cues["praise"])
    words = [word for word, start in reading.starts(cues["praise"]) if not any(first <= start < last for first, last in polite)]
    in_headline = any(start < reading.head_end for word in words for start in reading.hits[word])
    return tuple(words) if words and (in_headline or not requests) else ()
