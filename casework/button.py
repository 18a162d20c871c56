"""What a button stands for: an opaque token bound to a chat, a role and an expiry, used once."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import TIME_TYPE


class ButtonToken(SQLModel, table=True):
    """One button on one card. `outcome` is the answer that stands after the first use. `repeatable` ones only show something."""

    __tablename__ = "button_token"

    token: str = Field(primary_key=True)
    platform: str
    chat: str
    command: str
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    repeatable: bool = False
    expires_at: datetime = Field(sa_type=TIME_TYPE)
    used_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    used_by: int | None = Field(default=None, foreign_key="staff_member.id")
    outcome: str = ""
