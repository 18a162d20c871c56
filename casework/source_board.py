"""The board of all sources, as chat and web show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import span_phrase
from casework.message import Card, CardKind, Row
from casework.source_health import sources_line
from casework.source_notice import PAGE, tiers_card
from monitoring.polling import resting_fallbacks
from monitoring.source import PUSHED, Source, Tier
from monitoring.source_hour import days_of
from monitoring.tier_proposal import TierProposal
from monitoring.tiers import open_proposals
from prompts import say
from storage.clock import to_china

DAYS_SHOWN = 14
MOST_ROWS = 20
"""Sources in the chat's table; the page shows all."""


class Condition(StrEnum):
    """How a source fares, the worst first."""

    ILL = "ill"
    WAVERING = "wavering"
    NEW = "new"
    WELL = "well"
    PUSHED = "pushed"
    RESTING = "resting"
    OFF = "off"


@dataclass(frozen=True)
class DayCount:
    """What one day brought."""

    day: date
    posts: int
    ours: int


@dataclass(frozen=True)
class SourceView:
    """One line of the board.

    Attributes:
        note: what is wrong, or was with the last reading, in words; empty where nothing is.
        posts, ours: of the days shown.
        days: the last fortnight, oldest first, today last.
        proposal: an open proposal of another tier.
    """

    name: str
    kind: str
    tier: Tier
    condition: Condition
    note: str
    last_success_at: datetime | None
    last_post_at: datetime | None
    next_poll_at: datetime | None
    posts: int
    ours: int
    days: tuple[DayCount, ...]
    fallback: str = ""
    proposal: TierProposal | None = None

    @property
    def busiest(self) -> int:
        """Posts of the busiest day, at least 1: the height of the bars."""
        return max(1, *(day.posts for day in self.days))


@dataclass(frozen=True)
class Board:
    """All sources, the ailing ones first, and one line about them together."""

    line: str
    sources: tuple[SourceView, ...]


async def source_board(session: AsyncSession, now: datetime) -> Board:
    """The board as it stands."""
    sources = list((await session.exec(select(Source).order_by(col(Source.name)))).all())
    days = await days_of(session, now, DAYS_SHOWN)
    resting, proposals = resting_fallbacks(source for source in sources if source.enabled), await open_proposals(session)
    views = [_view(source, _days(days, source.id or 0, now), resting, proposals) for source in sources]
    order = list(Condition)
    return Board(
        await sources_line(session, now), tuple(sorted(views, key=lambda view: (order.index(view.condition), view.tier, view.name)))
    )


async def sources_card(session: AsyncSession, now: datetime) -> Card:
    """The board for a chat: every source in a line, the ailing ones first, with what is proposed."""
    board = await source_board(session, now)
    shown = [view for view in board.sources if view.condition is not Condition.OFF]
    rows = tuple(Row(view.name, _state(view, now), detail=view.note) for view in shown[:MOST_ROWS])
    proposed = [(source, one) for source, one in await _proposed(session, board.sources)]
    more = say("alert.sources_more", count=len(shown) - MOST_ROWS) if len(shown) > MOST_ROWS else ""
    buttons = tiers_card(proposed)
    return Card(
        CardKind.ANSWER, say("alert.sources_head", count=len(shown)), title=board.line, rows=(*rows, *buttons.rows), body=more,
        buttons=buttons.buttons, hint=buttons.hint, page=PAGE,
    )  # fmt: skip


async def _proposed(session: AsyncSession, views: Sequence[SourceView]) -> list[tuple[Source, TierProposal]]:
    return [(await session.get_one(Source, view.proposal.source_id), view.proposal) for view in views if view.proposal]


def _view(source: Source, days: tuple[DayCount, ...], resting: set[str], proposals: Mapping[int, TierProposal]) -> SourceView:
    return SourceView(
        source.name, source.kind.value, source.tier, _condition(source, resting), source.ailment_note or source.last_error,
        source.last_success_at, source.last_post_at, None if source.kind in PUSHED else source.next_poll_at,
        sum(day.posts for day in days), sum(day.ours for day in days), days, source.fallback, proposals.get(source.id or 0),
    )  # fmt: skip


def _condition(source: Source, resting: set[str]) -> Condition:
    if not source.enabled:
        return Condition.OFF
    if source.name in resting:
        return Condition.RESTING
    if source.ailment:
        return Condition.ILL
    if source.failures:
        return Condition.WAVERING
    if source.kind in PUSHED:
        return Condition.PUSHED
    return Condition.WELL if source.last_success_at else Condition.NEW


def _days(counted: Mapping[tuple[int, date], tuple[int, int]], source_id: int, now: datetime) -> tuple[DayCount, ...]:
    today = to_china(now).date()
    shown = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    return tuple(DayCount(day, *counted.get((source_id, day), (0, 0))) for day in shown)


def _state(view: SourceView, now: datetime) -> str:
    if view.condition in (Condition.ILL, Condition.WAVERING):
        return say("alert.source_row_ill", tier=view.tier.value, note=view.note)
    if view.condition is Condition.RESTING:
        return say("alert.source_row_resting", tier=view.tier.value)
    seen = view.last_post_at if view.condition is Condition.PUSHED else view.last_success_at
    if seen is None:
        return say("alert.source_row_never", tier=view.tier.value)
    return say("alert.source_row", tier=view.tier.value, ago=span_phrase(now - seen), posts=view.posts, ours=view.ours)
