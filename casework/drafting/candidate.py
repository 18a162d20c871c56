"""候选稿: what a drafter hands over; every sentence says what it rests on."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Strategy

_SENTENCE = re.compile(r"(?:“[^”]*”|【[^】]*】|[^。！？])*(?:[。！？]\n*|\Z)")


class SentenceKind(StrEnum):
    """What a sentence rests on.

    `fact`: the case record. `clause`: a quoted clause. `case`: past cases. `next_step`: what we do next.
    `slot`: holds an open fact. `boilerplate`: nothing, it only greets or signs.
    """

    BOILERPLATE = "boilerplate"
    FACT = "fact"
    CLAUSE = "clause"
    CASE = "case"
    NEXT_STEP = "next_step"
    SLOT = "slot"


@dataclass(frozen=True)
class Sentence:
    """One sentence with its provenance. Line breaks belong to the sentence; the sentences put together are the text."""

    text: str
    kind: SentenceKind
    refs: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For storing in a candidate row."""
        return {"text": self.text, "kind": self.kind.value, "refs": list(self.refs)}


def sentences_of(text: str, kind: SentenceKind, refs: tuple[str, ...] = ()) -> tuple[Sentence, ...]:
    """The sentences of a text, put together the text again; those with an open slot are slots, whatever the others are."""
    parts = [part for part in _SENTENCE.findall(text) if part]
    return tuple(Sentence(part, SentenceKind.SLOT, refs) if open_slots(part) else Sentence(part, kind, refs) for part in parts)


@dataclass(frozen=True)
class Candidate:
    """候选稿: one way to answer. Slots stand open in it (【待核实：…】). `next_question`: one or two that citizens will ask next."""

    strategy: Strategy
    channel: Channel
    sentences: tuple[Sentence, ...]
    reason: str = ""
    risk: str = ""
    next_question: str = ""

    @property
    def text(self) -> str:
        return "".join(sentence.text for sentence in self.sentences)

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the facts that it needs."""
        return open_slots(self.text)


@dataclass(frozen=True)
class AskAnswer:
    """How the first candidate treats one ask: the numbers (from 1) of the sentences that answer it; `open` while a fact is missing."""

    ask: str
    answered_by: tuple[int, ...]
    open: bool

    def to_json(self) -> dict[str, Any]:
        """For storing in a draft row."""
        return {"ask": self.ask, "answered_by": list(self.answered_by), "open": self.open}


@dataclass(frozen=True)
class Written:
    """What a drafter hands over: at least three candidates of different strategies, the recommended first."""

    candidates: tuple[Candidate, ...]
    asks: tuple[AskAnswer, ...]
    next_question: str
    note: str = ""
    writer: str = ""
