"""The room's messages as rows with a rising id, so that a page that lost its link goes on where it was."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import JSON_TYPE, TIME_TYPE


class RoomMessage(SQLModel, table=True):
    """One change to a room: a new message, or a new face of an old one (`replaces`). Never altered, so ids tell the order of changes.

    `card` for what the bot says, `text` for what people type. `only_for` is the staff member who alone sees it; None: everybody.
    """

    __tablename__ = "room_message"

    id: int | None = Field(default=None, primary_key=True)
    chat: str = Field(index=True)
    key: str | None = Field(default=None, unique=True)
    replaces: int | None = Field(default=None, foreign_key="room_message.id", index=True)
    at: datetime = Field(sa_type=TIME_TYPE)
    author: str
    text: str = ""
    card: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    rings: bool = False
    only_for: int | None = Field(default=None, foreign_key="staff_member.id")
