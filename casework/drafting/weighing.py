"""取舍: of many phrases that may be asks, those that a careful reader would write down. How the worths were fitted: docs/models/asks.md."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from casework.drafting.spoken import Way, head_of, spoken_asks
from casework.drafting.topic import topics_of
from language.segmentation import words as segmented
from monitoring.demands import any_of
from monitoring.lexicon import BUILT_IN, WordLists, read_toml, word_lists
from prompts import frames

MOST_ASKS = 5
LEAST_WORTH = 0.3
"""A phrase below it is asked only where nothing else is."""
SAME_FROM = 0.55
"""Two phrases that share this much of their characters (F1) ask the same."""

ANALYSED, MAIN_TOPIC, OTHER_TOPIC = "analysed", "main_topic", "other_topic"
"""Where a phrase comes from, beside the ways of `spoken`: the analysis, the matter's topic, other topics that it touches."""

_WORTH = {
    Way.HEAD: 0.50, Way.BARE_HEAD: 0.24, Way.REST_OF_HEAD: 0.48, Way.ITEM: 0.48, Way.BARE_ITEM: 0.38, Way.REQUEST: 0.48, Way.QUESTION: 0.46,
    Way.WHY: 0.38,
    Way.RETORT: 0.26, Way.IN_VAIN: 0.50, Way.NEGLECT: 0.46, ANALYSED: 0.64, MAIN_TOPIC: 0.53, OTHER_TOPIC: 0.36,
}  # fmt: skip
_SURE, _IN_HEAD, _UNTOLD, _UNSUPPORTED, _PER_RANK, _SHORT = 0.15, 0.17, -0.11, -0.08, -0.05, -0.06
_TOUCHED, _OF_OTHERS = -0.1, -0.08
_FULLER = (ANALYSED, Way.HEAD, Way.REQUEST)
"""Sources whose phrase stands for a shorter one that it contains."""
LONGEST_FULLER = 12
_LAST_RANK, _SHORT_LENGTH, _HALF, _NAMED = 3, 6, 0.5, 2


_QUESTION_WORDS = re.compile("(?<=.)(?:是否合[法理规])|能不能|能否|是否|有没有|为什么|为何|什么时候|何时|哪天|多久")
"""What two questions about different things have in common."""


@dataclass(frozen=True)
class Wish:
    """A phrase that may be an ask.

    Attributes:
        source: a way of `spoken`, or one of the sources above.
        rank: its place among those of its source, the weightiest first, or where it is spoken.
        told: what the citizens wrote.
        sure: whether a word stands there that alone makes it an ask.
        touched: whether its topic is named no more than once.
        decisive: whether the post that decides the matter asks it.
    """

    text: str
    source: str
    rank: int
    told: str
    sure: bool = False
    touched: bool = False
    decisive: bool = True

    @cached_property
    def worth(self) -> float:
        """How much of it a careful reader is expected to write down too, about 0..1."""
        content = [word for word in segmented(_thing(self.text)) if word]
        letters = "".join(content)
        head = head_of(self.told)
        in_head = sum(letter in head for letter in letters) / max(1, len(letters))
        worth = _WORTH[self.source] + _SURE * self.sure + _IN_HEAD * in_head
        worth += _UNTOLD * (not all(word in self.told for word in content)) + _SHORT * (
            len(self.text) < _SHORT_LENGTH and self.source != Way.QUESTION
        )
        worth += _UNSUPPORTED * (self.source == MAIN_TOPIC and not self.sure and in_head < _HALF)
        worth += _OF_OTHERS * (not self.decisive)
        worth += _TOUCHED * (self.touched and not self.sure and in_head < _HALF)
        return worth + _PER_RANK * (min(self.rank, _LAST_RANK) if self.source in (ANALYSED, OTHER_TOPIC) else 0)


