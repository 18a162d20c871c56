"""The outbox: every card to staff is a row before it is sent, and a row after."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, update
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import button
from casework.chat import StaffChat
from casework.errors import ChatError
from casework.message import Card
from prompts import say
from storage import audit
from storage.columns import JSON_TYPE, TIME_TYPE, enum_type

SEND_TIMEOUT_SECONDS = 30.0
LEASE_TIME = timedelta(seconds=60)
"""Longer than a send may take, so that a lease that ran out means a sender that is gone."""
ROWS_READ_PER_LEASE = 10
"""Rows looked at for each one leased, because some wait for another of their chat."""


class DeliveryState(StrEnum):
    """`failed`: refused for good, a person must act. `dead`: given up after the last retry. `superseded`: its message never stood."""

    DUE = "due"
    LEASED = "leased"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DEAD = "dead"
    SUPERSEDED = "superseded"


class Delivery(SQLModel, table=True):
    """One card for one chat. `replaces` is the delivery whose message is edited in place; None sends a new message.

    `rings`: worth a message of its own; an edit that rings is sent as a new message where the platform cannot edit.
    `maybe_shown`: an earlier attempt ended without an answer; the card says so when it is sent again.
    `reference` is the platform's name of the message; an edit takes over that of the message it replaces when it is leased.
    """

    __tablename__ = "delivery"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    platform: str
    chat: str
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    card: dict[str, Any] = Field(sa_type=JSON_TYPE)
    rings: bool = False
    replaces: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    state: DeliveryState = Field(default=DeliveryState.DUE, sa_type=enum_type(DeliveryState), index=True)
    due_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    created_at: datetime = Field(sa_type=TIME_TYPE)
    attempts: int = 0
    maybe_shown: bool = False
    leased_by: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    sent_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    reference: str = ""
    last_error: str = ""

    @property
    def place(self) -> "Place":
        return Place(self.platform, self.chat)


class Place(NamedTuple):
    """A chat of a platform."""

    platform: str
    chat: str


WAITING = (DeliveryState.DUE, DeliveryState.UNCERTAIN)
"""States in which a row is to be sent when its time has come."""
STANDING = (*WAITING, DeliveryState.LEASED, DeliveryState.SENT)
ALERT = "alert:"
"""How the keys of alert cards begin."""


async def enqueue(
    session: AsyncSession,
    card: Card,
    place: Place,
    now: datetime,
    *,
    key: str,
    due_at: datetime | None = None,
    case_id: int | None = None,
    rings: bool = False,
    replaces: int | None = None,
) -> Delivery:
    """Put a card out for delivery, with tokens on its buttons; the same key twice is one delivery.

    Args:
        due_at: not before; `now` where nothing is said.
        replaces: the delivery whose message is to be edited.
    """
    if found := (await session.exec(_BY_KEY, params={"key": key})).first():
        return found
    card = await button.issue(session, card, place.platform, place.chat, case_id, now)
    row = Delivery(
        key=key, platform=place.platform, chat=place.chat, case_id=case_id, card=card.to_json(), rings=rings, replaces=replaces,
        due_at=due_at or now, created_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await audit.append(
        session, "system", "delivery.queued", subject(row), at=now, kind=card.kind, chat=":".join(place), case=card.case_number
    )
    return row


async def renew(session: AsyncSession, row: Delivery, card: Card, now: datetime, due_at: datetime, *, rings: bool = False) -> bool:
    """Give a row that still waits a newer card, and the earlier of both times. False: a sender has it already, nothing was changed."""
    card = await button.issue(session, card, row.platform, row.chat, row.case_id, now)
    values = {"card": _marked(card, row.maybe_shown).to_json(), "due_at": min(due_at, row.due_at), "rings": rings or row.rings}
    if (await (await session.connection()).execute(_RENEWED, {"row": row.id, **values})).rowcount == 0:
        return False
    for name, value in values.items():
        set_committed_value(row, name, value)
    return True


async def lease_due(session: AsyncSession, worker: str, now: datetime, limit: int, platforms: Collection[str]) -> list[Delivery]:
    """Take rows whose time has come, so that no other worker sends them; leases of senders that are gone are taken over.

    Within one chat the cards of one case go one after the other, and an edit waits until its message stands. What is leased together for
    one chat is sent in turn, so each lease is longer than the one before it.

    Args:
        worker: name of the process; `release` frees what it held.
        platforms: the platforms that this process is connected to.
    """
    taken = (await session.exec(_LEASED)).all()
    await _free(session, [row for row in taken if row.leased_until and row.leased_until <= now], now)
    busy = {_thread(row) for row in taken if row.state is DeliveryState.LEASED}
    values = {"platforms": list(platforms), "now": now, "most": limit * ROWS_READ_PER_LEASE}
    ready = (await session.exec(_READY_NOW, params=values)).all()
    leased: list[Delivery] = []
    for row, reference in ready:
        if len(leased) < limit and _thread(row) not in busy:
            busy.add(_thread(row))
            behind = sum(1 for other in leased if other.place == row.place)
            row.state, row.leased_by, row.leased_until = DeliveryState.LEASED, worker, now + LEASE_TIME * (behind + 1)
            row.attempts, row.reference = row.attempts + 1, reference or ""
            leased.append(row)
    await session.flush()
    return leased


async def transmit(chat: StaffChat, delivery: Delivery) -> str:
    """Send or edit one leased card, outside any transaction, and return the message's reference.

    Raises:
        ChatError: see there; for `undelivered.mark_failure`. No answer within `SEND_TIMEOUT_SECONDS` is uncertain.
    """
    card = Card.from_json(delivery.card)
    try:
        async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
            if delivery.replaces is None:
                return await chat.send(delivery.chat, card, delivery.key)
            if chat.capabilities.edits:
                await chat.edit(delivery.chat, delivery.reference, card)
            elif delivery.rings:
                await chat.send(delivery.chat, card, delivery.key)
            return delivery.reference
    except TimeoutError as error:
        raise ChatError(say("alert.no_answer"), uncertain=True) from error


async def mark_sent(session: AsyncSession, delivery: Delivery, reference: str, now: datetime) -> None:
    """The card stands in the chat."""
    if row := await held(session, delivery):
        row.state, row.reference, row.sent_at, row.last_error = DeliveryState.SENT, reference, now, ""
        row.leased_by = row.leased_until = None
        await audit.append(session, "system", "delivery.sent", subject(row), at=now)


async def held(session: AsyncSession, delivery: Delivery) -> Delivery | None:
    """The row, if the lease under which `delivery` was taken is still the current one; None when another sender has it since."""
    row = await session.get(Delivery, delivery.id, with_for_update=True, populate_existing=True)
    return row if row and (row.state, row.attempts) == (DeliveryState.LEASED, delivery.attempts) else None


async def release(session: AsyncSession, worker: str, now: datetime) -> int:
    """At start: free what an earlier process of this name held when it was killed. The cards go again, marked as possibly shown before."""
    rows = (await session.exec(_LEASED)).all()
    return await _free(session, [row for row in rows if row.leased_by == worker], now)


async def next_due(session: AsyncSession, platforms: Collection[str]) -> datetime | None:
    """When `lease_due` will next find something."""
    waiting, ending = (await session.exec(_NEXT_DUE, params={"platforms": list(platforms)})).one()
    return min((moment for moment in (waiting, ending) if moment), default=None)


async def live_cards(session: AsyncSession, case_id: int | None) -> list[Delivery]:
    """The alert cards of a case that stand or will stand, the newest of each chat."""
    rows = (await session.exec(_LIVE_CARDS, params={"case": case_id})).all()
    return list({row.place: row for row in rows}.values())


class StandingCard(NamedTuple):
    """An alert card with its edit that still waits, and when it was last changed or, not sent yet, will be."""

    root: Delivery
    waiting: Delivery | None
    changed_at: datetime


async def standing_cards(session: AsyncSession, case_ids: Collection[int]) -> dict[int, list[StandingCard]]:
    """The live cards of cases as `announcing.refresh` needs them; a case without any is left out."""
    found: dict[int, dict[Place, StandingCard]] = defaultdict(dict)
    for root, waiting, edited_at in (await session.exec(_STANDING_CARDS, params={"cases": list(case_ids)})).all():
        of_case = found[root.case_id or 0]
        if root.place not in of_case or of_case[root.place].root is not root:
            own = root.sent_at or root.due_at
            of_case[root.place] = StandingCard(root, waiting, max(edited_at or root.due_at, own))
    return {case_id: list(cards.values()) for case_id, cards in found.items()}


async def waiting_edit(session: AsyncSession, root: Delivery) -> Delivery | None:
    """The edit of a card that no sender has taken yet."""
    return (await session.exec(_WAITING_EDIT, params={"root": root.id})).first()


def subject(row: Delivery) -> str:
    """The delivery as the audit chain names it."""
    return f"delivery:{row.id}"


def _thread(row: Delivery) -> tuple[Place, int | None]:
    return row.place, row.case_id


async def _free(session: AsyncSession, rows: Collection[Delivery], now: datetime) -> int:
    for row in rows:
        row.state, row.due_at, row.leased_by, row.leased_until = DeliveryState.DUE, now, None, None
        mark_maybe_shown(row)
        await audit.append(session, "system", "delivery.released", subject(row), at=now)
    await session.flush()
    return len(rows)


def mark_maybe_shown(row: Delivery) -> None:
    """Let the card say that it may stand in the chat already. An edit shows the same whether it comes once or twice and is left alone."""
    if row.replaces is None and not row.maybe_shown:
        row.maybe_shown, row.card = True, _marked(Card.from_json(row.card), True).to_json()


def _marked(card: Card, maybe_shown: bool) -> Card:
    return replace(card, head=card.head + say("alert.maybe_repeated")) if maybe_shown else card


_other: Any = aliased(Delivery)
_root: Any = aliased(Delivery)
_BY_KEY = select(Delivery).where(Delivery.key == bindparam("key"))
_RENEWED = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("row"), col(Delivery.state).in_(WAITING))
    .values({name: bindparam(name) for name in ("card", "due_at", "rings")})
)
_LEASED = select(Delivery).where(Delivery.state == DeliveryState.LEASED).order_by(col(Delivery.id))
_READY = and_(
    col(Delivery.state).in_(WAITING),
    col(Delivery.platform).in_(bindparam("platforms", expanding=True)),
    or_(col(Delivery.replaces).is_(None), _root.state == DeliveryState.SENT),
)
_READY_NOW = (
    select(Delivery, _root.reference)
    .join(_root, _root.id == Delivery.replaces, isouter=True)
    .where(_READY, col(Delivery.due_at) <= bindparam("now"))
    .order_by(col(Delivery.due_at), col(Delivery.id))
    .limit(bindparam("most"))
)
_OCCUPIED = (
    select(_other.id)
    .where(
        _other.state == DeliveryState.LEASED,
        _other.platform == Delivery.platform,
        _other.chat == Delivery.chat,
        _other.case_id.is_not_distinct_from(Delivery.case_id),
    )
    .exists()
)
_NEXT_DUE = select(
    select(func.min(Delivery.due_at))
    .select_from(Delivery)
    .join(_root, _root.id == Delivery.replaces, isouter=True)
    .where(_READY, ~_OCCUPIED)
    .scalar_subquery(),
    select(func.min(Delivery.leased_until)).where(Delivery.state == DeliveryState.LEASED).scalar_subquery(),
)
_edit: Any = aliased(Delivery)
_done: Any = aliased(Delivery)
_LIVE = (
    col(Delivery.replaces).is_(None),
    col(Delivery.key).startswith(ALERT),
    col(Delivery.state).in_(STANDING),
)
_LIVE_CARDS = select(Delivery).where(Delivery.case_id == bindparam("case"), *_LIVE).order_by(col(Delivery.id))
_EDITED_AT = (
    select(func.max(func.coalesce(_done.sent_at, _done.due_at)))
    .where(_done.replaces == Delivery.id, _done.state.in_((DeliveryState.LEASED, DeliveryState.SENT)))
    .correlate(Delivery)
    .scalar_subquery()
)
_STANDING_CARDS = (
    select(Delivery, _edit, _EDITED_AT)
    .join(_edit, and_(_edit.replaces == Delivery.id, _edit.state == DeliveryState.DUE), isouter=True)
    .where(col(Delivery.case_id).in_(bindparam("cases", expanding=True)), *_LIVE)
    .order_by(col(Delivery.id), _edit.id)
)
_WAITING_EDIT = (
    select(Delivery).where(Delivery.replaces == bindparam("root"), Delivery.state == DeliveryState.DUE).order_by(col(Delivery.id))
)
