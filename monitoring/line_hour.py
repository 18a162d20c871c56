"""How much a business line hears in each hour: its habit, against which an event's speed is measured."""

from sqlmodel import Field, SQLModel


class LineHour(SQLModel, table=True):
    """The number of relevant posts of one line that were posted in one hour, counted in hours since 1970."""

    __tablename__ = "line_hour"
    __table_args__ = {"sqlite_with_rowid": False}  # as SQLAlchemy reads it

    line: str = Field(primary_key=True)
    hour: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    items: int = 0
