"""诉求的原话: what the citizens ask in so many words. Each request, question and complaint becomes a short phrase that a reply can name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from language.segmentation import tagged_words
from language.segmentation import words as segmented
from monitoring.demands import any_of
from monitoring.lexicon import BUILT_IN, WordLists, read_toml, word_lists
from prompts import frames

LONGEST, SHORTEST = 16, 4
"""Characters of a phrase: longer ones are recited, shorter ones say nothing."""
SHORTEST_CONTENT = 2
READ = 1500
"""Characters of a post in which asks are looked for; what stands later repeats."""
_LONGEST_HEAD = 60
_LOOKED_AT = 12
"""Clauses of a post without a headline among which the one is looked for that names its trouble."""
_LONGEST_SUBJECT = 9
_SHORTEST_POINT = 9
_LATE_VERB = 6
"""A request names its verb within so many characters; what stands before is whom it is put to."""

_BRACKETED = re.compile(r"\s*【([^】\n]{4,60})】")
_HASH_TAG, _SPREADING = (
    re.compile(r"#([^#\n]{2,30})#"),
    re.compile(r"(?://)?@[^\s@:：，。,]+[:：]?|\{%.*?%\}|\[[^\[\]\s]{1,6}\]|https?://\S+"),
)
_PART = re.compile(r"([^，,。；;！!？?\n：:…~～【】]+)([，,。；;！!？?\n：:…~～【】]*)")
_ITEM = re.compile(
    r"(?<=[\u4e00-\u9fff])\d{1,2}[.、．](?=[^\d])|(?:^|(?<=[\n。；;：:！!？?，,】）) ]))"
    r"(?:\d{1,2}[.、．,，:：)）]|[（(][\d一二三四五六七八九十]{1,2}[)）]|[一二三四五六七八九十]、|[一二三四五六七]是)"
)
"""What numbers the points of a post."""
_END = re.compile(r"[。；;！!？?\n…]")
_COLONS = ("：", ":")
_EDGE = " \t\u3000\"'“”‘’《》（）()[]#*.·-—/、"
_DIVISION = re.compile(
    r"^(?:(?:[A-Za-z]\d{0,2}市?|[\u4e00-\u9fff]{2,3}?)"
    r"(?:省|(?<![夜早集超门城菜])市|(?<![社小景片园校辖])区|县城?|镇)(?!场|政|民|长|内|里|容|监))+"
)
_ESTATE = re.compile(
    r"^[\u4e00-\u9fffA-Za-z0-9]{2,12}?(?:小区|社区|花园|家园|新村|公寓|大厦)"
    r"(?:\s?[\dA-Za-z一二三四五六七八九十东西南北]+\s?(?:[期栋幢号楼座]|单元|门))*(?:楼下|门口|附近|旁边?|内|里|的)*(?=[\u4e00-\u9fff]{4})"
)
_SINCE = re.compile(r"^(?:自|从)?(?=\d)(?:[\d*]+年)?(?:[\d*]+月份?)?(?:[\d*]+[日号])?(?:初|底|中旬)?(?:开始|起|以来|以后)?")
_COUNTED = re.compile(r"一(?:个|栋|家|台|处|条|些|种|名|项|座|下|笔|件)|[这那该](?:个|些|种|样|家|里|条|笔|件)?")
_NUMBERING = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十])[.、．)）]")
_ASIDE = re.compile(r"[（(][^）)]*$|\d{1,2}$")
"""A bracket that is not closed, and the number of the next point."""
_MASK = re.compile(r"[*@#]|某某|X{2,}")
_THINGS = ("n", "v", "j", "l", "i", "s", "x")
"""Parts of speech that can be what an ask is about."""
_LOOSE = "的和与及对将把在是被之了向从为而且并但等"


class Way(StrEnum):
    """How a phrase was said: in the headline (plain: by what kind of trouble it is; bare: without a known kind), or in the body."""

    HEAD = "head"
    BARE_HEAD = "bare_head"
    REST_OF_HEAD = "rest_of_head"
    ITEM = "item"
    BARE_ITEM = "bare_item"
    REQUEST = "request"
    QUESTION = "question"
    WHY = "why"
    RETORT = "retort"
    NEGLECT = "neglect"
    IN_VAIN = "in_vain"


@dataclass(frozen=True)
class Spoken:
    """One phrase, and where the text says it."""

    text: str
    way: Way
    start: int


def spoken_asks(text: str, place: str | None = None) -> list[Spoken]:
    """What one post asks in so many words: the headline's matter, requests, questions, listed troubles, and who is blamed for idleness.

    Args:
        text: title, line break and body, or the body alone.
        place: as the post writes it; a reply has it anyway, so it is left out of the phrases.
    """
    text = _SPREADING.sub("，", _HASH_TAG.sub(r"\1，", text[:READ]))
    speech, head_end = _speech(), _head_end(text)
    found = [*_of_head(text, head_end, place, speech), *_of_body(text, head_end, place, speech), *speech.neglected(text)]
    return [spoken for spoken in found if len(spoken.text) >= SHORTEST and not _MASK.search(spoken.text) and _is_closed(spoken.text)]


def _is_closed(phrase: str) -> bool:
    """Whether every quotation in a phrase ends in it."""
    return phrase.count("“") == phrase.count("”")


def head_of(text: str) -> str:
    """The headline of a post, or its opening words where it has none."""
    return text[: _head_end(text) or _LONGEST_HEAD]


def _head_end(text: str) -> int:
    """Where the headline ends: a leading 【…】, or the first line where more follows; 0 without one."""
    if bracketed := _BRACKETED.match(text):
        return bracketed.end()
    first, broken, rest = text.partition("\n")
    return len(first) if broken and rest.strip() and len(first) <= _LONGEST_HEAD else 0


def _of_head(text: str, head_end: int, place: str | None, speech: "_Speech") -> Iterator[Spoken]:
    """The headline's parts; of a post without one the first clause that names a trouble."""
    parts = list(_PART.finditer(text, 0, head_end or len(text)))
    if not head_end:
        parts = [part for part in parts[:_LOOKED_AT] if speech.names_trouble(part[1]) and len(part[1]) <= LONGEST + _LATE_VERB][:1]
    told = False
    for part in parts:
        phrase, way = speech.headed(part[1], part[2], place)
        if phrase and (not told or way is not Way.BARE_HEAD):
            yield Spoken(phrase, Way.REST_OF_HEAD if told else way, part.start())
            told = True


