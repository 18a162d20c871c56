"""承诺: what a text promises, by a time or without one. Each that has a time becomes a reminder once it is published."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.checks.due_times import names_time, times
from casework.checks.plain import plain
from casework.drafting.slots import SLOT
from storage.clock import CHINA

SENTENCE = re.compile(r"[^。！？；\n]+")

_BOUND = re.compile(r"前|之?内|以内|最迟|不晚于|为止|截止|届时|节后|下班")
_ACT = re.compile(
    r"公布|公开|答[复覆]|回[复覆]|通报|通知|告知|告诉|说明|说进展|发布|更新|反馈|完成|办结|办好|修[好复完]?|拆|清[理运走完]|装|改|到场|到店|赶到|上门|回访|"
    r"复查|检查|核查|整治|退|赔|恢复|开工|开通|建成|交付|出具|报告|给.{0,6}(?:结果|准话|说法|交代)|结果|进展|决定|处理|解决|落实|时间[：:]"
)
_PAST = re.compile(r"您(?:反映|说|提|问|的)|网友|上次|已(?!定|约)|此前|曾|昨|规定|应当|应在|须在")
_VAGUE = re.compile(
    r"尽快|尽早|抓紧|择日|择期|择机|适时|后续|下一步|下一?阶段|届时|过(?:段|些|几)[时日天]|(?:合适|适当|恰当)的?(?:时间|时机|时候)|条件(?:成熟|具备|允许)|"
    r"待[^，。；]{1,12}(?:后|再)|(?:结果|结论|报告|进展|方案)(?:一)?出来后?|(?:整改|调查|核实|研究|协商)(?:完成)?之?后(?=将|会|再|予以)|"
    r"(?:及时|近期|近日|日前|早日|随后|稍后|不久|马上|立即|即刻|第一时间)(?=[^，。；]{0,6}(?:将|会|就|再|安排|能|给|告知|答复|公布|处理|解决|跟进))|"
    r"有(?:消息|结果|进展)(?:后|了|就|会|再)?[^，。；]{0,4}(?:告诉|通知|告知|答复)|放在心上|等[^，。；]{1,10}(?:后|再|就)(?:去|来|修|办|动工|施工|处理)|"
    r"(?:明年|[上下]半年)(?:再|统筹|考虑)|今后的?计划|统筹考虑|排(?:期|到)|安排上了|另行(?:公告|通知)|早些|(?:到位|好转|完工)(?:之)?后|"
    r"(?<=[将会要])(?:[^，。；]{0,4})(?:及时|近期|早日|随后|马上|立即|第一时间)|争取(?:早日|尽早)"
)
_FUTURE = re.compile(
    r"将|会(?![议同])|要|再|就|争取|力争|予以|给予|安排|公布|答复|回复|通报|告知|告诉|处理|解决|修|整改|整治|改造|加装|召开|开展|推进|跟进|联系|落实|完成|办理|"
    r"清理|检查|核查|拆|交代|动工|施工|公告|公开|排|列入|放在"
)
_OPEN = "\ue000"
"""Stands where a fact is still open."""
_OTHERS_ACT = re.compile(r"(?:告诉|通知|联系|打给|反馈给|发给)我们|请您|您可以|建议您|要求(?:其|店|商|施工|物业|企业)|责成|督促|必须|须待")
"""Where somebody else is to act."""
_QUOTATION = re.compile(r"“[^”]*”")


@dataclass(frozen=True)
class Found:
    """One promise: the sentence that holds it, and when it is due (None where that cannot be told)."""

    text: str
    due_at: datetime | None
    start: int
    end: int


def promises(text: str, now: datetime) -> tuple[Found, ...]:
    """The sentences that promise something by a time to come. Slots that are still open promise nothing yet.

    Args:
        now: timezone-aware; relative times are counted from it.
    """
    return tuple(found for found in _dated(text, now) if found.due_at and found.due_at > now)


def past_promises(text: str, now: datetime) -> tuple[Found, ...]:
    """The sentences that promise something by a time that is over: what was right when it was written and is wrong today."""
    over = [found for found in _dated(text, now) if found.due_at and found.due_at <= now]
    return tuple(found for found in over if _BOUND.search(found.text) and _FUTURE.search(found.text))


def vague_promises(text: str) -> tuple[Found, ...]:
    """The words that put something off to no day (尽快, 近期, 择日 …), in sentences that name no time."""
    found = []
    for sentence, start in _own_sentences(text):
        hit = next((hit for hit in _VAGUE.finditer(sentence) if _FUTURE.search(sentence)), None)
        if hit and not (names_time(sentence) or _OPEN in sentence or _OTHERS_ACT.search(sentence) or _PAST.search(sentence[: hit.start()])):
            place = start + hit.start()
            found.append(Found(text[place : place + len(hit[0])], None, place, place + len(hit[0])))
    return tuple(found)


def is_promise(sentence: str) -> bool:
    """Whether a sentence promises something by a time, whenever it was written."""
    return any(names_time(phrase) for phrase in _promising_phrases(plain(sentence)))


def _dated(text: str, now: datetime) -> Iterator[Found]:
    today = now.astimezone(CHINA)
    for sentence, start in _own_sentences(text):
        for begin, end in _promised_parts(sentence, today):
            due = max((moment for phrase in _promising_phrases(sentence[begin:end]) for moment in times(phrase, today)), default=None)
            written = text[start + begin : start + end]
            if due:
                left = start + begin + len(written) - len(written.lstrip())
                yield Found(written.strip(" \t，,"), due, left, left + len(written.strip(" \t，,")))


def _promised_parts(sentence: str, today: datetime) -> list[tuple[int, int]]:
    """Where in a sentence each promise begins and ends: an act with a time ends with the phrase before the next time."""
    cuts, timed, acts, place = [0], False, False, 0
    for phrase in re.split(r"(?<=[，,])", sentence):
        names = bool(times(phrase, today))
        if names and timed and acts:
            cuts.append(place)
            timed = acts = False
        timed, acts, place = timed or names, acts or bool(_ACT.search(phrase) or _BOUND.search(phrase)), place + len(phrase)
    return list(zip(cuts, [*cuts[1:], len(sentence)], strict=True))


def _own_sentences(text: str) -> Iterator[tuple[str, int]]:
    """The sentences in simplified script with their offsets, quotations and open slots blanked out."""
    blank = SLOT.sub(lambda slot: _OPEN * len(slot[0]), plain(text))
    own = _QUOTATION.sub(lambda quote: " " * len(quote[0]), blank)
    for found in SENTENCE.finditer(own):
        yield found[0], found.start()


def _promising_phrases(sentence: str) -> Iterator[str]:
    """The phrases between commas that look ahead: by a bound (三日内), or by an act in the phrase or the one after it."""
    phrases = re.split(r"[，,]", sentence)
    for phrase, following in zip(phrases, [*phrases[1:], ""], strict=True):
        if not _PAST.search(phrase) and (_BOUND.search(phrase) or _ACT.search(phrase) or _ACT.search(following)):
            yield phrase
