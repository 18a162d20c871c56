"""The embedded drafter: composes from reply frames, facts, clauses and the pattern of past replies. Same input, same draft."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from casework.drafting.answers import Answer, answers, named
from casework.drafting.candidate import AskAnswer, Candidate, Sentence, SentenceKind, Written
from casework.drafting.citizen_words import SUBJECT_LENGTH
from casework.drafting.evidence import Evidence
from casework.drafting.frame import MUST, Frame, FrameLine, frame_of
from casework.drafting.matter import Matter
from casework.drafting.passages import cases_passage, clause_passage, frame_fields, previous_passage, sign_passage, told_passage
from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Strategy, plan
from casework.drafting.topic import Topic, topic_of
from casework.drafting.writer import Progress
from language.periods import duration_phrase

TIGHTEST = 3
COMMENT_SUBJECT_LENGTHS = (22, 22, 22, 14)
"""By tightness, the most characters of what a comment calls the matter."""
NAMED = (5, 3, 2, 1)
"""By tightness, how many asks are named where they are not answered one by one."""
ASK_PASSAGES = ("asks", "asks_law", "asks_brief")
"""Answers ask by ask: in full; with clauses but short; short and without clauses."""


class EmbeddedWriter:
    """Needs no model, no account and no network."""

    name = "内置起草"

    async def write(self, matter: Matter, evidence: Evidence, progress: Progress | None = None) -> Written:
        """Three candidates, the recommended first."""
        del progress
        return compose(matter, evidence)


def compose(matter: Matter, evidence: Evidence) -> Written:
    """The candidates that the state of the case asks for."""
    topic = topic_of(f"{matter.headline}\n{matter.told}", matter.line)
    made = [compose_one(matter, evidence, topic, strategy, channel) for strategy, channel in plan(matter, has_clause=bool(evidence.quotes))]
    first, treated = made[0]
    asks = tuple(_ask_answer(matter, first, ask, treated.get(ask, ())) for ask in matter.asks)
    return Written(tuple(candidate for candidate, _ in made), asks, topic.next, writer=EmbeddedWriter.name)


def compose_one(
    matter: Matter, evidence: Evidence, topic: Topic, strategy: Strategy, channel: Channel
) -> tuple[Candidate, dict[str, tuple[int, ...]]]:
    """One candidate within the length of its channel, and the numbers (from 1) of the sentences that treat each ask."""
    frame = frame_of(strategy)
    for tightness in range(TIGHTEST + 1):
        pieces = _fitted(_Composition(matter, evidence, topic, frame, channel, tightness).pieces, channel.longest)
        if _length(pieces) <= channel.longest:
            break
    pieces = _without_blank_lines(pieces)
    treated = {ask: tuple(n for n, piece in enumerate(pieces, 1) if ask in piece.asks) for ask in matter.asks}
    reason = frame.reason.format(since=duration_phrase(timedelta(hours=matter.hours)))
    return Candidate(strategy, channel, tuple(piece.sentence for piece in pieces), reason, frame.risk), treated


@dataclass(frozen=True)
class _Piece:
    """A sentence on its way into a candidate: how easily it is left out, and which asks it treats."""

    sentence: Sentence
    rank: int = MUST
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Composition:
    """One candidate in the making. `tightness` 1 shortens the answers, TIGHTEST quotes no clause in them."""

    matter: Matter
    evidence: Evidence
    topic: Topic
    frame: Frame
    channel: Channel
    tightness: int

    @property
    def pieces(self) -> list[_Piece]:
        """All pieces in order, the dispensable ones included."""
        lines = self.frame.lines[self.channel]
        return [piece for line in lines if line.applies(self.matter.standing.value) for piece in self._pieces_of(line)]

    def _pieces_of(self, line: FrameLine) -> list[_Piece]:
        if line.use in ASK_PASSAGES:
            return [_Piece(sentence, line.rank, (answer.ask,)) for answer in self._answers for sentence in answer.sentences]
        if line.use == "asks_named":
            asks = self.matter.asks[: NAMED[self.tightness]]
            return [_Piece(named(self.matter, asks, to_many=self._to_many), line.rank, asks)] if asks else []
        if line.use:
            return [_Piece(sentence, line.rank) for sentence in self._passages[line.use]()]
        text = line.text.format(**self._fields)
        return [_Piece(Sentence(text, SentenceKind.SLOT if open_slots(text) else SentenceKind(line.kind)), line.rank)]

    @cached_property
    def _answers(self) -> list[Answer]:
        brief = self.tightness > 0 or self._asks_use != "asks"
        return answers(
            self.matter, self.evidence, self.topic, brief=brief, to_many=self._to_many,
            quoting=self.tightness < TIGHTEST and self._asks_use != "asks_brief",
        )  # fmt: skip

    @cached_property
    def _fields(self) -> dict[str, str]:
        length = COMMENT_SUBJECT_LENGTHS[self.tightness] if self.channel is Channel.COMMENT else SUBJECT_LENGTH
        return frame_fields(self.matter, self.topic, subject_length=length, to_many=self._to_many)

    @property
    def _to_many(self) -> bool:
        """Whether the reply speaks to the public: everywhere but in the answer to a single citizen."""
        return self.channel is not Channel.TICKET or self.matter.voices > 1

    @cached_property
    def _passages(self) -> dict[str, Callable[[], list[Sentence]]]:
        """The passages that a frame may `use`, beside those that treat asks."""
        quoted = {ref for answer in self._answers for sentence in answer.sentences for ref in sentence.refs}
        return {
            "clause": lambda: clause_passage(self.evidence, quoted if self._asks_use else set()),
            "cases": lambda: cases_passage(self.evidence, self.topic),
            "told": lambda: told_passage(self.matter, self._fields["subject"], to_many=self._to_many),
            "previous": lambda: previous_passage(self.matter),
            "sign": lambda: sign_passage(self.matter),
        }

    @property
    def _asks_use(self) -> str:
        """Which of the ask passages the frame uses; empty where it only names the asks."""
        return next((line.use for line in self.frame.lines[self.channel] if line.use in ASK_PASSAGES), "")


def _fitted(pieces: list[_Piece], longest: int) -> list[_Piece]:
    """The pieces without as many of the dispensable ones as it takes to keep the length; whole passages go, the most dispensable first."""
    while _length(pieces) > longest and (rank := max((piece.rank for piece in pieces), default=MUST)) > MUST:
        pieces = [piece for piece in pieces if piece.rank < rank]
    return pieces


def _without_blank_lines(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces without line breaks that follow a line break."""
    kept: list[_Piece] = []
    for piece in pieces:
        text = piece.sentence.text.lstrip("\n") if kept and kept[-1].sentence.text.endswith("\n") else piece.sentence.text
        if text:
            kept.append(replace(piece, sentence=replace(piece.sentence, text=text)))
    return kept


def _length(pieces: list[_Piece]) -> int:
    return sum(len(piece.sentence.text) for piece in pieces)


def _ask_answer(matter: Matter, candidate: Candidate, ask: str, numbers: tuple[int, ...]) -> AskAnswer:
    text = "".join(candidate.sentences[number - 1].text for number in numbers)
    missing = [name for name in open_slots(text) if name not in matter.facts]
    settled = any(candidate.sentences[number - 1].kind in (SentenceKind.CLAUSE, SentenceKind.SLOT) for number in numbers)
    return AskAnswer(ask, numbers, open=bool(missing) or not settled)
