"""The searchable knowledge base: what drafting and conversation ask."""

from collections.abc import Collection
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge_base.region import Region
from retrieval.evidence import Answer, CaseHit, ClauseHit


class Library:
    """Clauses and past cases, searched apart. The indexes are derived; the rows of `knowledge_base` are the truth.

    Searching blocks for some milliseconds: call it in a thread.
    """

    def search_clauses(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]:
        """Clauses in force on a day that apply at a place, best first."""
        raise NotImplementedError

    def search_cases(self, query: str, *, limit: int = 5, without: Collection[str] = ()) -> list[CaseHit]:
        """Past cases alike, best first, except the keys in `without`."""
        raise NotImplementedError

    def clause(self, key: str) -> ClauseHit | None:
        """The clause of that key, whatever its validity; None when it is not (or no longer) in the knowledge base."""
        raise NotImplementedError

    def answer(self, question: str, *, region: Region, on: date) -> Answer:
        """An answer word for word, or a refusal when the evidence is thin."""
        raise NotImplementedError

    async def refresh(self, session: AsyncSession) -> int:
        """Follow the rows: apply every KnowledgeChange since the last call. Returns how many were applied."""
        raise NotImplementedError
