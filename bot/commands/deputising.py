"""委托、确认委托、撤销委托: who signs while an approver is away."""

import re
from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler, read_duration
from bot.commands.order import Order, done, shown
from casework import deputising
from casework.chat import Response
from casework.errors import Refused
from casework.permission import names_with
from casework.staff import Role, StaffMember, member_named
from prompts import say


async def name(session: AsyncSession, order: Order) -> Response:
    """委托 李雯 3天; an admin for somebody who is away already: 委托 陈静 李雯 3天. Alone it shows the mandates that stand."""
    if not order.command.rest:
        return shown(await deputising.mandates_card(session, order.now))
    duration = read_duration(order.command.rest)
    people = await _people(session, order.command.rest)
    if duration is None or len(people) not in (1, 2):
        raise Refused(say("approval.mandate_how"))
    principal, deputy = people if len(people) == 2 else (order.staff, people[0])
    return done(order, await deputising.name_deputy(session, principal, deputy, duration, order.staff, order.now))


async def confirm(session: AsyncSession, order: Order) -> Response:
    """确认委托 2."""
    return done(order, await deputising.confirm(session, _number(order), order.staff, order.now))


async def end(session: AsyncSession, order: Order) -> Response:
    """撤销委托 2."""
    return done(order, await deputising.end(session, _number(order), order.staff, order.now))


async def _people(session: AsyncSession, text: str) -> list[StaffMember]:
    """The members that are named, in order. Raises Refused for a word that is neither a name nor a time."""
    found = []
    for word in re.split(r"[\s，、,给→]+", text):
        if word and read_duration(word) is None:
            member = await member_named(session, word)
            if member is None:
                names = say("casework.comma").join(await names_with(session, Role.DUTY, Role.DRAFTER))
                raise Refused(say("approval.no_such_deputy", name=word, names=names))
            found.append(member)
    return found


def _number(order: Order) -> int:
    found = re.search(r"\d+", order.command.rest)
    if found is None:
        raise Refused(say("approval.mandate_number", verb=order.command.verb.value))
    return int(found[0])


DEPUTISING: Mapping[Verb, QuickHandler] = {Verb.NAME_DEPUTY: name, Verb.CONFIRM_DEPUTY: confirm, Verb.END_MANDATE: end}
