"""What staff look at: one case, its draft, a clause, the desk. Reads rows into frozen values and changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, CaseState
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.staff import StaffMember
from monitoring.event import Event

LIVE = [state for state in CaseState if state.is_live]


@dataclass(frozen=True)
class OpenCase:
    """One live case on the desk. `next_deadline` is the running clock that ends first."""

    number: str
    state: CaseState
    headline: str
    line: str
    level: int
    owner: str | None
    item_count: int
    opened_at: datetime
    next_deadline: DeadlineKind | None
    due_at: datetime | None


async def open_cases(session: AsyncSession) -> list[OpenCase]:
    """All live cases with an announced level, the gravest first, then what is due first."""
    query = select(Case, Event, StaffMember).join(Event).outerjoin(StaffMember).where(col(Case.state).in_(LIVE))
    rows = (await session.exec(query)).all()
    clocks = await _next_deadlines(session, [case.id for case, _, _ in rows])
    cases = [_open_case(case, event, owner, clocks.get(case.id)) for case, event, owner in rows]
    return sorted(cases, key=lambda case: (case.level or 9, case.due_at is None, case.due_at or case.opened_at, case.number))


def _open_case(case: Case, event: Event, owner: StaffMember | None, deadline: Deadline | None) -> OpenCase:
    kind, due_at = (deadline.kind, deadline.due_at) if deadline else (None, None)
    return OpenCase(
        case.number,
        case.state,
        event.headline,
        event.line,
        event.level,
        owner.name if owner else None,
        event.item_count,
        case.opened_at,
        kind,
        due_at,
    )


async def _next_deadlines(session: AsyncSession, case_ids: list[int | None]) -> dict[int | None, Deadline]:
    query = (
        select(Deadline)
        .where(col(Deadline.case_id).in_(case_ids), Deadline.state == DeadlineState.RUNNING)
        .order_by(col(Deadline.due_at).desc())
    )
    return {deadline.case_id: deadline for deadline in await session.exec(query)}
