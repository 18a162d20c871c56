"""One public post is seen: stored, read, gathered into its event, graded. Everything in the caller's transaction."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring import gathering, levelling, recording
from monitoring.archive import Archive
from monitoring.event import Event
from monitoring.heat import count_hours
from monitoring.item import Item
from monitoring.milestones import milestones
from monitoring.post import RawPost
from monitoring.pulse import Pulse
from monitoring.recording import ReadPost
from monitoring.source import Source
from monitoring.watch import Watch
from storage import audit
from storage.numbering import number
from storage.rows import new_row, put, settle

_SAME = (Item.source_id == bindparam("source"), col(Item.source_key).in_(bindparam("keys", expanding=True)))
_SAME_POSTS, _SAME_KEYS = select(Item).where(*_SAME), select(Item.source_key).where(*_SAME)


@dataclass(frozen=True)
class Observation:
    """What came of seeing one post.

    Attributes:
        event: the event it belongs to; None for a post that is not the department's and repeats none that is.
        is_new: False where the same post had been seen before.
        begins_event: whether its event begins with this very post.
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
    begins_event: bool = False


async def observe(session: AsyncSession, post: RawPost, source: Source, now: datetime, watch: Watch) -> Observation:
    """Take in one post. The same post seen again only brings its counts up to date, and may raise a level.

    Args:
        source: where it was read; a stored row.
        now: the moment of observing. A post that claims a later time is taken to be posted now.
        watch: what the department watches.
    """
    (observation,) = [observation async for observation in observe_all(session, (post,), source, now, watch)]
    return observation


async def read_new(session: AsyncSession, posts: Sequence[RawPost], source: Source, now: datetime, watch: Watch) -> dict[str, ReadPost]:
    """Read those posts that were never seen before, in a thread: for `observe_all`, before the turn to write is taken.

    Returns:
        key -> the post as it was read.
    """
    known = set((await session.exec(_SAME_KEYS, params=_same(posts, recording.stored_id(source)))).all())
    new = {post.key: post for post in posts if post.key not in known}
    return await asyncio.to_thread(lambda: {key: recording.read(post, now, watch) for key, post in new.items()})


async def observe_all(
    session: AsyncSession,
    posts: Sequence[RawPost],
    source: Source,
    now: datetime,
    watch: Watch,
    read_before: Mapping[str, ReadPost] | None = None,
) -> AsyncIterator[Observation]:
    """Take in the posts of one source one after the other, as `observe` does; what all of them need is read, and written, together.

    Args:
        read_before: key -> the post as it was read outside the transaction; one that is missing is read here.

    Yields:
        What came of each post, before the next one is looked at. The rows are all written when the last one has been taken.
    """
    batch = _Batch(session, source, now, watch, Archive(session))
    known = await _known(session, posts, recording.stored_id(source))
    before, ahead = read_before or {}, dict[str, ReadPost]()
    for post in posts:
        if post.key not in known and post.key not in ahead:
            read = before.get(post.key)
            ahead[post.key] = read if read and read.post == post else recording.read(post, now, watch)
    await batch.archive.expect([read.clues.bands for read in ahead.values()], [read.clues.keys for read in ahead.values()])
    for post in posts:
        if post.key in known:
            yield await batch.see_again(known[post.key], post)
        else:
            observation = await batch.see(ahead[post.key])
            known[post.key] = observation.item
            yield observation
    await batch.write()


async def _known(session: AsyncSession, posts: Sequence[RawPost], source_id: int) -> dict[str, Item]:
    """Those of the posts that were seen before, by their keys."""
    return {item.source_key: item for item in (await session.exec(_SAME_POSTS, params=_same(posts, source_id))).all()}


def _same(posts: Sequence[RawPost], source_id: int) -> dict[str, Any]:
    return {"source": source_id, "keys": [post.key for post in posts]}


