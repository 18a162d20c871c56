"""采纳、不采纳: an admin's decision on proposed tiers of sources."""

import re
from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done
from casework.chat import Response
from casework.errors import Refused
from casework.permission import Act, require
from monitoring.source import Tier
from monitoring.tier_proposal import TierProposal
from monitoring.tiers import decide
from prompts import say


async def accept(session: AsyncSession, order: Order) -> Response:
    """采纳 12 13."""
    return await _decide(session, order, accepted=True)


async def refuse(session: AsyncSession, order: Order) -> Response:
    """不采纳 12."""
    return await _decide(session, order, accepted=False)


async def _decide(session: AsyncSession, order: Order, *, accepted: bool) -> Response:
    await require(session, order.staff, Act.TIER)
    numbers = [int(number) for number in dict.fromkeys(re.findall(r"\d{1,9}", order.command.rest))]
    if not numbers:
        raise Refused(say("sources.tiers_which"))
    return done(order, "\n".join([await _decide_one(session, order, number, accepted=accepted) for number in numbers]))


async def _decide_one(session: AsyncSession, order: Order, number: int, *, accepted: bool) -> str:
    proposal = await session.get(TierProposal, number)
    if proposal is None or proposal.decided_at is not None:
        return say("sources.tiers_gone", number=number)
    intervals = {Tier(name): interval for name, interval in order.house.settings.polling.intervals.items()}
    source = await decide(session, proposal, order.staff.name, intervals, order.now, accepted=accepted)
    if not accepted:
        return say("sources.tiers_refused", name=source.name, tier=source.tier.value)
    minutes = f"{intervals[source.tier].total_seconds() / 60:g}"
    return say("sources.tiers_accepted", name=source.name, tier=source.tier.value, minutes=minutes)


TIERING: Mapping[Verb, QuickHandler] = {Verb.ACCEPT_TIER: accept, Verb.REFUSE_TIER: refuse}
