"""When which source is read next, and what is noted of its readings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from monitoring.source import POLL_INTERVALS, PUSHED, Source, SourceKind, Tier
from storage import audit

FIRST_BACKOFF = timedelta(minutes=1)
LONGEST_BACKOFF = timedelta(hours=2)
LONGEST_ERROR_CHARACTERS = 300
Intervals = Mapping[Tier, timedelta]
"""How often a source of each tier is read."""
_SYSTEM = "system"


def next_poll(
    tier: Tier, failures: int, now: datetime, retry_after_seconds: float | None = None, intervals: Intervals = POLL_INTERVALS
) -> datetime:
    """When a source is due again.

    Args:
        failures: failed readings in a row, 0 after a good one.
        retry_after_seconds: what the source itself asked for; it is honoured within LONGEST_BACKOFF.
    """
    if failures == 0:
        return now + intervals[tier]
    backoff: timedelta = min(FIRST_BACKOFF * 2 ** min(failures - 1, 20), LONGEST_BACKOFF)
    asked = timedelta(seconds=min(retry_after_seconds or 0.0, LONGEST_BACKOFF.total_seconds()))
    return now + max(backoff, asked)


async def due_sources(session: AsyncSession, now: datetime) -> Sequence[Source]:
    """The sources whose time has come, longest overdue first.

    One that brings its posts itself is never due; one that stands in for another only while that one is ill.
    """
    due = or_(col(Source.next_poll_at).is_(None), col(Source.next_poll_at) <= now)
    found = (await session.exec(_polled().where(due).order_by(col(Source.next_poll_at), col(Source.id)))).all()
    resting = resting_fallbacks(await polled_sources(session)) if found else set()
    return [source for source in found if source.name not in resting]


async def polled_sources(session: AsyncSession) -> Sequence[Source]:
    """The sources that are read by themselves, in the order of their names."""
    return (await session.exec(_polled().order_by(col(Source.name)))).all()


async def source_named(session: AsyncSession, name: str) -> Source:
    """The stored source of that name."""
    return (await session.exec(select(Source).where(Source.name == name))).one()


def resting_fallbacks(sources: Iterable[Source]) -> set[str]:
    """Names of the sources that stand in for others, none of which is ill."""
    mains = [source for source in sources if source.fallback]
    return {main.fallback for main in mains} - {main.fallback for main in mains if main.ailment}


async def record_success(
    session: AsyncSession, source: Source, now: datetime, *, note: str = "", intervals: Intervals = POLL_INTERVALS
) -> None:
    """Note a good reading.

    Args:
        note: what could not be read of it, in one sentence.
    """
    row = await _row(session, source)
    if row.failures:
        await audit.append(session, _SYSTEM, "source.recovered", f"source:{row.id}", at=now, failures=row.failures)
    row.failures, row.last_error, row.last_success_at = 0, note[:LONGEST_ERROR_CHARACTERS], now
    row.good_readings += 1
    row.next_poll_at = next_poll(row.tier, 0, now, intervals=intervals)
    await session.flush()


async def record_failure(
    session: AsyncSession, source: Source, error: str, now: datetime, *, retry_after_seconds: float | None = None,
    intervals: Intervals = POLL_INTERVALS,
) -> None:  # fmt: skip
    """Note a reading that failed; the cursor stays where it was."""
    row = await _row(session, source)
    if row.failures == 0:
        await audit.append(session, _SYSTEM, "source.failed", f"source:{row.id}", at=now)
    row.failures, row.good_readings, row.last_error = row.failures + 1, 0, error[:LONGEST_ERROR_CHARACTERS]
    row.next_poll_at = next_poll(row.tier, row.failures, now, retry_after_seconds, intervals)
    await session.flush()


async def move_cursor(session: AsyncSession, source: Source, cursor: Mapping[str, Any]) -> None:
    """Note where the next reading goes on: in the transaction of a batch's last posts, or after it; never before."""
    row = await _row(session, source)
    row.cursor = source.cursor = dict(cursor)
    await session.flush()


async def sync_sources(session: AsyncSession, definitions: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Make the rows fit the settings: new sources are added, changed ones changed, those no longer named are switched off.

    A tier that an admin confirmed stands until the settings name another one than they did before.

    Args:
        definitions: `name`, `kind`, `address`, `tier`, `options` of each source.
    """
    wanted = {str(definition["name"]): definition for definition in definitions}
    rows = {row.name: row for row in (await session.exec(select(Source).where(Source.kind != SourceKind.FORWARDED))).all()}
    for name, definition in wanted.items():
        await _sync(session, rows.get(name), definition, now)
    for name in rows.keys() - wanted.keys():
        if rows[name].enabled:
            rows[name].enabled = False
            await audit.append(session, _SYSTEM, "source.removed", f"source:{rows[name].id}", at=now)
    await session.flush()


async def forwarding_source(session: AsyncSession, name: str, now: datetime) -> Source:
    """The source that posts forwarded by staff count to; made at first use."""
    row = (await session.exec(select(Source).where(Source.name == name, Source.kind == SourceKind.FORWARDED))).first()
    return row or await _add(session, Source(name=name, kind=SourceKind.FORWARDED), now)


async def _sync(session: AsyncSession, row: Source | None, definition: Mapping[str, Any], now: datetime) -> None:
    tier = Tier(definition.get("tier", Tier.B))
    values: dict[str, Any] = {
        "kind": SourceKind(definition["kind"]), "address": str(definition.get("address", "")), "tier": tier,
        "options": dict(definition.get("options") or {}), "enabled": True,
    }  # fmt: skip
    if row is None:
        await _add(session, Source(name=str(definition["name"]), settings_tier=tier, **values), now)
        return
    if row.settings_tier is tier:
        values["tier"] = row.tier
    row.settings_tier = tier
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
    if "address" in changed or "kind" in changed:
        row.cursor = {}
    row.next_poll_at = now
    await audit.append(session, _SYSTEM, "source.changed", f"source:{row.id}", at=now, fields=changed)


async def _add(session: AsyncSession, source: Source, now: datetime) -> Source:
    source.next_poll_at = now
    session.add(source)
    await session.flush()
    await audit.append(session, _SYSTEM, "source.added", f"source:{source.id}", at=now, kind=source.kind.value)
    return source


def _polled() -> SelectOfScalar[Source]:
    return select(Source).where(col(Source.enabled), col(Source.kind).not_in(PUSHED))


async def _row(session: AsyncSession, source: Source) -> Source:
    """The stored row of a source that may have been read in another session."""
    return await session.get_one(Source, source.id)
