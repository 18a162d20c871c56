"""The drafts as rows: a set of candidates, fact slots of the case, versions for approval and who wrote them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import CheckConstraint, Field, SQLModel, UniqueConstraint

from storage.columns import JSON_TYPE, TIME_TYPE, enum_type


class Draft(SQLModel, table=True):
    """One press of 拟稿: the evidence that was found and the candidates made from it.

    `evidence` lists {"kind": "clause"|"case", "key", "name", "quote", "text_hash", "note"};
    `asks` lists {"ask", "answered_by": [sentence numbers of candidate 1], "open"}.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    number: int
    event_revision: int
    writer: str
    frames_version: str
    note: str = ""
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    asks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    next_question: str = ""
    requested_by: int = Field(foreign_key="staff_member.id")
    created_at: datetime = Field(sa_type=TIME_TYPE)


class CandidateRow(SQLModel, table=True):
    """候选稿: one candidate. `sentences` lists {"text", "kind", "refs"}; texts keep their slots open (【待核实：…】)."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("draft_id", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    ordinal: int
    strategy: str
    channel: str
    sentences: list[dict[str, Any]] = Field(sa_type=JSON_TYPE)
    reason: str = ""
    risk: str = ""
    next_question: str = ""


class FactSlot(SQLModel, table=True):
    """待核实: a fact that the reply needs. Filled once per case, it serves in every candidate. `name` is what stands in 【待核实：…】.

    `asked_of` finds it out by `due_at`; None: whoever handles the case. `remind_at` is empty when nothing is left to remind of.
    """

    __tablename__ = "fact_slot"
    __table_args__ = (UniqueConstraint("case_id", "name"), UniqueConstraint("case_id", "ordinal"))

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    ordinal: int
    name: str
    value: str | None = None
    verified_how: str = ""
    verified_by: str = ""
    filled_by: int | None = Field(default=None, foreign_key="staff_member.id")
    filled_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    asked_of: int | None = None
    due_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    remind_at: datetime | None = Field(default=None, sa_type=TIME_TYPE, index=True)


class VersionState(StrEnum):
    """`editing` may be submitted; `submitted` waits for approvals; any change of text makes a new version and voids the old.

    `withdrawn`: a person took it back before it was published. The last four are ends: no version comes back from them.
    """

    EDITING = "editing"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    VOID = "void"
    PUBLISHED = "published"


class ReplyVersion(SQLModel, table=True):
    """第 n 版: one exact text. The text of a row never changes. `level` is the event's when it was submitted.

    `expires_at`: an approval that is not used by then ends. `remind_at`: when those who are to sign are reminded; `reminded` times by now.
    """

    __tablename__ = "reply_version"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("required_approvals >= 1", name="at_least_one_approval"),
        CheckConstraint("level NOT IN (1, 2) OR required_approvals >= 2", name="two_approvals_for_serious"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    number: int
    draft_id: int = Field(foreign_key="draft.id")
    candidate_ordinal: int
    strategy: str
    channel: str
    text: str
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    checks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    rehearsal: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON_TYPE)
    event_revision: int
    level: int
    bound_hash: str
    required_approvals: int
    state: VersionState = Field(default=VersionState.EDITING, sa_type=enum_type(VersionState), index=True)
    created_by: int = Field(foreign_key="staff_member.id")
    created_at: datetime = Field(sa_type=TIME_TYPE)
    submitted_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    decided_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    decision_note: str = ""
    expires_at: datetime | None = Field(default=None, sa_type=TIME_TYPE, index=True)
    remind_at: datetime | None = Field(default=None, sa_type=TIME_TYPE, index=True)
    reminded: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class ReplyAuthor(SQLModel, table=True):
    """起草人: everyone whose hand is in a version's text. None of them may approve it; the database refuses."""

    __tablename__ = "reply_author"

    version_id: int = Field(foreign_key="reply_version.id", primary_key=True)
    staff_id: int = Field(foreign_key="staff_member.id", primary_key=True)
