"""无据: numbers, dates, document numbers and titles that a text states although nothing says so.

A statement is known when it stands in a quoted clause, in a verified fact or in the case record, in whichever way of writing. What the
citizens told is known only in a sentence that says whose words it repeats (您反映…, 网友说…).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from casework.checks.plain import plain
from casework.checks.span import Span
from casework.drafting.slots import SLOT
from language.numerals import from_int, to_int
from prompts import frames

_UNIT = (
    r"(?:万元|千元|元|年|个月|月|日|号|天|个?小时|分钟|秒|时|分|名|人次|人|次|处|家次|家|件|起|户|条|平方米|平米|立方米|公里|千米|毫克|公斤|千克|米|吨|分贝|%|"
    r"百分点|成)"
)
_MEASURE = (
    r"(?:批次|批|份|台|段|趟|针|岁|层|栋|幢|辆|位|张|块|例|宗|桩|周|"
    r"个(?=摊|店|商|点|人|孩|小|摄|井|桩|桶|车|路|楼|单|村|社|街|网|学|项|品|批|样|投|案|工))"
)
"""With 一 these count nothing: 拍一段视频, 填一张表."""
_CHINESE = "一二三四五六七八九十百千万两"
_NUMBER = re.compile(
    rf"\d{{1,2}}[时点]\d{{1,2}}分|\d[\d,.:\-—]*(?:\s?(?:余|多|来)?(?:{_UNIT}|{_MEASURE}))?|[{_CHINESE}]+(?:余|多|来)?{_UNIT}|(?!一(?:余|多|来)?{_MEASURE})[{_CHINESE}]+(?:余|多|来)?{_MEASURE}"
)
_TITLE = re.compile(r"《(?:[^《》]|《[^《》]{2,40}》){2,60}》")
_CODE = re.compile(
    r"[\u4e00-\u9fff]{0,10}[〔\[（(【]\s?(?:19|20)\d{2}\s?[〕\]）)】]\s?(?:第\s?)?\d+\s?号|第\s?\d+\s?号(?:令|公告|文)|[\u4e00-\u9fff]{1,6}字\s?(?:19|20)\d{2}\s?(?:年)?第\s?\d+\s?号"
    r"|(?<![A-Za-z0-9])[A-Z]{1,5}\d[\dA-Z\-]{4,}|\d{4,6}-\d{3,}(?:-\d+)?|(?:19|20)\d{2}-\d{3,}"
)
_DAY_WORD = re.compile(
    r"(?P<day>昨|前)[天日晚](?!后)|上(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]?|上个?月(?:\d{1,2}[日号]|[初中底末]旬?)?|去年(?:\d{1,2}月|年?[初底末])?|前年"
    r"|\d{1,2}月[初中底末上下]旬?|[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号]|[初中底末上下]旬)|二[〇零]\s?[〇零一二三四五六七八九]{2}年"
)
_VAGUE_SHARE = re.compile(
    r"(?:近|约|超过?|逾|大)?半数|[一二三四五六七八九两]成|百分之[零一二三四五六七八九十百]+|[一二三四五六七八九十两]分之[一二三四五六七八九十]"
)
_LIST_MARK = re.compile(r"(?m)^\s*(?:\d+[.、．)）](?!\d)|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、)")
_ATTRIBUTED = re.compile(r"反映|网友|您(?:说|提|问|的|在)|来信|留言|帖|称|诉求|网传")
_SENTENCE = re.compile(r"[^。！？\n]+")
_YEARLESS = re.compile(r"^(?:19|20)\d{2}年")
_CLOCK = re.compile(r"^(\d{1,2})[:时点](\d{2})?分?$")
SERVICE_NUMBERS = frozenset({"12345", "12315", "12319", "12369", "12388", "12320", "12350", "12328", "96110", "110", "119", "120", "122"})
"""Numbers that everybody may be told to call."""


def unfounded(text: str, known: str, told: str, today: date | None = None) -> tuple[Span, ...]:
    """What the text states although neither `known` nor, where it is attributed, `told` says it. Open slots state nothing.

    Args:
        known: quoted clauses in full, verified facts, the case record.
        told: what the citizens wrote.
        today: the day on which 昨天 means the day before; None: such words are known only as words.
    """
    known, told, idioms = _bare(known), _bare(told), frames("wording")["idioms"]
    return tuple(
        Span(text[statement.start : statement.end], statement.start)
        for sentence, offset in _sentences(text)
        for statement in _statements(sentence, offset)
        if statement.text not in SERVICE_NUMBERS
        and not _is_known(statement.text, known + "\n" + (told if _ATTRIBUTED.search(sentence) else ""), today)
        and not _is_idiom(plain(text), statement, idioms)
    )


def _statements(sentence: str, offset: int) -> Iterator[Span]:
    """What a sentence states, the longer forms first; nothing is stated twice."""
    taken: set[int] = set()
    for pattern in (_TITLE, _CODE, _DAY_WORD, _VAGUE_SHARE, _NUMBER):
        for found in pattern.finditer(sentence):
            stated = found[0].strip(" ,.:：-—")
            start = found.start() + found[0].index(stated) if stated else 0
            places = range(start, start + len(stated))
            if stated and taken.isdisjoint(places):
                taken.update(places)
                yield Span(stated, offset + start)


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    """The sentences in plain writing with their offsets, slots and list marks blanked out."""
    blank = SLOT.sub(lambda slot: " " * len(slot[0]), plain(text))
    blank = _LIST_MARK.sub(lambda mark: "\n" * len(mark[0]), blank).replace("，", ",").replace("：", ":")
    for found in _SENTENCE.finditer(blank):
        yield found[0], found.start()


def _bare(text: str) -> str:
    return re.sub(r"[^\S\n]+", "", plain(text).replace("中华人民共和国", "").replace("，", ",").replace("：", ":")).translate(
        str.maketrans("[（(【]）)】〈〉", "〔〔〔〔〕〕〕〕《》")
    )


def _is_known(statement: str, known: str, today: date | None) -> bool:
    return any(_is_said(way, known) for way in _ways(_bare(statement), today))


def _ways(statement: str, today: date | None) -> Iterator[str]:
    """A statement in all the ways in which the same may be written."""
    yield statement
    yield _with_digits(statement)
    yield _in_words(statement)
    if clock := _CLOCK.match(statement):
        hour, minute = int(clock[1]), clock[2] or "00"
        yield from (
            f"{hour}:{minute}",
            f"{hour:02}:{minute}",
            f"{hour}时{minute}分",
            f"{hour}点{minute}分",
            *((f"{hour}时", f"{hour}点") if minute == "00" else ()),
        )
    if today and (day := re.match(r"([昨前])[天日晚]", statement)):
        meant = today - timedelta(days=1 if day[1] == "昨" else 2)
        yield from (f"{meant.month}月{meant.day}日", f"{meant.month:02}月{meant.day:02}日", f"{meant:%Y-%m-%d}")
    if _YEARLESS.match(statement) and today and statement.startswith(str(today.year)) and len(statement) > len("2026年"):
        yield statement[len("2026年") :]


def _with_digits(statement: str) -> str:
    return re.sub(rf"[{_CHINESE}零〇]+", lambda numeral: str(_value(numeral[0])), statement)


def _in_words(statement: str) -> str:
    return re.sub(r"\d{1,8}", lambda digits: from_int(int(digits[0])), statement)


@cache
def _value(numeral: str) -> int | str:
    try:
        return int(to_int(numeral))
    except ValueError:
        return numeral


def _is_said(statement: str, known: str) -> bool:
    """Whether the statement stands in what is known, and not as the end or the beginning of a longer number."""
    before = r"(?<!\d)" if statement[0].isdigit() else rf"(?<![{_CHINESE}])" if statement[0] in _CHINESE else ""
    after = r"(?!\d)" if statement[-1].isdigit() else ""
    return re.search(before + re.escape(statement) + after, known) is not None


def _is_idiom(text: str, statement: Span, idioms: list[str]) -> bool:
    """Whether the words are part of a set phrase that counts nothing (第一时间, 十分, 一起, 一家家)."""
    if text[statement.end : statement.end + 1] == statement.text[-1]:
        return True
    around = text[max(0, statement.start - 2) : statement.end + 2]
    return any(statement.text in idiom and idiom in around for idiom in idioms)
