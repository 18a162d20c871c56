"""签发、退回、撤回、对比: the orders by which a text is let out or held back."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done, shown
from casework import publishing, signing, withdrawing
from casework.chat import Response
from casework.comparison import comparison_card, comparison_of
from casework.drafting.draft import ReplyVersion, VersionState
from casework.drafting.versions import versions_of
from casework.errors import Refused
from casework.signing import Signed, Validity
from casework.standing_citations import why_citations_fail
from prompts import say

SlowHandler = Callable[[Order], Awaitable[Response]]


async def approve(session: AsyncSession, order: Order) -> Response:
    """签发 A12 3. The last name needed hands out the text to copy, where the department publishes by hand."""
    version = await _submitted(session, order)
    valid = validity(session, order)
    outcome = await signing.approve(session, version, order.staff, order.now, order.house.desk, valid)
    if outcome.result is not Signed.FULLY:
        return done(order, outcome.sentence)
    if version.channel in order.house.publishers:
        return done(order, outcome.sentence + say("commands.publish_next", number=order.case.number))
    reply = await signing.approved_reply(session, version, order.now, valid)
    return done(order, outcome.sentence, await publishing.offer(session, reply, order.staff, order.now, order.house.desk))


async def send_back(session: AsyncSession, order: Order) -> Response:
    """退回 A12 3 理由."""
    version = await _submitted(session, order)
    return done(order, await signing.send_back(session, version, order.staff, order.command.rest, order.now))


async def withdraw(session: AsyncSession, order: Order) -> Response:
    """撤回 A12 3 理由; without a number the newest version that may still go out."""
    version = await _newest(session, order)
    return done(order, await withdrawing.withdraw(session, version, order.staff, order.command.rest, order.now, order.house.desk))


async def compare(session: AsyncSession, order: Order) -> Response:
    """对比 A12 3: how a version came out of its candidate; without a number the newest one."""
    version = await _newest(session, order)
    return shown(comparison_card(order.case, await comparison_of(session, order.case, version), order.now))


def validity(session: AsyncSession, order: Order) -> Validity:
    """Whether the clauses that a version cites still stand, today and here."""
    return partial(why_citations_fail, session, on=order.now.date(), region=order.house.desk.department.region)


async def _submitted(session: AsyncSession, order: Order) -> ReplyVersion:
    """The version that is meant: by its number, or the only one that waits."""
    if order.command.ordinal is not None:
        return await _numbered(session, order)
    waiting = [version for version in await versions_of(session, order.case) if version.state is VersionState.SUBMITTED]
    if len(waiting) == 1:
        return waiting[0]
    raise Refused(say("commands.nothing_submitted", number=order.case.number))


async def _newest(session: AsyncSession, order: Order) -> ReplyVersion:
    """The version that is meant: by its number, or the newest one."""
    if order.command.ordinal is not None:
        return await _numbered(session, order)
    versions = await versions_of(session, order.case)
    if not versions:
        raise Refused(say("approval.no_version", number=order.case.number))
    return versions[-1]


async def _numbered(session: AsyncSession, order: Order) -> ReplyVersion:
    for version in await versions_of(session, order.case):
        if version.number == order.command.ordinal:
            return version
    raise Refused(say("commands.no_such_version", number=order.case.number, version=order.command.ordinal))


async def approved_version(session: AsyncSession, order: Order) -> ReplyVersion:
    """The newest version that may go out. Raises Refused."""
    versions = await versions_of(session, order.case)
    ready = [version for version in versions if version.state is VersionState.APPROVED]
    if not ready and versions and versions[-1].state is VersionState.PUBLISHED:
        raise Refused(say("casework.version_published", number=order.case.number, version=versions[-1].number))
    if not ready:
        raise Refused(say("commands.not_approved_yet", number=order.case.number))
    return ready[-1]


APPROVING: Mapping[Verb, QuickHandler] = {
    Verb.APPROVE: approve,
    Verb.SEND_BACK: send_back,
    Verb.WITHDRAW: withdraw,
    Verb.COMPARE: compare,
}
