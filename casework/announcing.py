"""Telling the chats: a new card that rings, the standing card renewed in place, a notice beside it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import alert_card, case_page, replaced_card
from casework.case import Case
from casework.deadline import GRAVE
from casework.delivery import ALERT, WAITING, Delivery, Place, StandingCard, enqueue, live_cards, renew, standing_cards
from casework.desk import Desk
from casework.folding import fold, is_flooded, refresh_lists
from casework.message import Button, Card, CardKind
from casework.renewing import edit, put_edit
from casework.ringing import ring_at
from casework.routing import alerting_of, groups_at, groups_for, place_of
from casework.situation import event_of, situation_of
from casework.staff import StaffGroup
from monitoring.event import Event
from monitoring.heat import is_hot
from prompts import say, words
from storage import audit


async def current_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """The alert card of a case as it would be sent now."""
    return alert_card(await situation_of(session, case), now)


async def announce(session: AsyncSession, case: Case, event: Event, now: datetime, desk: Desk, *, at_once: bool = False) -> None:
    """Ring with a new card in every chat that takes the event and rings for its level, and let older cards of the case point to it.

    A card that no sender has taken yet is renewed instead; a chat never gets two where one would do. Where too much rings already, a III
    or IV stands in the chat's list instead.

    Args:
        at_once: whether a person asks for it, so that nothing holds it back.
    """
    case.announced_level, case.announced_items = event.level, event.item_count
    await refresh_lists(session, case, now, desk.alerting)
    situation = await situation_of(session, case)
    card, standing = alert_card(situation, now), {row.place: row for row in await live_cards(session, case.id)}
    places = await _announced_places(session, event, list(standing))
    for place, group in places.items():
        at = now if at_once else group_ring_at(event, group, now, desk)
        old = standing.get(place)
        if at and old and old.state in WAITING and await renew(session, old, card, now, at, rings=True):
            continue
        if at is None or (not at_once and await _fold(session, case, event, place, now, at, desk, occasion=f"{ALERT}{event.level}")):
            if old:
                await edit(session, old, card, now, now)
            continue
        if old:
            await edit(session, old, replaced_card(situation, now), now, at)
        await enqueue(session, card, place, now, key=await _alert_key(session, case, place), due_at=at, case_id=case.id, rings=True)
    await audit.append(session, "system", "case.announced", f"case:{case.number}", at=now, level=event.level, chats=len(places))


async def told_at(session: AsyncSession, event: Event, now: datetime, desk: Desk) -> datetime | None:
    """When the first chat that takes an event hears of it; None where it rings nowhere and waits for the digest."""
    times = [group_ring_at(event, group, now, desk) for group in await groups_for(session, event)]
    return min((at for at in times if at), default=None)


def group_ring_at(event: Event, group: StaffGroup | None, now: datetime, desk: Desk, *, wait: bool = True) -> datetime | None:
    """When a message about an event goes out in a chat, by `ringing.ring_at`."""
    return ring_at(event.level, now, alerting_of(group, desk.alerting), wait=wait, hot=is_hot(event, desk.watch.policy, now))


async def refresh(session: AsyncSession, case: Case, now: datetime, desk: Desk, *, by_people: bool = False) -> None:
    """Bring the case's standing cards up to date in place.

    What the machine counted waits until `update_every` has passed since the card was last changed; what people did is shown at once.
    """
    if by_people:
        await refresh_lists(session, case, now, desk.alerting)
    await refresh_all(session, [case], now, desk, by_people=by_people)


async def refresh_all(session: AsyncSession, cases: Iterable[Case], now: datetime, desk: Desk, *, by_people: bool = False) -> None:
    """As `refresh`, for the cards of many cases."""
    known = {case.id or 0: case for case in cases}
    for case_id, standing in (await standing_cards(session, known)).items() if known else ():
        await _renew(session, known[case_id], standing, now, desk, by_people=by_people)


async def _renew(
    session: AsyncSession, case: Case, standing: Iterable[StandingCard], now: datetime, desk: Desk, *, by_people: bool
) -> None:
    card = alert_card(await situation_of(session, case), now)
    for root, waiting, changed_at in standing:
        at = now if by_people else max(now, changed_at + desk.alerting.update_every)
        await put_edit(session, root, waiting, card, now, at, rings=by_people)


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
        always: whether it rings in a muted case, at a level that waits for the digest, and where too much rings already.

    Returns:
        Whether it rings.
    """
    if is_muted(case, now) and not always:
        return False
    event = await event_of(session, case)
    card = Card(
        CardKind.NOTICE,
        text,
        title=event.headline,
        body=body,
        buttons=buttons,
        level=event.level,
        case_number=case.number,
        page=case_page(case.number),
        mentions=mentions,
    )
    rang = False
    places = await (places_of(session, case) if always else _places_with_card_out(session, case, now))
    for place, group in (await groups_at(session, places)).items():
        at = now if always else group_ring_at(event, group, now, desk, wait=False)
        if at is None:
            continue
        rang = True
        if always or not await _fold(session, case, event, place, now, at, desk, occasion=key, text=_without_number(text, case, event)):
            occasion = f"notice:{case.number}:{key}:{':'.join(place)}"
            await enqueue(session, card, place, now, key=occasion, due_at=at, case_id=case.id, rings=True)
    return rang or not places


