"""The clauses in force as a LangChain retriever, for chains of one's own. Import it only where LangChain is wanted."""

from collections.abc import Callable
from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge_base.region import Region
from retrieval.evidence import ClauseHit
from retrieval.library import Library


class ClauseRetriever(BaseRetriever):
    """Clauses in force at a place, best first.

    Attributes:
        region: whose rules are asked for.
        today: tells the day on which a clause must be in force.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    region: Region
    today: Callable[[], date]
    limit: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.library.search_clauses(query, region=self.region, on=self.today(), limit=self.limit)]


def _document(hit: ClauseHit) -> Document:
    dates = {"version_date": hit.version_date, "effective_on": hit.effective_on}
    told = {name: day.isoformat() for name, day in dates.items() if day}
    metadata = {"key": hit.key, "title": hit.title, "article": hit.article, "name": hit.name, "score": hit.score, "why": hit.why, **told}
    return Document(page_content=hit.text, metadata=metadata, id=hit.key)
