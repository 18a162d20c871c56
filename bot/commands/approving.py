"""签发、退回、发布、已发: the orders by which a text goes out."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done
from casework import publishing, signing
from casework.chat import Response
from casework.drafting.draft import ReplyVersion, VersionState
from casework.drafting.versions import versions_of
from casework.errors import PublishError, Refused
from casework.publishing import Errand
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
    if order.house.publisher:
        return done(order, outcome.sentence + say("commands.publish_next", number=order.case.number))
    reply = await signing.approved_reply(session, version, order.now, valid)
    return done(order, outcome.sentence, await publishing.offer(session, reply, order.staff, order.now, order.house.desk))


async def send_back(session: AsyncSession, order: Order) -> Response:
    """退回 A12 3 理由."""
    version = await _submitted(session, order)
    return done(order, await signing.send_back(session, version, order.staff, order.command.rest, order.now))


async def published(session: AsyncSession, order: Order) -> Response:
    """已发 A12 链接."""
    return done(order, await publishing.record_link(session, order.case, order.command.rest, order.staff, order.now, order.house.desk))


async def publish(order: Order) -> Response:
    """发布 A12: hand out the text to copy, or send it by the webhook: stored first, sent, then noted."""
    house = order.house
    if house.publisher is None:
        async with house.database.transaction() as session:
            reply = await signing.approved_reply(session, await _approved(session, order), order.now, validity(session, order))
            card = await publishing.offer(session, reply, order.staff, order.now, house.desk)
        return Response(cards=(card,))
    async with house.database.transaction() as session:
        reply = await signing.approved_reply(session, await _approved(session, order), order.now, validity(session, order))
        looked = order.command.rest == LOOKED
        errand = await publishing.begin(session, reply, house.publisher.name, order.staff, order.now, looked=looked)
    return await _carry_out(order, errand)


LOOKED = "已查看"
"""Added by a person who has looked and found that an uncertain publication does not stand there."""


async def _carry_out(order: Order, errand: Errand) -> Response:
    house = order.house
    assert house.publisher is not None
    try:
        link = await house.publisher.publish(errand.reply, errand.key)
    except PublishError as error:
        async with house.database.transaction() as session:
            await publishing.fail(session, errand, error, house.clock.now(), house.desk)
        return done(order, say("commands.publish_failed", number=order.case.number, error=error))
    async with house.database.transaction() as session:
        await publishing.finish(session, errand, link, house.clock.now(), house.desk)
    return done(order, say("commands.published", number=order.case.number, link=link))


def validity(session: AsyncSession, order: Order) -> Validity:
    """Whether the clauses that a version cites still stand, today and here."""
    return partial(why_citations_fail, session, on=order.now.date(), region=order.house.desk.department.region)


async def _submitted(session: AsyncSession, order: Order) -> ReplyVersion:
    """The version that is meant: by its number, or the only one that waits."""
    versions = await versions_of(session, order.case)
    if order.command.ordinal is None:
        waiting = [version for version in versions if version.state is VersionState.SUBMITTED]
        if len(waiting) == 1:
            return waiting[0]
        raise Refused(say("commands.nothing_submitted", number=order.case.number))
    for version in versions:
        if version.number == order.command.ordinal:
            return version
    raise Refused(say("commands.no_such_version", number=order.case.number, version=order.command.ordinal))


async def _approved(session: AsyncSession, order: Order) -> ReplyVersion:
    ready = [version for version in await versions_of(session, order.case) if version.state is VersionState.APPROVED]
    if not ready:
        raise Refused(say("commands.not_approved_yet", number=order.case.number))
    return ready[-1]


APPROVING: Mapping[Verb, QuickHandler] = {Verb.APPROVE: approve, Verb.SEND_BACK: send_back, Verb.PUBLISHED: published}
APPROVING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.PUBLISH: publish}