def _of_body(text: str, head_end: int, place: str | None, speech: "_Speech") -> Iterator[Spoken]:
    going_on = announced = False
    listed = {match.end() for match in _ITEM.finditer(text, head_end)}
    for part in _PART.finditer(_ITEM.sub(lambda mark: "\n" * len(mark[0]), text), head_end):
        rest = part[1] if announced else speech.requested(part[1], going_on=going_on)
        announced = (rest == "" and part[2][:1] in _COLONS) or (announced and not _END.search(part[2]))
        going_on = rest is not None and not _END.search(part[2])
        if rest and (phrase := speech.action(rest, place)):
            yield Spoken(phrase, Way.REQUEST, part.start())
        elif phrase := speech.question(part[1], part[2], place):
            yield Spoken(phrase, speech.sincerity(part[1]), part.start())
        elif part.start() in listed:
            phrase, way = speech.headed(part[1], part[2], place)
            if phrase and (way is not Way.BARE_HEAD or len(phrase) >= _SHORTEST_POINT):
                yield Spoken(phrase, Way.BARE_ITEM if way is Way.BARE_HEAD else Way.ITEM, part.start())


class _Speech:
    """The patterns made of the word lists of `monitoring/lexicons/asks.toml` and of `prompts/frames/spoken.toml`."""

    def __init__(self, lists: WordLists, questions: Mapping[str, str], own: Mapping[str, Any]) -> None:
        verb = any_of([*lists["办事"], *own["verbs"]])
        self._questions, self._usual = questions, str(own["usual"])
        self._frame = re.compile(f"^(?:{any_of(own['framing'])})+")
        self._tail = re.compile(f"(?:的?(?:{any_of(own['tails'])}))+$|(?:已经?|严重|极大地?)*(?:{any_of(own['effects'])}).*$")
        leads = {word for word in lists["请求"] if len(word) > 1}
        short = "".join(lists["请求"] - leads)
        self._lead = re.compile(
            f"(?:{any_of([*lists['非请求'], *own['polite']])})|(?P<lead>(?:{any_of(leads)}|(?:^|(?<=[{own['before_short']}]))[{short}])+)"
        )
        self._addressed = frozenset(own["addressed"])
        self._filler = lists["修饰"] | frozenset(own["fillers"])
        self._hollow = re.compile(f"(?:{any_of([*lists['空话'], *own['empty']])}|{verb})+")
        self._unfit = re.compile(any_of(own["unfit"]))
        self._verb = re.compile(verb)
        self._whole = re.compile(any_of(own["whole"]))
        self._goes_on = re.compile(f"^(?:并且|并|同时|以及|另外|还要|还|继续|重新|彻底|尽快|及时|也)*(?:{verb}|将|把)")
        self._left_to_them = re.compile(f"^(?!{verb}).*(?:{any_of(own['to_them'])})$")
        self._turned = re.compile(rf"(?:将|把|对)(?P<object>.{{2,14}}?)(?:进行|予以|加以|给予)?(?P<verb>{verb})$")
        self._asking = re.compile(any_of([*lists["疑问"], *own["asking"]]))
        self._polite = re.compile(any_of(own["polite"]))
        self._sincere = re.compile(any_of([*lists["真问"], *own["sincere"]]))
        self._plain_enough = re.compile(f"^(?:{any_of(own['plain_enough'])})[\u4e00-\u9fff]{{0,6}}$")
        self._open = re.compile(any_of(own["open"]))
        self._wants_more = frozenset(own["wants_more"])
        self._why = re.compile(any_of(own["why"]))
        self._retort = re.compile(any_of(own["retorts"]))
        self._settled = [(row["say"], re.compile(any_of(row["words"]))) for row in own["settled"]]
        self._deeds = [(row["say"], re.compile(any_of(row["words"]))) for row in own["deed"]]
        self._in_vain, self._ask_in_vain = re.compile(any_of(own["in_vain"]["words"])), str(own["in_vain"]["say"])
        self._neglect = re.compile(f"(?P<actor>{any_of(own['actors'])})[^，。！？；\n]{{0,5}}?(?P<idle>{any_of(own['idle'])})")

    def names_trouble(self, said: str) -> bool:
        """Whether a clause says what is the matter."""
        return any(words.search(said) for _, words in self._deeds)

    def neglected(self, text: str) -> Iterator[Spoken]:
        """Who is said to stand by idly, asked why, the first such sentence; where nobody is named, why complaints brought nothing."""
        if blamed := self._neglect.search(text):
            yield Spoken(f"{blamed['actor']}为何{blamed['idle']}", Way.NEGLECT, blamed.start())
        elif vain := self._in_vain.search(text):
            yield Spoken(self._ask_in_vain.format(idle=vain[0]), Way.IN_VAIN, vain.start())

    def headed(self, said: str, ending: str, place: str | None) -> tuple[str, Way]:
        """What a headline asks: its question, its request, or that its trouble be dealt with."""
        rest = self.requested(said, going_on=False)
        if phrase := (self.action(rest, place) if rest else "") or self.question(said, ending, place):
            return phrase, Way.HEAD
        about = self._about(self._unaddressed(rest) if rest else said, place)
        if self._unfit.search(about) or self._says_nothing(about) or about in (place or ""):
            return "", Way.HEAD
        if self._verb.match(about):
            return cut(about), Way.HEAD
        if self._open.search(about):
            return cut(about, from_end=True), Way.HEAD
        deed = next((say for say, words in self._deeds if words.search(about)), "")
        way = Way.HEAD if deed else Way.BARE_HEAD
        return (deed or self._usual) + cut(about, LONGEST - len(self._usual), from_end=True), way

    def requested(self, said: str, *, going_on: bool) -> str | None:
        """What follows the words that begin a request; None where there is none."""
        if lead := next((match for match in self._lead.finditer(said) if match["lead"]), None):
            return said[lead.end() :]
        return said if going_on and self._goes_on.match(said.strip(_EDGE)) else None

    def action(self, rest: str, place: str | None) -> str:
        """A request as verb and object; empty where it names nothing by itself."""
        wanted = self._unaddressed(rest.strip(_EDGE))
        if turned := self._turned.search(wanted):
            wanted = turned["verb"] + turned["object"]
        plain = self._plain(wanted, place)
        if not plain or self._unfit.search(plain):
            return ""
        if verb := self._verb.search(plain):
            plain = plain[verb.start() :] if verb.start() > _LATE_VERB else plain
        elif not tagged_words(plain)[0][1].startswith("v"):
            return ""
        phrase = cut(self._tail.sub("", plain))
        return "" if self._says_nothing(phrase) or self._left_to_them.search(phrase) else phrase

    def question(self, said: str, ending: str, place: str | None) -> str:
        """A question that wants an answer, as short as it can be asked; empty where there is none."""
        if self._retort.search(said):
            return ""
        if told := next((say for say, words in self._settled if words.search(said)), ""):
            return told
        if not (self._asking.search(said) or "?" in ending or "？" in ending):
            return ""
        plain = self._plain(self._polite.sub("", said), place)
        if not (asked := self._asking.search(plain)):
            return ""
        word = self._questions.get(asked[0], asked[0]) if asked[0].endswith("吗") else asked[0]
        before = plain[: asked.start()].rstrip("是到底究竟")
        subject = before.rpartition("的")[2] if len(before) > _LONGEST_SUBJECT - 1 and "的" in before[:-2] else before
        subject = cut(subject, _LONGEST_SUBJECT, from_end=True)
        phrase = f"{subject}{word}{cut(plain[asked.end() :], LONGEST - len(subject) - len(word))}".strip(_EDGE).rstrip(_LOOSE + "呢啊呀")
        empty = self._says_nothing(phrase.replace(word, "")) and not self._plain_enough.search(phrase)
        halved = (len(subject) == 1 and word == asked[0]) or (phrase.endswith(word) and word in self._wants_more)
        return "" if self._unfit.search(phrase) or empty or halved else phrase

    def sincerity(self, said: str) -> Way:
        """Questions about time, lawfulness and how, and those put politely, want an answer; whys often do, others often complain."""
        if self._sincere.search(said) or self._polite.search(said) or any(words.search(said) for _, words in self._settled):
            return Way.QUESTION
        return Way.WHY if self._why.search(said) else Way.RETORT

    def _about(self, said: str, place: str | None) -> str:
        framed = self._frame.sub("", _SINCE.sub("", said.strip(_EDGE)))
        plain = self._plain(framed, place)
        return self._frame.sub("", self._tail.sub("", self._tail.sub("", plain))).strip(_EDGE + "的")

    def _plain(self, said: str, place: str | None) -> str:
        """Words without the place, and without those that do not change their sense."""
        said = _NUMBERING.sub("", _without(place, said.strip(_EDGE)))
        verb = found[0] if (found := self._verb.match(said)) else ""
        said = verb + _ESTATE.sub("", _DIVISION.sub("", said[len(verb) :].lstrip("的")))
        kept = "".join(word for word in segmented(said) if word not in self._filler)
        return _COUNTED.sub("", kept).strip(_EDGE).lstrip("内里外的了")

    def _unaddressed(self, rest: str) -> str:
        """A request without those to whom it is put, and without please."""
        parts = segmented(rest)
        while parts and (parts[0] in self._addressed or parts[0].endswith(("局", "部门", "政府", "领导", "书记"))):
            del parts[0]
        return "".join(parts)

    def _says_nothing(self, phrase: str) -> bool:
        if self._whole.match(phrase):
            return False
        telling = [(word, tag) for word, tag in tagged_words(phrase) if not self._hollow.fullmatch(word)]
        names_a_thing = any(tag.startswith(_THINGS) or len(word) > SHORTEST_CONTENT for word, tag in telling)
        return not names_a_thing or sum(len(word) for word, _ in telling) < SHORTEST_CONTENT


def _without(place: str | None, said: str) -> str:
    """Words without the place, unless too little is left; a word that only begins in the place's name is kept."""
    if not place or place not in said:
        return said
    start = said.index(place)
    kept, at = "", 0
    for word in segmented(said):
        at += len(word)
        kept += "" if start < at <= start + len(place) else word
    kept = kept.strip(_EDGE).lstrip("的内里旁边附近")
    return kept if len(kept) >= SHORTEST else said


def cut(text: str, longest: int = LONGEST, *, from_end: bool = False) -> str:
    """As many whole words of a text as fit, from its beginning or its end, without loose particles."""
    text = _ASIDE.sub("", text)
    if len(text) <= longest:
        return text.strip(_EDGE).rstrip(_LOOSE)
    kept = ""
    for word in reversed(segmented(text)) if from_end else segmented(text):
        if len(kept) + len(word) > longest:
            break
        kept = word + kept if from_end else kept + word
    return kept.strip(_EDGE).rstrip(_LOOSE).lstrip("的和与了")


@cache
def _speech() -> _Speech:
    path = BUILT_IN / "asks.toml"
    content = read_toml(path)
    return _Speech(word_lists(content["words"], path), content["questions"], frames("spoken"))
