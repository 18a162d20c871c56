"""What a rule itself says that its words mean: 夜间，是指晚上十点至次日早晨六点之间的期间."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from language.script import to_simplified
from retrieval.evidence import ClauseHit, Quote
from retrieval.need import Need

_DEFINITION = re.compile(
    r"(?:^|[。；：\n])\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]\s*)?"
    r"(?P<words>(?:本(?:法|条例|办法|规定|细则|规则|条)(?:第[一二三四五六七八九十百]{1,6}条)?所称(?:的)?)?“?(?P<term>[一-鿿]{2,16}?)”?"
    r"(?:[，,]?\s*是指|[，,]\s*指)[^。；：\n]{6,}(?:。|(?=[；\n]|$)))"
)


_MEANING_ASKED = re.compile(
    r"(?:什么是|什么叫|何为|何谓|啥叫|啥是)(?P<first>[一-鿿]{2,16}?)[？?！!。\s]*$"
    r"|^(?:请问|条文里|法律上)?(?:的)?“?(?P<last>[一-鿿]{2,16}?)”?(?:是指|指的是|指|是)(?:什么|啥)(?:意思)?[？?！!。\s]*$"
    r"|^“?(?P<defined>[一-鿿]{2,16}?)”?(?:的定义|怎么定义|如何定义)"
)


@dataclass(frozen=True)
class Definition:
    """A word of a rule, and the words that define it as they stand."""

    term: str
    quote: Quote


def definitions_in(clauses: Iterable[ClauseHit]) -> Iterator[Definition]:
    """The definitions that clauses give."""
    for clause in clauses:
        if "指" in clause.text:
            for match in _DEFINITION.finditer(to_simplified(clause.text)):
                words = clause.text[match.start("words") : match.end("words")]
                yield Definition(match["term"], Quote(clause, words.rstrip()))


def word_asked_for(question: str) -> str:
    """The word whose meaning a question asks for (什么是社会生活噪声); empty where it asks for something else."""
    match = _MEANING_ASKED.search(question)
    return next(filter(None, match.groups()), "") if match else ""


def answering_definition(clauses: Iterable[ClauseHit], question: str, text: str, need: Need | None) -> Definition | None:
    """The definition, among clauses of one rule, that gives what is asked for, of a word that question and rule use; the longest word's.

    Args:
        question: in its matching form.
        text: the clause that is quoted; where it gives the answer itself there is nothing to add.
        need: the kind of answer that is asked for.
    """
    if need is None or need.is_met_by(text):
        return None
    used = (each for each in definitions_in(clauses) if each.term in question and each.term in text and need.is_met_by(each.quote.text))
    return max(used, key=lambda each: len(each.term), default=None)
