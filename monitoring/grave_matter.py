"""Grave harm done by a thing in the department's care, or by its officers, is its business even where no rule knows the words."""

from collections.abc import Sequence
from dataclasses import replace

from monitoring.cues import Cues
from monitoring.item import Relevance
from monitoring.lines import CONDUCT
from monitoring.policy import GradingPolicy
from monitoring.reading import Reading
from monitoring.relevance import RelevanceVerdict
from monitoring.sign import Sign
from prompts import say

_DEEDS = frozenset({"officer_violence", "officer_conduct"})
_SERIOUS = 2
_SURE = 0.9
_NEAR = 24
_AROUND = 60
"""Characters between the harm and the thing that did it: few where the rules know another department to be in charge."""
_PARTLY = frozenset({"物业与小区"})


def taken_up(business: RelevanceVerdict, reading: Reading, cues: Cues, policy: GradingPolicy, deeds: Sequence[Sign]) -> RelevanceVerdict:
    """The verdict of the rules, or a stronger one where a post tells of something grave.

    Violence or smashing by officers is about that, whatever they came for. A death, many injured, an explosion or a blocked road with a
    thing of ours in it (电梯, 井盖, 食堂 …) is ours; what people did to themselves or to one another is not.
    """
    if any(sign.name in _DEEDS for sign in deeds):
        return replace(business, relevance=Relevance.YES, line=CONDUCT, score=max(business.score, _SURE))
    if business.relevance.is_ours or cues.occur(reading, "private_harm"):
        return business
    reach = _NEAR if business.relevance is Relevance.NO else _AROUND
    grave = (sign for sign in deeds if 0 < policy.item[sign.name].floor <= _SERIOUS)
    found = next((thing for sign in grave if (thing := _thing(reading, cues, sign.start, reach))), None)
    if found is None:
        return business
    line, word = found
    relevance = Relevance.PARTLY if line in _PARTLY else Relevance.YES
    return RelevanceVerdict(relevance, line, max(business.score, _SURE), say("monitoring.reason_rule", line=line, words=word))


def _thing(reading: Reading, cues: Cues, place: int, reach: int) -> tuple[str, str] | None:
    """The line whose thing a post names close to `place`, and the thing; of several lines the first in the file."""
    for line, words in cues.things.items():
        if spans := [span for span in reading.spans(words) if abs(span.start - place) <= reach]:
            return line, spans[0].text
    return None
