"""Pressure behind a post: how many stand behind it, what they threaten, how long they have waited, how far it spread."""

import re
from collections.abc import Iterator

from language.numerals import NUMERAL, count
from monitoring.cues import Cues, near
from monitoring.reading import Reading, Span
from monitoring.sign import Sign, sign_at
from monitoring.telling import Telling

MANY_HOUSEHOLDS = 100
MANY_LIKES = 50
MANY_REPOSTS = 1000
SEVERAL_TIMES = 3
LONGEST_HOT_TITLE = 30
_REACH = 18

_MORE = "(?:余|多|来|几)?(?:名|个|位)?"
_HOUSEHOLDS = Telling(
    rf"(?P<number>\d+|[{NUMERAL}]+|[数几上][十百千万])(?P<scale>[百千万]?){_MORE}(?:户|业主|居民|住户|家庭|村民|商户|群众|会员|家长)",
    needs="户|业主|居民|家庭|村民|群众|会员|家长",
)
_HUNDREDS = rf"(?:\d{{3,}}|[{NUMERAL}数几近上好]?[几数]?[百千][{NUMERAL}]*|近百|上百)"
_CITIZENS = r"(?:业主|居民|村民|商户|摊主|摊贩|会员|家长|群众|工人|市民|受害者|商贩|住户|人)们?"
_GATHERING = Telling(
    rf"{_HUNDREDS}{_MORE}(?:人|业主|居民|村民|家长|会员|群众|商户|[^，。！？\n]{{1,4}}(?:会员|受害者|业主))[^，。！？\n]{{0,10}}(?:聚集|围堵|抗议|上访|维权|静坐|集体去)"
    rf"|集体去[了到]?[^，。\n]{{0,6}}(?:信访|政府|局)|连续[^，。\n]{{1,4}}天[^，。\n]{{0,10}}举牌",
    needs="聚集|围堵|抗议|上访|维权|静坐|集体去|举牌",
)
_BLOCKED = re.compile(
    rf"{_CITIZENS}[^，。！？\n]{{0,14}}[把将][^，。！？\n]{{0,14}}(?:路|街|道|门|口|桥|大厅|售楼[处部])[^，。！？\n]{{0,2}}给?(?:堵|拦|围|封)(?:了|住|死|起)"
    rf"|(?:抗议|维权|游行|不满)[^。！？\n]{{0,30}}(?:堵了|堵住|堵死|围住|不让车过|中断)"
    rf"|{_CITIZENS}[^，。！？\n]{{0,8}}(?:围住了|围了|堵住了|堵了)[^，。！？\n]{{0,8}}(?:大门|路|大道|街|政府|售楼|商场|门口)"
    rf"|(?:{_HUNDREDS}|很多){_MORE}人?[^，。！？\n]{{0,4}}围着[^。！？\n]{{0,8}}警车"
    rf"|(?:{_CITIZENS}|城管和[^，。]{{1,4}})[^，。！？\n]{{0,10}}(?:上街游行|打起来了|对峙|互扔)"
    rf"|(?:{_HUNDREDS}|们|大批|众多|群众|引发|执法队|拆违|堵)[^。！？\n]{{0,24}}(?:发生|爆发)[^，。]{{0,4}}冲突|聚集[^。！？\n]{{0,24}}冲突"
    rf"|(?:大门口|门前|门口|现场)[^，。！？\n]{{0,4}}静坐[^。！？\n]{{0,8}}(?:没散|至今|还在|不走|已)|罢市[^。！？\n]{{0,14}}堵"
)
"""People, and not their cars, have blocked a road or come to blows."""
_STIR = re.compile(r"堵|围[了住着死起]|拦|封|冲突|游行|打起来|对峙|互扔|静坐|中断|不让车过")
"""Without one of these none of them is told; searched first, because most posts have none."""
_VEHICLE = re.compile(
    r"车辆|货车|停车|车子|私家车|轿车|垃圾|油污|头发|杂物|水管|下水|管道|积水|泥|违停|面包车|三轮|单车|电动车|电瓶车|自行车|摩托|渣土车"
    r"|公交车|施工|围挡|建材|树枝|倒树"
)
"""What blocks a road or a pipe and is no crowd."""
_DAY = r"(?:明[天早日晚]|后天|下周|本?周[一二三四五六日末]|星期[一二三四五六日天]|\d{1,2}[日号点])"
_AT_THE_DOOR = r"(?:政府|局|委|大厅|商场|中心|小区)[^。，！？\n]{0,4}(?:门口|门前|南门|北门|东门|西门)"
_APPOINTMENT = Telling(
    rf"{_DAY}[^。！？\n]{{0,24}}(?:集合|集中，|聚集|拉横幅|堵路|堵门|讨说法|罢市|静坐|坐着不走|一起去|{_AT_THE_DOOR}[^。！？\n]{{0,4}}(?:集|讨|静坐|维权|不见不散|要)|大厅[^。！？\n]{{0,4}}坐)"
    rf"|(?:约好|约定)[^。！？\n]{{0,6}}{_DAY}[^。！？\n]{{0,20}}(?:门口|大厅|集合|静坐|维权|上访)",
    needs="集合|集中，|聚集|拉横幅|堵路|堵门|讨说法|罢市|静坐|坐着不走|一起去|门口|门前|[东西南北]门|大厅|约好|约定",
)
_OFFICIAL_DAY = re.compile(r"检查|整治|行动|讲座|活动|培训|开业|演出|投放|收运|清运|办公|开会|窗口|办理|缴费|领取|赶集")
"""Meetings of other kinds than protests."""
_NUMBER = rf"\d+|[{NUMERAL}]+|数|几"
_TRIED = "投诉|反映|举报|拨打|打电话|求助|报修|上访"
_TIMES = Telling(
    rf"(?P<number>{_NUMBER})多?次[^，。\n]{{0,4}}(?:{_TRIED}|找|沟通)|(?:{_TRIED})[^，。\n]{{0,8}}?(?P<after>{_NUMBER})多?次",
    needs="次",
)
_NOT_A_TITLE = re.compile(r"[\n。；;！!？?…我俺咱您你【#,，]|[吗呢么]$|^(?:举报|投诉|反映|建议|求助|咨询|表扬|点赞|请)")
_SINCE = Telling(r"(?:从|自|于)?20\d{2}年[^，。\n]{0,12}(?:至今|以来|起|开始|就|到现在)", needs="20")


