"""逐项答复: what is said to each ask, by the way it is asked and by how far the matter has come; what nobody knows is an open slot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from casework.checks.statements import unfounded
from casework.drafting.ask import kind_of, topic_of_ask
from casework.drafting.candidate import Sentence, SentenceKind, sentences_of
from casework.drafting.citizen_words import without_marks
from casework.drafting.evidence import Evidence
from casework.drafting.frame import Manner
from casework.drafting.matter import Matter, Standing
from casework.drafting.slots import slot, slot_name
from casework.drafting.topic import Topic, with_tuples
from language.numerals import from_int
from prompts import frames
from retrieval.evidence import Quote

POST = "post"
"""Reference of a sentence that rests on what the citizens wrote."""
TERSE = 4
REQUEST, QUESTION, PENALTY = "action", "question", "penalty"
THEN = "接下来，"
"""How a step is joined to what stands before; an answer that begins with the ask itself needs no joint."""
_THEN = re.compile(r"；接下来，\{steps\}")
_HANDLE = re.compile(r"^(?:处理|解决)(?=.{3})")
_OR_NOT = re.compile(r"(.)不\1")
_ONCE = ("checks", "steps", "keep")
"""What is said once in a reply, and not again in the next answer."""


@dataclass(frozen=True)
class AnswerWords:
    """How one kind of ask is answered; `prompts/frames/answers.toml` explains the fields."""

    name: str
    slot: str
    plan: tuple[str, ...]
    report: tuple[str, ...]
    question: bool = False
    rule: tuple[str, ...] = ()
    refer: tuple[str, ...] = ()
    law_plan: tuple[str, ...] = ()
    law_report: tuple[str, ...] = ()
    law_rule: tuple[str, ...] = ()

    def options(self, manner: Manner, *, quoted: bool) -> tuple[str, ...]:
        """The wordings for a manner, the fullest first; those that follow a quoted clause where there are some."""
        after: tuple[str, ...] = getattr(self, f"law_{manner}", ()) if quoted else ()
        return after or getattr(self, manner) or self.plan


@dataclass(frozen=True)
class Answer:
    """The sentences that treat one ask."""

    ask: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Answering:
    """How the asks of one candidate are answered.

    Attributes:
        fields: what the wordings may name in braces (`frame_fields`).
        topic: what the matter is about; an ask may be about another topic.
        manner: how far the matter has come.
        most_clauses: so many clauses are quoted at the asks that they bear on, and one more where a penalty is asked for; 0 quotes none.
        tightness: 1 leaves out the steps that follow, TERSE all that is not needed to understand the answer.
    """

    matter: Matter
    evidence: Evidence
    topic: Topic
    manner: Manner
    fields: Mapping[str, str] = field(default_factory=dict)
    most_clauses: int = 3
    tightness: int = 0

    def answers(self, so_far: str = "") -> list[Answer]:
        """An answer for every ask.

        Args:
            so_far: the reply's text before them; what stands there is not said again.
        """
        answered: list[Answer] = []
        for number, ask in enumerate(self.matter.asks, 1):
            said = self._answer(ask, so_far)
            if len(self.matter.asks) > 1:
                sentences = (Sentence(self._lead(ask, number), SentenceKind.FACT, (POST,)), *said)
            else:
                sentences = (replace(said[0], text=self._lead(ask, number) + said[0].text.removeprefix(THEN)), *said[1:])
            answered.append(Answer(ask, sentences))
            so_far += "".join(sentence.text for sentence in sentences)
        return answered

    def _lead(self, ask: str, number: int) -> str:
        """What stands before an answer: a heading of its own, or where there is one ask only, the beginning of the first sentence."""
        plain, asked = _plain(ask), "question" if words_of(ask).question or _sounds_asking(ask) else "wish"
        if len(self.matter.asks) == 1:
            name, plain = f"single_{asked}", _echoed(ask, self.matter.told)
        else:
            name = f"quoted_{asked}" if unfounded(plain, "", "") else asked
        return str(frames("answers")["lead"][name].format(number=from_int(number), ask=plain, who=self.fields["who"]))

    def _answer(self, ask: str, so_far: str) -> list[Sentence]:
        quote = self._quote_for(ask, so_far)
        cited = clause_sentences(quote)[: 1 if self.tightness else 2] if quote and quote.text not in so_far else []
        text = self._wording(ask, quote is not None, so_far)
        return [*cited, *sentences_of(text + "\n", SentenceKind.NEXT_STEP)]

    def _quote_for(self, ask: str, so_far: str) -> Quote | None:
        """The clause that bears on an ask: quoted already, or where there is room for one more."""
        quote = self.evidence.by_ask.get(ask)
        room = self.most_clauses and self.most_clauses + (words_of(ask).name == PENALTY)
        taken = {other.clause.key for other in self.evidence.quotes if other.text in so_far}
        return quote if quote and (quote.text in so_far or len(taken) < room) else None

    def _wording(self, ask: str, quoted: bool, so_far: str) -> str:
        """The fullest wording that repeats nothing; a fact that was verified in the meantime is reported."""
        words, topic = self._words(ask), topic_of_ask(ask, self.matter.told, self.matter.line, self.topic)
        known = any(is_about(name, ask) for name in self.matter.facts)
        fields = {**self.fields, "checks": topic.checks, "steps": topic.steps, "keep": topic.keep, "gap": slot(_gap(ask) + words.slot)}
        options: Sequence[str] = words.options(Manner.REPORT if known else self.manner, quoted=quoted)
        options = [_THEN.sub("", option) for option in options] if self.tightness else options
        new = (option for option in options if self.tightness < TERSE and _is_new(option, fields, so_far))
        return next(new, options[-1]).format(**fields)

    def _words(self, ask: str) -> AnswerWords:
        """How an ask is answered; who only asks wants nothing done."""
        words = words_of(ask)
        return _words()[QUESTION] if words.name == REQUEST and self.matter.standing is Standing.QUESTION else words


def named(matter: Matter, most: int, manner: Manner, fields: Mapping[str, str]) -> tuple[Sentence, ...]:
    """One sentence that names the first asks as still open, and says so where they are not all."""
    asks, wordings = matter.asks[:most], frames("answers")["named"]
    if not asks:
        return ()
    listed = "、".join(_echoed(ask, matter.told) for ask in asks)
    whose = "many" if fields["who"] == frames("answers")["address"]["asker"] else "one"
    text = wordings[whose if len(asks) == len(matter.asks) else f"{whose}_brief"] + wordings[manner]
    joined = text.format(**{**fields, "asks": listed}).replace("的是是", "的是：是")
    return sentences_of(joined, SentenceKind.FACT, (POST,))


def clause_sentences(quote: Quote, wording: str = "clause", **fields: str) -> list[Sentence]:
    """The clause word for word, and where it gives a right, what to do with it."""
    clause, refs = quote.clause, (quote.clause.key,)
    text = frames("answers")["pieces"][wording].format(name=clause.name, quote=quote.text, **fields)
    meaning = next((gloss["text"] for gloss in frames("answers")["gloss"] if any(word in quote.text for word in gloss["words"])), "")
    return [Sentence(text, SentenceKind.CLAUSE, refs), *([Sentence(meaning, SentenceKind.CLAUSE, refs)] if meaning else [])]


def is_about(fact: str, ask: str) -> bool:
    """Whether a slot's name is the open fact of this ask: it begins with the ask's words."""
    return fact.startswith(slot_name(_gap(ask)))


def words_of(ask: str) -> AnswerWords:
    """How an ask is answered: by its kind; a question of no known kind as a question, all else as a request to act."""
    kind = kind_of(ask).name
    if kind in _words() and kind != REQUEST:
        return _words()[kind]
    return _words()[QUESTION if _sounds_asking(ask) else REQUEST]


def _sounds_asking(ask: str) -> bool:
    return any(word in ask for word in frames("answers")["asking"]) or bool(_OR_NOT.search(ask))


def _is_new(wording: str, fields: Mapping[str, str], so_far: str) -> bool:
    """Whether a wording repeats nothing that stands in the reply already."""
    repeats_part = any(f"{{{name}}}" in wording and fields[name] in so_far for name in _ONCE)
    return not repeats_part and wording.format(**fields) not in so_far


def _gap(ask: str) -> str:
    """How the slot of an ask begins."""
    return f"“{_plain(ask)}”"


def _echoed(ask: str, told: str) -> str:
    """An ask as it is repeated: in quotation marks where these are the citizen's own words."""
    plain = _plain(ask)
    return f"“{plain}”" if plain in told else plain


def _plain(ask: str) -> str:
    """An ask that can stand inside a sentence and inside quotation marks; the bare trouble, where its verb says no more than 处理."""
    return _HANDLE.sub("", re.sub(r"[“”\"]", "", without_marks(ask)))


@cache
def _words() -> dict[str, AnswerWords]:
    return {row["name"]: AnswerWords(**with_tuples(row)) for row in frames("answers")["kind"]}