@dataclass(frozen=True)
class _Batch:
    """Posts of one source that are taken in together."""

    session: AsyncSession
    source: Source
    now: datetime
    watch: Watch
    archive: Archive
    events: dict[int, Event] = field(default_factory=dict)

    @cached_property
    def pulse(self) -> Pulse:
        return Pulse(self.session)

    async def see(self, read: ReadPost) -> Observation:
        """A post that was never seen before."""
        columns = {"id": await number(self.session, Item), "source_id": recording.stored_id(self.source), **read.columns}
        item = new_row(Item, columns)
        item.snapshot_hash = await recording.keep_evidence(self.session, read.post, self.now, self.watch)
        belonging = await gathering.find(self.archive, item, read.clues)
        item.duplicate_of = belonging.original_id
        event, is_standing = await self._event_for(item, belonging)
        item.event_id = event.id if event else None
        put(self.session, item)
        await gathering.remember(self.archive, item, read.clues, belonging)
        if event is None:
            return Observation(item, None, is_new=True)
        self.pulse.hear(item)
        return await self._joined(event, item, is_standing=is_standing)

    async def see_again(self, item: Item, post: RawPost) -> Observation:
        """Bring the counts of a known post up to date; more likes may show a graver level."""
        event = await self._event(item.event_id) if item.event_id is not None else None
        level = event.level if event else 0
        gained = recording.renew_counts(item, post)
        if not gained:
            return Observation(item, event, False, level, level)
        recording.raise_judgement(item, recording.read_again(item.title, item.text, post, self.watch))
        if event is None:
            return Observation(item, None, False)
        event.likes += gained.get("likes", 0)
        event.reposts += gained.get("reposts", 0)
        levelling.take_in_factors(event, item)
        rose = await self._graded(event, item)
        event.revision += rose
        return Observation(item, event, False, level, event.level, (), rose, needs_card_update=True)

    async def write(self) -> None:
        """Write what is still pending, all together."""
        await settle(self.session)
        await count_hours(self.session, self.pulse.hours)
        await self.archive.write()

    async def _event_for(self, item: Item, belonging: gathering.Belonging) -> tuple[Event | None, bool]:
        """The event of a new item, and whether it stood before."""
        if belonging.event_id is not None:
            return await self._event(belonging.event_id), True
        if not gathering.makes_events(item):
            return None, False
        event = gathering.begin(item)
        event.id = await number(self.session, Event)
        put(self.session, event)
        self.events[event.id] = event
        self.archive.begin(event.id)
        self.pulse.begin(event.id)
        return event, False

    async def _event(self, id_: int) -> Event:
        """A standing event; one that this batch began may not be written yet."""
        if id_ not in self.events:
            with self.session.no_autoflush:
                self.events[id_] = await self.session.get_one(Event, id_)
        return self.events[id_]

    async def _joined(self, event: Event, item: Item, *, is_standing: bool) -> Observation:
        """Count an item into its event and grade the event."""
        level_before = event.level
        gathering.count_in(event, item, self.source.name)
        new_factors = levelling.take_in_factors(event, item)
        if is_standing:
            changed = gathering.learn_place_and_line(event, item)
        else:
            event.first_item_id, changed = item.id, False
            subject = f"event:{event.id}"
            await audit.append(self.session, levelling.SYSTEM, "event.opened", subject, at=self.now, item=item.id, line=event.line)
        changed |= await self._graded(event, item)
        event.revision += changed and is_standing
        passed = milestones(new_factors, self.source, self.watch.policy) if is_standing else ()
        return Observation(
            item,
            event,
            True,
            level_before,
            event.level,
            passed,
            changed and is_standing,
            needs_card_update=True,
            begins_event=not is_standing,
        )

    async def _graded(self, event: Event, item: Item) -> bool:
        """Grade an event; True where its level rose."""
        grade = await levelling.regrade(self.pulse, event, item, self.watch.policy, self.now)
        if not levelling.may_raise(event, grade.level):
            return False
        await levelling.raise_level(self.session, event, item, grade, self.now)
        gathering.retell(event, item)
        return True
