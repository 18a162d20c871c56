"""具体事项: which concrete matter of a business line a post is about, and what is usually done about it."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from prompts import frames

CONDUCT = "执法行为与作风"
"""The business line of complaints about the department's own people."""

REMEMBERED = 256
"""Texts whose topics are remembered: one draft asks for those of a post again and again."""

FOREIGN_LINE_WEIGHT = 0.3
"""A word of another business line counts less: the line was judged from the whole text."""


@dataclass(frozen=True)
class Topic:
    """One entry of `prompts/frames/lines.toml`; that file explains the fields."""

    line: str
    name: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    titles: tuple[str, ...]
    penal: tuple[str, ...]
    checks: str
    steps: str
    keep: str
    next: str
    owner: str = ""
    ask: str = ""
    objects: tuple[str, ...] = ()
    object: str = ""
    sure: tuple[str, ...] = ()
    share: float = 1.0
    needs: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()

    def ask_in(self, text: str) -> str:
        """What people want who write such a post, with the thing that this post names; empty where they have none."""
        if self.wanted and not any(word in text for word in self.wanted):
            return ""
        named = next((thing for thing in self.objects if thing in text), self.object)
        return self.ask.format(object=named)

    def sure_in(self, text: str) -> bool:
        """Whether a word stands in the text that alone makes this topic one that people want answered."""
        return any(word in text for word in self.sure)

    def named_in(self, text: str) -> int:
        """How often words of the topic stand in a text."""
        return sum(text.count(word) for word in self.words)


def topic_of(text: str, line: str, otherwise: Topic | None = None) -> Topic:
    """The topic whose words stand most often in the text.

    Args:
        text: a post, or one ask of it.
        line: the business line that was judged; its topics come first.
        otherwise: what to return when no word of any topic stands in the text; without it the one that fits anything.
    """
    return next(iter(topics_of(text, line)), otherwise or _topics()[-1])


@lru_cache(maxsize=REMEMBERED)
def topics_of(text: str, line: str) -> tuple[Topic, ...]:
    """The topics with words in the text, the weightiest first; a complaint about our own people is first of all that."""
    weights = {topic.name: _weight(text, topic, line) for topic in _topics()}
    named = [topic for topic in _topics() if weights[topic.name]]
    return tuple(sorted(named, key=lambda topic: (line == CONDUCT and topic.line != line, -weights[topic.name])))


def topic_with_wish(ask: str, text: str) -> Topic | None:
    """The topic whose usual wish, for this text, is the ask."""
    return next((topic for topic in _topics() if topic.ask and topic.ask_in(text) == ask), None)


def topic_among(text: str, line: str) -> Topic:
    """The topic of this one line that fits the text best."""
    return max((topic for topic in _topics() if topic.line == line), key=lambda topic: _weight(text, topic, line))


def _weight(text: str, topic: Topic, line: str) -> float:
    if topic.needs and not any(word in text for word in topic.needs):
        return 0.0
    hits = sum(min(text.count(word), 3) * len(word) for word in topic.words)
    return hits * topic.share * (1.0 if topic.line == line else FOREIGN_LINE_WEIGHT)


@cache
def _topics() -> tuple[Topic, ...]:
    return tuple(Topic(**with_tuples(row)) for row in frames("lines")["topic"])


def with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a TOML file with its lists as tuples, for a frozen value."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
