"""归并: when too much rings in one chat, further messages of III and IV stand in one list that is renewed in place."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page
from casework.case import Case
from casework.deadline import GRAVE
from casework.delivery import STANDING, Delivery, Place, enqueue
from casework.desk import Alerting
from casework.message import Card, CardKind, Row
from casework.renewing import edit
from casework.routing import SENT_ON
from casework.staff import StaffMember
from monitoring.event import Event
from prompts import say, words
from storage import audit
from storage.columns import TIME_TYPE

FOLD = "fold:"
"""How the keys of lists begin."""
MOST_ROWS = 12
"""Cases of a list that are told with their headline; the others by their numbers."""
RECENT_WINDOWS = 4
"""So far back a list follows what becomes of its cases."""


class Folded(SQLModel, table=True):
    """One message that stands in a list instead of ringing. `key` names its occasion, as that of a delivery would.

    `text` is what it would have said; empty for an alert. The list words both by how the case stands, and shows the text on demand.
    """

    __tablename__ = "folded"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    list_id: int = Field(foreign_key="delivery.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    text: str = ""
    at: datetime = Field(sa_type=TIME_TYPE)


async def is_flooded(session: AsyncSession, place: Place, at: datetime, alerting: Alerting) -> bool:
    """Whether so much rings in a chat in the time before `at` that nothing of III or IV should ring beside it."""
    rung = select(func.count(col(Delivery.id))).where(
        Delivery.platform == place.platform, Delivery.chat == place.chat, col(Delivery.rings), col(Delivery.replaces).is_(None),
        col(Delivery.state).in_(STANDING),
        col(Delivery.case_id).is_not(None), col(Delivery.due_at) > at - alerting.flood_window, col(Delivery.due_at) <= at,
    )  # fmt: skip
    return (await session.exec(rung)).one() >= alerting.flood_cards


async def fold(
    session: AsyncSession, case: Case, place: Place, now: datetime, at: datetime, alerting: Alerting, *, key: str, text: str = ""
) -> None:
    """Let a message stand in the chat's list of this time, which rings once; the same key twice is one message.

    Args:
        at: when the message would have rung.
        key: names its occasion.
        text: what it would have said; empty for an alert.
    """
    if (await session.exec(select(Folded.id).where(Folded.key == key))).first() is not None:
        return
    folded = Folded(key=key, list_id=0, case_id=case.id or 0, text=text, at=now)
    known = await _list_of(session, place, at, alerting)
    standing = known or await _begin_list(session, folded, place, now, at, alerting)
    folded.list_id = standing.id or 0
    session.add(folded)
    await session.flush()
    await audit.append(session, "system", "case.folded", f"case:{case.number}", at=now, list=standing.id)
    if known:
        await _renew(session, known, now, await _next_change(session, known, now, alerting), alerting, rings=True)


async def refresh_lists(session: AsyncSession, case: Case, now: datetime, alerting: Alerting) -> None:
    """Let the lists that name a case show how it stands now; those of the last hours only, as nobody scrolls back further."""
    naming = col(Delivery.id).in_(select(Folded.list_id).where(Folded.case_id == case.id))
    recent = select(Delivery).where(
        naming, col(Delivery.state).in_(STANDING), col(Delivery.due_at) > now - RECENT_WINDOWS * alerting.flood_window
    )
    for standing in (await session.exec(recent)).all():
        await _renew(session, standing, now, now, alerting, rings=False)


async def _begin_list(session: AsyncSession, first: Folded, place: Place, now: datetime, at: datetime, alerting: Alerting) -> Delivery:
    key = f"{FOLD}{':'.join(place)}:{at.isoformat()}"
    return await enqueue(session, await _card(session, [first], alerting), place, now, key=key, due_at=at, rings=True)


async def _renew(session: AsyncSession, standing: Delivery, now: datetime, at: datetime, alerting: Alerting, *, rings: bool) -> None:
    rows = (await session.exec(select(Folded).where(Folded.list_id == standing.id).order_by(col(Folded.id)))).all()
    await edit(session, standing, await _card(session, rows, alerting), now, at, rings=rings)


async def _next_change(session: AsyncSession, standing: Delivery, now: datetime, alerting: Alerting) -> datetime:
    """When the list may change again; an edit that waits already keeps its earlier time."""
    edited_at = (await session.exec(select(func.max(col(Delivery.due_at))).where(Delivery.replaces == standing.id))).one()
    return max(now, (edited_at or standing.due_at) + alerting.update_every)


async def _list_of(session: AsyncSession, place: Place, at: datetime, alerting: Alerting) -> Delivery | None:
    """The list that rang, or will, in the time before `at`; one that was sent on to another chat belongs to nobody's count."""
    own = select(Delivery).where(
        Delivery.platform == place.platform, Delivery.chat == place.chat, col(Delivery.key).startswith(FOLD),
        ~col(Delivery.key).contains(SENT_ON), col(Delivery.replaces).is_(None), col(Delivery.state).in_(STANDING),
        col(Delivery.due_at) > at - alerting.flood_window, col(Delivery.due_at) <= at,
    )  # fmt: skip
    return (await session.exec(own.order_by(col(Delivery.due_at).desc()).limit(1))).first()


async def _card(session: AsyncSession, rows: Sequence[Folded], alerting: Alerting) -> Card:
    latest = {row.case_id: row for row in rows}
    query = select(Case, Event, StaffMember).join(Event, col(Event.id) == Case.event_id)
    found = (await session.exec(query.outerjoin(StaffMember, col(StaffMember.id) == Case.owner_id).where(col(Case.id).in_(latest)))).all()
    told = sorted(found, key=lambda each: (not each[0].state.is_live, each[1].level, -each[1].heat, each[0].id))
    more = say("alert.fold_more", count=len(told) - MOST_ROWS, numbers=" ".join(case.number for case, _, _ in told[MOST_ROWS:]))
    return Card(
        CardKind.NOTICE,
        say("alert.fold_head", count=len(told), minutes=round(alerting.flood_window.total_seconds() / 60)),
        rows=tuple(_row(latest[case.id or 0], case, event, owner) for case, event, owner in told[:MOST_ROWS]),
        body=more if len(told) > MOST_ROWS else "",
        hint=say("alert.fold_hint", number=told[0][0].number),
        page="/",
    )


def _row(folded: Folded, case: Case, event: Event, owner: StaffMember | None) -> Row:
    mark = words("alert.level_marks")[str(event.level)]
    state = words("alert.states")[case.state.value].format(name=owner.name if owner else say("casework.nobody"))
    text = say("alert.case_row", mark=mark, headline=event.headline, state=state)
    if event.level in GRAVE and case.state.is_live:
        text = say("alert.fold_graver", mark=mark, headline=event.headline, level=words("alert.levels")[str(event.level)])
    return Row(case.number, text, detail=folded.text, link=case_page(case.number))
