"""发布、已发、兑现、承诺、跟踪、更正、补充通报: the orders by which a text goes out and by which it is stood by."""

from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.approving import SlowHandler, approved_version, validity
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done, shown
from bot.publishing_work import carry_out
from casework import notices, promise_ledger, publishing, signing
from casework.case import NoticeKind
from casework.chat import Response
from casework.errors import PublishError, Refused
from casework.followups import followup_card
from casework.message import Button, Card, CardKind
from casework.promise_cards import case_promises_card, open_promises_card
from prompts import say, words

LOOKED = "已查看"
"""Added by a person who has looked and found that an uncertain publication does not stand there."""


async def publish(order: Order) -> Response:
    """发布 A12: hand out the text to copy, or send it where the department publishes by machine: stored first, sent, then noted."""
    house = order.house
    async with house.database.transaction() as session:
        version = await approved_version(session, order)
        reply = await signing.approved_reply(session, version, order.now, validity(session, order))
        publisher = house.publishers.get(reply.channel)
        if publisher is None:
            return Response(cards=(await publishing.offer(session, reply, order.staff, order.now, house.desk),))
        looked = order.command.rest == LOOKED
        errand = await publishing.begin(session, reply, publisher.name, order.staff, order.now, looked=looked)
    try:
        link = await carry_out(house, publisher, errand)
    except PublishError as error:
        waits = say("publishing.needs_look", number=order.case.number) if error.uncertain and publisher.finds else ""
        return done(order, waits or say("commands.publish_failed", number=order.case.number, error=error))
    return done(order, say("commands.published", number=order.case.number, link=link))


async def published(session: AsyncSession, order: Order) -> Response:
    """已发 A12 链接."""
    return done(order, await publishing.record_link(session, order.case, order.command.rest, order.staff, order.now, order.house.desk))


async def promises(session: AsyncSession, order: Order) -> Response:
    """承诺: all that stand open; 承诺 A12: those of one case; 承诺 A12 2 明天18:00: give one a time that names none."""
    if order.about is None:
        return shown(await open_promises_card(session, order.now))
    command = order.command
    if command.ordinal is None and not command.rest:
        return shown(await case_promises_card(session, order.case, order.now))
    told = await promise_ledger.set_due(session, order.case, command.ordinal, command.rest, order.staff, order.now, order.house.desk)
    return done(order, told)


async def keep(session: AsyncSession, order: Order) -> Response:
    """兑现 A12 1 怎么兑现的，或链接."""
    command = order.command
    told = await promise_ledger.keep(session, order.case, command.ordinal, command.rest, order.staff, order.now, order.house.desk)
    return done(order, told)


async def follow_up(session: AsyncSession, order: Order) -> Response:
    """跟踪 A12."""
    return shown(await followup_card(session, order.case, order.now))


async def correct(session: AsyncSession, order: Order) -> Response:
    """更正 A12 “原文的字” 应为 “正确的内容” 核实：方式，谁."""
    return await _notice(session, order, NoticeKind.CORRECTION)


async def supplement(session: AsyncSession, order: Order) -> Response:
    """补充通报 A12 内容 核实：方式，谁."""
    return await _notice(session, order, NoticeKind.SUPPLEMENT)


async def _notice(session: AsyncSession, order: Order, kind: NoticeKind) -> Response:
    mending = notices.read_mending(kind, order.command.rest)
    if mending is None:
        raise Refused(say(f"notice.how_{kind.name.lower()}", number=order.case.number))
    new = await notices.open_notice(session, order.case, kind, mending, order.staff, order.now, order.house.desk)
    sentence = say("notice.opened", kind=kind.value, number=order.case.number, new=new.number)
    draft = Button(words("alert.buttons")["draft"], words("alert.commands")["draft"].format(number=new.number))
    card = Card(CardKind.NOTICE, sentence, buttons=((draft,),), case_number=new.number)
    return Response(sentence, (card,))


PUBLISHING: Mapping[Verb, QuickHandler] = {
    Verb.PUBLISHED: published,
    Verb.PROMISES: promises,
    Verb.KEEP: keep,
    Verb.FOLLOW_UP: follow_up,
    Verb.CORRECT: correct,
    Verb.SUPPLEMENT: supplement,
}
PUBLISHING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.PUBLISH: publish}
