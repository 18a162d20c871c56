"""What events are found and recognised by: rare runs of characters, and a few remembered posts each."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel

from storage.columns import JSON_TYPE, TIME_TYPE


class EventKey(SQLModel, table=True):
    """One rare run of characters that an event's posts hold. Derived: can be made again from the items."""

    __tablename__ = "event_key"
    __table_args__ = {"sqlite_with_rowid": False}  # as SQLAlchemy reads it

    key: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(foreign_key="event.id", primary_key=True, sa_column_kwargs={"autoincrement": False})


class EventVoice(SQLModel, table=True):
    """One post that speaks for an event, in the form it is compared by. Derived: can be made again from the items."""

    __tablename__ = "event_voice"

    item_id: int = Field(foreign_key="item.id", primary_key=True, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(foreign_key="event.id", index=True)
    posted_at: datetime = Field(sa_type=TIME_TYPE)
    districts: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    place: str | None = None
    line: str = ""
    is_alarming: bool = True
    wording: bytes = Field(sa_type=LargeBinary)
    matter: bytes | None = Field(default=None, sa_type=LargeBinary)
