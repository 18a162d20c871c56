"""Whether a post tells of a harm done here: no drill, film, anniversary or news from abroad, no denial, no hearsay for all, no suicide."""

import re

from monitoring.cues import Cues
from monitoring.reading import Reading
from monitoring.relevance import PLACE_MARK

_OPENING = 60
"""What kind of telling a post is, it says within so many characters."""
_LONGEST_DENIAL = 200
_WHEN = re.compile(
    r"昨|今[天日早晚晨]|刚|前天|上周|\d{1,2}月|\d{1,2}[日号点]|[一二三四五六七八九十]点|这两天|凌晨"
    r"|下周|周[一二三四五六日末]|星期|明[天早晚]|后天"
)


def happened(reading: Reading, cues: Cues) -> bool:
    """False where grave words of a post tell of nothing that has come about in this place; its level then rests on other things."""
    return not (
        cues.occur(reading, "own_doing") or is_debunk(reading, cues) or is_elsewhere(reading, cues) or is_hearsay_for_all(reading, cues)
    )


def is_debunk(reading: Reading, cues: Cues) -> bool:
    """Whether a post calls untrue what it tells. One that doubts the denial, or asks whether it is a rumour, does not."""
    denies = cues.occur(reading, "debunk") or (
        cues.occur(reading, "debunk_weak") and cues.occur(reading, "passed_on") and _is_short(reading)
    )
    return denies and not cues.occur(reading, "contested")


def is_hearsay_for_all(reading: Reading, cues: Cues) -> bool:
    """Warnings passed on that name no time and no place (what not to eat together): the rubric gives them IV, whatever they threaten."""
    if cues.occur(reading, "officers") or not cues.occur(reading, "rumour_call", "general_claim"):
        return False
    return PLACE_MARK not in reading.hits and not _WHEN.search(reading.text)


def is_elsewhere(reading: Reading, cues: Cues) -> bool:
    """Whether a post opens as a drill, a lesson, a work of fiction, an anniversary, or news from abroad."""
    if any(_opens_with(reading, cues, name) for name in ("rehearsal", "fiction", "memorial")):
        return True
    return _opens_with(reading, cues, "abroad") and not cues.occur(reading, "first_person", "officers")


def _is_short(reading: Reading) -> bool:
    """Whether a post can be about one message that goes round, as long complaints are not."""
    return len(reading.text) <= _LONGEST_DENIAL


def _opens_with(reading: Reading, cues: Cues, name: str) -> bool:
    return any(start < _OPENING for _, start in cues.starts(reading, name))
