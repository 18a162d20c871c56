"""Which chats take what, and where a card goes whose chat takes nothing any more."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.button import move_chat
from casework.delivery import Delivery, Place
from casework.desk import Alerting
from casework.staff import StaffGroup
from monitoring.event import Event
from storage import audit

_ACTIVE = select(StaffGroup).where(col(StaffGroup.active)).order_by(col(StaffGroup.id))


async def groups_for(session: AsyncSession, event: Event) -> list[StaffGroup]:
    """The chats that take alerts of the event's line, district and level; the refuges where none does, so that no alert goes nowhere."""
    groups = await active_groups(session)
    return [group for group in groups if group.takes(event.line, event.district, event.level)] or refuges(groups)


def alerting_of(group: StaffGroup | None, alerting: Alerting) -> Alerting:
    """When cards go out in this chat: the department's rules, but for what the chat has of its own."""
    if group is None:
        return alerting
    own: dict[str, object] = {}
    if group.ringing_levels is not None:
        own["ringing_levels"] = tuple(group.ringing_levels)
    if group.digest_times is not None:
        own["digest_times"] = tuple(_times(group.digest_times))
    if group.quiet_hours is not None:
        own["quiet_from"], own["quiet_until"] = _times(group.quiet_hours)
    return replace(alerting, **own)  # type: ignore[arg-type]  # each of its own type


def _times(clock_times: Iterable[str]) -> Iterable[time]:
    return (time.fromisoformat(each) for each in clock_times)


async def groups_at(session: AsyncSession, places: Iterable[Place]) -> dict[Place, StaffGroup | None]:
    """The chats behind places, in the same order; None for one that is not on the list any more."""
    known = {place_of(group): group for group in await active_groups(session)}
    return {place: known.get(place) for place in places}


async def active_groups(session: AsyncSession) -> list[StaffGroup]:
    """All chats on the allow-list, in the order of the settings."""
    return list((await session.exec(_ACTIVE)).all())


def refuges(groups: list[StaffGroup]) -> list[StaffGroup]:
    """Chats that receive what has no other place: those marked as fallback, else the first that takes every line and district, else one."""
    marked = [group for group in groups if group.fallback]
    return marked or [group for group in groups if not group.lines and not group.districts][:1] or groups[:1]


async def refuge_from(session: AsyncSession, row: Delivery) -> StaffGroup | None:
    """Where a delivery goes instead of its own chat; None where there is no other, or where it was sent on once already."""
    groups = [group for group in await active_groups(session) if place_of(group) != row.place]
    return next(iter(refuges(groups)), None) if not was_sent_on(row) else None


def place_of(group: StaffGroup) -> Place:
    """Where a group's messages go."""
    return Place(group.platform, group.chat)


def was_sent_on(row: Delivery) -> bool:
    """Whether the delivery was meant for another chat that could not take it."""
    return SENT_ON in row.key


SENT_ON = "→"
"""Stands in the key of a delivery that was sent on to a refuge."""


async def group_of(session: AsyncSession, platform: str, chat: str) -> StaffGroup | None:
    """The chat on the allow-list with the platform's id `chat`."""
    group = await _known_group(session, platform, chat)
    return group if group and group.active else None


async def move_group(session: AsyncSession, platform: str, chat: str, new_chat: str, now: datetime) -> None:
    """The platform gave a chat a new id: the allow-list, all waiting deliveries and all buttons follow."""
    old, new = await _known_group(session, platform, chat), await _known_group(session, platform, new_chat)
    if old and new:
        old.active, new.active = False, True
    elif old:
        old.chat = new_chat
    waiting = select(Delivery).where(Delivery.platform == platform, Delivery.chat == chat)
    for row in (await session.exec(waiting)).all():
        row.chat = new_chat
    await session.flush()
    await move_chat(session, platform, chat, new_chat)
    await audit.append(session, "system", "group.moved", f"group:{platform}/{chat}", at=now, to=new_chat)


async def _known_group(session: AsyncSession, platform: str, chat: str) -> StaffGroup | None:
    return (await session.exec(select(StaffGroup).where(StaffGroup.platform == platform, StaffGroup.chat == chat))).first()
