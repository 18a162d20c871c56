"""改写: carries wishes out on a text by rules. The same text and wishes give the same result; facts, slots and quotes stay as they are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from casework.checks.citations import mentions
from casework.drafting.cutting import (
    after_first,
    before_signature,
    ended,
    is_numbered,
    outside,
    own,
    parts,
    sentences_in,
    signed,
    tidy,
    without,
)
from casework.drafting.slots import SLOT, open_slots, slot
from casework.drafting.wishes import Comment, Wish, WishKind
from prompts import frames, say

SHORTER = 0.75
"""To this share of its length a text is shortened where nobody names a length."""

_GLOSS = re.compile(r"^(?:也就是说|就是说|这就是说|意思是|这一条|按这一条|说白了|简单说)")
_ANSWERS = re.compile(r"您(?:问|提出|说|反映|要求)|诉求")
_OPENING = re.compile(
    r"\A(?:[^\n。，：:]{0,10}(?:您好|你好)[！!，,：:。\s]*"
    r"|(?:市民|网友|居民|同志|朋友|群众|业主|家长|商户)[^\n。，：:]{0,6}[：:，,]\s*)"
)


@dataclass(frozen=True)
class Around:
    """What may be put into a text beside the words of the wish.

    Attributes:
        facts: verified facts, slot name to value.
        clauses: name and quote of the clauses that the draft found, the aptest first.
        to_many: whether the reply speaks to the public.
    """

    facts: Mapping[str, str]
    clauses: tuple[tuple[str, str], ...] = ()
    to_many: bool = False

    def fact(self, name: str) -> str:
        """The verified value of a usual slot, or the slot."""
        wording = frames("slots")["names"][name]
        return self.facts.get(wording) or slot(wording)


@dataclass(frozen=True)
class Revised:
    """A text with what was done to it and what could not be done, each in one sentence for staff. `by`: the model; empty: the rules."""

    text: str
    done: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    by: str = ""


class _CannotDo(Exception):
    """A wish that the text does not allow; the message says why, and what could be done instead."""


def revise(text: str, comment: Comment, around: Around) -> Revised:
    """Carry out what was understood of a comment, so that numbers of paragraphs and sentences mean what they meant when it was written."""
    revised = Revised(text, undone=tuple(say("drafting.wish_puzzling", said=part) for part in comment.puzzling))
    for wish in _in_order(comment.wishes):
        try:
            new, done = _HOW[wish.kind](revised.text, wish, around)
        except _CannotDo as reason:
            revised = replace(revised, undone=(*revised.undone, say("drafting.wish_undone", said=wish.said, why=reason)))
            continue
        revised = replace(revised, text=tidy(new), done=(*revised.done, done))
    return revised


def _in_order(wishes: tuple[Wish, ...]) -> list[Wish]:
    """Deletions by number first, the last place first and sentences before paragraphs; then the rest; shortening last."""
    numbered = [wish for wish in wishes if wish.places]
    numbered.sort(key=lambda wish: (wish.kind is WishKind.DELETE_PARAGRAPHS, -max(wish.places)))
    others = [wish for wish in wishes if not wish.places]
    return [*numbered, *sorted(others, key=lambda wish: wish.kind is WishKind.SHORTEN)]


def _delete_paragraphs(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del around
    body, signature = signed(text)
    lines = body.split("\n")
    filled = [place for place, line in enumerate(lines) if line.strip()]
    gone = {filled[place] for place in _indices(wish, len(filled), "drafting.wish_paragraphs")}
    if len(gone) == len(filled):
        raise _CannotDo(say("drafting.wish_nothing_left"))
    kept = "\n".join(line for place, line in enumerate(lines) if place not in gone)
    return kept + signature, _deleted(wish, "\n".join(lines[place] for place in sorted(gone)))


def _delete_sentences(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del around
    body, signature = signed(text)
    sentences = sentences_in(body)
    filled = [place for place, sentence in enumerate(sentences) if sentence.strip()]
    gone = {filled[place] for place in _indices(wish, len(filled), "drafting.wish_sentences")}
    if len(gone) == len(filled):
        raise _CannotDo(say("drafting.wish_nothing_left"))
    return without(sentences, gone) + signature, _deleted(wish, "".join(sentences[place] for place in sorted(gone)))


def _delete_words(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del around
    _require_own_words(text, wish.words)
    if re.search("[句段]", wish.said.replace(wish.words, "")):
        sentences = sentences_in(text)
        gone = {place for place, sentence in enumerate(sentences) if wish.words in sentence}
        return without(sentences, gone), _deleted(wish, "".join(sentences[place] for place in sorted(gone)))
    return outside(text, lambda words: words.replace(wish.words, "")), say("drafting.wish_words_gone", words=wish.words)


def _avoid(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    """Another word where there is one, else without the phrase that holds it."""
    _require_own_words(text, wish.words)
    if instead := frames("revising")["instead"].get(wish.words):
        instead = instead.format(next_time=frames("slots")["names"]["next_time"])
        instead = SLOT.sub(lambda found: around.facts.get(found[1], found[0]), instead)
        return outside(text, lambda words: words.replace(wish.words, instead)), say("drafting.wish_replaced", old=wish.words, new=instead)
    phrases = [(phrase, wish.words in own(phrase)) for phrase in parts(text)]
    if any(held and open_slots(phrase) for phrase, held in phrases):
        return outside(text, lambda words: words.replace(wish.words, "")), say("drafting.wish_words_gone", words=wish.words)
    kept = [ended(phrase) if held else phrase for phrase, held in phrases]
    return "".join(kept), say("drafting.wish_phrase_gone", words=wish.words)


def _replace(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del around
    _require_own_words(text, wish.words)
    told = say("drafting.wish_replaced", old=wish.words, new=wish.instead)
    return outside(text, lambda words: words.replace(wish.words, wish.instead)), told


def _address(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del around
    return f"{wish.words}：\n{_OPENING.sub('', text).lstrip()}", say("drafting.wish_address", words=wish.words)


def _informal_you(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del wish, around
    if "您" not in own(text):
        raise _CannotDo(say("drafting.wish_no_such_words", words="您"))
    return outside(text, lambda words: words.replace("您", "你")), say("drafting.wish_replaced", old="您", new="你")


def _reworded(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    """Other turns of phrase, by the list of this manner."""
    new = text
    for pattern, instead in _turns(wish.kind.value):
        new = outside(new, lambda words, pattern=pattern, instead=instead: pattern.sub(instead, words))  # type: ignore[misc]
    if wish.kind is WishKind.SOFTEN:
        care = frames("revising")["added"]["care_many" if around.to_many else "care"]
        new = new if care in new else after_first(new, care)
    if new == text:
        raise _CannotDo(say("drafting.wish_no_turns"))
    return new, say("drafting.wish_reworded", said=wish.said)


def _apology(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del wish, around
    if re.search("道歉|抱歉|歉意|对不起", own(text)):
        raise _CannotDo(say("drafting.wish_there_already"))
    sentence = frames("revising")["added"]["apology"]
    return after_first(text, sentence), say("drafting.wish_added", sentence=sentence)


def _phone(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del wish
    return _added(text, around, "phone")


def _deadline(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del wish
    return _added(text, around, "next_time", "deadline")


def _added(text: str, around: Around, name: str, wording: str = "") -> tuple[str, str]:
    value = around.fact(name)
    if value in text:
        raise _CannotDo(say("drafting.wish_there_already"))
    sentence = frames("revising")["added"][wording or name].format(**{name: value})
    told = "drafting.wish_added_open" if open_slots(sentence) else "drafting.wish_added"
    return before_signature(text, sentence), say(told, sentence=sentence)


def _no_clause(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del wish, around
    sentences = sentences_in(text)
    cited = {place for place, sentence in enumerate(sentences) if mentions(sentence)}
    if not cited:
        raise _CannotDo(say("drafting.wish_no_clause_there"))
    glosses = {place for place, sentence in enumerate(sentences) if place - 1 in cited and _GLOSS.match(sentence)}
    return without(sentences, cited | glosses), say("drafting.wish_clause_gone", count=len(cited))


def _clause(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    del wish
    new = next(((name, quote) for name, quote in around.clauses if quote not in text), None)
    if new is None:
        raise _CannotDo(say("drafting.wish_no_clause_known" if not around.clauses else "drafting.wish_there_already"))
    sentence = frames("revising")["added"]["clause"].format(name=new[0], quote=new[1])
    return before_signature(text, sentence), say("drafting.wish_added", sentence=sentence)


def _shorten(text: str, wish: Wish, around: Around) -> tuple[str, str]:
    """Without as many of the dispensable sentences as it takes; what carries a fact, an answer, a quote or the first word stays."""
    longest = wish.length or round(len(text) * SHORTER)
    if len(text) <= longest:
        raise _CannotDo(say("drafting.wish_short_already", length=len(text)))
    sentences = sentences_in(text)
    spare = [place for place in range(1, len(sentences)) if _is_spare(sentences[place], around)]
    gone: set[int] = set()
    for place in sorted(spare, key=lambda place: -len(sentences[place])):
        gone.add(place)
        if len(without(sentences, gone)) <= longest:
            break
    short = without(sentences, gone)
    if not gone:
        raise _CannotDo(say("drafting.wish_all_needed"))
    enough = len(short) <= longest or not wish.length
    return short, say("drafting.wish_shortened" if enough else "drafting.wish_shortened_partly", length=len(short), wanted=longest)


def _is_spare(sentence: str, around: Around) -> bool:
    bare = sentence.strip()
    holds = SLOT.search(bare) or mentions(bare) or _ANSWERS.search(bare) or any(value in bare for value in around.facts.values())
    return bool(bare) and not holds and bare[-1] in "。！？" and not is_numbered(bare)


_HOW: Mapping[WishKind, Callable[[str, Wish, Around], tuple[str, str]]] = {
    WishKind.DELETE_PARAGRAPHS: _delete_paragraphs,
    WishKind.DELETE_SENTENCES: _delete_sentences,
    WishKind.DELETE_WORDS: _delete_words,
    WishKind.AVOID: _avoid,
    WishKind.REPLACE: _replace,
    WishKind.ADDRESS: _address,
    WishKind.SHORTEN: _shorten,
    WishKind.SOFTEN: _reworded,
    WishKind.FORMAL: _reworded,
    WishKind.COLLOQUIAL: _reworded,
    WishKind.APOLOGY: _apology,
    WishKind.PHONE: _phone,
    WishKind.DEADLINE: _deadline,
    WishKind.NO_CLAUSE: _no_clause,
    WishKind.CLAUSE: _clause,
    WishKind.INFORMAL_YOU: _informal_you,
}


def _indices(wish: Wish, count: int, wording: str) -> list[int]:
    """Places from 0; a place that is not there is a wish that cannot be done."""
    places = [place - 1 if place > 0 else count + place for place in wish.places]
    if not all(0 <= place < count for place in places):
        raise _CannotDo(say(wording, count=count))
    return places


def _deleted(wish: Wish, gone: str) -> str:
    lost = open_slots(gone)
    if lost:
        return say("drafting.wish_deleted_slots", said=wish.said, names=say("casework.comma").join(lost))
    return say("drafting.wish_deleted", said=wish.said)


def _require_own_words(text: str, words: str) -> None:
    if words in own(text):
        return
    raise _CannotDo(say("drafting.wish_protected" if words in text else "drafting.wish_no_such_words", words=words))


@cache
def _turns(manner: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(turn["from"]), turn["to"]) for turn in frames("revising")[manner])
