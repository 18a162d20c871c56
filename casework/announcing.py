"""Telling the chats: a new card that rings, the standing card renewed in place, a notice beside it."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import alert_card, case_page, replaced_card
from casework.case import Case
from casework.delivery import ALERT, WAITING, Delivery, Place, enqueue, live_cards, renew, standing_cards, waiting_edit
from casework.desk import Desk
from casework.message import Button, Card, CardKind
from casework.ringing import ring_at
from casework.routing import groups_for, place_of
from casework.situation import event_of, situation_of
from monitoring.event import Event
from storage import audit


async def current_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """The alert card of a case as it would be sent now."""
    return alert_card(await situation_of(session, case), now)


async def announce(session: AsyncSession, case: Case, event: Event, now: datetime, at: datetime) -> None:
    """Ring with a new card in every chat that takes the event, and let older cards of the case point to it.

    A card that no sender has taken yet is renewed instead; a chat never gets two where one would do.

    Args:
        at: when the card goes out, by `ringing.ring_at`.
    """
    case.announced_level, case.announced_items = event.level, event.item_count
    situation = await situation_of(session, case)
    card, standing = alert_card(situation, now), {row.place: row for row in await live_cards(session, case.id)}
    places = dict.fromkeys([*(place_of(group) for group in await groups_for(session, event)), *standing])
    for place in places:
        old = standing.get(place)
        if old and old.state in WAITING and await renew(session, old, card, now, at, rings=True):
            continue
        if old:
            await edit(session, old, replaced_card(situation, now), now, at)
        await enqueue(session, card, place, now, key=await _alert_key(session, case, place), due_at=at, case_id=case.id, rings=True)
    await audit.append(session, "system", "case.announced", f"case:{case.number}", at=now, level=event.level, chats=len(places))


async def refresh(session: AsyncSession, case: Case, now: datetime, desk: Desk, *, by_people: bool = False) -> None:
    """Bring the case's standing cards up to date in place.

    What the machine counted waits until `update_every` has passed since the card was last changed; what people did is shown at once.
    """
    standing = await standing_cards(session, case.id)
    if not standing:
        return
    card = alert_card(await situation_of(session, case), now)
    for root, waiting, changed_at in standing:
        at = now if by_people else max(now, changed_at + desk.alerting.update_every)
        await _show(session, root, waiting, card, now, at, rings=by_people)


async def notify(
    session: AsyncSession,
    case: Case,
    text: str,
    now: datetime,
    desk: Desk,
    *,
    key: str,
    body: str = "",
    buttons: tuple[tuple[Button, ...], ...] = (),
    mentions: tuple[str, ...] = (),
    always: bool = False,
) -> bool:
    """Send a message of its own about a case to the chats that have its card, or would take it.

    Args:
        key: names the occasion; the same occasion rings once in each chat.
        mentions: staff who are called by it.
        always: whether it rings in a muted case and at a level that waits for the digest.

    Returns:
        Whether it rings.
    """
    event = await event_of(session, case)
    at = now if always else ring_at(event.level, now, desk.alerting, wait=False)
    if at is None or (is_muted(case, now) and not always):
        return False
    card = Card(
        CardKind.NOTICE,
        text,
        body=body,
        buttons=buttons,
        level=event.level,
        case_number=case.number,
        page=case_page(case.number),
        mentions=mentions,
    )
    for place in await (places_of(session, case) if always else _places_with_card_out(session, case, now)):
        occasion = f"notice:{case.number}:{key}:{':'.join(place)}"
        await enqueue(session, card, place, now, key=occasion, due_at=at, case_id=case.id, rings=True)
    return True


async def places_of(session: AsyncSession, case: Case) -> list[Place]:
    """The chats that have the case's card, or would take it."""
    cards = [row.place for row in await live_cards(session, case.id)]
    return cards or [place_of(group) for group in await groups_for(session, await event_of(session, case))]


async def _places_with_card_out(session: AsyncSession, case: Case, now: datetime) -> list[Place]:
    """Without the chats whose card is still held back; it will show the news itself."""
    held_back = {row.place for row in await live_cards(session, case.id) if row.state in WAITING and row.due_at > now}
    return [place for place in await places_of(session, case) if place not in held_back]


def is_muted(case: Case, now: datetime) -> bool:
    """Whether only a rise of the level may ring."""
    return case.muted_until is not None and case.muted_until > now


async def edit(session: AsyncSession, root: Delivery, card: Card, now: datetime, at: datetime, *, rings: bool = False) -> None:
    """Give a card that was put out a newer face, not before `at`; an edit that still waits is renewed, never one that a sender has."""
    await _show(session, root, await waiting_edit(session, root), card, now, at, rings=rings)


async def _show(
    session: AsyncSession, root: Delivery, waiting: Delivery | None, card: Card, now: datetime, at: datetime, *, rings: bool
) -> None:
    if root.replaces is None and root.state in WAITING and await renew(session, root, card, now, root.due_at):
        return
    if waiting and await renew(session, waiting, card, now, at, rings=rings):
        return
    number = (await session.exec(select(func.count(col(Delivery.id))).where(Delivery.replaces == root.id))).one() + 1
    key = f"edit:{root.id}:{number}"
    await enqueue(session, card, root.place, now, key=key, due_at=at, case_id=root.case_id, rings=rings, replaces=root.id)


async def _alert_key(session: AsyncSession, case: Case, place: Place) -> str:
    beginning = f"{ALERT}{case.number}:{':'.join(place)}:"
    sent = select(func.count(col(Delivery.id))).where(Delivery.case_id == case.id, col(Delivery.key).startswith(beginning, autoescape=True))
    return f"{beginning}{(await session.exec(sent)).one() + 1}"
