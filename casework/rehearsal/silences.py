"""What the posts tell and the reply does not take up: asks, people hurt, the video, money, an earlier promise, other numbers."""

import re
from collections.abc import Iterator
from functools import cache

from casework.checks.coverage import covers
from casework.checks.promises import SENTENCE, is_promise
from casework.rehearsal.attack import Attack, Reader
from casework.rehearsal.page import Page, attack, lines_with, pattern, phrase_around
from language.script import to_simplified
from prompts import frames

LONGEST_PROMISE = 30

_COUNT = re.compile(r"(?P<number>\d+|[一两二三四五六七八九十]+)\s?(?P<what>人受伤|名伤者|人住院|户|次投诉|个多?月|个小时|天)")
_NUMERALS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def silences(page: Page) -> Iterator[Attack]:
    """Everything that the reply leaves out."""
    yield from _asks_left_out(page)
    yield from _things_untold(page)
    yield from _broken_words(page)
    yield from _contradictions(page)
    yield from _hidden_history(page)
    yield from _denials(page)


def _asks_left_out(page: Page) -> Iterator[Attack]:
    for ask in map(to_simplified, page.matter.asks):
        if not covers(page.text, ask):
            yield attack("ask_left_out", None, None, ask=ask)
        else:
            yield from _put_off(page, ask)


def _put_off(page: Page, ask: str) -> Iterator[Attack]:
    """An ask that is named, and then only put off: to an inquiry, or to no day."""
    place = next((number for number, line in enumerate(page.lines) if covers(line.text, ask)), None)
    passage = page.lines[place : place + 2] if place is not None else ()
    if any(line.is_open for line in passage):
        return
    hit = next(((line, found) for line in passage if (found := pattern("put_off").search(line.own))), None)
    if hit and not any(pattern("known").search(line.own) for line in passage):
        name = "yes_or_no" if pattern("whether").search(ask) else "ask_put_off"
        yield attack(name, hit[1], hit[0], ask=ask)
    late = next((line for line in passage if pattern("later").search(line.own)), None)
    if late and not any(pattern("when").search(line.own) for line in passage):
        yield attack("ask_without_time", None, late, ask=ask)


def _things_untold(page: Page) -> Iterator[Attack]:
    for row, told, said in _silences():
        if (found := told.search(page.told)) and not said.search(page.text):
            words = phrase_around(page.told, found)
            question = str(row["question"]).format(told=words)
            yield Attack(Reader(row["reader"]), row["name"], "", -1, question, row["why"], row["add"].format(told=words))


def _broken_words(page: Page) -> Iterator[Attack]:
    """The promises of the last publication that the reply does not take up."""
    for sentence in SENTENCE.findall(page.matter.previous[-1]) if page.matter.previous else []:
        if is_promise(sentence) and not covers(page.text, sentence):
            yield attack("broken_word", None, None, told=sentence.strip()[:LONGEST_PROMISE])


def _hidden_history(page: Page) -> Iterator[Attack]:
    """Earlier cases of the same kind at the same place, in our own records, that the reply keeps silent about."""
    if page.matter.history.count and not page.says("past_cases"):
        yield attack("history_hidden", None, None, count=str(page.matter.history.count))


def _contradictions(page: Page) -> Iterator[Attack]:
    """Where the reply and the posts count the same thing differently."""
    told = {found["what"]: found for found in _COUNT.finditer(page.told)}
    for line in page.lines:
        for found in _COUNT.finditer(line.own):
            other = told.get(found["what"])
            if other and _value(other["number"]) != _value(found["number"]) and found["what"] != "天":
                yield attack("contradicts", found, line, told=phrase_around(page.told, other))


def _denials(page: Page) -> Iterator[Attack]:
    """Where the reply denies what the posts tell with a witness or a recording."""
    witnessed = next(
        (found for row, told, _ in _silences() if row["name"] in ("injury", "goods") and (found := told.search(page.told))), None
    )
    if witnessed and (page.matter.has_video or len(page.matter.posts) > 1):
        for line, found in lines_with(page, "denial"):
            if not pattern("shown").search(line.own):
                yield attack("denied", found, line, told=phrase_around(page.told, witnessed))


@cache
def _silences() -> tuple[tuple[dict[str, str], re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((row, re.compile("|".join(row["told"])), re.compile("|".join(row["said"]))) for row in frames("rehearsal")["silence"])


def _value(number: str) -> int:
    return int(number) if number.isdigit() else _NUMERALS.get(number, 0)
