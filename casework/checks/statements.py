"""无据: numbers, dates, document numbers, titles and persons that a text states although nothing says so.

A statement is known when it stands in a quoted clause, in a verified fact or in the case record. What the citizens told is
known only in a sentence that says whose words it repeats (您反映…, 网友说…).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casework.drafting.slots import SLOT
from prompts import frames

_UNIT = r"(?:万元|千元|元|年|个月|月|日|天|个?小时|分钟|时|分|名|人|次|处|家|件|起|户|条|平方米|米|分贝|%|％)"
_STATEMENT = re.compile(rf"《[^》]{{2,40}}》|\d[\d,.:：\-—]*(?:[ \u3000]?{_UNIT})?|[一二三四五六七八九十百千万两]+{_UNIT}")
_LIST_MARK = re.compile(r"(?m)^\s*(?:\d+[.、．)）]|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、)")
_ATTRIBUTED = re.compile(r"反映|网友|您(?:说|提|问|的)|来信|留言|帖|称|诉求")
_SENTENCE = re.compile(r"[^。！？\n]+")
_PERSON = re.compile(
    r"[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方袁柳唐薛雷贺倪汤罗毕郝安常于傅顾孟黄穆萧尹姚邵汪毛"
    r"戴宋庞熊纪舒屈项祝董梁杜阮蓝闵贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房丁邓洪包左石崔吉龚程邢裴陆翁甄曲封储段焦侯]"
    r"[\u4e00-\u9fff]{0,2}?(?:中队长|大队长|副队长|队长|副局长|局长|科长|所长|先生|女士|同志)"
)
SERVICE_NUMBERS = frozenset({"12345", "12315", "12319", "12369", "12388", "110", "119", "120"})
"""Numbers that everybody may be told to call."""


@dataclass(frozen=True)
class Statement:
    """A stated fact without ground, and where it stands."""

    text: str
    start: int
    end: int


def unfounded(text: str, known: str, told: str) -> tuple[Statement, ...]:
    """What the text states although neither `known` nor, where it is attributed, `told` says it. Open slots state nothing.

    Args:
        known: quoted clauses in full, verified facts, the case record.
        told: what the citizens wrote.
    """
    known, told, idioms = _plain(known), _plain(told), frames("wording")["idioms"]
    return tuple(
        statement
        for sentence, offset in _sentences(text)
        for statement in _statements(sentence, offset)
        if statement.text not in SERVICE_NUMBERS
        and not _is_said(_plain(statement.text), known + "\n" + (told if _ATTRIBUTED.search(sentence) else ""))
        and not _is_idiom(text, statement, idioms)
    )


def strangers(text: str, known: str) -> tuple[Statement, ...]:
    """Persons (surname and office) whom no verified fact names."""
    return tuple(Statement(found[0], *found.span()) for found in _PERSON.finditer(_without_slots(text)) if found[0] not in known)


def _statements(sentence: str, offset: int) -> Iterator[Statement]:
    for found in _STATEMENT.finditer(sentence):
        stated = found[0].strip(",.:：-—")
        if stated:
            start = offset + found.start() + found[0].index(stated)
            yield Statement(stated, start, start + len(stated))


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    """The sentences with their offsets, slots and list marks blanked out."""
    blank = _LIST_MARK.sub(lambda mark: "\n" * len(mark[0]), _without_slots(text)).replace("，", ",")
    for found in _SENTENCE.finditer(blank):
        yield found[0], found.start()


def _without_slots(text: str) -> str:
    return SLOT.sub(lambda slot: " " * len(slot[0]), text)


def _plain(text: str) -> str:
    return re.sub(r"[ \t\u3000]+", "", text.replace("中华人民共和国", "").replace("，", ","))


def _is_said(statement: str, known: str) -> bool:
    """Whether the statement stands in what is known, and not as the end of a longer number."""
    before, after = (r"(?<!\d)" if statement[0].isdigit() else ""), (r"(?!\d)" if statement[-1].isdigit() else "")
    return re.search(before + re.escape(statement) + after, known) is not None


def _is_idiom(text: str, statement: Statement, idioms: list[str]) -> bool:
    """Whether the words are part of a set phrase that counts nothing (第一时间, 十分, 一起, 一家家)."""
    if text[statement.end : statement.end + 1] == statement.text[-1]:
        return True
    around = text[max(0, statement.start - 2) : statement.end + 2]
    return any(statement.text in idiom and idiom in around for idiom in idioms)
