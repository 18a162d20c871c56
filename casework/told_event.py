"""The event whose posts a case is about: its own, or, for a correction or supplement, that of the case it follows."""

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.publication import Publication


async def followed_case(session: AsyncSession, case: Case) -> Case | None:
    """The case whose publication this one puts right or adds to; None for a case of its own."""
    if case.follows is None:
        return None
    publication = await session.get_one(Publication, case.follows)
    return await session.get_one(Case, publication.case_id)


async def told_event_id(session: AsyncSession, case: Case) -> int:
    """The id of that event."""
    followed = await followed_case(session, case)
    return await told_event_id(session, followed) if followed else case.event_id
