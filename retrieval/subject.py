"""What a question is about: the words that tell, each with what rules call it and how rare it is."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from language.normalising import normalise
from language.segmentation import tagged_words
from retrieval.bridging import Bridge
from retrieval.everyday import rule_words, split_at_everyday_words
from retrieval.terms import terms

_ASKING = re.compile(
    r"罚(?!款|单|没|则)|多少|几[个条只天日点米年次张名人辆户平元块百]?|怎么[样办]?|能不能|可不可以|要不要|有没有|是不是|得不得|该不该|谁|哪些|哪个|哪|吗|呢|必须|最[多少高低长大短]"
)
"""Words that end one thought and begin the question; without a break they stick to what stands before them (牵绳罚多少)."""
_TELLING = ("n", "v", "a", "i", "l", "j", "t", "s", "b", "eng", "z", "m", "x")
_NUMERAL = re.compile(r"^[第一二两三四五六七八九十百千万零〇半数\d几多]+[个只条天日点次名人种家件年月级]?$")
_AMOUNT = re.compile(r"[是为要收]?多少(?![个天日米元人年次])")
_ATTRIBUTE = re.compile(r"[费价率额线资金贴税度值龄量比例]$")
_WHICH = re.compile(r"什么|哪[个些种家位]?")
_NEAR = 2
"""So many characters may stand between what is asked for and the asking word (工资是多少)."""
BRIDGED = 0.8
"""What a word counts for whose lay phrase stands in a text as an official one."""
PARTLY = 0.5
"""The most that a word counts for of which only parts stand in a text."""


@dataclass(frozen=True)
class Told:
    """One word of a question that says what it is about.

    Attributes:
        also: what rules call it.
        rarity: how rare the word, or the commonest of what rules call it, is among the clauses; 0 to 1.
    """

    word: str
    also: tuple[str, ...]
    rarity: float

    def met_in(self, text: str, held: Collection[str], bridged: Collection[str]) -> float:
        """How much of it stands in a text, 0 to 1: itself, what rules call it, or an official phrase for the lay words it is part of."""
        if any(word in text for word in (self.word, *self.also)):
            return 1.0
        if any(self.word in lay for lay in bridged):
            return BRIDGED
        pairs = pairs_of(self.word)
        return PARTLY * sum(pair in held for pair in pairs) / len(pairs) if len(pairs) > 1 else 0.0


def told_by(question: str, rarity: Callable[[str], float]) -> tuple[Told, ...]:
    """The words of a question that say what it is about, in its order.

    Args:
        rarity: how rare a word is among all clauses, 0 to 1.
    """
    return tuple(Told(word, rule_words(word), min(map(rarity, (word, *rule_words(word))))) for word in telling_words(question))


def lay_words_met(bridges: Iterable[Bridge], held: Collection[str]) -> list[str]:
    """The lay words of a question for which an official phrase stands in a clause with these terms."""
    return [word for bridge in bridges if bridge.phrase_in(held) for word in bridge.lay_words if word not in _empty_words()]


def telling_words(question: str) -> list[str]:
    """The words of a question that say what it is about, simplified and in lower case."""
    pieces = split_at_everyday_words(_ASKING.sub(" ", normalise(question).text))
    return list(dict.fromkeys(word for piece in pieces for word in _words_of(piece)))


def focus_of(question: str, told: Iterable[Told]) -> Told | None:
    """The word that the question asks the amount or the kind of: 工资是多少, 什么颜色. None where it shows none."""
    if (which := _WHICH.search(question)) and (after := _first_at(question, told, which.end())):
        return after
    amount = _AMOUNT.search(question)
    return _last_before(question, told, amount.start()) if amount else None


def pairs_of(word: str) -> list[str]:
    """The terms of a word that are more than one character."""
    return [term for term in terms(word) if len(term) > 1]


def _first_at(question: str, told: Iterable[Told], start: int) -> Told | None:
    return next((each for each in told if start <= question.find(each.word, start) <= start + 1), None)


def _last_before(question: str, told: Iterable[Told], stop: int) -> Told | None:
    ends = [(question.rfind(each.word, 0, stop) + len(each.word), each) for each in told if each.word in question[:stop]]
    end, last = max(ends, key=lambda pair: pair[0], default=(0, None))
    return last if last and stop - end <= _NEAR and _ATTRIBUTE.search(last.word) else None


def _words_of(piece: str) -> list[str]:
    return [piece] if rule_words(piece) else [word for word, tag in tagged_words(piece) if _tells(word, tag)]


def _tells(word: str, tag: str) -> bool:
    if not tag.startswith(_TELLING) or not terms(word) or word in _empty_words() or _NUMERAL.match(word):
        return False
    return len(word) > 1 or tag == "n"


@cache
def _empty_words() -> frozenset[str]:
    """Words of questions that do not say what they are about, from `empty_words.txt`."""
    return frozenset(Path(__file__).with_name("empty_words.txt").read_text(encoding="utf-8").split())
