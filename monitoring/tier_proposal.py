"""A change of tier that the figures suggest and an admin decides."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from monitoring.source import Tier
from storage.columns import TIME_TYPE, enum_type


class TierProposal(SQLModel, table=True):
    """“论坛甲: B → A, because …”. Open until `decided_at`; `accepted` stays empty where the proposal was overtaken by another."""

    __tablename__ = "tier_proposal"

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    from_tier: Tier = Field(sa_type=enum_type(Tier))
    to_tier: Tier = Field(sa_type=enum_type(Tier))
    reason: str
    proposed_at: datetime = Field(sa_type=TIME_TYPE)
    decided_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    decided_by: str = ""
    accepted: bool | None = None
