"""One public post is seen: stored, read, gathered into its event, graded. Everything in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring import gathering, levelling, recording
from monitoring.event import Event
from monitoring.heat import count_hour
from monitoring.item import Item
from monitoring.milestones import milestones
from monitoring.post import RawPost
from monitoring.source import Source
from monitoring.watch import Watch
from storage import audit

_SAME_POST = select(Item).where(Item.source_id == bindparam("source"), Item.source_key == bindparam("key"))


@dataclass(frozen=True)
class Observation:
    """What came of seeing one post.

    Attributes:
        event: the event it belongs to; None for a post that is not the department's and repeats none that is.
        is_new: False where the same post had been seen before.
        level_before, level_after: of the event, 0 for none.
        milestones: what passed with this post, in words for staff: a new key fact, an official word.
        revision_changed: level, place or line of a standing event changed, so that what was approved for it no longer holds.
        needs_card_update: something that a card shows has changed.
    """

    item: Item
    event: Event | None
    is_new: bool
    level_before: int = 0
    level_after: int = 0
    milestones: tuple[str, ...] = ()
    revision_changed: bool = False
    needs_card_update: bool = False


async def observe(session: AsyncSession, post: RawPost, source: Source, now: datetime, watch: Watch) -> Observation:
    """Take in one post. The same post seen again only brings its counts up to date, and may raise a level.

    Args:
        source: where it was read; a stored row.
        now: the moment of observing. A post that claims a later time is taken to be posted now.
        watch: what the department watches.
    """
    known = (await session.exec(_SAME_POST, params={"source": source.id, "key": post.key})).first()
    if known is not None:
        return await _seen_again(session, known, post, now, watch)
    item = recording.new_item(post, source, now, watch)
    item.snapshot_hash = await recording.keep_evidence(session, post, now, watch)
    belonging = await gathering.find(session, item)
    item.duplicate_of = belonging.original_id
    event, is_standing = await _event_for(session, item, belonging)
    item.event_id = event.id if event else None
    session.add(item)
    await session.flush()
    await gathering.remember(session, item, belonging)
    if event is None:
        return Observation(item, None, is_new=True)
    if item.relevance.is_ours:
        await count_hour(session, item.line, item.posted_at)
    return await _joined(session, event, item, source, now, watch, is_standing=is_standing)


async def _event_for(session: AsyncSession, item: Item, belonging: gathering.Belonging) -> tuple[Event | None, bool]:
    """The stored event of a new item, and whether it stood before."""
    if belonging.event_id is not None:
        return await session.get_one(Event, belonging.event_id), True
    if not gathering.makes_events(item):
        return None, False
    event = gathering.begin(item)
    session.add(event)
    await session.flush()
    return event, False


async def _joined(
    session: AsyncSession, event: Event, item: Item, source: Source, now: datetime, watch: Watch, *, is_standing: bool
) -> Observation:
    """Count a stored item into its event and grade the event."""
    level_before = event.level
    gathering.count_in(event, item, source.name)
    new_factors = levelling.take_in_factors(event, item)
    if is_standing:
        changed = gathering.learn_place_and_line(event, item)
    else:
        event.first_item_id, changed = item.id, False
        await audit.append(session, levelling.SYSTEM, "event.opened", f"event:{event.id}", at=now, item=item.id, line=event.line)
    changed |= await _graded(session, event, item, now, watch)
    event.revision += changed and is_standing
    await session.flush()
    passed = milestones(new_factors, source, watch.policy) if is_standing else ()
    return Observation(item, event, True, level_before, event.level, passed, changed and is_standing, needs_card_update=True)


async def _graded(session: AsyncSession, event: Event, item: Item, now: datetime, watch: Watch) -> bool:
    """Grade an event; True where its level rose."""
    grade = await levelling.regrade(session, event, item, watch.policy, now)
    if not levelling.may_raise(event, grade.level):
        return False
    await levelling.raise_level(session, event, item, grade, now)
    gathering.retell(event, item)
    return True


async def _seen_again(session: AsyncSession, item: Item, post: RawPost, now: datetime, watch: Watch) -> Observation:
    """Bring the counts of a known post up to date; more likes may show a graver level."""
    event = await session.get(Event, item.event_id) if item.event_id is not None else None
    level = event.level if event else 0
    gained = recording.renew_counts(item, post)
    if not gained:
        return Observation(item, event, False, level, level)
    recording.raise_judgement(item, recording.read_again(item.title, item.text, post, watch))
    if event is None:
        await session.flush()
        return Observation(item, None, False)
    event.likes += gained.get("likes", 0)
    event.reposts += gained.get("reposts", 0)
    levelling.take_in_factors(event, item)
    rose = await _graded(session, event, item, now, watch)
    event.revision += rose
    await session.flush()
    return Observation(item, event, False, level, event.level, (), rose, needs_card_update=True)
