"""Where a replay stands, in its own database."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import TIME_TYPE


class ReplayMark(SQLModel, table=True):
    """The replay's virtual time and how many posts of the feed were taken in; one row."""

    __tablename__ = "replay_mark"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    moment: datetime = Field(sa_type=TIME_TYPE)
    taken: int = 0
