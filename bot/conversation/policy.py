"""Questions of policy: answered from the knowledge base of the house, in plain words where a model is configured."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from bot.conversation.following import Asked, FollowUp, Topic
from bot.house import House
from casework.message import Card, CardKind, Row
from knowledge_base.region import Region
from prompts import say
from retrieval.answering import quote_line
from retrieval.everyday import rule_words
from retrieval.evidence import Answer, CaseHit, Quote
from retrieval.subject import telling_words
from retrieval.wording import put_into_words

LONGEST_CASE_SHOWN = 60
LONGEST_WHOLE_CLAUSE = 600


async def answer_policy(house: House, question: str, now: datetime) -> Answer:
    """The answer to a question of policy, in plain words where a model is configured."""
    return await in_plain_words(house, question, await quote_policy(house, question, now))


async def quote_policy(house: House, question: str, now: datetime) -> Answer:
    """The answer word for word. Waits until the knowledge base has been read for the first time."""
    await house.shelved.wait()
    return await asyncio.to_thread(house.library.answer, question, region=house.desk.department.region, on=now.date())


async def in_plain_words(house: House, question: str, answer: Answer, heard: Callable[[Answer], None] | None = None) -> Answer:
    """The answer with the model's plain words before its quotes; as it is where no model is configured.

    Args:
        heard: is given the answer with every sentence that the model has finished and that its quotes carry.
    """
    return await put_into_words(house.model, question, answer, heard=heard) if house.model else answer


async def quote_follow_up(house: House, follow: FollowUp, before: Topic, now: datetime) -> tuple[Answer, str]:
    """The answer to a follow-up, word for word, and the question that it answers.

    Where no clause speaks of what is new in it, the general rule is given again, and that is said.
    """
    if follow.asked is Asked.BASIS:
        return _basis(before.particular or before.answer), follow.shown
    answer = await quote_policy(house, follow.question, now)
    if not answer.refused and _speaks_of(answer, follow.told or (before.subject if before.answer.refused else "")):
        return answer, follow.shown
    for question in follow.narrower:
        other = await quote_policy(house, question, now)
        if not other.refused and _titles(other) <= _titles(before.answer) and _speaks_of(other, follow.told):
            return other, follow.shown
    if follow.otherwise:
        other = await quote_policy(house, follow.otherwise, now)
        if not other.refused and _speaks_of(other, follow.told, literally=True):
            return other, follow.otherwise
    if follow.asked is Asked.CIRCUMSTANCE and before.answer.quotes:
        return _general(before.answer, follow.told), follow.shown
    return answer if answer.refused else Answer(True, say("knowledge.refused", words=follow.told or before.subject)), follow.shown


def policy_card(answer: Answer, here: Region, shown: str = "") -> Card:
    """An answer as a card: what is known and from where, a link to each passage, and what may help where nothing is known.

    Args:
        here: the department's place; past cases of others are marked.
        shown: the resolved question of a follow-up, shown back before the answer.
    """
    quotes = answer.quotes or answer.elsewhere
    alike = answer.similar_cases if answer.refused else ()
    rows = [*map(_passage, quotes), *(case_row(say("conversation.similar_case"), case, here) for case in alike)]
    kind = CardKind.REFUSAL if answer.refused else CardKind.ANSWER
    head = say("conversation.resolved", question=shown) + answer.text if shown else answer.text
    return Card(kind, head, rows=tuple(rows), page=clause_page(answer.quotes[0]) if answer.quotes else "")


def clause_page(quote: Quote) -> str:
    """Where the web staff room shows the clause with the quoted words marked."""
    return f"/clauses?{urlencode({'key': quote.clause.key, 'quote': quote.text})}"


def _basis(answer: Answer) -> Answer:
    """The clauses of an answer, whole where they are not long."""
    if not answer.quotes:
        return Answer(True, say("conversation.no_basis"))
    quotes = tuple(
        Quote(quote.clause, quote.clause.text) if len(quote.clause.text) <= LONGEST_WHOLE_CLAUSE else quote for quote in answer.quotes
    )
    return Answer(False, "\n".join(map(quote_line, quotes)), quotes)


def _general(answer: Answer, told: str) -> Answer:
    """An answer that says first that it does not speak of what was asked in particular."""
    note = say("conversation.told_unmet", told=told)
    return replace(answer, text=f"{note}\n{answer.text}", notes=(note, *answer.notes))


def _speaks_of(answer: Answer, told: str, *, literally: bool = False) -> bool:
    """Whether the quoted clauses speak of what a follow-up adds, in its words or, unless `literally`, in those of rules."""
    words = telling_words(told)
    text = "\n".join(f"{quote.clause.title} {quote.clause.text}" for quote in answer.quotes)
    return not told or any(called in text for word in words for called in (word, *(() if literally else rule_words(word))))


def _titles(answer: Answer) -> set[str]:
    return {quote.clause.title for quote in answer.quotes}


def _passage(quote: Quote) -> Row:
    return Row(quote.clause.article, say("conversation.open_clause"), detail=quote.clause.why, link=clause_page(quote))


def case_row(label: str, case: CaseHit, here: Region) -> Row:
    """A past case as a row: its question, why it was found, and whose practice it is where that is another place's."""
    flat = " ".join(case.question.split())
    shown = flat if len(flat) <= LONGEST_CASE_SHOWN else flat[: LONGEST_CASE_SHOWN - 1] + "…"
    if place := case.other_place(here):
        label = say("conversation.of_other_place", label=label, place=place)
    detail = "\n".join(filter(None, (say("conversation.why_found", why=case.why) if case.why else "", case.reply)))
    return Row(label, shown, detail=detail, link=f"/past-cases/{case.key}")
