"""The embedded drafter: composes from reply frames, facts, clauses and the pattern of past replies. Same input, same draft."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property

from casework.drafting.answers import Answering, is_about, named
from casework.drafting.candidate import AskAnswer, Candidate, Sentence, SentenceKind, Written, sentences_of
from casework.drafting.citizen_words import SUBJECT_LENGTH
from casework.drafting.evidence import Evidence
from casework.drafting.explaining import next_question, reason_of
from casework.drafting.frame import ASKED, COMPLAINED, MUST, OWNED, UNASKED, Frame, FrameLine, Manner, frame_of
from casework.drafting.matter import Matter, Standing
from casework.drafting.passages import (
    WITHOUT_TOPIC,
    cases_passage,
    clause_passage,
    frame_fields,
    history_passage,
    previous_passage,
    ruling_passage,
    sign_passage,
    told_passage,
)
from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Plan, Strategy, plan
from casework.drafting.telling import ClaimKind
from casework.drafting.topic import Topic, topic_of
from casework.drafting.writer import Progress

TIGHTEST = 4
UNQUOTED = 3
"""From this tightness on no clause is quoted."""
COMMENT_SUBJECT_LENGTHS = (22, 22, 22, 14, 14)
"""By tightness, the most characters of what a comment calls the matter."""
DISPENSABLE = (5, 4, 3, 3, 2)
"""By tightness, from which rank on passages may be left out; what people told is kept longer than the full length of our answers."""
NAMED = (5, 3, 2, 1, 1)
"""By tightness, how many asks are named where they are not answered one by one."""
BESIDE_TOPIC = (*WITHOUT_TOPIC, Standing.QUESTION)
"""Where somebody only asks, what is usually done about the topic does not bear either."""
SAID_ONCE = ("checks", "steps", "keep")
"""What is usually done about a topic. It is said once: a later line that would repeat it is left out."""


class EmbeddedWriter:
    """Needs no model, no account and no network."""

    name = "内置起草"

    async def write(self, matter: Matter, evidence: Evidence, progress: Progress | None = None, wanted: Plan = ()) -> Written:
        """Three candidates, the recommended first; one that was asked for by name before them."""
        del progress
        return compose(matter, evidence, wanted)


def compose(matter: Matter, evidence: Evidence, wanted: Plan = ()) -> Written:
    """The candidates that the state of the case asks for.

    Args:
        wanted: strategies and channels that a person asked for; any of the thirty-two.
    """
    topic = topic_of(f"{matter.headline}\n{matter.told}", matter.line)
    if matter.standing in WITHOUT_TOPIC:
        evidence = Evidence(cases=evidence.cases)
    chosen = plan(matter, wanted)
    made = [compose_one(matter, evidence, topic, strategy, channel) for strategy, channel in chosen]
    first, treated = made[0]
    asks = tuple(_ask_answer(matter, first, ask, treated.get(ask, ())) for ask in matter.asks)
    return Written(tuple(candidate for candidate, _ in made), asks, first.next_question, writer=EmbeddedWriter.name)


def compose_one(
    matter: Matter, evidence: Evidence, topic: Topic, strategy: Strategy, channel: Channel
) -> tuple[Candidate, dict[str, tuple[int, ...]]]:
    """One candidate within the length of its channel, and the numbers (from 1) of the sentences that treat each ask."""
    frame = frame_of(strategy)
    for tightness in range(TIGHTEST + 1):
        composition = _Composition(matter, evidence, topic, frame, channel, tightness)
        pieces = _fitted(composition.pieces, channel.longest, DISPENSABLE[tightness] if composition.answers_asks else MUST + 1)
        if _length(pieces) <= channel.longest:
            break
    pieces = _without_blank_lines(pieces)
    treated = {ask: tuple(n for n, piece in enumerate(pieces, 1) if ask in piece.asks) for ask in matter.asks}
    sentences = tuple(piece.sentence for piece in pieces)
    reason, question = reason_of(strategy, frame, matter), next_question(frame, topic, matter)
    return Candidate(strategy, channel, sentences, reason, frame.risk, question), treated


@dataclass(frozen=True)
class _Piece:
    """A sentence on its way into a candidate: how easily it is left out, and which asks it treats."""

    sentence: Sentence
    rank: int = MUST
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Composition:
    """One candidate in the making; `tightness`, from 0 to TIGHTEST, takes away more and more."""

    matter: Matter
    evidence: Evidence
    topic: Topic
    frame: Frame
    channel: Channel
    tightness: int

    @property
    def pieces(self) -> list[_Piece]:
        """All pieces in order, the dispensable ones included."""
        pieces: list[_Piece] = []
        for line in self.frame.lines[self.channel]:
            if line.applies(self._tags):
                pieces += self._pieces_of(line, "".join(piece.sentence.text for piece in pieces))
        return pieces

    @property
    def answers_asks(self) -> bool:
        """Whether the frame answers ask by ask in this channel; elsewhere asks are only named."""
        return any(line.use == "asks" for line in self.frame.lines[self.channel])

    def _pieces_of(self, line: FrameLine, so_far: str) -> list[_Piece]:
        if line.use == "asks":
            answers = self._answering.answers(so_far)
            return _on_new_line([_Piece(sentence, line.rank, (answer.ask,)) for answer in answers for sentence in answer.sentences])
        if line.use == "asks_named":
            most = NAMED[self.tightness]
            naming = named(self.matter, most, self._manner, self._fields)
            pieces = [_Piece(sentence, line.rank, self.matter.asks[:most]) for sentence in naming]
            return pieces if self.channel is Channel.COMMENT else _on_new_line(pieces)
        if line.use:
            return [_Piece(sentence, line.rank) for sentence in self._passages[line.use](so_far)]
        own = [self._fields[name] for name in SAID_ONCE if f"{{{name}}}" in line.text]
        if own and (self.matter.standing in BESIDE_TOPIC or any(words in so_far for words in own)):
            return []
        pieces = [_Piece(sentence, line.rank) for sentence in sentences_of(line.text.format(**self._fields), SentenceKind(line.kind))]
        return _on_new_line(pieces) if line.text.startswith("【") else pieces

    @cached_property
    def _tags(self) -> tuple[str, ...]:
        telling = self.matter.telling
        asked = bool(self.matter.asks)
        also = {
            ASKED: asked,
            UNASKED: not asked,
            OWNED: bool(self.topic.owner),
            COMPLAINED: bool(telling.complained) and self.matter.voices == 1,
        }
        return (self.matter.standing.value, telling.mood.value, *(tag for tag, holds in also.items() if holds))

    @cached_property
    def _answering(self) -> Answering:
        clauses = self.frame.clauses if self.tightness < UNQUOTED else 0
        return Answering(self.matter, self.evidence, self.topic, self._manner, self._fields, most_clauses=clauses, tightness=self.tightness)

    @property
    def _manner(self) -> Manner:
        return Manner.REFER if self.matter.standing is Standing.NOT_OURS else self.frame.manner

    @cached_property
    def _fields(self) -> dict[str, str]:
        length = COMMENT_SUBJECT_LENGTHS[self.tightness] if self.channel is Channel.COMMENT else SUBJECT_LENGTH
        return frame_fields(self.matter, self.topic, subject_length=length, public=self._public, to_many=self._to_many)

    @property
    def _public(self) -> bool:
        """Whether all can read the reply: everywhere but in the answer to a citizen's ticket."""
        return self.channel is not Channel.TICKET

    @property
    def _to_many(self) -> bool:
        """Whether the reply speaks to the public: the answer to a ticket, and a comment under the post of one, speak to one."""
        if self.channel is Channel.TICKET:
            return self.matter.is_news
        return self.channel is not Channel.COMMENT or self.matter.voices > 1 or self.matter.is_news

    @cached_property
    def _passages(self) -> dict[str, Callable[[str], list[Sentence]]]:
        """The passages that a frame may `use`, beside those that treat asks; they are told what the reply says before them."""
        return {
            "clause": lambda so_far: clause_passage(self.evidence, so_far),
            "ruling": lambda _: self._ruling(),
            "cases": lambda _: cases_passage(self.evidence, self.topic),
            "told": lambda so_far: self._told(so_far)[: 1 if self.channel in (Channel.COMMENT, Channel.BULLETIN) else 2],
            "told_more": lambda so_far: self._told(so_far)[:3],
            "harm": lambda so_far: self._told(so_far, (ClaimKind.HARM,)),
            "history": lambda _: history_passage(self.matter),
            "previous": lambda _: previous_passage(self.matter),
            "sign": lambda _: sign_passage(self.matter),
        }

    def _ruling(self) -> list[Sentence]:
        quoting = self.tightness < UNQUOTED
        return ruling_passage(self.matter, self.evidence, self._fields, quoting=quoting, listing=self.answers_asks)

    def _told(self, so_far: str, kinds: Collection[ClaimKind] = tuple(ClaimKind)) -> list[Sentence]:
        return told_passage(self.matter, self._manner, kinds, self._fields["teller"], so_far, public=self._public)