def pressure(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs in the text itself."""
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


def crowds(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs that people have gathered, blocked a road, come to blows, unrolled banners, or agreed on a day for it."""
    if span := next(_blocking(reading, cues), None):
        yield sign_at("crowd_now", reading, span)
    banners = (span for span in cues.stated(reading, "banner") if not near(reading, span, cues["banner_not"], _REACH))
    if (span := next(banners, None)) and not _is_intended(reading, span, cues):
        yield sign_at("petition", reading, span)
    elif (match := _GATHERING.search(reading.text) or _appointment(reading)) and cues.is_real(reading, *match.span()):
        yield sign_at("petition", reading, Span(*match.span(), match.group()))


def _blocking(reading: Reading, cues: Cues) -> Iterator[Span]:
    """What people, not cars or rubbish, have done to a road or to one another."""
    named = (span for span in cues.stated(reading, "crowd_now") if near(reading, span, cues["crowd"], _REACH))
    blocked = _BLOCKED.finditer(reading.text) if _STIR.search(reading.text) else ()
    told = (Span(*match.span(), match.group()) for match in blocked if cues.is_fact(reading, *match.span()))
    for span in (*named, *told):
        clause = reading.clause_at(span.start).text
        if not _VEHICLE.search(clause) and not _is_intended(reading, span, cues) and not _APPOINTMENT.search(clause):
            yield span


def _appointment(reading: Reading) -> re.Match[str] | None:
    match = _APPOINTMENT.search(reading.text)
    return match if match and not _OFFICIAL_DAY.search(reading.sentence_at(match.start()).text) else None


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
    if spans := cues.spans(reading, "collective"):
        yield sign_at("collective", reading, spans[0])


def _threat(reading: Reading, cues: Cues) -> Iterator[Sign]:
    intended = (span for span in cues.spans(reading, "threat") if _is_intended(reading, span, cues))
    if span := next(intended, None):
        yield sign_at("threat", reading, span)


def _unresolved(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """Many complaints or a long time without result; whether blame goes with it, the attitude decides."""
    if not cues.occur(reading, "no_result", "blame_official"):
        return
    counted = [(count(match["number"] or match["after"]) or SEVERAL_TIMES, match) for match in _TIMES.finditer(reading.text)]
    times, match = max(counted, key=lambda pair: pair[0], default=(0, None))
    if match and times >= SEVERAL_TIMES:
        yield sign_at("repeated", reading, Span(*match.span(), match.group()), times)
    elif spans := cues.spans(reading, "repeated"):
        yield sign_at("repeated", reading, spans[0], SEVERAL_TIMES)
    elif since := _SINCE.search(reading.text):
        yield sign_at("repeated", reading, Span(*since.span(), since.group()))
    elif spans := cues.spans(reading, "long_time"):
        yield sign_at("repeated", reading, spans[0])
