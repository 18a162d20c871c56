"""Seating the staff: the settings' people, accounts and groups become the rows that every permission is judged by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Protocol

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.staff import StaffAccount, StaffGroup, StaffMember
from storage import audit


class Seat(Protocol):
    """One person of the settings."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def roles(self) -> Sequence[str]: ...
    @property
    def accounts(self) -> Mapping[str, str]: ...


class GroupSeat(Protocol):
    """One chat of the settings."""

    @property
    def platform(self) -> str: ...
    @property
    def chat(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def lines(self) -> Sequence[str]: ...
    @property
    def districts(self) -> Sequence[str]: ...
    @property
    def levels(self) -> Sequence[int]: ...
    @property
    def fallback(self) -> bool: ...
    @property
    def ringing_levels(self) -> Sequence[int] | None: ...
    @property
    def digest_times(self) -> Sequence[time] | None: ...
    @property
    def quiet_hours(self) -> tuple[time, time] | None: ...


async def seat_staff(
    session: AsyncSession, seats: Iterable[Seat], groups: Iterable[GroupSeat], roster: Sequence[str], now: datetime
) -> None:
    """Make rows of the settings: the new are added, the changed updated, the missing made inactive. Every change is audited."""
    known = {member.name: member for member in (await session.exec(select(StaffMember))).all()}
    for seat in seats:
        member = known.pop(seat.name, None) or StaffMember(name=seat.name)
        order = roster.index(seat.name) if seat.name in roster else None
        await _update(
            session,
            member,
            {"title": seat.title, "roles": list(seat.roles), "roster_order": order, "active": True},
            f"staff:{seat.name}",
            now,
        )
        await _set_accounts(session, member, seat.accounts, now)
    for gone in known.values():
        await _update(session, gone, {"active": False}, f"staff:{gone.name}", now)
    await _seat_groups(session, groups, now)


async def _seat_groups(session: AsyncSession, groups: Iterable[GroupSeat], now: datetime) -> None:
    known = {(group.platform, group.chat): group for group in (await session.exec(select(StaffGroup))).all()}
    for seat in groups:
        group = known.pop((seat.platform, seat.chat), None) or StaffGroup(platform=seat.platform, chat=seat.chat, name=seat.name)
        await _update(session, group, _wanted(seat), f"group:{seat.platform}/{seat.chat}", now)
    for gone in known.values():
        await _update(session, gone, {"active": False}, f"group:{gone.platform}/{gone.chat}", now)


def _wanted(seat: GroupSeat) -> dict[str, object]:
    return {
        "name": seat.name, "lines": list(seat.lines), "districts": list(seat.districts), "levels": list(seat.levels),
        "fallback": seat.fallback, "active": True,
        "ringing_levels": None if seat.ringing_levels is None else list(seat.ringing_levels),
        "digest_times": _clock_times(seat.digest_times), "quiet_hours": _clock_times(seat.quiet_hours),
    }  # fmt: skip


def _clock_times(times: Sequence[time] | None) -> list[str] | None:
    return None if times is None else [f"{moment:%H:%M}" for moment in times]


async def _update(session: AsyncSession, row: StaffMember | StaffGroup, wanted: Mapping[str, object], subject: str, now: datetime) -> None:
    if row.id is not None and all(getattr(row, field) == value for field, value in wanted.items()):
        return
    for field, value in wanted.items():
        setattr(row, field, value)
    session.add(row)
    await session.flush()
    await audit.append(session, "system", "staff.seated", subject, at=now, **wanted)


async def _set_accounts(session: AsyncSession, member: StaffMember, accounts: Mapping[str, str], now: datetime) -> None:
    staff_id = member.id or 0
    rows = (await session.exec(select(StaffAccount).where(StaffAccount.staff_id == staff_id))).all()
    if {row.platform: row.user_id for row in rows} == dict(accounts):
        return
    for platform, user_id in accounts.items():
        await session.exec(delete(StaffAccount).where(col(StaffAccount.platform) == platform, col(StaffAccount.user_id) == user_id))
    await session.exec(delete(StaffAccount).where(col(StaffAccount.staff_id) == staff_id))
    session.add_all(StaffAccount(platform=platform, user_id=user_id, staff_id=staff_id) for platform, user_id in accounts.items())
    await session.flush()
    await audit.append(session, "system", "staff.accounts_set", f"staff:{member.name}", at=now, platforms=sorted(accounts))
