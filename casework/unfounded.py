"""失据: a reply on its way out that cites what no longer holds ends as soon as that is known, not only when somebody signs."""

from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.announcing import notify
from casework.approval import ON_THE_WAY, void
from casework.case import add_step
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.publication import IN_DOUBT, Publication
from casework.signing import case_of
from casework.standing_citations import why_citations_fail
from casework.withdrawing import taken_by_hand
from knowledge_base.past_case import KnowledgeChange
from prompts import say
from storage.clock import to_china

Outlook = tuple[date, int]
"""The day, and the last change of the knowledge base: while both stay the same, no citation loses its ground."""


async def outlook(session: AsyncSession, now: datetime) -> Outlook:
    """What the validity of citations depends on; costs one look at an index."""
    return to_china(now).date(), (await session.exec(select(func.max(KnowledgeChange.id)))).one() or 0


async def step_unfounded(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """End the replies on their way out that cite a clause which is gone, altered or no longer in force. Returns how many.

    One that may be out at this moment is left to the person who has to look for it; it cannot be sent again.
    """
    in_doubt = select(Publication.version_id).where(col(Publication.state).in_(IN_DOUBT))
    query = select(ReplyVersion).where(col(ReplyVersion.state).in_(ON_THE_WAY), col(ReplyVersion.id).not_in(in_doubt))
    ended = 0
    for version in (await session.exec(query.order_by(col(ReplyVersion.id)))).all():
        why = await why_citations_fail(session, version, on=to_china(now).date(), region=desk.department.region)
        if why is not None:
            await _end(session, version, why, now, desk)
            ended += 1
    return ended


async def _end(session: AsyncSession, version: ReplyVersion, why: str, now: datetime, desk: Desk) -> None:
    case = await case_of(session, version)
    lost = await void(session, version, why, "system", now)
    text = say("casework.voided", number=case.number, version=version.number, why=why, lost=lost) + await taken_by_hand(
        session, version, now
    )
    add_step(session, case, text, now)
    await notify(session, case, text, now, desk, key=f"unfounded:{version.id}", always=True)
