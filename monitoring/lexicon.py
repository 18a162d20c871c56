"""Files of words and rules under `lexicons/`, which a department can read and extend."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from monitoring.errors import PolicyError
from monitoring.rule import Hits, Rule, RuleError, parse
from prompts import say

BUILT_IN = Path(__file__).parent / "lexicons"

WordLists = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Lexicon:
    """All words that reading looks for, found in one pass (Aho-Corasick)."""

    words: tuple[str, ...]

    @cached_property
    def _automaton(self) -> Any:
        from ahocorasick_rs import AhoCorasick

        return AhoCorasick(self.words)

    def find(self, text: str) -> Hits:
        """Every word that occurs in `text`, overlapping ones too, with the offsets where it begins."""
        hits: dict[str, list[int]] = {}
        for number, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            hits.setdefault(self.words[number], []).append(start)
        return {word: tuple(starts) for word, starts in hits.items()}


def read_toml(path: Path) -> dict[str, Any]:
    """The parsed file. Raises PolicyError with one sentence where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(say("monitoring.file_unreadable", file=path.name, problem=error)) from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(say("monitoring.file_not_toml", file=path.name, problem=error)) from error


def word_lists(table: Mapping[str, Any], path: Path) -> WordLists:
    """The named lists of a file's `[words]`. Raises PolicyError where one is no list of words."""
    for name, words in table.items():
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise PolicyError(say("monitoring.words_not_list", file=path.name, name=name))
    return {name.lower(): frozenset(word.lower() for word in words) for name, words in table.items()}


def parse_in(path: Path, text: str, lists: WordLists) -> Rule:
    """One rule out of a file. Raises PolicyError with the rule's line in that file and the column within the rule."""
    try:
        return parse(text, lists)
    except RuleError as error:
        message = say(
            "monitoring.rule_error", file=path.name, line=_line_of(path, text), rule=text, column=error.column, problem=error.problem
        )
        raise PolicyError(message) from error


def _line_of(path: Path, rule: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if rule in line), 1)


def all_words(rules: Iterable[Rule]) -> frozenset[str]:
    """Every word that the rules look for."""
    return frozenset().union(*(rule.all_words() for rule in rules))
