"""发布: the approved text goes out, by a person's hand or by machine, and never twice."""

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


IN_DOUBT = (PublicationState.PUBLISHING, PublicationState.UNCERTAIN)
"""States in which nobody knows whether the text is out."""


class Publication(SQLModel, table=True):
    """One publication of one version. `link` is where it stands.

    `looked_at` is when the platform was last asked whether an uncertain one stands there; `corrected_by` the id of the publication that
    put it right.
    """

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
    looked_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    corrected_by: int | None = None


class ReplyPublisher(Protocol):
    """A way to publish without a person's hand.

    Attributes:
        name: as the rows and the settings name it.
        finds: whether the platform can be asked what stands there; `find` is not called otherwise.
    """

    name: str
    finds: bool

    async def publish(self, reply: ApprovedReply, key: str) -> str:
        """Publish the reply and return where it stands. It tries once.

        Args:
            key: idempotency key, the same for every attempt at one version; a platform that knows such keys is told it.

        Raises:
            PublishError: refused and surely not out, or uncertain.
        """
        ...

    async def find(self, text: str, key: str, since: datetime) -> str | None:
        """Where a text stands that an attempt at `since` may have published; None: it does not stand there and will not appear.

        Raises:
            PublishError: it cannot be told now.
        """
        ...
