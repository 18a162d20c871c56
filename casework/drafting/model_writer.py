"""The model drafter: a language model writes, every sentence is verified against the evidence, and what does not hold is taken out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import takewhile
from typing import Any, Literal

import pydantic_core
from pydantic import BaseModel, ValidationError

from casework.checks.coverage import covers
from casework.drafting.candidate import AskAnswer, Candidate, Sentence, SentenceKind, Written
from casework.drafting.evidence import Evidence
from casework.drafting.fitness import is_unfit
from casework.drafting.matter import Matter
from casework.drafting.request import clause_refs, draft_request, veil_over
from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Plan, Strategy, plan
from casework.drafting.veil import Veil
from casework.drafting.verifying import PROMPT, verified, verified_sentences
from casework.drafting.writer import Progress, Progressed, ReplyWriter
from prompts import model_prompt, say
from retrieval.errors import ModelUnavailable
from retrieval.model import LanguageModel

LONGEST_QUESTION = 60
PATIENCE_SECONDS = 90.0
PROGRESS_SECONDS = 2.0
"""So often what a model has said so far is looked at."""
CIRCLED = "①②③④⑤⑥⑦⑧⑨"


class _Sentence(BaseModel):
    text: str
    kind: Literal["boilerplate", "fact", "clause", "case", "next_step", "slot"]
    refs: list[str]


class _Candidate(BaseModel):
    strategy: Strategy
    channel: Channel
    sentences: list[_Sentence]


class _Answer(BaseModel):
    """What the model is asked to return."""

    candidates: list[_Candidate]
    next_question: str


class ModelWriter:
    """Writes with a model. Whatever the model fails to give, the other writer gives, and the note says so.

    Args:
        model: answers in JSON; it has no tools.
        otherwise: writes when the model does not answer, or not usably.
        patience_seconds: how long one answer may take altogether.
        progress_seconds: how often progress is told.
    """

    def __init__(
        self,
        model: LanguageModel,
        otherwise: ReplyWriter,
        patience_seconds: float = PATIENCE_SECONDS,
        progress_seconds: float = PROGRESS_SECONDS,
    ) -> None:
        self._model, self._otherwise = model, otherwise
        self._patience_seconds, self._progress_seconds = patience_seconds, progress_seconds
        self.name = model.name

    async def write(self, matter: Matter, evidence: Evidence, progress: Progress | None = None, wanted: Plan = ()) -> Written:
        """Candidates by the model; those that it could not give, or that did not hold, by the other writer."""
        spare = await self._otherwise.write(matter, evidence, wanted=wanted)
        work = _Work(matter, evidence, veil_over(matter), self.name)
        try:
            answer = await self._ask(work, plan(matter, wanted), progress)
        except ModelUnavailable:
            return replace(spare, note=say("drafting.model_silent"))
        return await asyncio.to_thread(work.assembled, answer, spare)

    async def _ask(self, work: "_Work", chosen: Plan, progress: Progress | None) -> _Answer:
        user = draft_request(work.matter, work.evidence, chosen, work.veil)
        try:
            async with asyncio.timeout(self._patience_seconds), self._telling(work, progress) as heard:
                said = await self._model.complete(model_prompt(PROMPT), user, _Answer.model_json_schema(), heard)
                return _Answer.model_validate(said)
        except (TimeoutError, ValidationError) as error:
            raise ModelUnavailable(type(error).__name__) from error

    @contextlib.asynccontextmanager
    async def _telling(self, work: "_Work", progress: Progress | None) -> AsyncIterator[Any]:
        """What listens to the model while it speaks; None where nobody wants to know."""
        if progress is None:
            yield None
            return
        progress(Progressed(say("drafting.model_writes", model=self.name)))
        said: list[str] = [""]
        teller = asyncio.create_task(self._tell(work, said, progress))
        try:
            yield lambda text: said.__setitem__(0, text)
        finally:
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)

    async def _tell(self, work: "_Work", said: list[str], progress: Progress) -> None:
        told = ""
        while True:
            await asyncio.sleep(self._progress_seconds)
            if said[0] != told:
                told = said[0]
                progress(await asyncio.to_thread(work.progressed, told))


class _Work:
    """One case in the hands of a model: what it may use, and what becomes of what it says."""

    def __init__(self, matter: Matter, evidence: Evidence, veil: Veil, model: str) -> None:
        self.matter, self.evidence, self.veil, self.model = matter, evidence, veil, model
        self._keys = clause_refs(evidence)

    def assembled(self, answer: _Answer, spare: Written) -> Written:
        """The model's candidates in the order of the plan, the missing ones from the other writer."""
        checked = (verified(self._candidate(row), self.matter, self.evidence) for row in answer.candidates)
        kept = {(candidate.strategy, candidate.channel): candidate for candidate in checked if candidate}
        chosen = tuple(_explained(kept.get((spared.strategy, spared.channel)), spared) for spared in spare.candidates)
        own = sum(candidate is not spared for candidate, spared in zip(chosen, spare.candidates, strict=True))
        if not own:
            return replace(spare, note=say("drafting.model_useless"))
        note = say("drafting.model_partly", count=len(chosen) - own) if own < len(chosen) else ""
        asks = tuple(_ask_answer(ask, chosen[0]) for ask in self.matter.asks)
        return Written(chosen, asks, self._plain_question(answer.next_question) or spare.next_question, note, self.model)

    def progressed(self, said: str) -> Progressed:
        """What can be shown of an answer that is still being said: which candidate is being written, and what of the first one holds."""
        written = _so_far(said)
        if not written:
            return Progressed(say("drafting.model_writes", model=self.model))
        checked = [verified_sentences(self._candidate(row), self.matter, self.evidence) for row in written]
        now = written[-1]
        line = say(
            "drafting.model_progress", model=self.model, number=CIRCLED[len(written) - 1], strategy=now.strategy.value,
            channel=now.channel.value, count=sum(map(len, checked)),
        )  # fmt: skip
        return Progressed(line, "".join(sentence.text for sentence in checked[0]).strip())

    def _candidate(self, written: _Candidate) -> Candidate:
        facts = self.matter.facts.values()
        sentences = (
            Sentence(self.veil.lifted(s.text, facts), SentenceKind(s.kind), tuple(self._keys[ref] for ref in s.refs if ref in self._keys))
            for s in written.sentences
        )
        return Candidate(written.strategy, written.channel, tuple(sentences))

    def _plain_question(self, question: str) -> str:
        """The question that the model expects, if it is one: one short line that may be shown."""
        question = question.strip()
        return "" if len(question) > LONGEST_QUESTION or "\n" in question or is_unfit(question, self.matter, PROMPT) else question


