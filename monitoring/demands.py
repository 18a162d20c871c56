"""What a post asks for in so many words: its requests and questions, each cut down to a verb and what it is about."""

import re
from collections.abc import Iterable, Iterator, Mapping

from language.segmentation import words as segmented
from monitoring.lexicon import WordLists
from monitoring.reading import Reading
from monitoring.wish import EDGE, READ, Wish

LONGEST_OBJECT = 9
SHORTEST = 4
_REQUEST_WORTH, _QUESTION_WORTH = 0.46, 0.29
"""Fitted on judged posts: docs/models/asks.md."""
_LONGEST_SUBJECT, _LONGEST_PREDICATE = 6, 5
"""Characters of a question before and after its question word."""
_MOST_QUESTIONS = 3
"""Who asks more than that is arguing."""

_CLAUSE = re.compile(r"([^，,。；;！!？?\n：:…【】]+)([，,。；;！!？?\n：:…【】]*)")
_SENTENCE_END = re.compile(r"[。！!？?；;\n…】]")
_COUNTED = r"(?:\d+|[一二两三四五六七八九几多]+|这|那)(?:[个栋条座台家项块处份套些种件次]|样)"
_UNIT = re.compile(r"^(?:(?:[a-z]\d{0,2}|[\u4e00-\u9fff]{2,3}?)[市区县镇](?!场|政|民|长))+")
_GOES_ON = r"^(?:并且|并|同时|以及|另外|还要|还|继续|重新|彻底|尽快|及时|能|也)*"
_ASKED_OF = re.compile(r"^.*(?:请问|想问|问一下|问下|咨询)")
_HOLE = re.compile(r"\*+")
_LOOSE = "的和与及对将把在是被之"


class Demands:
    """Finds requests and questions by the word lists of `asks.toml`; that file explains the lists."""

    def __init__(self, lists: WordLists, questions: Mapping[str, str]) -> None:
        verb = any_of(lists["办事"])
        self._verb = re.compile(verb)
        self._lead = re.compile(f"(?:{any_of(lists['非请求'])})|(?P<lead>{any_of(lists['请求'])})")
        self._may_lead = re.compile(f"[{''.join(sorted({word[0] for word in lists['请求']}))}]")
        self._goes_on = re.compile(f"{_GOES_ON}(?:{verb}|将|把)")
        self._object_first = re.compile(
            rf"(?:将|把|对)(?P<object>[^，。]{{2,24}}?)(?:进行|予以|给予|加以|{any_of(lists['修饰'])})*(?P<verb>{verb})(?:掉|到位)?$"
        )
        self._filler = re.compile(f"{_COUNTED}|{any_of(lists['修饰'])}")
        self._empty = re.compile(f"(?:{any_of(lists['空话'])})+")
        self._question = re.compile(any_of(lists["疑问"]))
        self._outright = re.compile(any_of(lists["真问"]))
        self._plain_question = questions

    def wishes(self, reading: Reading, place: str | None) -> Iterator[Wish]:
        """The requests and questions of a post; `place`, which has its own field, is left out of them."""
        going_on, questions = False, 0
        for clause in _CLAUSE.finditer(reading.text[:READ]):
            said = clause[1].strip(EDGE)
            rest = self._requested(said, going_on=going_on)
            going_on = rest is not None and not _SENTENCE_END.search(clause[2])
            phrase, worth = (self._action(rest, place), _REQUEST_WORTH) if rest else ("", 0.0)
            if not phrase and questions < _MOST_QUESTIONS and (self._outright.search(said) or "?" in clause[2]):
                phrase, worth = self._questioned(said, place), self._sincerity(said)
                questions += bool(phrase)
            if phrase:
                yield Wish(phrase, worth, clause.start(), clause.start() < reading.head_end)

    def _sincerity(self, said: str) -> float:
        """What a question is worth: those about time and lawfulness, and those put politely, want an answer; others often complain."""
        return _REQUEST_WORTH if _ASKED_OF.match(said) or self._outright.search(said) else _QUESTION_WORTH

    def _requested(self, said: str, *, going_on: bool) -> str | None:
        """What follows the words that begin a request; None where there is none."""
        leads = self._lead.finditer(said) if self._may_lead.search(said) else ()
        if lead := next((match for match in leads if match["lead"]), None):
            return said[lead.end() :]
        return said if going_on and self._goes_on.match(said) else None

    def _action(self, rest: str, place: str | None) -> str:
        """The verb of a request and its object; empty where they say nothing by themselves."""
        whole = self._filler.sub("", rest).strip(EDGE)
        if turned := self._object_first.search(whole):
            phrase = turned["verb"] + self._object(turned["object"], place)
        elif verb := self._verb.search(rest):
            phrase = verb[0] + self._object(rest[verb.end() :], place)
        else:
            return ""
        return "" if len(phrase) < SHORTEST or self._empty.fullmatch(phrase) or _HOLE.search(phrase) else phrase

    def _object(self, words: str, place: str | None) -> str:
        plain = self._filler.sub("", _without_place(words.strip(EDGE), place)).strip(EDGE)
        if len(plain) > LONGEST_OBJECT - 2 and "的" in plain:
            thing = plain.rpartition("的")[2].strip(EDGE)
            plain = thing if len(thing) > 1 else plain.partition("的")[0]
        return whole_words(plain, LONGEST_OBJECT).rstrip(_LOOSE)

    def _questioned(self, said: str, place: str | None) -> str:
        """A question as subject, question word and predicate; empty where nothing is left of it."""
        asked = self._question.search(said)
        if not asked:
            return ""
        word = self._plain_question.get(asked[0], asked[0])
        before = self._filler.sub("", _without_place(_ASKED_OF.sub("", said[: asked.start()]), place)).rstrip("是到底究竟")
        if "的" in before and len(before) > _LONGEST_SUBJECT:
            before = before.rpartition("的")[2]
        subject = whole_words(before, _LONGEST_SUBJECT, from_end=True)
        rest = "" if word.startswith(("是否合", "是否违")) else said[asked.end() :]
        predicate = whole_words(self._filler.sub("", rest), _LONGEST_PREDICATE)
        phrase = f"{subject}{word}{predicate}".strip(EDGE).rstrip(_LOOSE)
        return phrase if len(phrase) >= SHORTEST and subject + predicate and not _HOLE.search(phrase) else ""


def _without_place(words: str, place: str | None) -> str:
    """The words without the place, or the district, that they begin with."""
    if place and place in words:
        after = words.partition(place)[2].lstrip("的内里旁边附近")
        return after if len(after) >= 2 else words
    return _UNIT.sub("", words)


def whole_words(text: str, longest: int, *, from_end: bool = False) -> str:
    """As many whole words of a text as fit into `longest` characters, from its beginning or its end."""
    if len(text) <= longest:
        return text
    kept = ""
    for word in reversed(segmented(text)) if from_end else segmented(text):
        if len(kept) + len(word) > longest:
            break
        kept = word + kept if from_end else kept + word
    return kept


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
