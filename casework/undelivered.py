"""What becomes of a card that did not arrive: tried again, sent on to another chat, and never dropped without a word."""

import logging
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import ALERT, WAITING, Delivery, DeliveryState, enqueue, held, live_cards, mark_maybe_shown, subject
from casework.errors import ChatError
from casework.message import Card, CardKind
from casework.permission import names_with
from casework.routing import SENT_ON, group_of, move_group, place_of, refuge_from
from casework.staff import Role, StaffGroup
from prompts import say
from storage import audit

log = logging.getLogger("wensheng.delivery")

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
MOST_ATTEMPTS = 12
"""About half an hour of trying before a card is sent on to another chat."""
UNCERTAIN_WAIT = timedelta(seconds=60)


async def mark_failure(session: AsyncSession, delivery: Delivery, error: ChatError, now: datetime) -> None:
    """Decide what follows from a failed send.

    A chat that moved is followed. A passing fault is tried again, ever more slowly. A send that ended without an answer is repeated
    once after a minute, marked as possibly shown before. What is refused for good, given up, or twice unanswered goes to another chat
    with a notice; where there is no other chat it is tried on and on, except after two unanswered sends.
    """
    row = await held(session, delivery)
    if row is None:
        return
    row.last_error, row.leased_by, row.leased_until = str(error), None, None
    if error.moved_to:
        await move_group(session, row.platform, row.chat, error.moved_to, now)
        row.state, row.due_at = DeliveryState.DUE, now
    elif error.uncertain and row.replaces is None:
        await _after_silence(session, row, now)
    elif error.permanent:
        await _give_up(session, row, DeliveryState.FAILED, now)
    elif row.attempts >= MOST_ATTEMPTS:
        await _give_up(session, row, DeliveryState.DEAD, now)
    else:
        _try_again(row, now, error.retry_after_seconds or 0.0)
    await audit.append(session, "system", "delivery.failed", subject(row), at=now, state=row.state, attempts=row.attempts)


def retry_wait(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: doubling from five seconds to five minutes."""
    return min(FIRST_RETRY * (1 << min(attempts - 1, 16)), LONGEST_RETRY)


def _try_again(row: Delivery, now: datetime, at_least_seconds: float = 0.0) -> None:
    row.state = DeliveryState.DUE
    row.due_at = now + max(timedelta(seconds=at_least_seconds), retry_wait(row.attempts))


async def _after_silence(session: AsyncSession, row: Delivery, now: datetime) -> None:
    if row.maybe_shown:
        row.state = DeliveryState.DEAD
        await _send_on(session, row, now)
        return
    row.state, row.due_at = DeliveryState.UNCERTAIN, now + UNCERTAIN_WAIT
    mark_maybe_shown(row)


async def _give_up(session: AsyncSession, row: Delivery, state: DeliveryState, now: datetime) -> None:
    if row.replaces is not None or await _send_on(session, row, now):
        row.state = state
    else:
        _try_again(row, now)


async def _send_on(session: AsyncSession, row: Delivery, now: datetime) -> bool:
    refuge = await refuge_from(session, row)
    log.error("delivery_undeliverable delivery=%s refuge=%s", row.id, refuge.id if refuge else None)
    if refuge is None:
        return False
    await _drop_edits(session, row)
    card = Card.from_json(row.card)
    if not await _has_card(session, row, refuge):
        key = f"{row.key}{SENT_ON}{refuge.id}"
        await enqueue(session, card, place_of(refuge), now, key=key, case_id=row.case_id, rings=row.rings)
    await _tell(session, row, card, refuge, now)
    return True


async def _tell(session: AsyncSession, row: Delivery, card: Card, refuge: StaffGroup, now: datetime) -> None:
    group = await group_of(session, row.platform, row.chat)
    what = card.case_number or say("alert.this_message")
    text = say("alert.undelivered", chat=group.name if group else row.chat, error=row.last_error, what=what, refuge=refuge.name)
    admins = tuple(await names_with(session, Role.ADMIN))
    notice = Card(CardKind.NOTICE, text, case_number=card.case_number, mentions=admins)
    key = f"undelivered:{row.id}{SENT_ON}{refuge.id}"
    await enqueue(session, notice, place_of(refuge), now, key=key, case_id=row.case_id, rings=True)


async def _has_card(session: AsyncSession, row: Delivery, refuge: StaffGroup) -> bool:
    """Whether the refuge has the same case's alert card on its own account."""
    return row.key.startswith(ALERT) and any(
        (c.platform, c.chat) == (refuge.platform, refuge.chat) for c in await live_cards(session, row.case_id)
    )


async def _drop_edits(session: AsyncSession, row: Delivery) -> None:
    edits = select(Delivery).where(Delivery.replaces == row.id, col(Delivery.state).in_(WAITING))
    for edit in (await session.exec(edits)).all():
        edit.state = DeliveryState.SUPERSEDED
