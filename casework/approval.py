"""签发: a named person approves exactly one text, and the approval ends when anything that it was given for has changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import time_in_text
from casework.announcing import notify
from casework.case import Case, add_step
from casework.delegation import Delegation
from casework.delivery import Delivery
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion, VersionState
from casework.message import Card, Row
from casework.renewing import edit
from casework.staff import StaffMember
from monitoring.event import Event
from prompts import say, words
from storage import audit
from storage.columns import TIME_TYPE


class Approval(SQLModel, table=True):
    """One signature under one version, bound to SHA-256(text, evidence, event revision). Triggers refuse authors and foreign hashes.

    `delegation_id` names the mandate by which a deputy signed for somebody else; triggers look whether it holds.
    """

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("version_id", "approver_id"),)

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="reply_version.id", index=True)
    approver_id: int = Field(foreign_key="staff_member.id")
    bound_hash: str
    delegation_id: int | None = None
    at: datetime = Field(sa_type=TIME_TYPE)
    voided_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    void_reason: str = ""


@dataclass(frozen=True)
class Signer:
    """Somebody who signed or may sign. `principal` is the approver in whose place a deputy does."""

    name: str
    principal: str | None = None

    @property
    def label(self) -> str:
        """李雯, or 李雯（代 陈静）."""
        return say("approval.signed_for", name=self.name, principal=self.principal) if self.principal else self.name

    @property
    def people(self) -> frozenset[str]:
        """Whose word it is; nobody's counts twice."""
        return frozenset((self.name, self.principal or self.name))


@dataclass(frozen=True)
class Signature(Signer):
    """An approval that stands."""

    at: datetime = field(kw_only=True)


@dataclass(frozen=True)
class ApprovedReply:
    """A text that all required persons approved, as `approved_reply` verified a moment ago. The only thing that can be published.

    `approvers` tells people who signed and when.
    """

    case_number: str
    version_id: int
    version_number: int
    channel: str
    text: str
    bound_hash: str
    approvers: tuple[str, ...]
    ai_written: bool = False


ON_THE_WAY = (VersionState.SUBMITTED, VersionState.APPROVED)
"""States in which a version may hold approvals and is not out yet."""


async def approvals_of(session: AsyncSession, version: ReplyVersion) -> list[Approval]:
    """The approvals of a version that stand, oldest first."""
    standing = select(Approval).where(Approval.version_id == version.id, col(Approval.voided_at).is_(None))
    return list((await session.exec(standing.order_by(col(Approval.at), col(Approval.id)))).all())


async def signatures_of(session: AsyncSession, version: ReplyVersion) -> list[Signature]:
    """The approvals that stand with the names behind them, oldest first."""
    signer: Any = aliased(StaffMember)
    principal: Any = aliased(StaffMember)
    query = (
        select(signer.name, principal.name, Approval.at)
        .join(signer, signer.id == Approval.approver_id)
        .join(Delegation, col(Delegation.id) == Approval.delegation_id, isouter=True)
        .join(principal, principal.id == Delegation.principal_id, isouter=True)
        .where(Approval.version_id == version.id, col(Approval.voided_at).is_(None))
        .order_by(col(Approval.at), col(Approval.id))
    )
    return [Signature(name, behind, at=at) for name, behind, at in (await session.exec(query)).all()]


async def void(
    session: AsyncSession, version: ReplyVersion, reason: str, actor: str, now: datetime, ended: VersionState = VersionState.VOID
) -> int:
    """End a version and all its approvals, and take the buttons off its cards; returns how many approvals were lost."""
    approvals = await approvals_of(session, version)
    for approval in approvals:
        approval.voided_at, approval.void_reason = now, reason
    version.state, version.decided_at, version.decision_note = ended, now, reason
    await session.flush()
    await _withdraw_cards(session, version, now)
    await audit.append(session, actor, f"version.{ended.value}", subject(version), at=now, approvals=len(approvals))
    return len(approvals)


async def void_all(session: AsyncSession, case: Case, actor: str, reason: str, now: datetime, *, keep: int | None = None) -> int:
    """Void every version of the case that is on its way to publication, except `keep`; returns how many approvals were lost."""
    on_the_way = select(ReplyVersion).where(
        ReplyVersion.case_id == case.id, col(ReplyVersion.state).in_(ON_THE_WAY), ReplyVersion.id != keep
    )
    return sum([await void(session, version, reason, actor, now) for version in (await session.exec(on_the_way)).all()])


async def void_outdated(session: AsyncSession, case: Case, event: Event, now: datetime, desk: Desk) -> None:
    """The event has a new revision: void what was submitted for an older one, and say so."""
    on_the_way = select(ReplyVersion).where(
        ReplyVersion.case_id == case.id, col(ReplyVersion.state).in_(ON_THE_WAY), ReplyVersion.event_revision != event.revision
    )
    for version in (await session.exec(on_the_way)).all():
        lost = await void(session, version, say("casework.void_event_changed"), "system", now)
        text = say("casework.voided_by_event", number=case.number, version=version.number, lost=lost)
        add_step(session, case, text, now)
        await notify(session, case, text, now, desk, key=f"void:{version.id}", always=True)


async def _withdraw_cards(session: AsyncSession, version: ReplyVersion, now: datetime) -> None:
    cards = select(Delivery).where(Delivery.case_id == version.case_id, col(Delivery.key).startswith(card_key(version)))
    for row in (await session.exec(cards.where(col(Delivery.replaces).is_(None)))).all():
        state, card = words("casework.version_states")[version.state.value], Card.from_json(row.card)
        head = say("casework.proof_head_ended", number=card.case_number, version=version.number, state=state)
        note = Row(words("casework.proof_labels")["note"], version.decision_note)
        await edit(session, row, replace(card, head=head, rows=(*card.rows, note), buttons=(), hint=""), now, now, rings=True)


def signed_at(signatures: Iterable[Signature], now: datetime) -> str:
    """郑三 18:41、李雯（代 陈静） 18:44."""
    return say("casework.comma").join(f"{signature.label} {time_in_text(signature.at, now)}" for signature in signatures)


def card_key(version: ReplyVersion) -> str:
    """How the keys of the cards that ask for approval of this version begin."""
    return f"approval:{version.id}:"


def subject(version: ReplyVersion) -> str:
    """The version as the audit chain names it."""
    return f"version:{version.id}"
