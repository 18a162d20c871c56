"""A row is written after the rows that it names, whatever the order in which they were added to the session.

SQLAlchemy's unit of work sorts tables by the relationships between their classes. Ours have none, since rows are joined by queries; so each
foreign key is made known to it here.
"""

from sqlalchemy import Column, Table, event
from sqlalchemy.orm import Mapper, RelationshipProperty, relationship
from sqlmodel import SQLModel


def order_writes() -> None:
    """Order the rows of all tables, of those that are defined already and of those to come. Doing it again changes nothing."""
    if not event.contains(Mapper, "after_mapper_constructed", _order):
        event.listen(Mapper, "after_mapper_constructed", _order)
        for mapper in list(SQLModel._sa_registry.mappers):  # the only way to them
            _order(mapper, mapper.class_)


def _order(mapper: Mapper[SQLModel], _: type[SQLModel]) -> None:
    table = mapper.local_table
    if not isinstance(table, Table):
        return
    for column in table.columns:
        for key in column.foreign_keys:
            named = key.target_fullname.partition(".")[0]
            if named != table.name:
                mapper.add_property(f"_named_by_{column.key}", _after(column, named))


def _after(column: Column[object], table: str) -> RelationshipProperty[SQLModel]:
    def named() -> type:
        return next(mapper.class_ for mapper in SQLModel._sa_registry.mappers if mapper.local_table.description == table)

    return relationship(named, foreign_keys=[column], lazy="raise")
