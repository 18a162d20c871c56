"""What a reply to a post has to answer: its distinct requests and questions, each a short phrase of a verb and what it is about.

They come from what the post asks outright (`demands`), from what it complains of (`troubles`), and, where neither stands in the
headline, from the headline itself. How they are weighed against each other was fitted on judged posts: docs/models/asks.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from language.normalising import normalise
from monitoring.demands import Demands, whole_words
from monitoring.item import Relevance
from monitoring.lexicon import BUILT_IN, read_toml, word_lists
from monitoring.pressure import is_hot_title
from monitoring.reading import Reading
from monitoring.troubles import Troubles, load_troubles
from monitoring.wish import EDGE, Wish

MOST_ASKS = 4
SECOND_FROM, THIRD_FROM = 0.38, 0.45
"""A second and a further ask are only worth naming from here on."""
SAME_FROM = 0.55
"""Phrases that share so much of their characters ask the same."""
_HEADLINE_WORTH = 0.35
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


def find_asks(reading: Reading, relevance: Relevance, line: str, place: str | None) -> tuple[str, ...]:
    """Up to four phrases in simplified script, the weightiest first; none for noise.

    A bare headline asks nothing itself: then stand the questions that the public will ask.

    Args:
        reading: the post.
        relevance, line: as judged before.
        place: as the post writes it; it has its own field and is left out of the phrases.
    """
    if relevance is Relevance.NOISE:
        return ()
    if is_hot_title(reading):
        return _public_questions(reading.text)
    known_place = normalise(place).text if place else None
    wishes = [*_asking().troubles.wishes(reading, line), *_asking().demands.wishes(reading, known_place)]
    if not any(wish.in_head for wish in wishes):
        wishes.extend(_headline_wish(reading, known_place))
    return tuple(wish.shown() for wish in _chosen(wishes))


def _public_questions(title: str) -> tuple[str, ...]:
    """What everybody asks who reads such a headline and no more."""
    for row in _asking().public:
        word = next((word for word in row["words"] if word in title), "")
        if word or not row["words"]:
            return tuple(ask.format(word=word) for ask in row["asks"])
    return ()


def _headline_wish(reading: Reading, place: str | None) -> Iterator[Wish]:
    """What the headline, or else the first sentence, is about, without the place and without courtesy."""
    head = reading.headline or next(iter(reading.sentences), None)
    if head is None:
        return
    about = _HEAD_SUFFIX.sub("", _HEAD_PREFIX.sub("", head.text.strip(EDGE)))
    if place and place in about:
        after = about.partition(place)[2].strip(EDGE + "的内里")
        about = after if len(after) >= _SHORTEST_HEADLINE_ASK else about
    part = next((part for part in re.split(r"[，,、；; ？?！!]", about) if len(part) >= _SHORTEST_HEADLINE_ASK), about)
    short = _HEAD_SUFFIX.sub("", _FILLERS.sub("", part)).strip(EDGE + "的在内里")
    phrase = whole_words(short, _LONGEST_HEADLINE_ASK, from_end=True).lstrip("的和与")
    if len(phrase) >= _SHORTEST_HEADLINE_ASK and "*" not in phrase:
        yield Wish(phrase, _HEADLINE_WORTH, head.start, in_head=True)


def _chosen(wishes: Iterable[Wish]) -> list[Wish]:
    """The worthiest that differ from each other."""
    chosen: list[Wish] = []
    for wish in sorted(wishes, key=lambda wish: (-wish.worth, wish.start, wish.text)):
        if len(chosen) == MOST_ASKS or (chosen and wish.worth < (SECOND_FROM if len(chosen) == 1 else THIRD_FROM)):
            break
        if all(_shared(wish.text, other.text) <= SAME_FROM for other in chosen):
            chosen.append(wish)
    return chosen


def _shared(first: str, second: str) -> float:
    """How much of their characters two phrases share, 0..1 (F1)."""
    return 2 * (Counter(first) & Counter(second)).total() / (len(first) + len(second))


@cache
def _asking() -> _Asking:
    path = BUILT_IN / "asks.toml"
    content = read_toml(path)
    return _Asking(
        load_troubles(content["trouble"], word_lists(content["things"], path)),
        Demands(word_lists(content["words"], path), content["questions"]),
        tuple(content["public"]),
    )
