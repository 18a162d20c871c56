"""签发: a named person approves exactly one text."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from storage.columns import TIME_TYPE


class Approval(SQLModel, table=True):
    """One signature under one version, bound to SHA-256(text, evidence, event revision). Triggers refuse authors and foreign hashes."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("version_id", "approver_id"),)

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="reply_version.id", index=True)
    approver_id: int = Field(foreign_key="staff_member.id")
    bound_hash: str
    at: datetime = Field(sa_type=TIME_TYPE)
    voided_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    void_reason: str = ""


@dataclass(frozen=True)
class ApprovedReply:
    """A text that all required persons approved, as `approved_reply` verified a moment ago. The only thing that can be published."""

    case_number: str
    version_id: int
    version_number: int
    channel: str
    text: str
    bound_hash: str
    approvers: tuple[str, ...]
