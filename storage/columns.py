"""Column types that refuse what must not be stored."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Dialect, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from storage.clock import CHINA
from storage.errors import NaiveTimeError


class AwareDateTime(TypeDecorator[datetime]):
    """A moment with its zone. Stored in UTC, returned in China Standard Time; a time without a zone is refused."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """`timestamptz` on PostgreSQL; elsewhere text of fixed width that sorts as time."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Raises NaiveTimeError for a time without a zone."""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise NaiveTimeError(f"a time without a zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.strftime("%Y-%m-%dT%H:%M:%S.%f")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The stored moment in China Standard Time."""
        return None if value is None else moment_of(value)


def moment_of(stored: str | datetime) -> datetime:
    """A moment as the database keeps it, in China Standard Time."""
    moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return moment.astimezone(CHINA)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum stored as its value; an unknown value is refused on the way in and on the way out."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Raises ValueError for a value that the enumeration does not know."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The member of the enumeration."""
        return None if value is None else self.kind(value)


def enum_type(kind: type[StrEnum]) -> Any:
    """The column type of an enumeration, for `Field(sa_type=...)`."""
    return EnumText(kind)


JSON_TYPE: Any = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document; on PostgreSQL `jsonb`."""

TIME_TYPE: Any = AwareDateTime
"""For `Field(sa_type=TIME_TYPE)`."""
