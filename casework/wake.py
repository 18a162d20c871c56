"""When the desk has something to do next, so that its loop sleeps exactly until then."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines, delivery, digest, expiry, inquiry
from casework.desk import Desk


async def next_wake(session: AsyncSession, now: datetime, desk: Desk, platforms: Collection[str]) -> datetime | None:
    """The earliest moment at which a delivery, a deadline, a fact, an approval or a digest falls due; None where nothing ever will."""
    moments = (
        await delivery.next_due(session, platforms),
        await deadlines.next_warning(session),
        await inquiry.next_reminder(session),
        await expiry.next_step(session),
        await digest.next_digest(session, now, desk),
    )
    return min((moment for moment in moments if moment is not None), default=None)
