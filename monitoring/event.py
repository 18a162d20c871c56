"""事件: the items about one concrete matter, and how its level came about."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from storage.columns import JSON_TYPE, TIME_TYPE, enum_type


class EventState(StrEnum):
    """Life of an event: `dormant` after days of silence, `merged` into another by staff."""

    OPEN = "open"
    DORMANT = "dormant"
    MERGED = "merged"


class Trend(StrEnum):
    """走势 of the last hours."""

    RISING = "rising"
    STEADY = "steady"
    FADING = "fading"


class Event(SQLModel, table=True):
    """One concrete matter at one place or by one organisation.

    `level` is 1 (I) to 4 (IV), 0 for none. `item_level` is the highest level of its items; `overruled_level` the machine's level that a
    person lowered, above which alone the machine raises it again. `revision` rises with level, place, line, a verified fact, a merge or a
    split; never with mere counts.

    `distinct_count` leaves repetitions of one text out; `unanswered_returns` is the number of later days on which the matter was posted
    again before it was answered. `slept_at` is when it last fell dormant. `per_minute` is the rate over the last ten minutes;
    `baseline_ratio` its pace in multiples of what the line at that hour and its own past let expect.
    """

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    headline: str
    line: str = Field(index=True)
    place: str | None = Field(default=None, index=True)
    district: str | None = Field(default=None, index=True)
    state: EventState = Field(default=EventState.OPEN, sa_type=enum_type(EventState), index=True)
    merged_into: int | None = Field(default=None, foreign_key="event.id")
    level: int = Field(default=0, index=True)
    item_level: int = 0
    overruled_level: int = 0
    points: int = 0
    factors: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_TYPE)
    doubts: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    revision: int = 1
    first_item_id: int | None = None
    first_posted_at: datetime = Field(sa_type=TIME_TYPE)
    last_posted_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    item_count: int = 0
    distinct_count: int = 0
    unanswered_returns: int = 0
    negative_count: int = 0
    source_names: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    likes: int = Field(default=0, sa_type=BigInteger)
    reposts: int = Field(default=0, sa_type=BigInteger)
    heat: float = 0.0
    per_minute: float = 0.0
    baseline_ratio: float = 0.0
    trend: Trend = Field(default=Trend.STEADY, sa_type=enum_type(Trend))
    slept_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)


class LevelChange(SQLModel, table=True):
    """One change of an event's level. A lower level always names the person who decided it."""

    __tablename__ = "level_change"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    at: datetime = Field(sa_type=TIME_TYPE)
    item_id: int | None = Field(default=None, foreign_key="item.id")
    from_level: int
    to_level: int
    reasons: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    actor: str = "system"


class LabelKind(StrEnum):
    """What staff said about an item or an event; training data for the next classifiers."""

    NOT_OURS = "not_ours"
    NOT_NEW = "not_new"
    LEVEL_TOO_HIGH = "level_too_high"
    ADVERTISING = "advertising"
    MISSED = "missed"
    MERGED = "merged"
    SPLIT = "split"


class Label(SQLModel, table=True):
    """One correction by staff (误报 / 漏报 / 合并 / 拆分)."""

    __tablename__ = "label"

    id: int | None = Field(default=None, primary_key=True)
    kind: LabelKind = Field(sa_type=enum_type(LabelKind))
    item_id: int | None = Field(default=None, foreign_key="item.id")
    event_id: int | None = Field(default=None, foreign_key="event.id")
    staff_id: int
    at: datetime = Field(sa_type=TIME_TYPE)
