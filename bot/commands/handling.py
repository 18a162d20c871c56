"""认领、接手、转办、静默、升级、误报、降级、合并、拆分、办结: the orders about who has a case and how grave it is."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.grammar import Verb
from bot.commands.order import Order, done, shown
from casework import closing, handling, judging, muting, regrouping
from casework.case import Case, case_by_number
from casework.chat import Response
from casework.errors import Refused
from casework.message import Button, Card, CardKind
from casework.permission import ALLOWED, Act, names_with
from casework.staff import member_named
from language.numerals import to_int
from prompts import say

QuickHandler = Callable[[AsyncSession, Order], Awaitable[Response]]

BUTTONS_PER_ROW = 3
_CASE_NUMBER = re.compile(r"[A-Z]{1,3}\d{1,2}(?![A-Z0-9])")
_DURATION = re.compile(r"(?P<amount>\d{1,3}|半|[一二两三四五六七八九十]{1,3})\s*个?\s*(?P<unit>分钟|分|小时|钟头|天|日)")
_UNITS = {
    "分钟": timedelta(minutes=1),
    "分": timedelta(minutes=1),
    "小时": timedelta(hours=1),
    "钟头": timedelta(hours=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
}


async def claim(session: AsyncSession, order: Order) -> Response:
    """认领 A12."""
    return done(order, await handling.claim(session, order.case, order.staff, order.now, order.house.desk))


async def take_over(session: AsyncSession, order: Order) -> Response:
    """接手 A12."""
    return done(order, await handling.take_over(session, order.case, order.staff, order.now, order.house.desk))


async def assign(session: AsyncSession, order: Order) -> Response:
    """转办 A12 王磊; without a name the people are shown as buttons."""
    able = await names_with(session, *ALLOWED[Act.CLAIM])
    if not order.command.rest:
        return shown(assign_question(order.case, [name for name in able if name != order.staff.name]))
    colleague = await member_named(session, order.command.rest)
    if colleague is None:
        raise Refused(say("commands.no_such_person", name=order.command.rest, names="、".join(able)))
    return done(order, await handling.assign(session, order.case, order.staff, colleague, order.now, order.house.desk))


async def mute(session: AsyncSession, order: Order) -> Response:
    """静默 A12 2小时; 静默 油烟 锦绣家园 3天 for a whole kind of matter; 静默 alone shows what is muted."""
    if order.about is None:
        return await _mute_kind(session, order)
    duration = read_duration(order.command.rest)
    if duration is None:
        raise Refused(say("casework.mute_how_long", number=order.case.number, days=handling.LONGEST_MUTE.days))
    return done(order, await handling.mute(session, order.case, order.staff, duration, order.now, order.house.desk))


async def _mute_kind(session: AsyncSession, order: Order) -> Response:
    if not order.command.rest:
        return shown(await muting.mutes_card(session, order.now))
    duration = read_duration(order.command.rest)
    if duration is None:
        raise Refused(say("casework.mute_kind_how", days=handling.LONGEST_MUTE.days))
    words = re.split(r"[\s，、,]+", _DURATION.sub(" ", order.command.rest).strip())
    return done(order, await muting.mute_kind(session, words, duration, order.staff, order.now))


async def unmute(session: AsyncSession, order: Order) -> Response:
    """取消静默 1, 取消静默 A12."""
    if order.about is not None:
        return done(order, await handling.unmute(session, order.case, order.staff, order.now, order.house.desk))
    number = re.search(r"\d+", order.command.rest)
    if number is None:
        return shown(await muting.mutes_card(session, order.now))
    return done(order, await muting.lift(session, int(number.group()), order.staff, order.now))


async def escalate(session: AsyncSession, order: Order) -> Response:
    """升级 A12 理由."""
    return done(order, await judging.escalate(session, order.case, order.staff, order.command.rest, order.now, order.house.desk))


async def false_alarm(session: AsyncSession, order: Order) -> Response:
    """误报 A12 与我们无关; without a reason the one question is asked."""
    kind = judging.false_alarm_kind(order.command.rest)
    if kind is None:
        return shown(judging.false_alarm_question(order.case))
    return done(order, await judging.dismiss(session, order.case, order.staff, kind, order.now, order.house.desk))


async def lower(session: AsyncSession, order: Order) -> Response:
    """降级 A12."""
    return done(order, await judging.lower(session, order.case, order.staff, order.now, order.house.desk))


async def merge(session: AsyncSession, order: Order) -> Response:
    """合并 A12 到 A3; without the other case the likely ones are shown as buttons."""
    numbers = _CASE_NUMBER.findall(order.command.rest.upper())
    if not numbers:
        return shown(await regrouping.merge_question(session, order.case))
    into = await case_by_number(session, numbers[0])
    if into is None:
        raise Refused(say("casework.no_such_case", number=numbers[0]))
    return done(order, await regrouping.merge(session, order.case, into, order.staff, order.now, order.house.desk))


async def split(session: AsyncSession, order: Order) -> Response:
    """拆分 A12 2 5; without numbers the posts are shown with theirs."""
    first = [] if order.command.ordinal is None else [order.command.ordinal]
    ordinals = [*first, *(int(number) for number in re.findall(r"\d{1,3}", order.command.rest))]
    if not ordinals:
        return shown(await regrouping.split_question(session, order.case, order.now))
    return done(order, await regrouping.split(session, order.case, ordinals, order.staff, order.now, order.house.desk))


async def close(session: AsyncSession, order: Order) -> Response:
    """办结 A12 结果."""
    return done(order, await closing.close(session, order.case, order.staff, order.command.rest, order.now, order.house.desk))


def assign_question(case: Case, names: Sequence[str]) -> Card:
    """To whom? One button for each colleague."""
    answers = [Button(name, f"{Verb.ASSIGN.value} {case.number} {name}") for name in names]
    rows = tuple(tuple(answers[start : start + BUTTONS_PER_ROW]) for start in range(0, len(answers), BUTTONS_PER_ROW))
    return Card(CardKind.NOTICE, say("commands.assign_to_whom", number=case.number), buttons=rows, case_number=case.number)


def read_duration(text: str) -> timedelta | None:
    """How long, in words (2小时, 半天, 三十分钟); None where nothing of the kind is said."""
    found = _DURATION.search(text)
    if not found:
        return None
    unit = _UNITS[found["unit"]]
    return unit / 2 if found["amount"] == "半" else unit * to_int(found["amount"])


HANDLING: Mapping[Verb, QuickHandler] = {
    Verb.CLAIM: claim,
    Verb.TAKE_OVER: take_over,
    Verb.ASSIGN: assign,
    Verb.MUTE: mute,
    Verb.UNMUTE: unmute,
    Verb.ESCALATE: escalate,
    Verb.FALSE_ALARM: false_alarm,
    Verb.LOWER: lower,
    Verb.MERGE: merge,
    Verb.SPLIT: split,
    Verb.CLOSE: close,
}
