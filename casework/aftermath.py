"""发布之后: what stands where, how the public took it, what is promised, and which case puts which right; for the page of a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, NoticeKind
from casework.drafting.draft import ReplyVersion
from casework.followup import Figures, FollowUp
from casework.followups import told
from casework.promise import Promise, PromiseState
from casework.promise_ledger import numbered
from casework.publication import Publication, PublicationState
from casework.staff import names_by_id
from casework.told_event import followed_case


@dataclass(frozen=True)
class PublicationView:
    """One version that is out, or on its way. `corrected` is whether a correction of it is out."""

    version: int
    channel: str
    state: PublicationState
    at: datetime
    link: str
    corrected: bool


@dataclass(frozen=True)
class LookView:
    """One look after so many hours; `told` is empty until it was given."""

    hours: int
    due_at: datetime
    told: str


@dataclass(frozen=True)
class PromiseView:
    """One promise. `note` tells how it was kept, or why not."""

    ordinal: int
    text: str
    due_at: datetime | None
    state: PromiseState
    owner: str | None
    note: str
    link: str
    is_open: bool


@dataclass(frozen=True)
class NoticeView:
    """A case that puts this one right or adds to it, or that this one does so for."""

    number: str
    kind: NoticeKind


@dataclass(frozen=True)
class Aftermath:
    """Everything after 发布, oldest first."""

    publications: tuple[PublicationView, ...]
    looks: tuple[LookView, ...]
    promises: tuple[PromiseView, ...]
    follows: NoticeView | None
    notices: tuple[NoticeView, ...]


async def aftermath(session: AsyncSession, case: Case, now: datetime) -> Aftermath:
    """Read it from the rows."""
    followed = await followed_case(session, case)
    follows = NoticeView(followed.number, case.notice) if followed and case.notice else None
    return Aftermath(
        await _publications(session, case), await _looks(session, case), await _promises(session, case, now), follows,
        await _notices(session, case),
    )  # fmt: skip


async def _publications(session: AsyncSession, case: Case) -> tuple[PublicationView, ...]:
    query = select(Publication, ReplyVersion).join(ReplyVersion, col(ReplyVersion.id) == Publication.version_id)
    rows = (await session.exec(query.where(Publication.case_id == case.id).order_by(col(Publication.id)))).all()
    return tuple(_publication(row, version) for row, version in rows)


def _publication(row: Publication, version: ReplyVersion) -> PublicationView:
    at = row.published_at or row.requested_at
    return PublicationView(version.number, version.channel, row.state, at, row.link, row.corrected_by is not None)


async def _looks(session: AsyncSession, case: Case) -> tuple[LookView, ...]:
    query = select(FollowUp).where(FollowUp.case_id == case.id).order_by(col(FollowUp.due_at), col(FollowUp.id))
    return tuple(
        LookView(row.hours, row.due_at, told(Figures.from_json(row.figures), row.hours) if row.done_at else "")
        for row in (await session.exec(query)).all()
    )


async def _promises(session: AsyncSession, case: Case, now: datetime) -> tuple[PromiseView, ...]:
    names = await names_by_id(session)
    return tuple(_promise(ordinal, row, names, now) for ordinal, row in await numbered(session, case))


def _promise(ordinal: int, row: Promise, names: Mapping[int, str], now: datetime) -> PromiseView:
    owner, note = names.get(row.owner or 0), row.proof or row.broken_why
    return PromiseView(ordinal, row.text, row.due_at, row.state(now), owner, note, row.proof_link, row.is_open)


async def _notices(session: AsyncSession, case: Case) -> tuple[NoticeView, ...]:
    own = select(Publication.id).where(Publication.case_id == case.id)
    following = select(Case).where(col(Case.follows).in_(own)).order_by(col(Case.id))
    return tuple(NoticeView(other.number, other.notice) for other in (await session.exec(following)).all() if other.notice)
