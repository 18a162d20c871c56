"""委托: an approver who is away lets a named deputy sign in the approver's place, for a time. It takes two people, neither the deputy."""

from datetime import datetime

from sqlmodel import CheckConstraint, Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import TIME_TYPE


class Delegation(SQLModel, table=True):
    """One mandate: `deputy_id` may sign for `principal_id` from `starts_at` until before `ends_at`, once it is confirmed and until ended.

    Who was named, for whom and for how long never changes; triggers see to it.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("deputy_id <> principal_id", name="deputy_is_another"),
        CheckConstraint("starts_at < ends_at", name="mandate_has_an_end"),
        CheckConstraint("confirmed_by IS NULL OR (confirmed_by <> named_by AND confirmed_by <> deputy_id)", name="mandate_takes_two"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    principal_id: int = Field(foreign_key="staff_member.id")
    deputy_id: int = Field(foreign_key="staff_member.id", index=True)
    starts_at: datetime = Field(sa_type=TIME_TYPE)
    ends_at: datetime = Field(sa_type=TIME_TYPE)
    named_by: int = Field(foreign_key="staff_member.id")
    named_at: datetime = Field(sa_type=TIME_TYPE)
    confirmed_by: int | None = Field(default=None, foreign_key="staff_member.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    ended_by: int | None = Field(default=None, foreign_key="staff_member.id")
    ended_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)

    def holds_at(self, moment: datetime) -> bool:
        """Whether the deputy may sign by it."""
        return self.confirmed_at is not None and self.ended_at is None and self.starts_at <= moment < self.ends_at


async def mandates_of(session: AsyncSession, deputy_id: int | None, now: datetime) -> list[Delegation]:
    """The mandates by which a person may sign now, the one that ends first in front."""
    return [mandate for mandate in await standing_mandates(session, now) if mandate.deputy_id == deputy_id and mandate.holds_at(now)]


async def standing_mandates(session: AsyncSession, now: datetime) -> list[Delegation]:
    """Mandates that hold, will hold, or wait for confirmation; the one that ends first in front."""
    standing = select(Delegation).where(col(Delegation.ended_at).is_(None), Delegation.ends_at > now)
    return list((await session.exec(standing.order_by(col(Delegation.ends_at), col(Delegation.id)))).all())
