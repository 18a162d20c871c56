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
    PAGE = "page"
    API = "api"
    MASTODON = "mastodon"
    TABLE = "table"
    JSON_LINES = "jsonl"
    WEBHOOK = "webhook"
    FORWARDED = "forwarded"


PUSHED = (SourceKind.WEBHOOK, SourceKind.FORWARDED)
"""Kinds that bring their posts themselves; nobody goes and reads them."""


class Ailment(StrEnum):
    """What is wrong with a source."""

    FAILING = "failing"
    CHANGED = "changed"
    SILENT = "silent"


class Source(SQLModel, table=True):
    """信源: one place that is watched.

    `settings_tier` is what the settings said last; an admin may have confirmed another `tier` since. `last_post_at` is when the last new
    post was seen. `failures` counts failed readings in a row, `good_readings` the good ones since the last failure. `habit` is
    `monitoring.habit.Habit`, taken anew each day. `ailment` is what it was found ill with, `ailment_note` says so in words.
    """

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
    settings_tier: Tier | None = Field(default=None, sa_type=enum_type(Tier))
    good_readings: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    habit: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE, sa_column_kwargs={"server_default": "{}"})
    ailment: Ailment | None = Field(default=None, sa_type=enum_type(Ailment))
    ailment_note: str = Field(default="", sa_column_kwargs={"server_default": ""})
    ill_since: datetime | None = Field(default=None, sa_type=TIME_TYPE)

    @property
    def fallback(self) -> str:
        """Name of the source that is polled while this one is ill; empty where there is none."""
        return str(self.options.get("fallback", ""))
