"""One order of one person in one chat, and what the person gets back."""

from dataclasses import dataclass
from datetime import datetime

from bot.commands.grammar import Command
from bot.house import House
from casework.case import Case
from casework.chat import Incoming, Response
from casework.message import Card, CardKind
from casework.staff import StaffMember

BRIEF_CHARACTERS = 190
"""Longest line of a pop-up; Telegram shows 200 characters."""


@dataclass(frozen=True)
class Order:
    """A command with the person who gave it and the case it is about, if it is about one."""

    command: Command
    staff: StaffMember
    incoming: Incoming
    now: datetime
    house: House
    about: Case | None = None

    @property
    def case(self) -> Case:
        """The case; only for verbs that need one."""
        assert self.about is not None
        return self.about


def done(order: Order, sentence: str, *cards: Card) -> Response:
    """The person is told; who typed instead of pressing gets the sentence as a message."""
    said = () if order.incoming.token else (Card(CardKind.NOTICE, sentence, case_number=order.command.number),)
    return Response(sentence[:BRIEF_CHARACTERS], (*said, *cards))


def shown(*cards: Card) -> Response:
    """Cards and nothing to pop up."""
    return Response(cards=cards)


def refused(incoming: Incoming, sentence: str) -> Response:
    """A refusal: a pop-up for a press, a message for typed text. A long one is always a message as well."""
    if incoming.token and len(sentence) <= BRIEF_CHARACTERS:
        return Response(sentence)
    return Response(sentence[:BRIEF_CHARACTERS] if incoming.token else "", (Card(CardKind.REFUSAL, sentence),))
