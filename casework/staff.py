"""The department's staff: who may do what, and by which account they are known in which chat."""

from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import JSON_TYPE


class Role(StrEnum):
    """值班员, 起草人, 签发人, 管理员, 审计员."""

    DUTY = "duty"
    DRAFTER = "drafter"
    APPROVER = "approver"
    ADMIN = "admin"
    AUDITOR = "auditor"


class StaffMember(SQLModel, table=True):
    """One named person. `roster_order` is the order in which people are called when nobody acts; None: not called."""

    __tablename__ = "staff_member"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    title: str = ""
    roles: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    roster_order: int | None = None
    active: bool = True

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of the roles."""
        return self.active and any(role.value in self.roles for role in roles)


class StaffAccount(SQLModel, table=True):
    """An account on the allow-list: the platform's user id of a staff member."""

    __tablename__ = "staff_account"
    __table_args__ = (UniqueConstraint("platform", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    user_id: str
    staff_id: int = Field(foreign_key="staff_member.id")


class StaffGroup(SQLModel, table=True):
    """A chat on the allow-list, and which alerts it takes. Empty lists take all.

    `ringing_levels`, `digest_times` and `quiet_hours` (two times of day, as HH:MM) are the chat's own; None: as for the department.
    """

    __tablename__ = "staff_group"
    __table_args__ = (UniqueConstraint("platform", "chat"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    chat: str
    name: str
    lines: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    districts: list[str] = Field(default_factory=list, sa_type=JSON_TYPE)
    levels: list[int] = Field(default_factory=list, sa_type=JSON_TYPE)
    fallback: bool = False
    active: bool = True
    ringing_levels: list[int] | None = Field(default=None, sa_type=JSON_TYPE, nullable=True)
    digest_times: list[str] | None = Field(default=None, sa_type=JSON_TYPE, nullable=True)
    quiet_hours: list[str] | None = Field(default=None, sa_type=JSON_TYPE, nullable=True)

    def takes(self, line: str, district: str | None, level: int) -> bool:
        """Whether an alert of this line, district and level goes to this chat."""
        return self.covers(line, district) and (not self.levels or level in self.levels)

    def covers(self, line: str, district: str | None) -> bool:
        """Whether events of this line and district are this chat's, whatever their level."""
        return self.active and (not self.lines or line in self.lines) and (not self.districts or district in self.districts)


async def member_of(session: AsyncSession, platform: str, user_id: str) -> StaffMember | None:
    """The active staff member behind an account; None for anybody else."""
    query = (
        select(StaffMember)
        .join(StaffAccount)
        .where(StaffAccount.platform == platform, StaffAccount.user_id == user_id, col(StaffMember.active))
    )
    return (await session.exec(query)).first()


async def member_named(session: AsyncSession, name: str) -> StaffMember | None:
    """The active staff member of that name."""
    return (await session.exec(select(StaffMember).where(StaffMember.name == name, col(StaffMember.active)))).first()


async def members_with(session: AsyncSession, role: Role) -> list[StaffMember]:
    """All active members that hold the role, in roster order."""
    members = (await session.exec(select(StaffMember).where(col(StaffMember.active)).order_by(col(StaffMember.id)))).all()
    return sorted((m for m in members if m.has(role)), key=lambda m: (m.roster_order is None, m.roster_order or 0))


async def names_by_id(session: AsyncSession) -> dict[int, str]:
    """The names of all staff, whether still active or not."""
    return {member_id: name for member_id, name in await session.exec(select(StaffMember.id, StaffMember.name)) if member_id is not None}
