"""What staff's merging and splitting teaches: pairs of posts that are one matter, and pairs that are not."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring import gathering
from monitoring.assignment import THRESHOLD
from monitoring.event import Event, Label, LabelKind
from monitoring.item import Item
from monitoring.likeness import compare
from monitoring.voices import Voice


@dataclass(frozen=True)
class LabelledPair:
    """Two posts that a person has put together, or apart."""

    first: Voice
    second: Voice
    is_one: bool

    @property
    def agrees(self) -> bool:
        """Whether the present setting would decide as the person did, had it only these two posts."""
        (resemblance,) = compare(self.first, [self.second])
        return (resemblance.likelihood >= THRESHOLD) == self.is_one


async def pairs_from_labels(session: AsyncSession) -> list[LabelledPair]:
    """One pair for each merging and splitting: the first post that was moved, and the first of the event it came to or was taken from."""
    moved = select(Label, Item).join(Item, col(Label.item_id) == col(Item.id))
    labels = await session.exec(moved.where(col(Label.kind).in_((LabelKind.MERGED, LabelKind.SPLIT))).order_by(col(Label.id)))
    return [pair for label, item in labels.all() if (pair := await _pair(session, label, item)) is not None]


async def _pair(session: AsyncSession, label: Label, item: Item) -> LabelledPair | None:
    """None where the event holds no other post any more."""
    others = await _first_of(session, label.event_id, item)
    if not others:
        return None
    return LabelledPair(gathering.voice_of_item(item), gathering.voice_of_item(others[0]), label.kind is LabelKind.MERGED)


async def _first_of(session: AsyncSession, event_id: int | None, other_than: Item) -> Sequence[Item]:
    event = await session.get(Event, event_id) if event_id is not None else None
    standing = event.merged_into or event.id if event else None
    found = select(Item).where(col(Item.event_id) == standing, col(Item.id) != other_than.id, col(Item.duplicate_of).is_(None))
    return (await session.exec(found.order_by(col(Item.posted_at), col(Item.id)).limit(1))).all()
