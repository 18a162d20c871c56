"""Conduct of officers in a post: violence, smashing and taking, rudeness, money."""

import re
from collections.abc import Iterator

from monitoring.cues import Cues
from monitoring.harm import is_human
from monitoring.reading import Reading, Span
from monitoring.sign import Sign, sign_at
from monitoring.telling import Telling

MISDEEDS = frozenset({"officer_violence", "officer_conduct", "officer_misconduct", "bribery_reported"})
"""What officers are blamed for, as against what is done to them."""
_REACH = 16
"""A word of misconduct and the officer stand at most this far apart."""
_DEED_REACH = 30
"""A deed may stand farther behind who did it."""
_STOP = re.compile(r"[。！？!?\n]")
_DONE = r"(?:了|倒|伤|烂|翻|断|碎|坏|飞|死|瘫|在地|一巴掌|一拳|一脚|[两三几]脚)"
_BLOW = re.compile(
    rf"[把将][^，。！？\n]{{1,8}}(?:打|踹|踢|推|摔|拖|按|摁|揪|拽|撞|压|铐|骑)(?:[进出到翻]|{_DONE})(?!下[周月]|进度|给|诿)"
    r"|(?<![拨])打(?:了|我|他|她)(?![^，。！？\n]{0,14}(?:电话|热线|1\d{2}|招呼|报告|工单|水漂|折|个|钱|款|卡|官司|交道))"
    r"|动手(?![清拆整帮术修做干])[^，。！？\n]{0,2}(?:打|推|$|[，。！])|胳膊[^，。]{0,3}拧|追着[^，。]{0,8}打(?![电招])"
    rf"|(?:踹|扇|揍|捶|殴|捆|铐|拽|掐|勒)(?:了|着|住|我|他|她|人|老|小|摊|商|残){{1}}"
)
"""Violence told by a verb and what became of its victim."""
_WRECK = re.compile(
    r"[把将][^，。！？\n]{1,10}(?:砸|掀|踢|踹|踩|推|摔|划|扔|泼|倒|掰|撕)(?:了|烂|翻|碎|坏|断|在地|到地|满地|掉|进垃圾)"
    r"|往地上(?:砸|摔|扔)|掀(?:了|翻|掉|倒)|踹翻|砸(?:烂|坏|碎)"
)
_ATTACKED = Telling(
    r"(?:城管|执法人员|执法队员|队员|协管员)[^，。！？\n]{0,8}(?:被|遭)[^，。！？\n]{0,8}(?:打|砍|捅|刺|袭|围攻|撞伤|咬伤)"
    r"|(?<![被遭])(?:摊主|摊贩|商贩|小贩|男子|女子|店主|村民)[^，。！？\n被遭]{0,6}(?:打|砍|捅|刺|袭击|围攻|殴打|咬)[伤了]?(?:城管|执法人员|执法队员|队员|协管)"
    r"|致(?:\d|[一两二三四五六七八九十])[^，。]{0,2}(?:名)?(?:城管|执法人员)[^，。]{0,2}伤|暴力抗法",
    needs="打|砍|捅|刺|袭|围攻|撞伤|咬|伤|暴力抗法",
)
_TOLD = re.compile(
    r"(?<![请找让邀])(?:媒体|记者|电视台|省台|报社|晚报|日报|栏目)[^，。！？\n请求]{0,10}"
    r"(?:报道|曝光|采访|暗访|登报|披露|播出|播了)|被媒体|登上?了?报|上了新闻"
)
"""Media that have it already; whoever would like them to has told nobody yet."""


def conduct(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs that officers did wrong, or were attacked."""
    attacked = cues.first_stated(reading, "resisting") or _matched(reading, cues, _ATTACKED)
    if attacked:
        yield sign_at("officers_attacked", reading, attacked)
        return
    if span := cues.first_stated(reading, "stall_smashing"):
        yield sign_at("officer_conduct", reading, span)
    if not cues.occur(reading, "officers"):
        return
    for name, deed in (("officer_violence", _violence(reading, cues)), ("officer_conduct", _smashing(reading, cues))):
        if deed:
            yield sign_at(name, reading, deed)
    if misdeed := _by_officers(reading, cues, cues.stated(reading, "misconduct"), _REACH):
        yield sign_at("officer_misconduct", reading, misdeed)
    bribe = _by_officers(reading, cues, cues.stated(reading, "bribery"), _DEED_REACH)
    if bribe and (cues.occur(reading, "media_already") or (cues.occur(reading, "media") and _TOLD.search(reading.text))):
        yield sign_at("bribery_reported", reading, bribe)


def _violence(reading: Reading, cues: Cues) -> Span | None:
    told = (span for span in cues.stated_but(reading, "violence", "violence_not") if is_human(reading, span))
    by_word = _by_officers(reading, cues, told, _DEED_REACH)
    return by_word or _by_officers(reading, cues, _found(reading, cues, _BLOW), _DEED_REACH)


def _smashing(reading: Reading, cues: Cues) -> Span | None:
    by_word = _by_officers(reading, cues, cues.stated(reading, "smashing"), _DEED_REACH)
    return by_word or _by_officers(reading, cues, _found(reading, cues, _WRECK), _DEED_REACH)


def _found(reading: Reading, cues: Cues, pattern: re.Pattern[str] | Telling) -> Iterator[Span]:
    """Where a pattern tells a fact. Only a post that names an officer is searched."""
    if cues.occur(reading, "officers"):
        for match in pattern.finditer(reading.text):
            span = Span(*match.span(), match.group())
            if cues.is_fact(reading, span.start, span.end) and is_human(reading, span):
                yield span


def _matched(reading: Reading, cues: Cues, pattern: re.Pattern[str] | Telling) -> Span | None:
    return next(_found(reading, cues, pattern), None)


def _by_officers(reading: Reading, cues: Cues, deeds: Iterator[Span], reach: int) -> Span | None:
    """The first of `deeds` with an officer at most `reach` before it, or shortly after, in the same sentence."""
    officers = [start for _, start in cues.starts(reading, "officers")]
    for span in deeds:
        for officer in officers:
            first, last = sorted((officer, span.start))
            near_enough = last - first <= (reach if officer <= span.start else _REACH)
            if near_enough and not _STOP.search(reading.text, first, last):
                return span
    return None