def _fitted(pieces: list[_Piece], longest: int, least: int) -> list[_Piece]:
    """The pieces without as many of the dispensable ones as it takes to keep the length; whole passages go, the most dispensable first.

    Args:
        least: ranks below this are kept, whatever the length.
    """
    while _length(pieces) > longest and (rank := max((piece.rank for piece in pieces), default=MUST)) >= least:
        pieces = [piece for piece in pieces if piece.rank < rank]
    return pieces


def _on_new_line(pieces: list[_Piece]) -> list[_Piece]:
    return [replace(pieces[0], sentence=replace(pieces[0].sentence, text="\n" + pieces[0].sentence.text)), *pieces[1:]] if pieces else []


def _without_blank_lines(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces without line breaks that follow a line break."""
    kept: list[_Piece] = []
    for piece in pieces:
        text = piece.sentence.text.lstrip("\n") if not kept or kept[-1].sentence.text.endswith("\n") else piece.sentence.text
        if text:
            kept.append(replace(piece, sentence=replace(piece.sentence, text=text)))
    return kept


def _length(pieces: list[_Piece]) -> int:
    return sum(len(piece.sentence.text) for piece in pieces)


def _ask_answer(matter: Matter, candidate: Candidate, ask: str, numbers: tuple[int, ...]) -> AskAnswer:
    text = "".join(candidate.sentences[number - 1].text for number in numbers)
    missing = [name for name in open_slots(text) if name not in matter.facts]
    by_rule = frame_of(candidate.strategy).manner is Manner.RULE and any(
        candidate.sentences[number - 1].kind is SentenceKind.CLAUSE for number in numbers
    )
    return AskAnswer(ask, numbers, open=bool(missing) or not (by_rule or any(is_about(name, ask) for name in open_slots(text))))
