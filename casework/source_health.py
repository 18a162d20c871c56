"""信源: keeps an eye on everything that is watched, and tells once when a source falls ill and once when it is well."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import source_notice
from casework.alert_card import span_phrase
from casework.desk import Desk
from casework.workdays import is_workday
from language.periods import duration_phrase
from monitoring.habit import Habit, take_habit
from monitoring.health import ILL_AFTER_FAILURES, RECENT, Diagnosis, diagnose, latest
from monitoring.polling import Intervals, polled_sources, resting_fallbacks
from monitoring.source import Source, SourceKind
from monitoring.source_hour import forget_old_hours, hours_of
from monitoring.tiers import propose
from prompts import say
from storage import audit
from storage.clock import to_china

HABITS_PER_STEP = 2
"""So many habits are taken anew in one transaction; all are, once a day."""
KEEP_HABIT = timedelta(days=7)
"""So long an ill source is measured by what it was before; later its new ways count as usual."""


async def step_sources(session: AsyncSession, touched: Collection[int], now: datetime, desk: Desk, intervals: Intervals) -> int:
    """Find who is ill or well again, take habits, and say what has changed. Returns the number of messages put out.

    Args:
        touched: the sources that `source_hour.count_hours` found something new of since the last step.
    """
    watched = await _watched(session)
    recent = await hours_of(session, touched, now, within=RECENT) if touched else {}
    changes = [
        change for source in watched if (change := await _examine(session, source, latest(recent.get(source.id or 0, []), now), now))
    ]
    told = await source_notice.tell_health(session, changes, now, desk)
    return told + await _take_habits(session, watched, now, desk, intervals)


async def sources_line(session: AsyncSession, now: datetime) -> str:
    """“21 个信源均正常，最近一次抓取 2 分钟前。”, or which of them fail."""
    sources = list(await polled_sources(session))
    ill = [source.name for source in sources if source.ailment or source.failures >= ILL_AFTER_FAILURES]
    if ill:
        return say("alert.sources_ill", count=len(sources), ill=len(ill), names=say("casework.comma").join(f"「{name}」" for name in ill))
    latest_at = max((source.last_success_at for source in sources if source.last_success_at), default=None)
    return say("alert.sources_well", count=len(sources), ago=span_phrase(now - latest_at)) if latest_at else say("alert.sources_none")


@cache
def rests(day: date) -> bool:
    """Whether people rest on a day, by the official calendar."""
    return not is_workday(day)[0]


async def _watched(session: AsyncSession) -> list[Source]:
    """The sources whose habit says something: all but the posts that staff forward."""
    query = select(Source).where(col(Source.enabled), Source.kind != SourceKind.FORWARDED).order_by(col(Source.name))
    return list((await session.exec(query)).all())


async def _examine(session: AsyncSession, source: Source, recent: Mapping[str, int], now: datetime) -> source_notice.Change | None:
    """The change of a source's state, noted on its row; None where all is as it was."""
    found = diagnose(source, Habit.from_json(source.habit), recent, now, rests)
    if found:
        return await _fallen_ill(session, source, found, now)
    if source.ailment is None:
        return None
    since = source.ill_since or now
    source.ailment, source.ailment_note, source.ill_since = None, "", None
    await audit.append(session, "system", "source.well", f"source:{source.id}", at=now)
    return source_notice.Change(source.name, _well_words(source, now - since), ill=False)


async def _fallen_ill(session: AsyncSession, source: Source, found: Diagnosis, now: datetime) -> source_notice.Change | None:
    was = source.ailment
    source.ailment, source.ailment_note = found.ailment, found.note
    if was is not None:
        return None
    source.ill_since = now
    await audit.append(session, "system", "source.ill", f"source:{source.id}", at=now, ailment=found.ailment)
    instead = say("sources.notice_fallback", name=source.fallback) if source.fallback else ""
    return source_notice.Change(source.name, say("sources.notice_ill", note=found.note, fallback=instead), ill=True)


def _well_words(source: Source, ill_for: timedelta) -> str:
    if source.fallback:
        return say("sources.notice_well_fallback", duration=duration_phrase(ill_for), name=source.fallback)
    return say("sources.notice_well", duration=duration_phrase(ill_for))


async def _take_habits(session: AsyncSession, watched: Sequence[Source], now: datetime, desk: Desk, intervals: Intervals) -> int:
    """Take the habits that are not of today, a few at a time, and propose tiers by them. Returns the number of messages put out."""
    today = to_china(now).date().isoformat()
    due = [source for source in watched if source.habit.get("taken_on") != today and not _is_freshly_ill(source, now)][:HABITS_PER_STEP]
    if not due:
        return 0
    await forget_old_hours(session, now)
    hours = await hours_of(session, [source.id or 0 for source in due], now)
    resting, proposals = resting_fallbacks(watched), []
    for source in due:
        habit = take_habit(hours[source.id or 0], now, rests)
        source.habit = habit.to_json() if habit else {"taken_on": today}
        if habit and source.kind is not SourceKind.WEBHOOK and source.name not in resting:
            proposals.append((source, await propose(session, source, habit, intervals, now)))
    await session.flush()
    return await source_notice.tell_tiers(session, [(source, one) for source, one in proposals if one], now, desk)


def _is_freshly_ill(source: Source, now: datetime) -> bool:
    return source.ailment is not None and now - (source.ill_since or now) < KEEP_HABIT
