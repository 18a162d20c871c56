"""信息: one public post as it is stored, with what was read out of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel, UniqueConstraint

from storage.columns import JSON_TYPE, TIME_TYPE, enum_type


class Relevance(StrEnum):
    """相关性, by the triage rubric."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOISE = "noise"

    @property
    def is_ours(self) -> bool:
        return self in (Relevance.YES, Relevance.PARTLY)


class Attitude(StrEnum):
    """Attitude toward the department, not the mood of the text."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


NEGATIVE_FROM = 0.5
"""From this negativity on a post counts as negative, whatever its attitude toward the department."""


def counts_as_negative(attitude: Attitude, negativity_0_to_1: float) -> bool:
    """Whether a post is one of the “负面” that cards and follow-ups count: it blames the department, or its words are ill-tempered."""
    return attitude is Attitude.NEGATIVE or negativity_0_to_1 >= NEGATIVE_FROM


class Item(SQLModel, table=True):
    """One public post. `title` and `text` hold the original wording with personal data masked; the untouched original is sealed.

    `snapshot_hash` names the page that it was read on (`monitoring.snapshot`).
    `level` is what the post's own text shows: 1 (I) to 4 (IV), 0 for no alert.
    """

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("source_id", "source_key"), Index("ix_item_event_id_posted_at", "event_id", "posted_at"))

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    source_key: str
    url: str = ""
    author_hash: str = ""
    title: str = ""
    text: str
    sealed_original: bytes | None = Field(default=None, sa_type=LargeBinary)
    original_expires_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    snapshot_hash: str | None = None
    posted_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    observed_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    due_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    likes: int | None = None
    dislikes: int | None = None
    reposts: int | None = None
    comments: int | None = None
    has_video: bool = False

    relevance: Relevance = Field(sa_type=enum_type(Relevance), index=True)
    relevance_score: float = 0.0
    line: str = Field(index=True)
    intent: str = Field(index=True)
    attitude: Attitude = Field(default=Attitude.NEUTRAL, sa_type=enum_type(Attitude))
    attitude_score: float = 0.0
    negativity: float = 0.0
    place: str | None = None
    district: str | None = Field(default=None, index=True)
    asks: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    factors: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    reasons: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    level: int = 0

    event_id: int | None = Field(default=None, foreign_key="event.id")
    duplicate_of: int | None = Field(default=None, foreign_key="item.id")
