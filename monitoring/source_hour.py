"""How much each source brings in each hour and what its posts look like: the rows behind habit, tiers and the board."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.item import Item
from monitoring.source import Source

WINDOW = timedelta(days=28)
"""What a source did longer ago tells nothing about it any more."""
MOST_ITEMS = 2_000
"""Items counted in one transaction; the next one goes on behind them."""
OLD_ALREADY = timedelta(days=7)
"""A post that old when it was first seen was brought in by hand or stood on a first page; it tells nothing about a habit."""
_CHINA_HOURS = 8
_EPOCH = date(1970, 1, 1)
FIGURES = ("posts", "ours", "named", "titled", "linked", "signed", "dated", "repeated", "characters")


class SourceHour(SQLModel, table=True):
    """The posts of one source that were first seen in one hour, counted in hours since 1970; the figures add up.

    `ours`: the department's business. `named`: they call it by name. `titled`, `linked`, `signed`, `dated`: with a title, a link, an
    author, a time of their own. `repeated`: the same text had come from the same source before. `characters`: of all texts together.
    """

    __tablename__ = "source_hour"
    __table_args__ = {"sqlite_with_rowid": False}  # as SQLAlchemy reads it

    source_id: int = Field(primary_key=True, foreign_key="source.id", sa_column_kwargs={"autoincrement": False})
    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    posts: int = 0
    ours: int = 0
    named: int = 0
    titled: int = 0
    linked: int = 0
    signed: int = 0
    dated: int = 0
    repeated: int = 0
    characters: int = 0


class SourceHourMark(SQLModel, table=True):
    """Up to which item the hours are counted; one row."""

    __tablename__ = "source_hour_mark"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    item_id: int = 0


@dataclass(frozen=True)
class Counted:
    """What one counting found: the sources that brought something new, and whether there may be more to count."""

    source_ids: frozenset[int] = frozenset()
    has_more: bool = False


def hour_of(moment: datetime) -> int:
    """The hour of a moment, counted since 1970."""
    return int(moment.timestamp()) // 3600


def start_of(hour: int) -> datetime:
    """When an hour begins."""
    return datetime.fromtimestamp(hour * 3600, UTC)


async def count_hours(session: AsyncSession, names: Collection[str], now: datetime) -> Counted:
    """Count the items that came in since the last time, at most `MOST_ITEMS`; killed in between, nothing is counted twice.

    Args:
        names: what the department is called.
    """
    mark = await session.get(SourceHourMark, 1)
    if mark is None:
        mark = SourceHourMark(item_id=await _item_before(session, now - WINDOW))
        session.add(mark)
    original = aliased(Item)
    uncounted = (
        select(Item, original.source_id, original.text)
        .join(original, original.id == Item.duplicate_of, isouter=True)  # type: ignore[arg-type]  # a column expression
        .where(col(Item.id) > mark.item_id)
    )
    rows = (await session.exec(uncounted.order_by(col(Item.id)).limit(MOST_ITEMS))).all()
    if not rows:
        return Counted()
    mark.item_id = rows[-1][0].id or mark.item_id
    repeated = {item.id for item, source, text in rows if source == item.source_id and text == item.text}
    fresh = [item for item, _, _ in rows if item.observed_at - item.posted_at <= OLD_ALREADY]
    await _add_up(session, fresh, repeated, names)
    return Counted(frozenset(item.source_id for item in fresh), has_more=len(rows) == MOST_ITEMS)


async def hours_of(
    session: AsyncSession, source_ids: Collection[int], now: datetime, *, within: timedelta = WINDOW
) -> dict[int, list[SourceHour]]:
    """The latest hours of some sources, oldest first; an hour in which nothing came has no row."""
    known = select(SourceHour).where(col(SourceHour.source_id).in_(source_ids), SourceHour.hour > hour_of(now - within))
    found: dict[int, list[SourceHour]] = {source_id: [] for source_id in source_ids}
    for row in (await session.exec(known.order_by(col(SourceHour.hour)))).all():
        found[row.source_id].append(row)
    return found


async def days_of(session: AsyncSession, now: datetime, days: int) -> dict[tuple[int, date], tuple[int, int]]:
    """What each source brought on each of the last days, today among them: (source, day) -> posts, posts of ours. Days are China's."""
    day = (col(SourceHour.hour) + _CHINA_HOURS) // 24
    sums = select(SourceHour.source_id, day, func.sum(SourceHour.posts), func.sum(SourceHour.ours))
    counted = sums.where(day > _day_number(now) - days).group_by(col(SourceHour.source_id), day)
    return {(source, _EPOCH + timedelta(days=number)): (posts, ours) for source, number, posts, ours in (await session.exec(counted)).all()}


def _day_number(moment: datetime) -> int:
    return (hour_of(moment) + _CHINA_HOURS) // 24


async def forget_old_hours(session: AsyncSession, now: datetime) -> None:
    """Drop what lies before the window."""
    await (await session.connection()).execute(delete(SourceHour).where(col(SourceHour.hour) <= hour_of(now - WINDOW)))


def total(hours: Iterable[SourceHour]) -> Counter[str]:
    """All figures of some hours, added up."""
    figures: Counter[str] = Counter()
    for hour in hours:
        figures.update({name: getattr(hour, name) for name in FIGURES})
    return figures


async def _item_before(session: AsyncSession, since: datetime) -> int:
    return (await session.exec(select(func.max(Item.id)).where(Item.observed_at <= since))).one() or 0


async def _add_up(session: AsyncSession, items: Sequence[Item], repeated: set[int | None], names: Collection[str]) -> None:
    counted: dict[tuple[int, int], Counter[str]] = {}
    latest: dict[int, datetime] = {}
    for item in items:
        figures = counted.setdefault((item.source_id, hour_of(item.observed_at)), Counter())
        figures.update(_figures(item, names), repeated=int(item.id in repeated))
        latest[item.source_id] = max(item.observed_at, latest.get(item.source_id, item.observed_at))
    for key, figures in counted.items():
        row = await session.get(SourceHour, key) or SourceHour(source_id=key[0], hour=key[1])
        for name in FIGURES:
            setattr(row, name, getattr(row, name) + figures[name])
        session.add(row)
    for source_id, moment in latest.items():
        source = await session.get_one(Source, source_id)
        source.last_post_at = max(moment, source.last_post_at or moment)
    await session.flush()


def _figures(item: Item, names: Collection[str]) -> dict[str, int]:
    words = f"{item.title}\n{item.text}"
    return {
        "posts": 1, "ours": int(item.relevance.is_ours), "named": int(any(name in words for name in names)),
        "titled": int(bool(item.title)), "linked": int(bool(item.url)), "signed": int(bool(item.author_hash)),
        "dated": int(item.posted_at != item.observed_at), "characters": len(item.text),
    }  # fmt: skip
