"""Pressure behind a post: how many stand behind it, what they threaten, how long they have waited, how far it spread."""

import re
from collections.abc import Iterator

from language.numerals import NUMERAL, count
from monitoring.cues import Cues, near
from monitoring.reading import Reading, Span
from monitoring.sign import Sign, sign_at

MANY_HOUSEHOLDS = 100
MANY_LIKES = 50
MANY_REPOSTS = 1000
SEVERAL_TIMES = 3
LONGEST_HOT_TITLE = 30
_REACH = 18

_MORE = "(?:余|多|来|几)?(?:名|个|位)?"
_HOUSEHOLDS = re.compile(
    rf"(?P<number>\d+|[{NUMERAL}]+|[数几上][十百千万])(?P<scale>[百千万]?){_MORE}(?:户|业主|居民|住户|家庭|村民|商户|群众|会员|家长)"
)
_HUNDREDS = rf"(?:\d{{3,}}|[{NUMERAL}数几上]?[百千][{NUMERAL}]*)"
_GATHERING = re.compile(
    rf"{_HUNDREDS}{_MORE}(?:人|业主|居民|村民|家长|会员|群众)[^，。！？\n]{{0,6}}(?:聚集|围堵|围观|抗议|上访|维权)|围了[^，。\n]{{0,3}}(?:{_HUNDREDS}|一)[百千]?{_MORE}人"
)
_DAY = r"(?:明[天早日晚]|后天|下周|本?周[一二三四五六日末]|星期[一二三四五六日天]|\d{1,2}[日号点])"
_AT_THE_DOOR = r"(?:政府|局|委|大厅)[^。，！？\n]{0,3}门口"
_APPOINTMENT = re.compile(rf"{_DAY}[^。！？\n]{{0,18}}(?:集合|聚集|拉横幅|堵路|堵门|讨说法|{_AT_THE_DOOR})")
_NUMBER = rf"\d+|[{NUMERAL}]+|数|几"
_TRIED = "投诉|反映|举报|拨打|打电话|求助|报修|上访"
_TIMES = re.compile(
    rf"(?P<number>{_NUMBER})多?次[^，。\n]{{0,4}}(?:{_TRIED}|找|沟通)|(?:{_TRIED})[^，。\n]{{0,8}}?(?P<after>{_NUMBER})多?次"
)
_NOT_A_TITLE = re.compile(r"[\n。；;！!？?…我俺咱您你【#]|^(?:举报|投诉|反映|建议|求助|咨询|表扬|点赞|请)|[,，].*请")
_SINCE = re.compile(r"(?:从|自|于)?20\d{2}年[^，。\n]{0,12}(?:至今|以来|起|开始|就|到现在)")


def pressure(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs in the text itself."""
    yield from _crowd(reading, cues)
    yield from _collective(reading, cues)
    yield from _threat(reading, cues)
    yield from _unresolved(reading, cues)
    for name in ("video", "rumour", "dispute"):
        if spans := reading.spans(cues[name]):
            yield sign_at(name, reading, spans[0])


def spread(likes: int | None, reposts: int | None) -> Iterator[Sign]:
    """The signs in the counts beside the text."""
    if likes is not None and likes >= MANY_LIKES:
        yield Sign("likes", likes)
    if reposts is not None and reposts >= MANY_REPOSTS:
        yield Sign("national_spread", reposts)


def is_hot_title(reading: Reading) -> bool:
    """Whether the whole post is one bare headline, as hot-search lists carry them: short, one line, no full stop, nobody who says I."""
    text = reading.text.strip()
    return 4 <= len(text) <= LONGEST_HOT_TITLE and not _NOT_A_TITLE.search(text)


def _crowd(reading: Reading, cues: Cues) -> Iterator[Sign]:
    now = (span for span in cues.stated(reading, "crowd_now") if near(reading, span, cues["crowd"], _REACH))
    if (span := next(now, None)) and not _is_intended(reading, span, cues):
        yield sign_at("crowd_now", reading, span)
    if (span := cues.first_stated(reading, "banner")) and not _is_intended(reading, span, cues):
        yield sign_at("petition", reading, span)
    elif match := _GATHERING.search(reading.text) or _APPOINTMENT.search(reading.text):
        yield sign_at("petition", reading, Span(*match.span(), match.group()))


def _is_intended(reading: Reading, span: Span, cues: Cues) -> bool:
    """Whether the words before say that it is only planned or threatened."""
    before = reading.text[max(reading.sentence_at(span.start).start, span.start - _REACH) : span.start]
    return any(cue in before for cue in cues["intention"])


def _collective(reading: Reading, cues: Cues) -> Iterator[Sign]:
    for match in _HOUSEHOLDS.finditer(reading.text):
        number = count(match["number"] + match["scale"]) or 0
        if number >= MANY_HOUSEHOLDS:
            yield sign_at("collective", reading, Span(*match.span(), match.group()), number)
            return
    if spans := reading.spans(cues["collective"]):
        yield sign_at("collective", reading, spans[0])


def _threat(reading: Reading, cues: Cues) -> Iterator[Sign]:
    intended = (span for span in reading.spans(cues["threat"]) if _is_intended(reading, span, cues))
    if span := next(intended, None):
        yield sign_at("threat", reading, span)


def _unresolved(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """Many complaints or a long time without result; whether blame goes with it, the attitude decides."""
    if not reading.has(cues["no_result"] | cues["blame_official"]):
        return
    counted = [(count(match["number"] or match["after"]) or SEVERAL_TIMES, match) for match in _TIMES.finditer(reading.text)]
    times, match = max(counted, key=lambda pair: pair[0], default=(0, None))
    if match and times >= SEVERAL_TIMES:
        yield sign_at("repeated", reading, Span(*match.span(), match.group()), times)
    elif spans := reading.spans(cues["repeated"]):
        yield sign_at("repeated", reading, spans[0], SEVERAL_TIMES)
    elif since := _SINCE.search(reading.text):
        yield sign_at("repeated", reading, Span(*since.span(), since.group()))
    elif spans := reading.spans(cues["long_time"]):
        yield sign_at("repeated", reading, spans[0])
