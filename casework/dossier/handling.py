"""Who was told and who did what: cards that went out, buttons that were pressed, the timeline, the clocks."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.button import ButtonToken
from casework.case import Case, steps_of
from casework.deadline import Deadline
from casework.delivery import Delivery
from casework.dossier.record import Record, masked, moment, names_of_staff, record
from casework.staff import StaffGroup
from prompts import words


async def deliveries(session: AsyncSession, case: Case) -> list[Record]:
    """Every message and every edit, with the chat, when it was sent, and how it ended."""
    groups = {(row.platform, row.chat): row.name for row in (await session.exec(select(StaffGroup))).all()}
    rows = (await session.exec(select(Delivery).where(Delivery.case_id == case.id).order_by(col(Delivery.id)))).all()
    states = words("dossier.delivery_states")
    return [
        record(
            queued_at=moment(row.created_at), sent_at=moment(row.sent_at), chat=groups.get((row.platform, row.chat), row.chat),
            platform=row.platform, card=masked(str(row.card.get("head", ""))), edits=row.replaces, state=states[row.state.value],
            error=row.last_error,
        )
        for row in rows
    ]  # fmt: skip


async def presses(session: AsyncSession, case: Case) -> list[Record]:
    """Buttons that were used: who had a card before the eyes, and when."""
    names = await names_of_staff(session)
    used = select(ButtonToken).where(ButtonToken.case_id == case.id, col(ButtonToken.used_at).is_not(None))
    rows = (await session.exec(used.order_by(col(ButtonToken.used_at), col(ButtonToken.command)))).all()
    return [
        record(at=moment(row.used_at), actor=names.get(row.used_by), command=masked(row.command), outcome=masked(row.outcome))
        for row in rows
    ]


async def timeline(session: AsyncSession, case: Case) -> list[Record]:
    """What people and the machine did, as it was written for people."""
    return [record(at=moment(step.at), actor=step.actor, text=masked(step.text)) for step in await steps_of(session, case)]


async def clocks(session: AsyncSession, case: Case) -> list[Record]:
    """The deadlines, each with its source, and whether it was met."""
    rows = (await session.exec(select(Deadline).where(Deadline.case_id == case.id).order_by(col(Deadline.due_at), col(Deadline.id)))).all()
    kinds, states = words("staff_room.deadline_names"), words("staff_room.deadline_states")
    return [
        record(
            kind=kinds[row.kind.value], started_at=moment(row.started_at), due_at=moment(row.due_at), met_at=moment(row.met_at),
            state=states[row.state.value], source=row.source,
        )
        for row in rows
    ]  # fmt: skip
