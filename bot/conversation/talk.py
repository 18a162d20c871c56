"""Answers questions: figures, cases, policy, how it was answered before, help. What nobody asked the bot stays unanswered."""

import asyncio
from collections import OrderedDict
from datetime import datetime

from bot.commands.looking import help_card
from bot.conversation.figures import FiguresQuestion, answer_figures, read_figures
from bot.conversation.policy import answer_policy, policy_card
from bot.conversation.question import Kind, Question, is_follow_up, looks_like_question, read_question
from bot.house import House
from casework.case import case_by_number
from casework.case_cards import status_card
from casework.chat import Incoming, Response
from casework.message import Card, CardKind, Row
from casework.staff import StaffMember
from prompts import say

REMEMBERED = 500
"""Conversations whose last question of figures is kept for follow-ups; the oldest is dropped."""
LONGEST_REPLY_SHOWN = 160
CASES_SHOWN = 3

Speaker = tuple[str, str, str]


class Talk:
    """The conversation with staff. Remembers the last question of figures of each person in each chat, for “那上个月呢？”."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._asked: OrderedDict[Speaker, FiguresQuestion] = OrderedDict()

    async def answer(self, incoming: Incoming, staff: StaffMember, now: datetime) -> Response | None:
        """The answer to what was said; None where the bot was not spoken to."""
        speaker = (incoming.platform, incoming.chat, incoming.user)
        follows = is_follow_up(incoming.text) and speaker in self._asked
        if not incoming.text.strip() or not (incoming.private or incoming.mentioned or follows or looks_like_question(incoming.text)):
            return None
        question = Question(Kind.FIGURES, incoming.text) if follows else read_question(incoming.text)
        return Response(cards=(await self._card(question, speaker, staff, now),))

    async def _card(self, question: Question, speaker: Speaker, staff: StaffMember, now: datetime) -> Card:
        match question.kind:
            case Kind.HELP:
                return help_card(staff)
            case Kind.FIGURES:
                return await self._figures(question, speaker, now)
            case Kind.CASE:
                return await self._case(question, now)
            case Kind.PAST:
                return await self._past(question)
            case Kind.POLICY:
                return policy_card(await answer_policy(self._house, question.text, now))

    async def _figures(self, question: Question, speaker: Speaker, now: datetime) -> Card:
        asked = read_figures(question.text, now, before=self._asked.get(speaker))
        self._asked[speaker] = asked
        self._asked.move_to_end(speaker)
        while len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        async with self._house.database.reading() as session:
            return await answer_figures(session, asked)

    async def _case(self, question: Question, now: datetime) -> Card:
        async with self._house.database.reading() as session:
            case = await case_by_number(session, question.case_number)
            if case is None:
                return Card(CardKind.ANSWER, say("casework.no_such_case", number=question.case_number))
            return await status_card(session, case, now)

    async def _past(self, question: Question) -> Card:
        await self._house.shelved.wait()
        hits = await asyncio.to_thread(self._house.library.search_cases, question.topic or question.text, limit=CASES_SHOWN)
        rows = tuple(
            Row(
                say("conversation.past_label", date=hit.replied_on or "", line=hit.line, strategy=hit.strategy), _shortened(hit.question),
                detail=hit.reply, link=f"/past-cases/{hit.key}",
            )
            for hit in hits
        )  # fmt: skip
        head = say("conversation.past_head", count=len(rows), topic=question.topic) if rows else say("conversation.past_none")
        return Card(CardKind.ANSWER, head, rows=rows, body=_shortened(hits[0].reply, LONGEST_REPLY_SHOWN) if hits else "")


def _shortened(text: str, longest: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
