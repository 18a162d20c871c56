"""接班要点: what the one who takes over the watch must know."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page
from casework.case import Case, CaseState
from casework.deadline import Deadline, DeadlineKind, DeadlineState
from casework.delivery import enqueue
from casework.escalation import duty_roster
from casework.message import Card, CardKind, Row
from casework.mute import LIVE, active_mutes
from casework.routing import active_groups, place_of
from language.periods import clock_phrase
from monitoring.event import Event, EventState
from prompts import say, words

SHIFT = timedelta(hours=12)
MOST_ROWS = 6


async def handover_card(session: AsyncSession, name: str, now: datetime) -> Card:
    """What is open, due within the shift, muted, and which matters that had fallen silent stir again.

    Args:
        name: who takes over.
    """
    cases = await _cases(session, col(Case.state).in_(LIVE))
    unclaimed = [case for case, _ in cases if case.state is CaseState.OPEN]
    muted = sum(case.muted_until is not None and case.muted_until > now for case, _ in cases) + len(await active_mutes(session, now))
    due, stirring = await _due(session, now), await _stirring(session, now)
    parts = {"open": len(cases), "unclaimed": len(unclaimed), "due": len(due), "muted": muted, "stirring": len(stirring)}
    labels = words("alert.handover_labels")
    titles = words("alert.handover_rows")
    told = [say("alert.handover_part", label=labels[part], count=count) for part, count in parts.items() if count or part == "open"]
    rows = [
        Row(titles["due"], say("alert.handover_due", number=case.number, name=_clock_name(clock), due=clock_phrase(clock.due_at, now)))
        for clock, case in due[:MOST_ROWS]
    ]
    rows += [
        Row(titles["stirring"], say("alert.handover_stirring", number=case.number, headline=event.headline), link=case_page(case.number))
        for case, event in stirring[:MOST_ROWS]
    ]
    head = say("alert.handover", name=name, parts=say("casework.comma").join(told))
    return Card(CardKind.NOTICE, head, rows=tuple(rows), page="/", mentions=(name,))


async def first_on_duty(session: AsyncSession) -> str:
    """Who is called first when nobody acts; empty where the roster is."""
    return next((member.name for member in await duty_roster(session)), "")


async def hand_over(session: AsyncSession, before: str, now: datetime) -> None:
    """Tell every chat what stands, where another person than before comes first on the duty roster.

    Args:
        before: who was first, empty for nobody.
    """
    first = await first_on_duty(session)
    if first and before and first != before:
        card = await handover_card(session, first, now)
        for group in await active_groups(session):
            place = place_of(group)
            await enqueue(session, card, place, now, key=f"handover:{first}:{now:%Y-%m-%dT%H:%M}:{':'.join(place)}", rings=True)


async def _cases(session: AsyncSession, *which: object) -> Sequence[tuple[Case, Event]]:
    query = select(Case, Event).join(Event, col(Event.id) == Case.event_id).where(*which)  # type: ignore[arg-type]  # column expressions
    return (await session.exec(query.order_by(col(Event.level), col(Case.id)))).all()


async def _due(session: AsyncSession, now: datetime) -> Sequence[tuple[Deadline, Case]]:
    query = select(Deadline, Case).join(Case, col(Case.id) == Deadline.case_id).where(
        Deadline.state == DeadlineState.RUNNING, col(Deadline.due_at) > now, col(Deadline.due_at) <= now + SHIFT,
        Deadline.kind != DeadlineKind.ACKNOWLEDGE, col(Case.state).in_(LIVE),
    )  # fmt: skip
    return (await session.exec(query.order_by(col(Deadline.due_at)))).all()


async def _stirring(session: AsyncSession, now: datetime) -> Sequence[tuple[Case, Event]]:
    """Events that had fallen dormant and were posted about again within the last day."""
    woken = (Event.state == EventState.OPEN, col(Event.slept_at).is_not(None), col(Event.last_posted_at) > now - timedelta(days=1))
    return await _cases(session, *woken)


def _clock_name(clock: Deadline) -> str:
    return words("alert.deadline_names")[clock.kind.value]
