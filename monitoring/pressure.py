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
LONGEST_HOT_TITLE = 30

_HOUSEHOLDS = re.compile(
    rf"(?P<number>\d+|[{NUMERAL}]+|[数几上][十百千万])(?P<scale>[百千万]?)(?:余|多|来)?(?:名|个|位)?(?:户|业主|居民|住户|家庭|村民|商户|群众)"
)
_GATHERING = re.compile(
    rf"(?P<number>\d{{3,}}|[一二三四五六七八九两数几上]?[百千](?:{'|'.join(NUMERAL)})*)(?:余|多|来)?(?:名|个|位)?(?:人|业主|居民|村民|家长)[^，。！？\n]{{0,8}}(?:聚集|围|到场|堵|上访|抗议|维权)"
)
_APPOINTMENT = re.compile(
    r"(?:\d{1,2}[月号日]|周[一二三四五六日末]|星期[一二三四五六日]|明天|后天|下周|本周)[^。！？\n]{0,18}(?:集合|聚集|拉横幅|上访|集体|堵路|讨说法|维权)"
)
_TIMES = re.compile(
    rf"(?P<number>\d+|[{NUMERAL}]+|数|几)(?:多|余)?次[^，。\n]{{0,4}}(?:投诉|反映|举报|拨打|打电话|找|求助|报修|上访|沟通|困人|故障)|(?:投诉|反映|举报|拨打|求助|报修)[^，。\n]{{0,8}}(?P<after>\d+|[{NUMERAL}]+|数|几)(?:多|余)?次"
)
_SINCE = re.compile(r"(?:从|自|于)?(?P<year>20\d{2})年[^，。\n]{0,12}(?:至今|以来|起|开始|就|到现在)")
_SENTENCE_END = re.compile(r"[。！？!?；;]")


def pressure(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs in the text itself."""
    yield from _crowd(reading, cues)
    yield from _collective(reading, cues)
    yield from _threat(reading, cues)
    yield from _unresolved(reading, cues)
    for name in ("video", "rumour"):
        span = next((Span(start, start + len(word), word) for word, start in reading.starts(cues[name])), None)
        if span:
            yield sign_at(name, reading, span)


def spread(likes: int | None, reposts: int | None) -> Iterator[Sign]:
    """The signs in the counts beside the text."""
    if likes is not None and likes >= MANY_LIKES:
        yield Sign("likes", likes)
    if reposts is not None and reposts >= MANY_REPOSTS:
        yield Sign("national_spread", reposts)


def is_hot_title(reading: Reading) -> bool:
    """Whether the whole post is one bare headline, as hot-search lists carry them: short, one line, no full stop, nobody who says I."""
    text = reading.text.strip()
    bare = 4 <= len(text) <= LONGEST_HOT_TITLE and "\n" not in text and not _SENTENCE_END.search(text[:-1])
    return bare and not text.endswith(("。", "…", "!", "！", "?", "？")) and not any(word in text for word in "我俺咱您")


def _crowd(reading: Reading, cues: Cues) -> Iterator[Sign]:
    if span := cues.first_stated(reading, "crowd_now"):
        if not near(reading, span, cues["intention"], 8):
            yield sign_at("crowd_now", reading, span)
    if span := cues.first_stated(reading, "banner"):
        if not near(reading, span, cues["intention"], 8):
            yield sign_at("petition", reading, span)
            return
    for pattern in (_GATHERING, _APPOINTMENT):
        if match := pattern.search(reading.text):
            yield sign_at("petition", reading, Span(*match.span(), match.group()))
            return


def _collective(reading: Reading, cues: Cues) -> Iterator[Sign]:
    for match in _HOUSEHOLDS.finditer(reading.text):
        number = count(match["number"] + match["scale"]) or 0
        if number >= MANY_HOUSEHOLDS:
            yield sign_at("collective", reading, Span(*match.span(), match.group()), number)
            return
    if reading.has(cues["collective"]):
        word, start = min(reading.starts(cues["collective"]), key=lambda hit: hit[1])
        yield sign_at("collective", reading, Span(start, start + len(word), word))


def _threat(reading: Reading, cues: Cues) -> Iterator[Sign]:
    for word, start in sorted(reading.starts(cues["threat"]), key=lambda hit: hit[1]):
        clause = reading.clause_at(start)
        before = reading.text[max(clause.start - 12, start - 24, 0) : start]
        if any(cue in before for cue in cues["intention"]):
            yield sign_at("threat", reading, Span(start, start + len(word), word))
            return


def _unresolved(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """Many complaints or a long time without result; whether blame goes with it, the attitude decides."""
    times = max((count(match["number"] or match["after"]) or 3 for match in _TIMES.finditer(reading.text)), default=0)
    if not reading.has(cues["no_result"] | cues["blame_official"]):
        return
    if times >= 3:
        yield sign_at("repeated", reading, Span(*next(_TIMES.finditer(reading.text)).span(), ""), times)
    elif reading.has(cues["repeated"]):
        word, start = min(reading.starts(cues["repeated"]), key=lambda hit: hit[1])
        yield sign_at("repeated", reading, Span(start, start + len(word), word), 3)
    elif found := _long_time(reading, cues):
        yield sign_at("repeated", reading, found)


def _long_time(reading: Reading, cues: Cues) -> Span | None:
    if match := _SINCE.search(reading.text):
        return Span(*match.span(), match.group())
    waits = sorted(reading.starts(cues["long_time"]), key=lambda hit: hit[1])
    return next((Span(start, start + len(word), word) for word, start in waits), None)
