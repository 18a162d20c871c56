"""The outbox: every card to staff is a row before it is sent, and a row after."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import JSON_TYPE, TIME_TYPE, enum_type


class DeliveryState(StrEnum):
    """`failed`: refused for good, a person must act. `dead`: given up after the last retry. `superseded`: a newer edit took its place before it was sent."""

    DUE = "due"
    LEASED = "leased"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DEAD = "dead"
    SUPERSEDED = "superseded"


class Delivery(SQLModel, table=True):
    """One card for one chat. `replaces` is the delivery whose message is edited in place; None sends a new message."""

    __tablename__ = "delivery"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    platform: str
    chat: str
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    card: dict[str, Any] = Field(sa_type=JSON_TYPE)
    rings: bool = False
    replaces: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    state: DeliveryState = Field(default=DeliveryState.DUE, sa_type=enum_type(DeliveryState), index=True)
    due_at: datetime = Field(sa_type=TIME_TYPE, index=True)
    created_at: datetime = Field(sa_type=TIME_TYPE)
    attempts: int = 0
    leased_by: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    sent_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    reference: str = ""
    last_error: str = ""
