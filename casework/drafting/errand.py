"""模型续写: a draft that a model is to write anew while people have the embedded one before them.

The errand is a row, so that it is carried out although the process was killed in the middle of it; it is carried out at most once, because
the row and the draft that it brings are written in one transaction.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.drafting.draft import Draft, ReplyVersion
from monitoring.event import Event
from storage.columns import TIME_TYPE, enum_type

LIFETIME = timedelta(minutes=10)
"""An errand that nobody could carry out for so long is given up: nobody waits any more."""


class ErrandState(StrEnum):
    """`overtaken`: people went on with the draft that they had, or the case changed. `silent`: the model gave nothing usable."""

    WAITING = "waiting"
    DONE = "done"
    OVERTAKEN = "overtaken"
    SILENT = "silent"


class Errand(SQLModel, table=True):
    """One draft for a model to write anew.

    Attributes:
        draft_id: the embedded draft that people have meanwhile.
        delivery_id: the card that shows it; it is edited in place.
        wanted: pairs of strategy and channel that the person asked for by name.
    """

    __tablename__ = "draft_errand"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    draft_id: int = Field(foreign_key="draft.id")
    delivery_id: int = Field(foreign_key="delivery.id")
    asked_by: int = Field(foreign_key="staff_member.id")
    wanted: str = ""
    state: ErrandState = Field(default=ErrandState.WAITING, sa_type=enum_type(ErrandState), index=True)
    asked_at: datetime = Field(sa_type=TIME_TYPE)
    ended_at: datetime | None = Field(default=None, sa_type=TIME_TYPE)
    result_id: int | None = Field(default=None, foreign_key="draft.id")


async def waiting_errands(session: AsyncSession) -> list[Errand]:
    """What is still to be carried out, oldest first."""
    query = select(Errand).where(Errand.state == ErrandState.WAITING).order_by(col(Errand.id))
    return list((await session.exec(query)).all())


async def is_overtaken(session: AsyncSession, errand: Errand, case: Case) -> bool:
    """Whether people have gone on: drafted again, made a version of this draft, verified a fact, or ended the case."""
    draft, event = await session.get_one(Draft, errand.draft_id), await session.get_one(Event, case.event_id)
    newest = (await session.exec(select(func.max(Draft.number)).where(Draft.case_id == case.id))).one()
    edited = (await session.exec(select(ReplyVersion.id).where(ReplyVersion.draft_id == draft.id).limit(1))).first()
    return not case.state.is_live or draft.number != newest or edited is not None or event.revision != draft.event_revision
