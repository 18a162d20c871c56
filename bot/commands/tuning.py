"""试规则: one rule tried on the archive, from the chat."""

from collections.abc import Mapping

from bot.commands.approving import SlowHandler
from bot.commands.grammar import Verb
from bot.commands.order import Order, shown
from bot.faults import StartError
from bot.rules_work import told, tried
from casework.chat import Response
from casework.errors import Refused
from casework.message import Card, CardKind
from casework.permission import Act, require
from prompts import say

DAYS = 30


async def try_rule(order: Order) -> Response:
    """试规则 (城管 | 市容) & 打人: what it would have found in the last days. Nothing is changed."""
    async with order.house.database.reading() as session:
        await require(session, order.staff, Act.RULES)
        if not order.command.rest:
            raise Refused(say("tuning.try_what"))
        try:
            trial = await tried(session, order.house, order.command.rest, DAYS)
        except StartError as error:
            raise Refused(str(error)) from error
    head, _, examples = told(trial, DAYS).partition("\n")
    return shown(Card(CardKind.ANSWER, head, body=examples))


TUNING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.TRY_RULE: try_rule}
