"""跟踪: how the public took a reply, looked at after 1, 6, 24 and 72 hours over windows as long before as after."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from storage.columns import JSON_TYPE, TIME_TYPE

HOURS = (1, 6, 24, 72)
FEWEST = 8
"""Posts in each window below which a share tells nothing and is not said: with eight, one post more or less moves it by 12 points."""


class FollowUp(SQLModel, table=True):
    """One look at one publication, `hours` after it. `figures` hold a `Figures` once it is `done_at`."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("publication_id", "hours"), Index("ix_follow_up_waiting", "done_at", "due_at"))

    id: int | None = Field(default=None, primary_key=True)
    publication_id: int = Field(foreign_key="publication.id")
    case_id: int = Field(foreign_key="case.id", index=True)
    hours: int
    due_at: datetime = Field(sa_type=TIME_TYPE)
    done_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)


@dataclass(frozen=True)
class Asked:
    """A question that the published text does not take up, and how many different voices asked it since."""

    ask: str
    voices: int


@dataclass(frozen=True)
class Figures:
    """Posts in equal windows before and after a publication, and what is still asked, most voices first."""

    before: int
    after: int
    negative_before: int
    negative_after: int
    asked: tuple[Asked, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether there are enough posts on both sides for a comparison."""
        return min(self.before, self.after) >= FEWEST

    def to_json(self) -> dict[str, Any]:
        """For storing in a row."""
        return asdict(self)

    @staticmethod
    def from_json(stored: dict[str, Any]) -> "Figures":
        """The figures that `to_json` wrote."""
        return Figures(**{**stored, "asked": tuple(Asked(**row) for row in stored["asked"])})


def window(published_at: datetime, hours: int) -> tuple[datetime, datetime]:
    """Beginning of the window before a publication and end of the one after it."""
    length = timedelta(hours=hours)
    return published_at - length, published_at + length
