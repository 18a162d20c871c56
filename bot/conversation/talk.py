"""Answers questions: figures, cases, policy, how it was answered before, help. What nobody asked the bot stays unanswered."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.abroad import masked
from bot.commands.looking import help_card
from bot.conversation.figures import FiguresQuestion, answer_figures, read_figures
from bot.conversation.following import Asked, FollowUp, Topic, follow_up
from bot.conversation.memory import Memory, Speaker
from bot.conversation.policy import case_row, in_plain_words, policy_card, quote_follow_up, quote_policy
from bot.conversation.question import Kind, Question, is_follow_up, looks_like_question, read_question
from bot.house import House
from bot.live_card import LiveCard
from casework.case import case_by_number
from casework.case_cards import status_card
from casework.chat import Incoming, Response, StaffChat
from casework.errors import ChatError
from casework.message import Card, CardKind
from casework.staff import StaffMember
from knowledge_base.region import Region
from language.periods import find_period
from prompts import say
from retrieval.evidence import Answer

LONGEST_REPLY_SHOWN = 160
CASES_SHOWN = 3


class Talk:
    """The conversation with staff.

    Remembers the last questions of figures and of policy of each person in each chat, for “那上个月呢？” and “罚多少？”.

    Args:
        chats: the connected platforms; an answer that a model puts into words grows in the chat where the platform can edit.
    """

    def __init__(self, house: House, chats: Mapping[str, StaffChat]) -> None:
        self._house, self._chats = house, chats
        self._figures: Memory[FiguresQuestion] = Memory()
        self._topics: Memory[Topic] = Memory()

    @property
    def _here(self) -> Region:
        return self._house.desk.department.region

    async def answer(self, incoming: Incoming, staff: StaffMember, now: datetime) -> Response | None:
        """The answer to what was said; None where the bot was not spoken to."""
        speaker = (incoming.platform, incoming.chat, incoming.user)
        addressed = incoming.private or incoming.mentioned
        follow = self._following(incoming.text, speaker, now, addressed=addressed)
        follows_figures = not follow and is_follow_up(incoming.text) and speaker in self._figures
        if not incoming.text.strip() or not (addressed or follow or follows_figures or looks_like_question(incoming.text)):
            return None
        question = Question(Kind.FIGURES, incoming.text) if follows_figures else read_question(incoming.text)
        if follow or question.kind is Kind.POLICY:
            return await self._policy(incoming, speaker, follow, now)
        return Response(cards=(await self._card(question, speaker, staff, now),))

    def _following(self, text: str, speaker: Speaker, now: datetime, *, addressed: bool) -> FollowUp | None:
        """The follow-up on a question of policy; where figures were asked for too, a phrase of time (那上个月呢) is about these."""
        about_time = speaker in self._figures and find_period(text, now) is not None
        return None if about_time else follow_up(text, self._topics.get(speaker), now, addressed=addressed)

    async def _card(self, question: Question, speaker: Speaker, staff: StaffMember, now: datetime) -> Card:
        match question.kind:
            case Kind.HELP:
                return help_card(staff)
            case Kind.FIGURES:
                return await self._count(question, speaker, now)
            case Kind.CASE:
                return await self._case(question, now)
            case Kind.PAST:
                return await self._past(question)
            case Kind.POLICY:
                return policy_card(await quote_policy(self._house, question.text, now), self._here)

    async def _policy(self, incoming: Incoming, speaker: Speaker, follow: FollowUp | None, now: datetime) -> Response:
        """The answer to a question of policy or a follow-up on one."""
        before, shown = self._topics.get(speaker), ""
        if follow and before:
            answer, shown = await quote_follow_up(self._house, follow, before, now)
        else:
            answer = await quote_policy(self._house, incoming.text, now)
        asked = shown or incoming.text
        self._topics.remember(speaker, _topic_after(before, follow, asked, answer, now))
        if self._house.model is None or answer.refused:
            return Response(cards=(policy_card(answer, self._here, shown),))
        return await self._worded(incoming, asked, answer, shown)

    async def _worded(self, incoming: Incoming, asked: str, answer: Answer, shown: str) -> Response:
        """The answer in a model's words: the quotes stand in the chat at once, and the words grow before them."""
        chat = self._chats.get(incoming.platform)
        if chat is None or not chat.capabilities.edits:
            return Response(cards=(policy_card(await in_plain_words(self._house, asked, answer), self._here, shown),))
        fit = (lambda card: card) if chat.capabilities.domestic else masked
        async with LiveCard(chat, incoming.chat, f"answer:{incoming.event_id or uuid.uuid4().hex}", fit=fit) as live:
            live.show(replace(policy_card(answer, self._here, shown), hint=say("conversation.being_worded")))
            worded = await in_plain_words(self._house, asked, answer, lambda part: live.show(policy_card(part, self._here, shown)))
            try:
                await live.finish(policy_card(worded, self._here, shown))
            except ChatError:
                return Response(cards=(policy_card(worded, self._here, shown),))
        return Response()

    async def _count(self, question: Question, speaker: Speaker, now: datetime) -> Card:
        asked = read_figures(question.text, now, before=self._figures.get(speaker))
        self._figures.remember(speaker, asked)
        self._topics.forget(speaker)
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
        search, here = self._house.library.search_cases, self._here
        hits = await asyncio.to_thread(search, question.topic or question.text, limit=CASES_SHOWN, region=here)
        labels = [say("conversation.past_label", date=hit.replied_on or "", line=hit.line, strategy=hit.strategy) for hit in hits]
        rows = tuple(case_row(label, hit, here) for label, hit in zip(labels, hits, strict=True))
        head = say("conversation.past_head", count=len(rows), topic=question.topic) if rows else say("conversation.past_none")
        return Card(CardKind.ANSWER, head, rows=rows, body=_shortened(hits[0].reply, LONGEST_REPLY_SHOWN) if hits else "")


def _topic_after(before: Topic | None, follow: FollowUp | None, asked: str, answer: Answer, now: datetime) -> Topic:
    """What the next follow-up refers to: a circumstance (那周末呢) and the basis leave the question itself as it was."""
    if before and follow and follow.asked is Asked.BASIS:
        return replace(before, at=now)
    if before and follow and follow.asked is Asked.CIRCUMSTANCE:
        return Topic(asked, answer, now) if asked == follow.otherwise else replace(before, particular=answer, at=now)
    return Topic(asked, answer, now)


def _shortened(text: str, longest: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
