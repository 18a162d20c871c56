"""修改记录: which comment a version came from, and from which text, so that a person can go back step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.drafting.draft import ReplyVersion
from storage.columns import TIME_TYPE


class Revision(SQLModel, table=True):
    """One step of 换语气.

    Attributes:
        before_id: the version whose text stood before; None: the candidate as it was composed.
        model: who reworded it; empty: the rules.
        restores_id: set where the step went back; the version whose text stands again, 0 for the candidate as it was composed.
    """

    __tablename__ = "revision"

    version_id: int = Field(foreign_key="reply_version.id", primary_key=True)
    before_id: int | None = Field(default=None, foreign_key="reply_version.id")
    comment: str = ""
    model: str = ""
    restores_id: int | None = None
    at: datetime = Field(sa_type=TIME_TYPE)


@dataclass(frozen=True)
class History:
    """How a candidate's text came to be what it is. Versions are named by their ids, the candidate as it was composed by 0.

    Attributes:
        versions: ids of all its versions, oldest first.
        texts: their texts.
        steps: the revisions among them.
    """

    versions: tuple[int, ...]
    texts: Mapping[int, str]
    steps: Mapping[int, Revision]

    @property
    def newest(self) -> int:
        """Whose text stands now: the newest version's own, or that of the version which it restores."""
        return self._shown(self.versions[-1]) if self.versions else 0

    def before(self, version: int) -> int:
        """Whose text stood before a version was written."""
        place = self.versions.index(version)
        step = self.steps.get(version)
        earlier = step.before_id if step else (self.versions[place - 1] if place else None)
        return self._shown(earlier) if earlier else 0

    @property
    def comments(self) -> tuple[str, ...]:
        """The wishes that the text which stands now came by, oldest first."""
        found, shown = list[str](), self.newest
        while shown:
            found += [step.comment] if (step := self.steps.get(shown)) and step.comment else []
            shown = self.before(shown)
        return tuple(reversed(found))

    def _shown(self, version: int) -> int:
        step = self.steps.get(version)
        return version if step is None or step.restores_id is None else step.restores_id


async def history_of(session: AsyncSession, draft_id: int, ordinal: int) -> History:
    """The history of a candidate."""
    own = select(ReplyVersion).where(ReplyVersion.draft_id == draft_id, ReplyVersion.candidate_ordinal == ordinal)
    versions = (await session.exec(own.order_by(col(ReplyVersion.number)))).all()
    ids = tuple(version.id or 0 for version in versions)
    steps = (await session.exec(select(Revision).where(col(Revision.version_id).in_(ids)))).all()
    return History(ids, {version.id or 0: version.text for version in versions}, {step.version_id: step for step in steps})
