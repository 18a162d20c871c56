"""Questions of policy: answered from the knowledge base of the house, in plain words where a model is configured."""

import asyncio
from datetime import datetime
from urllib.parse import urlencode

from bot.house import House
from casework.message import Card, CardKind, Row
from prompts import say
from retrieval.evidence import Answer, CaseHit, Quote
from retrieval.wording import put_into_words

LONGEST_CASE_SHOWN = 60


async def answer_policy(house: House, question: str, now: datetime) -> Answer:
    """The answer to a question of policy. Waits until the knowledge base has been read for the first time."""
    await house.shelved.wait()
    region = house.desk.department.region
    answer = await asyncio.to_thread(house.library.answer, question, region=region, on=now.date())
    return await put_into_words(house.model, question, answer) if house.model else answer


def policy_card(answer: Answer) -> Card:
    """An answer as a card: what is known and from where, a link to each passage, and what may help where nothing is known."""
    quotes = answer.quotes or answer.elsewhere
    rows = [*map(_passage, quotes), *(map(_similar, answer.similar_cases) if answer.refused else ())]
    kind = CardKind.REFUSAL if answer.refused else CardKind.ANSWER
    return Card(kind, answer.text, rows=tuple(rows), page=clause_page(answer.quotes[0]) if answer.quotes else "")


def clause_page(quote: Quote) -> str:
    """Where the web staff room shows the clause with the quoted words marked."""
    return f"/clauses?{urlencode({'key': quote.clause.key, 'quote': quote.text})}"


def _passage(quote: Quote) -> Row:
    return Row(quote.clause.article, say("conversation.open_clause"), detail=quote.clause.why, link=clause_page(quote))


def _similar(case: CaseHit) -> Row:
    flat = " ".join(case.question.split())
    shown = flat if len(flat) <= LONGEST_CASE_SHOWN else flat[: LONGEST_CASE_SHOWN - 1] + "…"
    return Row(say("conversation.similar_case"), shown, detail=case.reply, link=f"/past-cases/{case.key}")
