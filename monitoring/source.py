"""The sources as rows: where they are, how often they are polled, how they fare."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import JSON_TYPE, TIME_TYPE, enum_type


class Tier(StrEnum):
    """监测等级: how often a source is polled."""

    A = "A"
    B = "B"
    C = "C"


POLL_INTERVALS = {Tier.A: timedelta(minutes=2), Tier.B: timedelta(minutes=10), Tier.C: timedelta(hours=1)}


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    TABLE = "table"
    JSON_LINES = "jsonl"
    FORWARDED = "forwarded"


class Source(SQLModel, table=True):
    """信源: one place that is watched."""

    __tablename__ = "source"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: SourceKind = Field(sa_type=enum_type(SourceKind))
    address: str = ""
    tier: Tier = Field(default=Tier.B, sa_type=enum_type(Tier))
    enabled: bool = True
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    cursor: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    next_poll_at: datetime | None = Field(default=None, sa_type=TIME_TYPE, index=True)
    last_success_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    last_post_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    failures: int = 0
    last_error: str = ""
