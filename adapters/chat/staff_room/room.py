"""The room's messages as rows with a rising id, so that a page that lost its link goes on where it was."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from casework.message import Card
from storage.columns import JSON_TYPE, TIME_TYPE


class RoomMessage(SQLModel, table=True):
    """One change to a room: a new message, or a new face of an old one (`replaces`). Never altered, so ids tell the order of changes.

    `card` for what the bot says, `text` for what people type.
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

    @property
    def number(self) -> int:
        """The id of a stored row."""
        assert self.id is not None
        return self.id

    @property
    def root(self) -> int:
        """The message whose face this is: its own number, or the one that it replaces."""
        return self.replaces or self.number

    @property
    def face(self) -> Card | None:
        """The card, if the bot said it."""
        return Card.from_json(self.card) if self.card is not None else None
