"""What people put right: labels, a lower level, events that are one or two, an answer that was given."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring import gathering, levelling
from monitoring.archive import Archive
from monitoring.assignment import keys_of
from monitoring.errors import MonitoringError
from monitoring.event import Event, EventState, Label, LabelKind, LevelChange
from monitoring.grading import graver
from monitoring.heat import heat, measure
from monitoring.item import Item, Relevance
from monitoring.source import Source
from storage import audit

LOWEST = 4
"""Level of a post that only a person recognised as the department's."""


class CorrectionRefused(MonitoringError):
    """A correction that makes no sense; the caller shows its own sentence. Nothing was changed."""


async def label_event(session: AsyncSession, event: Event, kind: LabelKind, staff_id: int, actor: str, now: datetime) -> Label:
    """Note what a person said about an event: training data for the next classifiers.

    Args:
        actor: the person's name, for the audit.
    """
    label = Label(kind=kind, event_id=event.id, item_id=event.first_item_id, staff_id=staff_id, at=now)
    session.add(label)
    await audit.append(session, actor, "event.labelled", _subject(event), at=now, kind=kind.value)
    return label


async def label_missed(session: AsyncSession, item: Item, staff_id: int, actor: str, now: datetime) -> Label:
    """Note that a post which was judged not the department's business is: training data as well.

    Raises:
        CorrectionRefused: it was judged the department's already.
    """
    if item.relevance.is_ours:
        raise CorrectionRefused(f"item {item.id} is ours already")
    label = Label(kind=LabelKind.MISSED, item_id=item.id, event_id=item.event_id, staff_id=staff_id, at=now)
    session.add(label)
    await audit.append(session, actor, "item.labelled", f"item:{item.id}", at=now, kind=LabelKind.MISSED.value)
    return label


async def adopt(session: AsyncSession, item: Item, staff_id: int, actor: str, now: datetime) -> Event:
    """Take a post that was missed for the department's own: a label, and an event of at least level IV, its own where it stands in none.

    Raises:
        CorrectionRefused: it was judged the department's already.
    """
    await label_missed(session, item, staff_id, actor, now)
    item.relevance, item.level = Relevance.YES, graver(item.level, LOWEST)
    event = await session.get(Event, item.event_id) if item.event_id else None
    if event is None:
        event = gathering.begin(item)
        session.add(event)
        await session.flush()
        await _move(session, [item], event)
    await _recount(session, event)
    if graver(event.level, item.level) != event.level:
        change = LevelChange(event_id=_id(event), at=now, item_id=item.id, from_level=event.level, to_level=item.level, actor=actor)
        session.add(change)
        event.level = item.level
    await audit.append(session, actor, "event.adopted", _subject(event), at=now, item=item.id, level=event.level)
    return event


async def lower_level(session: AsyncSession, event: Event, level: int, actor: str, reason: str, now: datetime) -> LevelChange:
    """Set a lower level, by a named person. The machine raises it again only above the level that was overruled.

    Raises:
        CorrectionRefused: the level is not lower, or no person or no reason is named.
    """
    if not 0 <= level <= 4 or graver(level, event.level) == level or not actor.strip() or actor == levelling.SYSTEM or not reason.strip():
        raise CorrectionRefused(f"event {event.id}: from {event.level} to {level}")
    change = LevelChange(event_id=_id(event), at=now, from_level=event.level, to_level=level, reasons=[reason.strip()], actor=actor)
    session.add(change)
    event.overruled_level = graver(event.overruled_level, event.level)
    event.level, event.revision = level, event.revision + 1
    await audit.append(session, actor, "event.level_lowered", _subject(event), at=now, before=change.from_level, after=level)
    return change


async def raise_by_hand(session: AsyncSession, event: Event, level: int, actor: str, reason: str, now: datetime) -> LevelChange:
    """Set a graver level, by a named person who knows more than the posts tell.

    Raises:
        CorrectionRefused: the level is not graver, or no person or no reason is named.
    """
    if not 1 <= level <= 4 or graver(level, event.level) == event.level or not actor.strip() or not reason.strip():
        raise CorrectionRefused(f"event {event.id}: from {event.level} to {level}")
    change = LevelChange(event_id=_id(event), at=now, from_level=event.level, to_level=level, reasons=[reason.strip()], actor=actor)
    session.add(change)
    event.level, event.revision = level, event.revision + 1
    await audit.append(session, actor, "event.level_raised", _subject(event), at=now, before=change.from_level, after=level)
    return change


async def mark_answered(session: AsyncSession, event: Event, actor: str, now: datetime) -> None:
    """Note that the public was answered: from now on posts about the matter are no longer unanswered repeats."""
    event.unanswered_returns = 0
    await audit.append(session, actor, "event.answered", _subject(event), at=now)


