"""Harm and danger in a post: deaths, injuries, poisonings, health of the vulnerable, real hazards."""

import re
from collections.abc import Iterator

from language.numerals import NUMERAL, count
from monitoring.cues import Cues, near
from monitoring.reading import Reading, Span
from monitoring.sign import Sign, sign_at

SEVERAL_HARMED = 3
MANY_HARMED = 10
_REACH = 18
"""Characters around a harm in which its victims and their number are looked for."""

_PEOPLE = re.compile(
    rf"(?P<number>\d+|[{NUMERAL}]+|数[十百]|上[百千]|几十|十几|多)(?:余|多|来)?(?:名|个|位)?(?:人|学生|孩子|儿童|小孩|老人|居民|顾客|员工|行人|路人|乘客|游客|市民|男子|女子|妇女|师生|患者|幼儿|同学|工人|业主|群众)"
)
_AGE = re.compile(r"(?:(?<!\d)(?:1[0-7]|[1-9])|[一二三四五六七八九十]{1,2})岁")
_SCHOOL = re.compile(r"学校|幼儿园|小学|中学|学生|食堂|班上|全班")


def harms(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs of harm, gravest first."""
    yield from _death(reading, cues)
    yield from _injuries(reading, cues)
    yield from _explosion(reading, cues)
    yield from _poisoning(reading, cues)
    yield from _vulnerable(reading, cues)
    yield from _hazard(reading, cues)


def _death(reading: Reading, cues: Cues) -> Iterator[Sign]:
    spared = [(start, start + len(word)) for word, start in reading.starts(cues["death_not"])]
    for span in cues.stated(reading, "death"):
        if not any(start <= span.start < end or start < span.end <= end for start, end in spared) and "人命" not in span.text:
            yield sign_at("death", reading, span)
            return


def _injuries(reading: Reading, cues: Cues) -> Iterator[Sign]:
    severe = cues.first_stated(reading, "severe_injury")
    if severe:
        yield sign_at("severe_injury", reading, severe)
    hurt = list(cues.stated(reading, "injury"))
    if not hurt:
        return
    victims, span = max(((_victims(reading, span), span) for span in hurt), key=lambda pair: pair[0])
    if victims >= MANY_HARMED:
        yield sign_at("group_harm", reading, span, victims)
    elif victims >= SEVERAL_HARMED:
        yield sign_at("several_injured", reading, span, victims)
    else:
        yield sign_at("injury", reading, span, victims)


def _victims(reading: Reading, span: Span) -> int:
    """How many people the clause of a harm names, at least one."""
    around = reading.clause_at(span.start).text
    return max((count(match["number"]) or 1 for match in _PEOPLE.finditer(around)), default=1)


def _explosion(reading: Reading, cues: Cues) -> Iterator[Sign]:
    if span := cues.first_stated(reading, "explosion"):
        yield sign_at("explosion", reading, span)


def _poisoning(reading: Reading, cues: Cues) -> Iterator[Sign]:
    for span in cues.stated(reading, "poisoning"):
        victims = _victims(reading, span)
        at_school = _SCHOOL.search(reading.text[max(0, span.start - 60) : span.end + 60]) is not None
        if victims >= MANY_HARMED or (at_school and victims >= SEVERAL_HARMED):
            yield sign_at("group_harm", reading, span, victims)
            return
        if victims >= SEVERAL_HARMED:
            yield sign_at("several_injured", reading, span, victims)
            return


def _vulnerable(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """Children's, pupils' or old people's health: a concrete symptom, not “affects body and mind”."""
    weak = cues["children"] | cues["elders"]
    for name in ("symptom", "injury"):
        for span in cues.stated(reading, name):
            clause_before = reading.text[max(0, span.start - _REACH) : span.start]
            if near(reading, span, weak, _REACH) or _AGE.search(clause_before):
                yield sign_at("vulnerable_health", reading, span)
                return


def _hazard(reading: Reading, cues: Cues) -> Iterator[Sign]:
    alone = (span for span in reading.spans(cues["hazard"]) if cues.is_real(reading, span.start, span.end))
    with_thing = (span for span in reading.spans(cues["hazard_sign"]) if near(reading, span, cues["hazard_thing"], _REACH))
    if span := next(alone, None) or next(with_thing, None):
        yield sign_at("hazard", reading, span)
