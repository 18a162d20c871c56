"""A draft as its card shows it now: facts that were verified since are in place, and the checks have looked at the recommended text."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.desk import Desk
from casework.drafting.card import draft_card
from casework.drafting.draft import Draft
from casework.drafting.editing import candidate_text, candidates_of
from casework.drafting.proofreading import proofread
from casework.drafting.slots import slots_of
from casework.drafting.strategy import Channel
from casework.drafting.writer import Progressed
from casework.message import Card
from casework.situation import event_of


async def card_of(session: AsyncSession, case: Case, draft: Draft, now: datetime, desk: Desk, so_far: Progressed | None = None) -> Card:
    """The card of a draft.

    Args:
        so_far: what a model has made of it by now, while it is still writing.
    """
    candidates, slots = await candidates_of(session, draft), await slots_of(session, case)
    text = candidate_text(candidates[0], {slot.name: slot.value for slot in slots if slot.value is not None})
    (findings,) = await proofread(session, case, [(text, Channel(candidates[0].channel))], now, desk)
    event = await event_of(session, case)
    return draft_card(case, draft, candidates, slots, findings, level=event.level, so_far=so_far)
