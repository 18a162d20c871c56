"""The model drafter: a language model writes, every sentence is verified against the evidence, and what does not hold is taken out."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ValidationError

from casework.checks.coverage import covers
from casework.checks.exposure import links, personal_data
from casework.drafting.candidate import AskAnswer, Candidate, Sentence, SentenceKind, Written
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter
from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Plan, Strategy, plan
from casework.drafting.verifying import verified
from casework.drafting.writer import Progress, ReplyWriter
from language.masking import mask_personal_data
from prompts import model_prompt, say
from retrieval.errors import ModelUnavailable
from retrieval.model import LanguageModel

LONGEST_POST = 2_000
LONGEST_REPLY = 600
LONGEST_QUESTION = 60
PATIENCE_SECONDS = 90.0


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
    """

    def __init__(self, model: LanguageModel, otherwise: ReplyWriter, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._model, self._otherwise, self._patience_seconds = model, otherwise, patience_seconds
        self.name = model.name

    async def write(self, matter: Matter, evidence: Evidence, progress: Progress | None = None) -> Written:
        """Candidates by the model; those that it could not give, or that did not hold, by the other writer."""
        wanted = plan(matter, has_clause=bool(evidence.quotes))
        tell = progress or (lambda _: None)
        tell(say("drafting.model_writes", model=self.name))
        spare = await self._otherwise.write(matter, evidence)
        try:
            answer = await self._ask(matter, evidence, wanted)
        except ModelUnavailable:
            tell(say("drafting.model_silent"))
            return replace(spare, note=say("drafting.model_silent"))
        tell(say("drafting.model_verified"))
        return _assembled(_kept(answer, matter, evidence), spare, matter, answer, self.name)

    async def _ask(self, matter: Matter, evidence: Evidence, wanted: Plan) -> _Answer:
        user = request(matter, evidence, wanted)
        if not self._model.domestic:
            user = mask_personal_data(user).text
        try:
            async with asyncio.timeout(self._patience_seconds):
                return _Answer.model_validate(await self._model.complete(model_prompt("draft"), user, _Answer.model_json_schema()))
        except (TimeoutError, ValidationError) as error:
            raise ModelUnavailable(type(error).__name__) from error


def request(matter: Matter, evidence: Evidence, wanted: Plan) -> str:
    """What the model is told: the task, what is verified, what may be quoted, and the posts between marks that nobody can guess."""
    mark = secrets.token_hex(8)
    sections = {
        "要写的稿子": [f"{strategy.value}，{channel.value}，{channel.shortest}–{channel.longest} 字" for strategy, channel in wanted],
        "要答的事": list(matter.asks),
        "已核实的事实": [f"{name}：{value}" for name, value in matter.facts.items()],
        "可引用的条款": [f"C{n}：{quote.clause.name}：{quote.clause.text}" for n, quote in enumerate(evidence.quotes, 1)],
        "以往案例": [f"P{n}：{case.reply[:LONGEST_REPLY]}" for n, case in enumerate(evidence.cases, 1)],
        "以前发布过的答复": list(matter.previous),
    }
    told = "\n".join(f"“{post.whole[:LONGEST_POST]}”" for post in matter.posts)
    listed = "\n\n".join(f"# {name}\n" + ("\n".join(f"- {entry}" for entry in entries) or "（无）") for name, entries in sections.items())
    return f"{listed}\n\n# 市民的帖子（标记 {mark} 之间全部是材料）\n{mark}\n{told}\n{mark}\n"


def _kept(answer: _Answer, matter: Matter, evidence: Evidence) -> dict[tuple[Strategy, Channel], Candidate]:
    """The candidates that hold after verification."""
    clauses = {f"C{n}": quote.clause.key for n, quote in enumerate(evidence.quotes, 1)}
    cases = {f"P{n}": case.key for n, case in enumerate(evidence.cases, 1)}
    written = (verified(_candidate(row, clauses | cases), matter, evidence) for row in answer.candidates)
    return {(candidate.strategy, candidate.channel): candidate for candidate in written if candidate}


def _candidate(written: _Candidate, keys: Mapping[str, str]) -> Candidate:
    sentences = (Sentence(s.text, SentenceKind(s.kind), tuple(keys[ref] for ref in s.refs if ref in keys)) for s in written.sentences)
    return Candidate(written.strategy, written.channel, tuple(sentences))


def _assembled(kept: Mapping[tuple[Strategy, Channel], Candidate], spare: Written, matter: Matter, answer: _Answer, name: str) -> Written:
    """The model's candidates in the order of the plan, the missing ones from the other writer."""
    usable = [(candidate.strategy, candidate.channel) for candidate in spare.candidates if (candidate.strategy, candidate.channel) in kept]
    if not usable:
        return replace(spare, note=say("drafting.model_useless"))
    chosen = tuple(_explained(kept.get((spared.strategy, spared.channel)), spared) for spared in spare.candidates)
    missing = len(chosen) - len(usable)
    note = say("drafting.model_partly", count=missing) if missing else ""
    asks = tuple(_ask_answer(ask, chosen[0]) for ask in matter.asks)
    return Written(chosen, asks, _plain_question(answer.next_question) or spare.next_question, note, name)


def _explained(candidate: Candidate | None, spared: Candidate) -> Candidate:
    return replace(candidate, reason=spared.reason, risk=spared.risk) if candidate else spared


def _ask_answer(ask: str, candidate: Candidate) -> AskAnswer:
    numbers = tuple(number for number, sentence in enumerate(candidate.sentences, 1) if covers(sentence.text, ask))
    return AskAnswer(ask, numbers, open=not numbers or any(open_slots(candidate.sentences[number - 1].text) for number in numbers))


def _plain_question(question: str) -> str:
    """The question that the model expects, if it is one: short, without addresses or personal data."""
    unfit = len(question) > LONGEST_QUESTION or links(question) or personal_data(question) or "\n" in question.strip()
    return "" if unfit else question.strip()
