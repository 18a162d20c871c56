"""Figures over what was watched: how many, how grave, which line, against the period before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, EventState
from monitoring.item import Attitude, Item, Relevance

MOST_GROUPS = 50
MOST_EVENTS = 200


class Counted(StrEnum):
    """What is counted: 信息 or 事件."""

    ITEMS = "items"
    EVENTS = "events"


class GroupBy(StrEnum):
    """By what the figures are told apart."""

    LINE = "line"
    LEVEL = "level"
    INTENT = "intent"
    DISTRICT = "district"
    PLACE = "place"
    EVENT = "event"
    ATTITUDE = "attitude"


@dataclass(frozen=True)
class Query:
    """A question for figures. None leaves a condition open.

    Attributes:
        start, end: timezone-aware; from `start` up to, not including, `end`, by the time of posting (of an event: of its first post).
        topic: words that title or text must hold, of several at least one; with `line` they narrow it.
        ours_only: leave out what is not the department's.
    """

    start: datetime
    end: datetime
    counted: Counted = Counted.ITEMS
    line: str | None = None
    topic: tuple[str, ...] = ()
    intent: str | None = None
    level: int | None = None
    district: str | None = None
    attitude: Attitude | None = None
    group_by: GroupBy | None = None
    ours_only: bool = True

    def over(self, start: datetime, end: datetime) -> "Query":
        """The same question about another period."""
        return replace(self, start=start, end=end)


@dataclass(frozen=True)
class Figures:
    """The answer to a query.

    Attributes:
        total: how many.
        groups: (value, count), most first, at most MOST_GROUPS; empty where the query does not group. An event's value is its id.
        levels: level -> count, for the question how grave they were.
    """

    total: int
    groups: tuple[tuple[Any, int], ...] = ()
    levels: tuple[tuple[int, int], ...] = ()


async def count(session: AsyncSession, query: Query) -> Figures:
    """Answer a query. The work grows with the number of posts in the period, not with the archive."""
    levels = sorted(await _grouped(session, query, _table(query).level))
    groups = await _grouped(session, query, _group_column(query)) if query.group_by else ()
    ranked = sorted((row for row in groups if row[0] is not None), key=lambda row: (-row[1], str(row[0])))
    return Figures(sum(number for _, number in levels), tuple(ranked[:MOST_GROUPS]), tuple(levels))


async def events_between(
    session: AsyncSession, start: datetime, end: datetime, *, line: str | None = None, limit: int = 20
) -> Sequence[Event]:
    """The events that were spoken of in a period, gravest first, then hottest.

    Args:
        limit: at most MOST_EVENTS.
    """
    spoken_of = and_(col(Event.last_posted_at) >= start, col(Event.first_posted_at) < end, Event.state != EventState.MERGED)
    query = select(Event).where(spoken_of)
    query = query.where(Event.line == line) if line else query
    gravest_first = (col(Event.level) == 0, col(Event.level), col(Event.heat).desc(), col(Event.id))
    return (await session.exec(query.order_by(*gravest_first).limit(min(limit, MOST_EVENTS)))).all()


async def timeline(session: AsyncSession, event_id: int, *, limit: int = 50) -> Sequence[Item]:
    """The posts of an event that are no repetitions, oldest first."""
    own = select(Item).where(Item.event_id == event_id, col(Item.duplicate_of).is_(None))
    return (await session.exec(own.order_by(col(Item.posted_at), col(Item.id)).limit(limit))).all()


async def _grouped(session: AsyncSession, query: Query, column: Any) -> Sequence[tuple[Any, int]]:
    statement = select(column, func.count()).where(*_conditions(query)).group_by(column)
    return [(value, number) for value, number in (await session.exec(statement)).all()]


def _table(query: Query) -> type[Item] | type[Event]:
    return Item if query.counted is Counted.ITEMS else Event


def _group_column(query: Query) -> Any:
    table, by = _table(query), query.group_by
    if by is GroupBy.EVENT:
        return Item.event_id if table is Item else Event.id
    if table is Event and by in (GroupBy.INTENT, GroupBy.ATTITUDE):
        raise ValueError(f"an event has no {by}")
    return getattr(table, str(by))


def _conditions(query: Query) -> list[ColumnElement[bool]]:
    table = _table(query)
    equal = [(table.line, query.line), (table.level, query.level), (table.district, query.district)]
    conditions = [col(column) == value for column, value in equal if value is not None]
    return [*conditions, *(_item_conditions(query) if table is Item else _event_conditions(query))]


def _item_conditions(query: Query) -> list[ColumnElement[bool]]:
    conditions = [col(Item.posted_at) >= query.start, col(Item.posted_at) < query.end]
    if query.ours_only:
        conditions.append(col(Item.relevance).in_([Relevance.YES, Relevance.PARTLY]))
    if query.intent is not None:
        conditions.append(col(Item.intent) == query.intent)
    if query.attitude is not None:
        conditions.append(col(Item.attitude) == query.attitude)
    if query.topic:
        holds = (column.contains(word, autoescape=True) for word in query.topic for column in (col(Item.title), col(Item.text)))
        conditions.append(or_(*holds))
    return conditions


def _event_conditions(query: Query) -> list[ColumnElement[bool]]:
    conditions = [col(Event.first_posted_at) >= query.start, col(Event.first_posted_at) < query.end, col(Event.state) != EventState.MERGED]
    if query.topic:
        conditions.append(or_(*(col(Event.headline).contains(word, autoescape=True) for word in query.topic)))
    return conditions