async def merge(session: AsyncSession, from_event: Event, into: Event, staff_id: int, actor: str, now: datetime) -> Event:
    """Make two events one: the posts of the first go to the second, which keeps its headline and takes the graver level.

    Raises:
        CorrectionRefused: they are one already, or one of them was merged before.
    """
    if from_event.id == into.id or EventState.MERGED in (from_event.state, into.state):
        raise CorrectionRefused(f"event {from_event.id} into {into.id}")
    items = await _items(session, from_event)
    await _move(session, items, into)
    await _recount(session, into)
    from_event.state, from_event.merged_into = EventState.MERGED, into.id
    await _raise_together(session, from_event, into, actor, now)
    into.revision, from_event.revision = into.revision + 1, from_event.revision + 1
    session.add(Label(kind=LabelKind.MERGED, event_id=into.id, item_id=from_event.first_item_id, staff_id=staff_id, at=now))
    await audit.append(session, actor, "event.merged", _subject(from_event), at=now, into=into.id, items=len(items))
    return into


async def split(session: AsyncSession, event: Event, item_ids: Sequence[int], staff_id: int, actor: str, now: datetime) -> Event:
    """Make a new event of some posts of another. Both keep the level that their own posts show, the old one never falls by this.

    Raises:
        CorrectionRefused: none of the posts is the event's, or all are.
    """
    items = await _items(session, event)
    leaving = [item for item in items if item.id in set(item_ids)]
    if not leaving or len(leaving) == len(items):
        raise CorrectionRefused(f"event {event.id}: {len(leaving)} of {len(items)} items")
    new = gathering.begin(leaving[0])
    new.first_item_id, new.level = leaving[0].id, _gravest(leaving)
    session.add(new)
    await session.flush()
    await _move(session, leaving, new)
    await _recount(session, event)
    await _recount(session, new)
    if event.first_item_id not in {item.id for item in items[:1]}:
        _tell_anew(event, next(item for item in items if item.id == event.first_item_id))
    event.revision += 1
    if new.level:
        change = LevelChange(event_id=_id(new), at=now, item_id=new.first_item_id, from_level=0, to_level=new.level, actor=actor)
        session.add(change)
    session.add(Label(kind=LabelKind.SPLIT, event_id=event.id, item_id=leaving[0].id, staff_id=staff_id, at=now))
    await audit.append(session, actor, "event.split", _subject(event), at=now, into=new.id, items=len(leaving))
    return new


async def _items(session: AsyncSession, event: Event) -> Sequence[Item]:
    return (await session.exec(select(Item).where(Item.event_id == event.id).order_by(col(Item.posted_at), col(Item.id)))).all()


async def _move(session: AsyncSession, items: Sequence[Item], event: Event) -> None:
    """Items and what they speak for their event with go to another event, which is found by their keys from now on."""
    for item in items:
        item.event_id = event.id
    archive = Archive(session)
    if not await archive.hand_over([item.id for item in items if item.id is not None], _id(event)):
        first = items[0]
        voice = gathering.voice_of_item(first)
        await archive.remember(_id(event), first.id or 0, voice, keys_of(voice.wording))
    await session.flush()
    await archive.write()


async def _recount(session: AsyncSession, event: Event) -> None:
    """Count an event anew from its posts."""
    items = await _items(session, event)
    names = {source.id: source.name for source in (await session.exec(select(Source))).all()}
    event.item_count = event.distinct_count = event.negative_count = event.likes = event.reposts = event.unanswered_returns = 0
    event.item_level, event.factors, event.source_names = 0, [], []
    event.first_posted_at = event.last_posted_at = items[0].posted_at
    event.first_item_id = items[0].id
    for item in items:
        gathering.count_in(event, item, names[item.source_id])
        levelling.take_in_factors(event, item)
    levelling.set_pace(event, await measure(session, event, event.last_posted_at))
    event.heat = heat(event.item_count, event.likes, event.reposts, event.per_minute)


async def _raise_together(session: AsyncSession, gone: Event, into: Event, actor: str, now: datetime) -> None:
    level = graver(gone.level, into.level)
    if level != into.level:
        session.add(LevelChange(event_id=_id(into), at=now, from_level=into.level, to_level=level, actor=actor))
        into.level = level


def _tell_anew(event: Event, first: Item) -> None:
    """Name an event by another first post, after the one that named it has left."""
    told = gathering.begin(first)
    event.headline, event.line, event.place, event.district = told.headline, told.line, told.place, told.district


def _gravest(items: Sequence[Item]) -> int:
    level = 0
    for item in items:
        level = graver(level, item.level)
    return level


def _subject(event: Event) -> str:
    return f"event:{event.id}"


def _id(event: Event) -> int:
    return levelling.stored_id(event)
