"""What an admin is told about sources: who fell ill, who is well again, which tier is proposed; gathered into as few messages as can be."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import Delivery, DeliveryState, Place, enqueue, renew
from casework.desk import Desk
from casework.message import Button, Card, CardKind, Row
from casework.permission import names_with
from casework.ringing import after_quiet
from casework.routing import active_groups, place_of, refuges
from casework.staff import Role
from monitoring.source import Source
from monitoring.tier_proposal import TierProposal
from prompts import say

GATHER = timedelta(minutes=3)
"""When the network fails, all sources fail within minutes: that is one message."""
HEALTH, TIERS = "source-health:", "source-tiers:"
PAGE = "/sources"


@dataclass(frozen=True)
class Change:
    """A source fell ill, or is well again; in words."""

    name: str
    words: str
    ill: bool

    @property
    def row(self) -> Row:
        return Row(f"⚠ {self.name}" if self.ill else f"✓ {self.name}", self.words)


async def tell_health(session: AsyncSession, changes: Sequence[Change], now: datetime, desk: Desk) -> int:
    """Put out, or add to the message that still waits, who fell ill and who is well. Who recovers before it goes out is not spoken of."""
    return sum([await _tell_health(session, place, changes, now, desk) for place in await _places(session)]) if changes else 0


async def tell_tiers(session: AsyncSession, proposals: Sequence[tuple[Source, TierProposal]], now: datetime, desk: Desk) -> int:
    """Put out proposed tiers with their buttons, or add them to the message that still waits."""
    if not proposals:
        return 0
    mentions = tuple(await names_with(session, Role.ADMIN))
    for place in await _places(session):
        waiting = await _waiting(session, place, TIERS)
        old = Card.from_json(waiting.card) if waiting else tiers_card((), mentions)
        new = tiers_card(proposals, mentions)
        card = replace(new, rows=(*old.rows, *new.rows), buttons=(*old.buttons, *new.buttons))
        await _put_out(session, waiting, card, place, TIERS, now, desk)
    return 1


def tiers_card(proposals: Iterable[tuple[Source, TierProposal]], mentions: tuple[str, ...] = ()) -> Card:
    """Proposed tiers, each with its reason and its two buttons."""
    listed = list(proposals)
    rows = tuple(
        Row(source.name, say("sources.tiers_row", old=one.from_tier.value, new=one.to_tier.value, number=one.id, reason=one.reason))
        for source, one in listed
    )
    buttons = tuple(
        tuple(Button(words, words) for words in (say("sources.tiers_accept", number=one.id), say("sources.tiers_refuse", number=one.id)))
        for _, one in listed
    )
    hint = say("sources.tiers_hint", number=listed[-1][1].id) if listed else ""
    return Card(CardKind.NOTICE, say("sources.tiers_head"), rows=rows, buttons=buttons, hint=hint, page=PAGE, mentions=mentions)


async def _tell_health(session: AsyncSession, place: Place, changes: Sequence[Change], now: datetime, desk: Desk) -> int:
    waiting = await _waiting(session, place, HEALTH)
    rows = _gathered(Card.from_json(waiting.card).rows if waiting else (), changes)
    if not rows:
        if waiting:
            waiting.state = DeliveryState.SUPERSEDED
        return 0
    mentions = tuple(await names_with(session, Role.ADMIN)) if any(change.ill for change in changes) else ()
    card = Card(CardKind.NOTICE, say("sources.notice_head"), rows=rows, page=PAGE, mentions=mentions)
    await _put_out(session, waiting, card, place, HEALTH, now, desk)
    return 1


def _gathered(standing: Collection[Row], changes: Sequence[Change]) -> tuple[Row, ...]:
    """The rows of a waiting message with what has changed since: of each source the last word; none where it ends as it began."""
    rows = {row.label: row for row in standing}
    for change in changes:
        opposite = replace(change, ill=not change.ill).row.label
        if opposite in rows:
            del rows[opposite]
        else:
            rows[change.row.label] = change.row
    return tuple(rows.values())


async def _put_out(session: AsyncSession, waiting: Delivery | None, card: Card, place: Place, kind: str, now: datetime, desk: Desk) -> None:
    if waiting and await renew(session, waiting, card, now, waiting.due_at):
        return
    number = (await session.exec(select(func.count(col(Delivery.id))).where(col(Delivery.key).startswith(kind)))).one() + 1
    at = after_quiet(now + GATHER, desk.alerting)
    await enqueue(session, card, place, now, key=f"{kind}{':'.join(place)}:{number}", due_at=at, rings=True)


async def _waiting(session: AsyncSession, place: Place, kind: str) -> Delivery | None:
    """The message of this kind that no sender has taken yet."""
    query = select(Delivery).where(
        col(Delivery.key).startswith(kind), Delivery.platform == place.platform, Delivery.chat == place.chat,
        Delivery.state == DeliveryState.DUE, Delivery.attempts == 0,
    )  # fmt: skip
    return (await session.exec(query)).first()


async def _places(session: AsyncSession) -> list[Place]:
    """Where an admin is found: the chats that receive what has no other place."""
    return [place_of(group) for group in refuges(await active_groups(session))]