async def places_of(session: AsyncSession, case: Case) -> list[Place]:
    """The chats that have the case's card, or would take it."""
    cards = [row.place for row in await live_cards(session, case.id)]
    return cards or [place_of(group) for group in await groups_for(session, await event_of(session, case))]


async def hurry(session: AsyncSession, case: Case, now: datetime) -> bool:
    """Let cards that are held back go now. Returns whether there were any."""
    waiting = [row for row in await live_cards(session, case.id) if row.state in WAITING and row.due_at > now]
    card = await current_card(session, case, now)
    return any([await renew(session, row, card, now, now, rings=True) for row in waiting])


def is_muted(case: Case, now: datetime) -> bool:
    """Whether only a rise of the level may ring."""
    return case.muted_until is not None and case.muted_until > now


async def _announced_places(session: AsyncSession, event: Event, standing: list[Place]) -> dict[Place, StaffGroup | None]:
    taking = {place_of(group): group for group in await groups_for(session, event)}
    return {**taking, **await groups_at(session, [place for place in standing if place not in taking])}


async def _places_with_card_out(session: AsyncSession, case: Case, now: datetime) -> list[Place]:
    """Without the chats whose card is still held back; it will show the news itself."""
    held_back = {row.place for row in await live_cards(session, case.id) if row.state in WAITING and row.due_at > now}
    return [place for place in await places_of(session, case) if place not in held_back]


async def _fold(
    session: AsyncSession, case: Case, event: Event, place: Place, now: datetime, at: datetime, desk: Desk, *, occasion: str, text: str = ""
) -> bool:
    if event.level in GRAVE or not await is_flooded(session, place, at, desk.alerting):
        return False
    await fold(session, case, place, now, at, desk.alerting, key=f"fold:{case.number}:{occasion}:{':'.join(place)}", text=text)
    return True


def _without_number(text: str, case: Case, event: Event) -> str:
    """As a list tells it, whose row names the case already."""
    return text.replace(say("alert.mention", number=case.number, level=words("alert.levels")[str(event.level)]), "")


async def _alert_key(session: AsyncSession, case: Case, place: Place) -> str:
    beginning = f"{ALERT}{case.number}:{':'.join(place)}:"
    sent = select(func.count(col(Delivery.id))).where(Delivery.case_id == case.id, col(Delivery.key).startswith(beginning, autoescape=True))
    return f"{beginning}{(await session.exec(sent)).one() + 1}"
