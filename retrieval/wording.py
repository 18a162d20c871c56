"""A language model puts an answer into plain words: what no quoted words carry is dropped, quotes and refusals stay as they are."""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel, ValidationError

from language.masking import mask_personal_data
from language.normalising import normalise
from language.numerals import NUMERAL, to_int
from prompts import model_prompt, say
from retrieval.errors import ModelUnavailable
from retrieval.evidence import Answer, ClauseHit
from retrieval.model import Heard, LanguageModel
from retrieval.subject import pairs_of, telling_words
from retrieval.unfinished import finished_items

PATIENCE_SECONDS = 20.0
MOST_SENTENCES = 4
LONGEST_SENTENCE = 120
LONGEST_QUESTION = 500
LONGEST_CLAUSE = 2_000
SHORTEST_QUOTE = 8
CARRIED_SHARE = 0.6
"""Share of the pairs of characters in a sentence's telling words that must stand in the clause, its title or the question."""
_FORBIDDING = re.compile(r"不得|禁止|严禁|不能|不可以|不行|不允许|不准|不许|不予|无需|不需要|不用|不收|免|没有|不是|拒|无法|不")
_ALLOWING = re.compile(r"可以|有权|允许|能够")
_UNFIT = re.compile(r"https?:|www\.|[A-Za-z0-9-]+\.(?:com|cn|net|org)|\d{7,}|[<>\[\]{}]|@")
_DIGITS = re.compile(rf"(?P<digits>\d+(?:\.\d+)?)\s*(?P<scale>[十百千万亿]*)|(?P<chinese>[{NUMERAL}]+)")


class _Sentence(BaseModel):
    text: str
    ref: str
    quote: str


class _Worded(BaseModel):
    """What the model is asked to return."""

    sentences: list[_Sentence]


async def put_into_words(
    model: LanguageModel, question: str, answer: Answer, *,
    patience_seconds: float = PATIENCE_SECONDS, heard: Callable[[Answer], None] | None = None,
) -> Answer:  # fmt: skip
    """The same answer with a few plain sentences before its quotes.

    A refusal is returned as it is. Where the model is down, slow or says nothing that the clauses carry, the embedded answer
    is returned and says so.

    Args:
        heard: is given the answer so far, whenever the model has finished a sentence that the clauses carry.
    """
    if answer.refused or not answer.quotes:
        return answer
    try:
        async with asyncio.timeout(patience_seconds):
            listening = _listening(model, question, answer, heard) if heard else None
            told = await model.complete(model_prompt("answer"), request(question, answer, model), _Worded.model_json_schema(), listening)
        sentences = _Worded.model_validate(told).sentences[:MOST_SENTENCES]
    except (ModelUnavailable, TimeoutError, ValidationError):
        return _noted(answer, say("knowledge.model_silent"))
    kept = _carried(sentences, question, answer)
    return _worded(answer, kept, model) if kept else _noted(answer, say("knowledge.model_useless"))


def _listening(model: LanguageModel, question: str, answer: Answer, heard: Callable[[Answer], None]) -> Heard:
    """Tells of every further sentence that is finished and carried."""
    told = 0

    def listen(said: str) -> None:
        nonlocal told
        items = finished_items(said, "sentences")[:MOST_SENTENCES]
        if len(items) > told and (kept := _carried(list(filter(None, map(_read, items))), question, answer)):
            heard(_worded(answer, kept, model))
        told = len(items)

    return listen


def _read(item: dict[str, object]) -> _Sentence | None:
    try:
        return _Sentence.model_validate(item)
    except ValidationError:
        return None


def _worded(answer: Answer, kept: Sequence[str], model: LanguageModel) -> Answer:
    return replace(answer, text="\n".join(["".join(kept), say("knowledge.worded"), answer.text]), worded_by=model.name)


def _carried(sentences: Sequence[_Sentence], question: str, answer: Answer) -> list[str]:
    """The words of the sentences that the quoted clauses carry."""
    clauses = {f"C{number}": quote.clause for number, quote in enumerate(answer.quotes, 1)}
    return [sentence.text.strip() for sentence in sentences if _is_carried(sentence, clauses, question)]


def request(question: str, answer: Answer, model: LanguageModel) -> str:
    """What the model is told: question and clauses between marks that nobody can guess; abroad without personal data."""
    mark = secrets.token_hex(8)
    asked = question[:LONGEST_QUESTION]
    if not model.domestic:
        asked = mask_personal_data(asked).text
    clauses = "\n".join(f"C{n}：{quote.clause.name}：{quote.clause.text[:LONGEST_CLAUSE]}" for n, quote in enumerate(answer.quotes, 1))
    return f"# 问题\n{mark}\n{asked}\n{mark}\n\n# 条款\n{mark}\n{clauses}\n{mark}\n"


def _noted(answer: Answer, note: str) -> Answer:
    return replace(answer, text=f"{answer.text}\n{note}", notes=(*answer.notes, note))


def _is_carried(sentence: _Sentence, clauses: Mapping[str, ClauseHit], question: str) -> bool:
    """Whether a sentence says no more than the words that it names: their numbers, their permission or ban, and their subject."""
    clause, text = clauses.get(sentence.ref), normalise(sentence.text).text
    if clause is None or len(sentence.quote.strip()) < SHORTEST_QUOTE or sentence.quote.strip() not in clause.text:
        return False
    if not text.strip() or len(text) > LONGEST_SENTENCE or "\n" in text.strip() or _UNFIT.search(sentence.text):
        return False
    quote = normalise(sentence.quote).text
    named = normalise(clause.name).text
    return (
        numbers_in(text.replace(named, "")) <= numbers_in(quote)
        and _same_modality(text, quote)
        and _carried_share(text, f"{clause.title} {clause.text} {question}") >= CARRIED_SHARE
    )


def numbers_in(text: str) -> frozenset[float]:
    """The numbers in a text, in figures or Chinese numerals; a lone 一 is no number (一律, 一般)."""
    return frozenset(value for match in _DIGITS.finditer(text) if match[0] != "一" and (value := _value(match)) is not None)


def _value(match: re.Match[str]) -> float | None:
    try:
        if match["digits"]:
            return float(match["digits"]) * (to_int(f"一{match['scale']}") if match["scale"] else 1)
        return float(to_int(match["chinese"]))
    except ValueError:
        return None


def _same_modality(sentence: str, quote: str) -> bool:
    """A ban stays a ban, and what is not forbidden is not told as forbidden."""
    forbids, forbidden = bool(_FORBIDDING.search(sentence)), bool(_FORBIDDING.search(quote))
    return forbids == forbidden and not (_ALLOWING.search(sentence) and not forbids and not _ALLOWING.search(quote) and "应当" in quote)


def _carried_share(sentence: str, text: str) -> float:
    pairs = [pair for word in telling_words(sentence) for pair in pairs_of(word)]
    plain = normalise(text).text
    return sum(pair in plain for pair in pairs) / len(pairs) if pairs else 0.0
