"""信源: whether everything that is watched can still be read."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import span_phrase
from casework.message import Card, CardKind, Row
from monitoring.source import Source, SourceKind
from prompts import say


async def sources_card(session: AsyncSession, now: datetime) -> Card:
    """Every source with its tier and how it fares, the ailing ones first."""
    sources = sorted(await polled_sources(session), key=lambda source: (source.failures == 0, source.tier, source.name))
    rows = tuple(Row(source.name, _state(source, now)) for source in sources)
    return Card(CardKind.ANSWER, say("alert.sources_head", count=len(sources)), title=await sources_line(session, now), rows=rows)


async def sources_line(session: AsyncSession, now: datetime) -> str:
    """“21 个信源均正常，最近一次抓取 2 分钟前。”, or which of them fail."""
    sources = await polled_sources(session)
    ill = [source.name for source in sources if source.failures]
    if ill:
        return say("alert.sources_ill", count=len(sources), ill=len(ill), names=say("casework.comma").join(f"「{name}」" for name in ill))
    latest = max((source.last_success_at for source in sources if source.last_success_at), default=None)
    return say("alert.sources_well", count=len(sources), ago=span_phrase(now - latest)) if latest else say("alert.sources_none")


async def polled_sources(session: AsyncSession) -> list[Source]:
    """The sources that are read by themselves, in the order of their names."""
    query = select(Source).where(col(Source.enabled), Source.kind != SourceKind.FORWARDED).order_by(col(Source.name))
    return list((await session.exec(query)).all())


def _state(source: Source, now: datetime) -> str:
    if source.failures:
        return say("alert.source_row_ill", tier=source.tier.value, failures=source.failures, error=source.last_error)
    if source.last_success_at is None:
        return say("alert.source_row_never", tier=source.tier.value)
    return say("alert.source_row", tier=source.tier.value, ago=span_phrase(now - source.last_success_at))
