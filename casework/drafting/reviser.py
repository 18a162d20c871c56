"""换语气: a text reworded as a person wishes, by a model where there is one; else, and where the model's text does not hold, by rules."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError

from casework.checks.citations import mentions
from casework.checks.names import organisations, places, strangers
from casework.checks.statements import unfounded
from casework.drafting.candidate import SentenceKind, sentences_of
from casework.drafting.fitness import is_unfit
from casework.drafting.matter import Matter
from casework.drafting.request import fenced, veil_over
from casework.drafting.rewording import Around, Revised, revise
from casework.drafting.slots import SLOT, open_slots, slot
from casework.drafting.strategy import Channel
from casework.drafting.verifying import CLAIMS, LONGEST_SLOT
from casework.drafting.wishes import Comment, read_comment
from prompts import model_prompt, say
from retrieval.errors import ModelUnavailable
from retrieval.model import LanguageModel

PROMPT = "revise"
PATIENCE_SECONDS = 45.0
LONGEST_REASON = 80
MOST_REASONS = 4


@dataclass(frozen=True)
class Task:
    """A text and what a person wants of it.

    Attributes:
        comment: the wish in the person's words; `earlier` are those before it, oldest first.
    """

    text: str
    comment: str
    channel: Channel
    matter: Matter
    around: Around
    earlier: tuple[str, ...] = ()


class _Answer(BaseModel):
    """What the model is asked to return."""

    text: str
    not_done: list[str]


class Reviser:
    """Rewords.

    Args:
        model: None: by rules only.
        patience_seconds: how long one answer may take altogether.
    """

    def __init__(self, model: LanguageModel | None = None, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._model, self._patience_seconds = model, patience_seconds

    async def revise(self, task: Task) -> Revised:
        """The text reworded; facts, slots and quotes stay, unless the wish is that they go. Never fails for want of a model."""
        comment = read_comment(task.comment)
        if self._model is None:
            return revise(task.text, comment, task.around)
        try:
            answer = await self._ask(self._model, task)
        except ModelUnavailable:
            return _noted(revise(task.text, comment, task.around), say("drafting.revision_model_silent"))
        text = _lifted(answer.text, task)
        fault = await asyncio.to_thread(lambda: next(_faults(text, task, comment), None))
        if fault is not None:
            return _noted(revise(task.text, comment, task.around), say("drafting.revision_model_useless", why=fault))
        done = (say("drafting.revision_by_model", model=self._model.name, comment=task.comment),) if text != task.text else ()
        return Revised(text, done, tuple(_reasons(answer, task.matter)), by=self._model.name)

    async def _ask(self, model: LanguageModel, task: Task) -> _Answer:
        try:
            async with asyncio.timeout(self._patience_seconds):
                return _Answer.model_validate(await model.complete(model_prompt(PROMPT), request(task), _Answer.model_json_schema()))
        except (TimeoutError, ValidationError) as error:
            raise ModelUnavailable(type(error).__name__) from error


def request(task: Task) -> str:
    """What the model is told: the wish as an order, the text and what it may use as material. It is shown no post."""
    veil = veil_over(task.matter, task.text, task.comment, *task.earlier)
    told = {
        "现在的文字": task.text,
        "已核实的事实": dict(task.around.facts),
        "可引用的条款": dict(task.around.clauses),
    }
    earlier = "".join(f"- {veil.over(comment)}\n" for comment in task.earlier)
    before = f"# 以前提过并已照办的意见\n{earlier}\n" if earlier else ""
    room = f"# 渠道\n{task.channel.value}，最多 {task.channel.longest} 字\n\n"
    return f"# 修改意见\n{veil.over(task.comment)}\n\n{before}{room}{fenced(told, veil)}"


def _lifted(text: str, task: Task) -> str:
    """The model's text with the pieces that stood in the text before or in a verified fact put back."""
    veil = veil_over(task.matter, task.text, task.comment, *task.earlier)
    return SLOT.sub(lambda found: slot(found[1]), veil.lifted(text, [task.text, *task.around.facts.values()])).strip()


def _faults(text: str, task: Task, comment: Comment) -> Iterator[str]:
    """Why a model's text cannot be taken: what is lost that nobody wanted gone, and what is new that nobody verified."""
    if not text or len(text) > max(task.channel.longest, len(task.text)):
        yield say("drafting.fault_length", length=len(text), longest=task.channel.longest)
    yield from (say("drafting.fault_unfit") for sentence in _new_sentences(text, task.text) if is_unfit(sentence, task.matter, PROMPT))
    if not comment.deletes:
        yield from (say("drafting.fault_lost", words=words) for words in _held(task.text, task.around) if words not in text)
    quotes = dict(task.around.clauses)
    for mention in mentions(text):
        known = mention.quote in quotes.get(mention.name, "") or f"“{mention.quote}”" in task.text
        if mention.name not in task.text + "".join(quotes) or (mention.quote and not known):
            yield say("drafting.fault_clause", name=mention.name)
    known_text = "\n".join([task.text, *task.around.facts.values(), *quotes, *quotes.values(), task.matter.department, task.comment])
    for check in (strangers, organisations, places):
        yield from (say("drafting.fault_new", words=span.text) for span in check(text, known_text))
    yield from (say("drafting.fault_new", words=span.text) for span in unfounded(text, known_text, ""))
    new_claims = Counter(CLAIMS.findall(text)) - Counter(CLAIMS.findall(f"{task.text}\n{task.comment}"))
    yield from (say("drafting.fault_claim", words=words) for words in new_claims)
    yield from (say("drafting.fault_slot", name=name) for name in open_slots(text) if len(name) > LONGEST_SLOT and name not in task.text)


def _held(text: str, around: Around) -> list[str]:
    """What of a text must stay: its slots, its quotes with the articles they are from, and verified facts."""
    quoted = [part for mention in mentions(text) for part in (mention.name, mention.quote) if part and part in text]
    return [*(slot(name) for name in open_slots(text)), *quoted, *(value for value in around.facts.values() if value in text)]


def _new_sentences(text: str, before: str) -> list[str]:
    sentences = (sentence.text.strip() for sentence in sentences_of(text, SentenceKind.FACT))
    return [sentence for sentence in sentences if sentence and sentence not in before]


def _reasons(answer: _Answer, matter: Matter) -> Iterator[str]:
    """What the model says that it did not do, as far as that may be shown."""
    for said in answer.not_done[:MOST_REASONS]:
        plain = re.sub(r"\s+", " ", said).strip()
        if 0 < len(plain) <= LONGEST_REASON and not is_unfit(plain, matter, PROMPT):
            yield plain


def _noted(revised: Revised, note: str) -> Revised:
    return replace(revised, undone=(note, *revised.undone))
