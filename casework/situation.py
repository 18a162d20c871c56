"""How a case stands at this moment: the values that its card shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, func
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.drafting.draft import Draft, FactSlot, ReplyVersion, VersionState
from casework.staff import StaffMember
from monitoring.event import Event
from monitoring.item import Item
from monitoring.source import Source

_DEADLINES = select(Deadline).where(Deadline.case_id == bindparam("case")).order_by(col(Deadline.due_at))
_FIRST_POST = (
    columns(col(Item.title), col(Item.text), col(Item.url), col(Item.posted_at), col(Source.name))
    .join(Source, col(Source.id) == Item.source_id)
    .where(col(Item.id) == bindparam("item"))
)
"""Plain columns: the text is read for every renewed card, and the item itself is not needed."""


class NextStep(StrEnum):
    """What is to be done next; the words stand in `alert.next_steps`."""

    CLAIM = "claim"
    DRAFT = "draft"
    FILL = "fill"
    SUBMIT = "submit"
    APPROVE = "approve"
    MEND = "mend"
    PUBLISH = "publish"
    CLOSE = "close"
    NONE = "none"


@dataclass(frozen=True)
class FirstPost:
    """The post that began the event; the text is masked."""

    source: str
    text: str
    url: str
    posted_at: datetime


@dataclass(frozen=True)
class Situation:
    """One case with all that its card says about it."""

    case: Case
    event: Event
    first: FirstPost | None
    deadlines: tuple[Deadline, ...]
    owner: StaffMember | None
    next_step: NextStep

    @property
    def public_deadline(self) -> Deadline | None:
        """The clock that the card shows: the next that runs and that the public would notice, else the first of these that was missed."""
        shown = [d for d in self.deadlines if d.kind not in (DeadlineKind.ACKNOWLEDGE, DeadlineKind.REPORT_UPWARD)]
        running = [d for d in shown if d.state is DeadlineState.RUNNING]
        missed = [d for d in shown if d.state is DeadlineState.MISSED and d.met_at is None]
        return min(running or missed, key=lambda d: d.due_at, default=None)


async def situation_of(session: AsyncSession, case: Case) -> Situation:
    """Read a case's situation from the rows."""
    event = await event_of(session, case)
    deadlines = (await session.exec(_DEADLINES, params={"case": case.id})).all()
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    return Situation(case, event, await _first_post(session, event), tuple(deadlines), owner, await next_step_of(session, case))


async def event_of(session: AsyncSession, case: Case) -> Event:
    """The event that a case handles."""
    return await session.get_one(Event, case.event_id)


async def next_step_of(session: AsyncSession, case: Case) -> NextStep:
    """What the case waits for."""
    if case.state is CaseState.OPEN:
        return NextStep.CLAIM
    if case.state is CaseState.REPLIED:
        return NextStep.CLOSE
    if case.state is not CaseState.CLAIMED:
        return NextStep.NONE
    versions = select(ReplyVersion).where(ReplyVersion.case_id == case.id, ReplyVersion.state != VersionState.VOID)
    latest = (await session.exec(versions.order_by(col(ReplyVersion.number).desc()).limit(1))).first()
    if latest is not None:
        return _AFTER_VERSION[latest.state]
    if (await session.exec(select(Draft.id).where(Draft.case_id == case.id).limit(1))).first() is None:
        return NextStep.DRAFT
    return NextStep.FILL if await open_slots(session, case) else NextStep.SUBMIT


async def open_slots(session: AsyncSession, case: Case) -> int:
    """How many facts of the case nobody has verified yet."""
    query = select(func.count(col(FactSlot.id))).where(FactSlot.case_id == case.id, col(FactSlot.value).is_(None))
    return (await session.exec(query)).one()


_AFTER_VERSION = {
    VersionState.EDITING: NextStep.SUBMIT,
    VersionState.SUBMITTED: NextStep.APPROVE,
    VersionState.APPROVED: NextStep.PUBLISH,
    VersionState.RETURNED: NextStep.MEND,
    VersionState.WITHDRAWN: NextStep.SUBMIT,
    VersionState.PUBLISHED: NextStep.CLOSE,
}


async def _first_post(session: AsyncSession, event: Event) -> FirstPost | None:
    if event.first_item_id is None:
        return None
    found = (await (await session.connection()).execute(_FIRST_POST, {"item": event.first_item_id})).first()
    if found is None:
        return None
    title, text, url, posted_at, source = found
    return FirstPost(source, "\n".join(part for part in (title, text) if part), url, posted_at)
