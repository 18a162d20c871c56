"""A draft as its card shows it now: facts that were verified since are in place, and the checks have looked at the recommended text."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.check import check_reply, clauses_named
from casework.desk import Desk
from casework.drafting.card import draft_card
from casework.drafting.draft import Draft
from casework.drafting.editing import candidate_text, candidates_of
from casework.drafting.matter import gather
from casework.drafting.slots import slots_of
from casework.drafting.writer import Progressed
from casework.message import Card
from casework.situation import event_of


async def card_of(session: AsyncSession, case: Case, draft: Draft, now: datetime, desk: Desk, so_far: Progressed | None = None) -> Card:
    """The card of a draft.

    Args:
        so_far: what a model has made of it by now, while it is still writing.
    """
    candidates, slots = await candidates_of(session, draft), await slots_of(session, case)
    matter = await gather(session, case, now, desk)
    text = candidate_text(candidates[0], matter.facts)
    clauses = await clauses_named(session, text)
    findings = check_reply(text, clauses=clauses, matter=matter, channel=candidates[0].channel, desk=desk, now=now)
    event = await event_of(session, case)
    return draft_card(case, draft, candidates, slots, findings, level=event.level, so_far=so_far)
