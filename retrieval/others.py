"""Matters of other departments: who is in charge, from a readable list (`other_departments.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class OthersMatter:
    """A word of a question that another department is in charge of. A clause that does not hold the word answers nothing about it."""

    word: str
    department: str


def others_matters(question: str) -> tuple[OthersMatter, ...]:
    """The matters of other departments that a question names.

    Args:
        question: in its matching form.
    """
    return tuple(OthersMatter(word, department) for department, words in _list() for word in words if word in question)


@cache
def _list() -> tuple[tuple[str, tuple[str, ...]], ...]:
    told = tomllib.loads(Path(__file__).with_name("other_departments.toml").read_text(encoding="utf-8"))
    return tuple((department, tuple(words)) for department, words in told.items())
