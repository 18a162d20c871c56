"""Another grading policy tried on the archive: which events would have had another level. Nothing is changed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, EventState, LevelChange
from monitoring.factors import Factor, weigh
from monitoring.grading import Grade, grade_event, grade_item, graver
from monitoring.item import Item
from monitoring.levelling import SYSTEM, spread_of
from monitoring.policy import GradingPolicy
from monitoring.sign import Sign

BATCH = 200
_OF_EVENT = "event_"


@dataclass(frozen=True)
class Regraded:
    """One event by the policy in force and by the other one, from the same stored figures.

    Attributes:
        by_hand: a person has set its level before; the machine would not have lowered it.
    """

    event: Event
    before: Grade
    after: Grade
    by_hand: bool

    @property
    def changed(self) -> bool:
        return self.before.level != self.after.level


async def regrade_archive(
    session: AsyncSession, policy: GradingPolicy, other: GradingPolicy, since: datetime | None
) -> AsyncIterator[Sequence[Regraded]]:
    """Grade every event with a post since a moment by both policies, in batches, oldest event first."""
    after = 0
    while True:
        query = select(Event).where(col(Event.id) > after, Event.state != EventState.MERGED).order_by(col(Event.id)).limit(BATCH)
        events = (await session.exec(query if since is None else query.where(col(Event.last_posted_at) >= since))).all()
        if not events:
            return
        ids = [event.id or 0 for event in events]
        posts = await _posts_of(session, ids)
        touched = await _set_by_hand(session, ids)
        yield [_regraded(event, posts.get(event.id or 0, ()), policy, other, by_hand=event.id in touched) for event in events]
        for event in events:
            session.expunge(event)
        after = ids[-1]


def regrade_post(factors: Sequence[Factor], level: int, policy: GradingPolicy) -> Grade:
    """A stored post by another policy. One that gave no alert gives one only where a factor of it now demands a level."""
    weighed = [weigh(Sign(factor.name, factor.value, factor.span), policy) for factor in factors]
    return grade_item(weighed, policy, alarming=level > 0 or any(policy.item[factor.name].floor for factor in weighed))


@dataclass(frozen=True)
class _Post:
    level: int
    factors: tuple[Factor, ...]


async def _posts_of(session: AsyncSession, event_ids: Sequence[int]) -> dict[int, list[_Post]]:
    query = select(Item.event_id, Item.level, Item.factors).where(col(Item.event_id).in_(event_ids))
    posts: dict[int, list[_Post]] = {}
    for event_id, level, factors in (await session.exec(query)).all():
        posts.setdefault(event_id or 0, []).append(_Post(level, tuple(Factor.from_json(each) for each in factors)))
    return posts


async def _set_by_hand(session: AsyncSession, event_ids: Sequence[int]) -> frozenset[int]:
    query = select(LevelChange.event_id).where(col(LevelChange.event_id).in_(event_ids), LevelChange.actor != SYSTEM)
    return frozenset((await session.exec(query)).all())


def _regraded(event: Event, posts: Sequence[_Post], policy: GradingPolicy, other: GradingPolicy, *, by_hand: bool) -> Regraded:
    return Regraded(event, _grade(event, posts, policy), _grade(event, posts, other), by_hand)


def _grade(event: Event, posts: Sequence[_Post], policy: GradingPolicy) -> Grade:
    grades = [regrade_post(post.factors, post.level, policy) for post in posts]
    level = 0
    for grade in grades:
        level = graver(level, grade.level)
    return grade_event(level, [factor for grade in grades for factor in grade.factors], spread_of(event, event.last_posted_at), policy)