def wishes(told: str, line: str, phrases: Iterable[str], place: str | None = None, *, decisive: bool = True) -> list[Wish]:
    """All phrases that may be asks of a text.

    Args:
        told: what the citizens wrote.
        line: the business line.
        phrases: the asks that the analysis found, the weightiest first.
        place: as the post writes it.
        decisive: whether it is the post that decides the matter; others of the event only add to it.
    """
    topics = [topic for topic in topics_of(told, line) if topic.ask_in(told)]
    found = [
        *(Wish(spoken.text, spoken.way, spoken.start, told) for spoken in spoken_asks(told, place)),
        *(
            Wish(topic.ask_in(told), OTHER_TOPIC if rank else MAIN_TOPIC, rank, told, topic.sure_in(told), topic.named_in(told) < _NAMED)
            for rank, topic in enumerate(topics)
        ),
        *(Wish(phrase, ANALYSED, rank, told) for rank, phrase in enumerate(phrases) if _usual_wish().fullmatch(phrase)),
    ]  # fmt: skip
    return [replace(wish, decisive=decisive) for wish in found if decisive or wish.source != Way.BARE_HEAD]


def weightiest(found: Iterable[Wish], most: int = MOST_ASKS) -> tuple[str, ...]:
    """The worthiest phrases that differ from each other; of two that ask the same the one that says more."""
    chosen: list[str] = []
    for wish in sorted(found, key=lambda wish: (-wish.worth, wish.rank)):
        if len(chosen) == most or (chosen and wish.worth < LEAST_WORTH):
            break
        same = [place for place, other in enumerate(chosen) if same_ask(wish.text, other)]
        if not same:
            chosen.append(wish.text)
        elif len(same) == 1 and _is_fuller(wish, chosen[same[0]]):
            chosen[same[0]] = wish.text
    return tuple(chosen)


def _is_fuller(wish: Wish, other: str) -> bool:
    """Whether a phrase says more of the same thing, and still says it shortly."""
    return wish.source in _FULLER and len(wish.text) <= LONGEST_FULLER and _within(_thing(other), _thing(wish.text))


def distinct(asks: Sequence[str], most: int = MOST_ASKS) -> tuple[str, ...]:
    """The asks in their order without those that ask the same as another in fewer words, or as an earlier one."""
    kept: list[str] = []
    for ask in asks:
        fuller = any(_within(_thing(ask), _thing(other)) and len(ask) < len(other) for other in asks)
        if ask.strip() and not fuller and not any(same_ask(ask, other) for other in kept):
            kept.append(ask.strip())
    return tuple(kept[:most])


def same_ask(first: str, second: str) -> bool:
    """Whether two asks want the same: they share most characters of what they are about, or the thing of one is part of the other's."""
    one, other = _thing(first), _thing(second)
    if _within(one, other) or _within(other, one):
        return True
    one, other = _QUESTION_WORDS.sub("", one), _QUESTION_WORDS.sub("", other)
    return 2 * (Counter(one) & Counter(other)).total() > SAME_FROM * (len(one) + len(other))


def _within(thing: str, other: str) -> bool:
    """Whether all characters of a thing stand in the other in the same order."""
    rest = iter(other)
    return all(character in rest for character in thing)


def _thing(ask: str) -> str:
    """What an ask is about, without its verb; what disturbs people is most often noise."""
    return _verb().sub("", ask).replace("扰民", "噪音").replace("噪声", "噪音").replace("噪音噪音", "噪音")


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(f"^(?:{any_of(frames('spoken')['deeds'])})")


@cache
def _usual_wish() -> re.Pattern[str]:
    """The phrases by which the analysis names a trouble; what it cuts out of a post is cut with more room by `spoken`."""
    path = BUILT_IN / "asks.toml"
    content = read_toml(path)
    things = word_lists(content["things"], path)
    return re.compile("|".join(pattern for row in content["trouble"] for pattern in _patterns(row, things)), re.IGNORECASE)


def _patterns(row: Mapping[str, Any], things: WordLists) -> Iterator[str]:
    for say in (row[name] for name in ("say", "bare") if name in row):
        named = {name: any_of(things[row[f"{name}s"]]) if f"{name}s" in row else "" for name in ("thing", "place")}
        yield re.escape(say).replace(r"\{thing\}", f"(?:{named['thing']})?").replace(r"\{place\}", f"(?:{named['place']})?")
