"""Whether what a reply cites still stands: judged by the rows, on the day and at the place of the reply."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.checks.citations import holds
from casework.drafting.draft import ReplyVersion
from knowledge_base.clause import Clause
from knowledge_base.region import Region
from prompts import say


async def why_citations_fail(session: AsyncSession, version: ReplyVersion, *, on: date, region: Region) -> str | None:
    """The first citation that no longer holds, as a reason for people; None: all hold.

    A clause fails when it is gone, altered, withdrawn, not in force on that day, or a rule of another place.
    """
    cited = {citation["key"]: citation for citation in version.citations if citation["kind"] == "clause"}
    clauses = {clause.key: clause for clause in (await session.exec(select(Clause).where(col(Clause.key).in_(cited)))).all()}
    for key, citation in cited.items():
        clause = clauses.get(key)
        unchanged = clause is not None and clause.text_hash == citation["text_hash"] and citation["quote"] in clause.text
        if clause is None or not unchanged or not holds(clause, region, on):
            return say("casework.clause_changed", name=citation["name"])
    return None
