"""Giving a message that was put out a newer face: in the row itself while it waits, else by an edit."""

from datetime import datetime

from sqlalchemy import bindparam, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import WAITING, Delivery, enqueue, renew, waiting_edit
from casework.message import Card

_EDITS = select(func.count(col(Delivery.id))).where(Delivery.replaces == bindparam("root"))


async def edit(session: AsyncSession, root: Delivery, card: Card, now: datetime, at: datetime, *, rings: bool = False) -> None:
    """Give a card that was put out a newer face, not before `at`; an edit that still waits is renewed, never one that a sender has."""
    await put_edit(session, root, await waiting_edit(session, root), card, now, at, rings=rings)


async def put_edit(
    session: AsyncSession, root: Delivery, waiting: Delivery | None, card: Card, now: datetime, at: datetime, *, rings: bool
) -> None:
    """As `edit`, by one who has read already which edit still waits.

    Args:
        rings: whether it is sent as a new message where the platform cannot edit.
    """
    if root.replaces is None and root.state in WAITING and await renew(session, root, card, now, root.due_at):
        return
    if waiting and await renew(session, waiting, card, now, at, rings=rings):
        return
    number = (await session.exec(_EDITS, params={"root": root.id})).one() + 1
    key = f"edit:{root.id}:{number}"
    await enqueue(session, card, root.place, now, key=key, due_at=at, case_id=root.case_id, rings=rings, replaces=root.id)
