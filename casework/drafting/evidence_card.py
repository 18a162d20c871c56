"""查看依据: what the drafts of a case rest on: each clause whole and whether it holds today, each past case with its reply."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page
from casework.case import Case
from casework.drafting.draft import Draft
from casework.message import Card, CardKind, Row
from casework.view import ClauseView, clause_view, past_case
from prompts import say, words

LONGEST_REPLY = 300


async def evidence_card(session: AsyncSession, case: Case, draft: Draft, now: datetime) -> Card:
    """The evidence of a draft, looked up again: a clause that was repealed since says so."""
    rows = [await _row(session, found, now) for found in _each_once(draft.evidence)]
    count = sum(found["kind"] == "clause" for found in draft.evidence)
    head = say("drafting.evidence_head" if rows else "drafting.evidence_none", case=case.number, clauses=count, cases=len(rows) - count)
    return Card(CardKind.ANSWER, head, rows=tuple(rows), case_number=case.number, page=f"{case_page(case.number)}/draft")


def _each_once(evidence: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({(found["kind"], found["key"], found["quote"]): found for found in evidence}.values())


async def _row(session: AsyncSession, found: dict[str, Any], now: datetime) -> Row:
    labels = words("drafting.evidence_kinds")
    if found["kind"] == "clause":
        clause = await clause_view(session, found["key"])
        text = say("drafting.evidence_clause", name=found["name"], quote=found["quote"], standing=_standing(clause, now))
        link = f"/clauses?{urlencode({'key': found['key'], 'quote': found['quote']})}"
        return Row(labels["clause"], text, detail=clause.text if clause else "", link=link)
    past = await past_case(session, found["key"])
    reply = past.reply[:LONGEST_REPLY] if past else ""
    return Row(labels["case"], found["name"], detail=reply, link=f"/past-cases/{quote(found['key'])}")


def _standing(clause: ClauseView | None, now: datetime) -> str:
    if clause is None:
        return say("drafting.evidence_gone")
    if not clause.in_force_on(now.date()):
        return say("drafting.evidence_not_in_force")
    since = clause.effective_on.isoformat() if clause.effective_on else say("commands.date_unknown")
    return say("drafting.evidence_in_force", since=since)
