"""诉求: the ways in which people ask, and what each way of asking wants to hear."""

import re
from dataclasses import dataclass
from functools import cache

from casework.drafting.topic import CONDUCT, Topic, topic_among, topic_of, topic_with_wish, with_tuples
from prompts import frames

_OFFICIALS = re.compile("监管|执法|部门|城管|市监|政府|街道|社区|没人管|无人管")
"""Whom an ask about conduct must mean for our own people's conduct to be looked into; else it is a company's."""


@dataclass(frozen=True)
class AskKind:
    """One way of asking; `prompts/frames/asks.toml` explains the fields. `law`: a clause helps; `penal`: words that want the penalty."""

    name: str
    words: tuple[str, ...]
    law: bool = False
    penal: tuple[str, ...] = ()


def kind_of(ask: str) -> AskKind:
    """The way an ask is asked; the first kind with a word in it, else the last, a request to act."""
    return next((kind for kind in _kinds() if any(word in ask for word in kind.words)), _kinds()[-1])


def wants_penalty(ask: str) -> bool:
    """Whether an ask wants to hear what may be imposed; who only wants a thing stopped is told the duty, not the penalty."""
    return any(word in ask for word in kind_of(ask).penal)


def topic_of_ask(ask: str, told: str, line: str, main: Topic) -> Topic:
    """The topic of one ask: its own where it names one beside the way of asking, else the matter's.

    Args:
        told: what the citizens wrote.
        line: the matter's business line.
        main: the matter's topic.
    """
    kind = kind_of(ask)
    if kind.name == "conduct" and (line == CONDUCT or _OFFICIALS.search(ask)):
        return topic_among(told, CONDUCT)
    if own := topic_with_wish(ask, told):
        return own
    for word in kind.words:
        ask = ask.replace(word, "")
    return topic_of(ask, line, main)


@cache
def _kinds() -> tuple[AskKind, ...]:
    return tuple(AskKind(**with_tuples(row)) for row in frames("asks")["kind"])
