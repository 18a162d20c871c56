"""What near-duplicates of an item are found by."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class ItemBand(SQLModel, table=True):
    """One MinHash band of an item that is no duplicate itself. Derived: can be made again from the items."""

    __tablename__ = "item_band"
    __table_args__ = {"sqlite_with_rowid": False}  # as SQLAlchemy reads it

    band: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    item_id: int = Field(foreign_key="item.id", primary_key=True, sa_column_kwargs={"autoincrement": False})
