"""One post's text, read whole: whose business, how meant, where, what is asked, how grave, and why."""

from dataclasses import dataclass

from monitoring.asks import find_asks
from monitoring.attitude import PRAISE, judge_attitude
from monitoring.factors import Circumstances, Factor, find_factors, told_deeds
from monitoring.grading import grade_item
from monitoring.grave_matter import taken_up
from monitoring.intent import UNTRUE, judge_intent
from monitoring.item import Attitude, Relevance
from monitoring.negativity import load_negativity
from monitoring.occurrence import is_hearsay_for_all
from monitoring.place import PlaceFound
from monitoring.reading import Reading, read_post
from monitoring.relevance import PLACE_MARK, RelevanceVerdict, judge_relevance
from monitoring.tenor import load_tenor
from monitoring.watch import Watch
from prompts import say

_QUIET_INTENTS = frozenset({"咨询", "建议"})
"""No alert for these where nothing bad is told."""
_CONTENT_INTENTS = frozenset({PRAISE, UNTRUE})
"""No alert for these but for something of level I or II."""
_SERIOUS = 2


@dataclass(frozen=True)
class Analysis:
    """What one post says, with reasons.

    Attributes:
        relevance_score: 0..1, how likely it is the department's business.
        attitude_score: 0..1, how likely its attitude to the department is negative.
        negativity: 0..1, of the text itself.
        place: the original's words; `district` by the gazetteer.
        level: 1 (I) to 4 (IV), 0 for no alert.
        reasons: one line each: the rule's words, the attitude's words, the level's factors.
    """

    relevance: Relevance
    relevance_score: float
    line: str
    intent: str
    attitude: Attitude
    attitude_score: float
    negativity: float
    place: str | None
    district: str | None
    asks: tuple[str, ...]
    factors: tuple[Factor, ...]
    level: int
    reasons: tuple[str, ...]


def analyse(
    title: str,
    text: str,
    *,
    likes: int | None = None,
    dislikes: int | None = None,
    reposts: int | None = None,
    comments: int | None = None,
    has_video: bool = False,
    watch: Watch,
) -> Analysis:
    """Read one post. Pure: the same post and watch give the same analysis.

    Args:
        title: may be empty.
        text: the body as it was written.
        likes, dislikes, reposts, comments: None where the source does not tell; dislikes and comments weigh nothing by the present policy.
        has_video: whether a video hangs on the post.
    """
    reading = read_post(title, text, watch.lexicon.find)
    where = watch.places.find(reading)
    if where.offset is not None:
        reading = reading.marked(PLACE_MARK, where.offset)
    deeds = told_deeds(reading, watch.cues)
    business = taken_up(judge_relevance(reading, watch.rules, watch.own_weights), reading, watch.cues, watch.policy, deeds)
    tenor = load_tenor().tenor(reading, watch.cues)
    stance = judge_attitude(reading, watch.cues, relevance_score=business.score, tenor=tenor, deeds=deeds)
    attitude = stance.attitude if business.relevance.is_ours else Attitude.NEUTRAL
    intent = judge_intent(reading, watch.cues, business.relevance, attitude, tenor)
    known = Circumstances(business.line, attitude, likes, reposts, has_video)
    factors = find_factors(reading, watch.cues, watch.policy, known, deeds) if business.relevance.is_ours else ()
    grade = grade_item(factors, watch.policy, alarming=_is_alarming(reading, business, intent, factors, watch))
    return Analysis(
        relevance=business.relevance,
        relevance_score=business.score,
        line=business.line,
        intent=intent,
        attitude=attitude,
        attitude_score=stance.score,
        negativity=load_negativity().of_features(reading.ngrams),
        place=where.place,
        district=where.district,
        asks=find_asks(reading, business.relevance, business.line, intent, where.place),
        factors=factors,
        level=grade.level,
        reasons=(business.reason, *_attitude_reason(attitude, stance.words), *grade.reasons, *_place_reason(where)),
    )


def _is_alarming(reading: Reading, business: RelevanceVerdict, intent: str, factors: tuple[Factor, ...], watch: Watch) -> bool:
    """Ours, and a complaint, a report, a cry for help, or something bad told in any other form."""
    if not business.relevance.is_ours:
        return False
    floors = [watch.policy.item[factor.name].floor for factor in factors]
    if intent in _CONTENT_INTENTS:
        return any(0 < floor <= _SERIOUS for floor in floors)
    if any(floors) or is_hearsay_for_all(reading, watch.cues):
        return True
    if intent == "中性资讯":
        return False
    return intent not in _QUIET_INTENTS or watch.cues.occur(reading, "grievance")


def _place_reason(where: PlaceFound) -> tuple[str, ...]:
    """Which districts a place may lie in, where the post leaves that open."""
    if len(where.districts) < 2:
        return ()
    return (say("monitoring.reason_open_district", place=where.place, districts="、".join(where.districts)),)


def _attitude_reason(attitude: Attitude, words: tuple[str, ...]) -> tuple[str, ...]:
    return (say("monitoring.reason_attitude", words="、".join(words[:4])),) if attitude is Attitude.NEGATIVE else ()
