"""What a reply to a post has to answer: its distinct requests and questions, each a short phrase of a verb and what it is about.

They come from what the post asks outright (`demands`), from what it complains of (`troubles`), and, where neither stands in the
headline, from the headline itself. How they are weighed against each other was fitted on judged posts: docs/models/asks.md.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from language.normalising import normalise
from monitoring.demands import Demands, any_of, whole_words
from monitoring.item import Relevance
from monitoring.lexicon import BUILT_IN, read_toml, word_lists
from monitoring.lines import CONDUCT
from monitoring.pressure import is_hot_title
from monitoring.reading import Reading, Span
from monitoring.troubles import Troubles, load_troubles
from monitoring.wish import EDGE, READ, Wish

MOST_ASKS = 4
SECOND_FROM, THIRD_FROM = 0.38, 0.45
"""A second and a further ask are only worth naming from here on."""
SAME_FROM = 0.55
"""Phrases that share so much of their characters ask the same."""
_HEADLINE_WORTH = 0.35
_LOOKED_AT = 8
"""Clauses of a post without a headline, one of which stands for it."""
_PRAISE, _TRUE = "表扬", "是否属实"
_LONGEST_HEADLINE_ASK, _SHORTEST_HEADLINE_ASK = 12, 4

_HEAD_PREFIX = re.compile(
    r"^(?:关于|对于|反映|反应|投诉|举报|咨询|建议|请求|求助|请问|恳请|强烈|呼吁|希望|再次|实名|请|对|望|一下|的|[：:])+"
)
_HEAD_SUFFIX = re.compile(
    r"(?:的?(?:问题|情况|投诉信?|建议|咨询|疑问|疑惑|质疑|现象|求助|诉求|请求|报告|反映|乱象|行为)(?:及.{0,4})?|[,，]?求(?:解决|处理)|严重|谁来管|没人管)+$"
)
_FILLERS = re.compile(
    r"严重(?!超标)|长期|经常|频繁|小区内?|居民|业主们?|我们?|本人|整个|[东西南北]{1,2}侧|附近|周边|里面|竟然|非常|一直|十分"
)


@dataclass(frozen=True)
class _Asking:
    """What `lexicons/asks.toml` holds, compiled."""

    troubles: Troubles
    demands: Demands
    public: tuple[Mapping[str, Any], ...]
    hearsay: re.Pattern[str]


def find_asks(reading: Reading, relevance: Relevance, line: str, intent: str, place: str | None) -> tuple[str, ...]:
    """Up to four phrases in simplified script, the weightiest first; none for noise and praise.

    A bare headline, and what officers are said to have done, ask nothing themselves: then stand the questions that the public will ask.

    Args:
        reading: the post.
        relevance, line, intent: as judged before.
        place: as the post writes it; it has its own field and is left out of the phrases.
    """
    if relevance is Relevance.NOISE or intent == _PRAISE:
        return ()
    if is_hot_title(reading):
        return _public_questions(reading.text)
    known_place = normalise(place).text if place else None
    demands = list(_asking().demands.wishes(reading, known_place))
    if line == CONDUCT:
        asked = (wish.shown() for wish in _chosen(demands) if wish.worth >= THIRD_FROM)
        return tuple(dict.fromkeys((*_public_questions(""), *asked)))[:MOST_ASKS]
    wishes = [*_asking().troubles.wishes(reading, line), *demands]
    if not any(wish.in_head for wish in wishes):
        wishes.extend(_headline_wish(reading, known_place))
    if _asking().hearsay.search(reading.text[:READ]):
        wishes.append(Wish(_TRUE, 1.0, 0, in_head=True))
    return tuple(wish.shown() for wish in _chosen(wishes))


def _public_questions(told: str) -> tuple[str, ...]:
    """What everybody asks who reads so much and no more."""
    for row in _asking().public:
        word = next((word for word in row["words"] if word in told), "")
        if word or not row["words"]:
            return tuple(ask.format(word=word) for ask in row["asks"])
    return ()


def _headline_wish(reading: Reading, place: str | None) -> Iterator[Wish]:
    """What the headline is about, or else the clause that names most, without the place and without courtesy."""
    for head in filter(None, (reading.headline, _telling(reading))):
        phrase = _about(head.text, place)
        if len(phrase) >= _SHORTEST_HEADLINE_ASK and "*" not in phrase:
            yield Wish(phrase, _HEADLINE_WORTH, head.start, in_head=True)
            return


def _about(head: str, place: str | None) -> str:
    about = _HEAD_SUFFIX.sub("", _HEAD_PREFIX.sub("", head.strip(EDGE)))
    if place and place in about:
        after = about.partition(place)[2].strip(EDGE + "的内里")
        about = after if len(after) > 1 else about
    first, *rest = [part for part in re.split(r"[，,、；; ？?！!]", about) if len(part) > 1] or [about]
    part = first if len(first) >= _SHORTEST_HEADLINE_ASK or not rest else first + rest[0]
    short = _HEAD_SUFFIX.sub("", _FILLERS.sub("", part)).strip(EDGE + "的在内里")
    return whole_words(short, _LONGEST_HEADLINE_ASK, from_end=True).lstrip("的和与").strip(EDGE)


def _telling(reading: Reading) -> Span | None:
    """The clause that holds most words of the rules, the first of equals; None where there is no clause."""
    clauses = reading.clauses[:_LOOKED_AT]
    bounds = [clause.start for clause in clauses]
    end = clauses[-1].end if clauses else 0
    named = Counter(place for starts in reading.hits.values() for place in {bisect_right(bounds, start) for start in starts if start < end})
    return max(enumerate(clauses, 1), key=lambda pair: named[pair[0]], default=(0, None))[1]


def _chosen(wishes: Iterable[Wish]) -> list[Wish]:
    """The worthiest that differ from each other."""
    chosen: list[Wish] = []
    for wish in sorted(wishes, key=lambda wish: (-wish.worth, wish.start, wish.text)):
        if len(chosen) == MOST_ASKS or (chosen and wish.worth < (SECOND_FROM if len(chosen) == 1 else THIRD_FROM)):
            break
        same = [number for number, other in enumerate(chosen) if _shared(wish.text, other.text) > SAME_FROM]
        if not same:
            chosen.append(wish)
        elif len(same) == 1 and _says_more(wish.text, chosen[same[0]].text):
            chosen[same[0]] = wish
    return chosen


def _says_more(phrase: str, other: str) -> bool:
    """Whether all characters of the other stand in a phrase in the same order, and more."""
    rest = iter(phrase)
    return len(phrase) > len(other) and all(character in rest for character in other)


def _shared(first: str, second: str) -> float:
    """How much of their characters two phrases share, 0..1 (F1)."""
    return 2 * (Counter(first) & Counter(second)).total() / (len(first) + len(second))


@cache
def _asking() -> _Asking:
    path = BUILT_IN / "asks.toml"
    content = read_toml(path)
    lists = word_lists(content["words"], path)
    return _Asking(
        load_troubles(content["trouble"], word_lists(content["things"], path)),
        Demands(lists, content["questions"]),
        tuple(content["public"]),
        re.compile(any_of(lists["传言"])),
    )
