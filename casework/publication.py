"""发布: the approved text goes out, by a person's hand or by a signed webhook, and never twice."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlmodel import Field, SQLModel

from casework.approval import ApprovedReply
from storage.columns import TIME_TYPE, enum_type


class PublicationState(StrEnum):
    """`offered`: handed to a person to copy. `publishing` is stored before anything is sent; found after a crash it becomes `uncertain`."""

    OFFERED = "offered"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class Publication(SQLModel, table=True):
    """One publication of one version. `link` is where it stands."""

    __tablename__ = "publication"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    version_id: int = Field(foreign_key="reply_version.id", unique=True)
    publisher: str
    text_hash: str
    state: PublicationState = Field(sa_type=enum_type(PublicationState), index=True)
    link: str = ""
    requested_by: int = Field(foreign_key="staff_member.id")
    requested_at: datetime = Field(sa_type=TIME_TYPE)
    published_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    last_error: str = ""


class Promise(SQLModel, table=True):
    """承诺: something that a published reply promised by a time."""

    __tablename__ = "promise"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    version_id: int = Field(foreign_key="reply_version.id")
    text: str
    due_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    kept_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)


class ReplyPublisher(Protocol):
    """A way to publish without a person's hand."""

    name: str

    async def publish(self, reply: ApprovedReply, key: str) -> str:
        """Publish the reply and return where it stands.

        Args:
            key: idempotency key; the receiving side is told it, so that a repeated call is recognised.

        Raises:
            PublishError: refused, or uncertain.
        """
        ...
