"""换语气、撤回修改: a reply reworded as a person wishes, step by step, until it is right."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.approving import SlowHandler
from bot.commands.drafting import named_case
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import BRIEF_CHARACTERS, Order, shown
from bot.metering import asking_about, bill
from casework.chat import Response
from casework.check import check_version
from casework.drafting import revising
from casework.drafting.editing import current_text
from casework.drafting.revision_card import restored_card, revision_card, unrevised_card, wishes_card
from casework.drafting.rewording import Revised
from casework.message import Card
from casework.permission import Act, require
from casework.situation import event_of


async def revise(order: Order) -> Response:
    """换语气 A12 1 语气再软一点，删掉第二段: the text reworded, as the next version; without a wish the usual ones are offered."""
    house, number, ordinal = order.house, order.command.number, order.command.ordinal or 1
    async with house.database.reading() as session:
        await require(session, order.staff, Act.SUBMIT)
        case = await named_case(session, number)
        level = (await event_of(session, case)).level
        task = await revising.task_for(session, case, ordinal, order.command.rest, house.clock.now(), house.desk)
    if not task.comment:
        return shown(wishes_card(case, ordinal, level=level))
    with asking_about(number) as calls:
        revised = await house.reviser.revise(task)
    revised = replace(revised, done=(*revised.done, *filter(None, [bill(calls)])))
    if revised.text == task.text:
        return _told(unrevised_card(case, ordinal, revised, level=level), revised)
    async with house.database.transaction() as session:
        case, now = await named_case(session, number), house.clock.now()
        version = await revising.store_revision(session, case, ordinal, task, revised, order.staff, now, house.desk)
        findings = await check_version(session, case, version, now, house.desk)
    return _told(revision_card(case, version, task.text, revised, findings, level=level), revised)


async def undo(session: AsyncSession, order: Order) -> Response:
    """撤回修改 A12 1: the text as it was before the last change."""
    await require(session, order.staff, Act.SUBMIT)
    case, ordinal, desk = order.case, order.command.ordinal or 1, order.house.desk
    before = await current_text(session, case, ordinal)
    version = await revising.undo(session, case, ordinal, order.staff, order.now, desk)
    findings = await check_version(session, case, version, order.now, desk)
    event = await event_of(session, case)
    card = restored_card(case, version, before, findings, level=event.level)
    return Response(card.head[:BRIEF_CHARACTERS], (card,))


def _told(card: Card, revised: Revised) -> Response:
    """The card, and in one line what was changed and what was not done, for who pressed a button or is on the page."""
    return Response("\n".join([card.head, *revised.undone])[:BRIEF_CHARACTERS], (card,))


REVISING: Mapping[Verb, QuickHandler] = {Verb.UNDO: undo}
REVISING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.REVISE: revise}
