"""逐项答复: what is said to each ask, by the way it is asked; where nothing is known an open slot names what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.drafting.ask import kind_of, topic_of_ask
from casework.drafting.candidate import Sentence, SentenceKind
from casework.drafting.citizen_words import without_marks
from casework.drafting.evidence import Evidence
from casework.drafting.matter import Matter
from casework.drafting.slots import slot
from casework.drafting.topic import Topic
from language.numerals import from_int
from prompts import frames
from retrieval.evidence import Quote

POST = "post"
"""Reference of a sentence that rests on what the citizens wrote."""


@dataclass(frozen=True)
class Answer:
    """The sentences that treat one ask."""

    ask: str
    sentences: tuple[Sentence, ...]


def answers(
    matter: Matter, evidence: Evidence, topic: Topic, *, brief: bool = False, quoting: bool = True, to_many: bool = False
) -> list[Answer]:
    """An answer for every ask.

    Args:
        topic: what the matter is about; an ask may be about another topic.
        brief: leave out what is not needed to understand the answer.
        quoting: whether clauses are quoted at the asks that they bear on.
        to_many: speak to the public and not to the one who asked.
    """
    answered: list[Answer] = []
    said: list[str] = []
    for number, ask in enumerate(matter.asks, 1):
        quote = evidence.by_ask.get(ask) if quoting else None
        lead = _lead(matter, ask, number, to_many)
        answered.append(Answer(ask, (lead, *_answer(ask, topic_of_ask(ask, matter.told, matter.line, topic), quote, said, brief))))
    return answered


def named(matter: Matter, asks: Sequence[str], *, to_many: bool = False) -> Sentence:
    """One sentence that names asks as still open; it says so where they are not all."""
    listed = "、".join(_echoed(ask, matter.told) for ask in asks)
    wording = ("public_" if to_many or matter.is_news else "") + ("named" if len(asks) == len(matter.asks) else "named_brief")
    return Sentence(_pieces()[wording].format(asks=listed), SentenceKind.FACT, (POST,))


def clause_sentences(quote: Quote, wording: str = "clause") -> list[Sentence]:
    """The clause word for word, and what it means in plain words."""
    clause, refs = quote.clause, (quote.clause.key,)
    cited = Sentence(_pieces()[wording].format(name=clause.name, quote=quote.text), SentenceKind.CLAUSE, refs)
    meaning = next((gloss["text"] for gloss in frames("asks")["gloss"] if any(word in quote.text for word in gloss["words"])), "")
    return [cited, *([Sentence(meaning, SentenceKind.CLAUSE, refs)] if meaning else [])]


def gap_of(ask: str) -> str:
    """The slot of an ask: its words and what is missing."""
    return slot(f"“{without_marks(ask)}”{kind_of(ask).tail}")


def _answer(ask: str, topic: Topic, quote: Quote | None, said: list[str], brief: bool) -> list[Sentence]:
    kind = kind_of(ask)
    sentences: list[Sentence] = []
    if quote and quote.text not in said:
        sentences += clause_sentences(quote)[: 1 if brief else 2]
        said.append(quote.text)
    options = kind.after if quote and kind.after else kind.answer
    turn = said.count(f"{kind.name} {topic.name}")
    said.append(f"{kind.name} {topic.name}")
    wording = options[-1] if brief else options[min(turn, len(options) - 1)]
    text = wording.format(gap=gap_of(ask), checks=topic.checks, steps=topic.steps, keep=topic.keep)
    return [*sentences, Sentence(text + "\n", SentenceKind.SLOT)]


def _lead(matter: Matter, ask: str, number: int, to_many: bool) -> Sentence:
    wording = "lead" if len(matter.asks) > 1 else "single"
    echo = kind_of(ask).echo
    if to_many:
        echo = echo.replace(frames("asks")["address"]["one"], frames("asks")["address"]["asker"])
    text = _pieces()[wording].format(number=from_int(number), echo=echo, ask=_echoed(ask, matter.told))
    return Sentence(text, SentenceKind.FACT, (POST,))


def _echoed(ask: str, told: str) -> str:
    """An ask as it is repeated: in quotation marks where these are the citizen's own words."""
    plain = without_marks(ask)
    return f"“{plain}”" if plain in told else plain


def _pieces() -> dict[str, str]:
    return frames("asks")["pieces"]  # type: ignore[no-any-return]