def _so_far(said: str) -> list[_Candidate]:
    """The candidates in the beginning of an answer, the last of them with the sentences that are said to their end."""
    try:
        told = pydantic_core.from_json(said[max(0, said.find("{")) :], allow_partial=True)
    except ValueError:
        return []
    rows = told.get("candidates") if isinstance(told, dict) else None
    return [found for row in rows if (found := _unfinished(row))] if isinstance(rows, list) else []


def _unfinished(row: Any) -> _Candidate | None:
    try:
        sentences = takewhile(lambda sentence: sentence is not None, map(_sentence, row["sentences"]))
        return _Candidate(strategy=row["strategy"], channel=row["channel"], sentences=list(sentences))
    except (KeyError, TypeError, ValidationError):
        return None


def _sentence(row: Any) -> _Sentence | None:
    try:
        return _Sentence.model_validate(row)
    except ValidationError:
        return None


def _explained(candidate: Candidate | None, spared: Candidate) -> Candidate:
    return replace(candidate, reason=spared.reason, risk=spared.risk, next_question=spared.next_question) if candidate else spared


def _ask_answer(ask: str, candidate: Candidate) -> AskAnswer:
    numbers = tuple(number for number, sentence in enumerate(candidate.sentences, 1) if covers(sentence.text, ask))
    return AskAnswer(ask, numbers, open=not numbers or any(open_slots(candidate.sentences[number - 1].text) for number in numbers))
