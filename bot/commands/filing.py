"""卷宗、学到了什么: orders that look back on what was done."""

from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.approving import SlowHandler
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, shown
from bot.dossier_work import take
from casework.chat import Response
from casework.dossier.card import dossier_card
from casework.learned_face import learned_card
from casework.learning import lessons


async def dossier(order: Order) -> Response:
    """卷宗 A12: take the file of the case."""
    taken = await take(order.house, order.case.number, order.staff)
    return shown(dossier_card(taken, order.staff.name, order.now))


async def learned(session: AsyncSession, order: Order) -> Response:
    """学到了什么."""
    return shown(learned_card(await lessons(session)))


FILING: Mapping[Verb, QuickHandler] = {Verb.LEARNED: learned}
FILING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.DOSSIER: dossier}
