"""What a hostile reader takes hold of: the words, why he can, and what would take the ground from under it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prompts import say

MOST_ATTACKS = 6
MOST_BY_ONE = 3
"""A card holds no more; both readers have their say."""
MODEL = "model"
"""Name of every attack that a language model foresaw."""


class Reader(StrEnum):
    """Who reads with ill will."""

    CITIZEN = "citizen"
    JOURNALIST = "journalist"


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: the rule that foresaw it, or MODEL.
        span: the exact words of the text that are attacked; empty where the text is silent.
        start: where they stand; -1 where nothing stands.
        question: what the reader will say.
        why: what makes it possible.
        add: what to add or change.
    """

    reader: Reader
    name: str
    span: str
    start: int
    question: str
    why: str
    add: str

    @property
    def line(self) -> str:
        """The attack on one line of a card."""
        return say(f"rehearsal.line_{self.reader.value}", question=self.question, add=self.add)

    def to_json(self) -> dict[str, Any]:
        """For storing in a reply version."""
        return {
            "reader": self.reader.value, "name": self.name, "span": self.span, "start": self.start,
            "question": self.question, "why": self.why, "add": self.add,
        }  # fmt: skip

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> "Attack":
        """The attack of a stored row."""
        return cls(Reader(row["reader"]), row["name"], row["span"], row["start"], row["question"], row["why"], row["add"])


def both_readers(attacks: Iterable[Attack]) -> tuple[Attack, ...]:
    """The first attacks of each reader, in their order, each of another kind and on other words."""
    kept: list[Attack] = []
    for attack in attacks:
        own = [other for other in kept if other.reader is attack.reader]
        if len(own) < MOST_BY_ONE and not any(_alike(attack, other) for other in own):
            kept.append(attack)
    return tuple(kept[:MOST_ATTACKS])


def _alike(attack: Attack, other: Attack) -> bool:
    return attack.question == other.question or (attack.name == other.name != MODEL) or bool(attack.span and attack.span == other.span)
