"""Files of words and rules under `lexicons/`, which a department can read and extend."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from language.normalising import normalise
from monitoring.errors import PolicyError
from monitoring.rule import Hits, Rule, RuleError, parse
from prompts import say

BUILT_IN = Path(__file__).parent / "lexicons"

_LONGEST_SHOWN = 60

WordLists = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Lexicon:
    """All words that reading looks for, found in one pass (Aho-Corasick)."""

    words: tuple[str, ...]

    @cached_property
    def _automaton(self) -> Any:
        from ahocorasick_rs import AhoCorasick

        return AhoCorasick(self.words)

    def __reduce__(self) -> tuple[type["Lexicon"], tuple[tuple[str, ...]]]:
        """From process to process go the words; the automaton is made anew."""
        return Lexicon, (self.words,)

    def find(self, text: str) -> Hits:
        """Every word that occurs in `text`, overlapping ones too, with the offsets where it begins."""
        hits: dict[str, list[int]] = {}
        for number, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            hits.setdefault(self.words[number], []).append(start)
        return hits


def read_toml(path: Path) -> dict[str, Any]:
    """The parsed file. Raises PolicyError with one sentence where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(say("monitoring.file_unreadable", file=path.name, problem=error)) from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(say("monitoring.file_not_toml", file=path.name, problem=error)) from error
    except RecursionError as error:
        raise PolicyError(say("monitoring.file_too_deep", file=path.name)) from error


def word_lists(table: object, path: Path) -> WordLists:
    """The named lists of a file's `[words]`, in matching form. Raises PolicyError where one is no list of words."""
    if not isinstance(table, dict):
        raise PolicyError(say("monitoring.words_not_table", file=path.name))
    for name, words in table.items():
        if not isinstance(words, list) or not all(isinstance(word, str) and normalise(word).text.strip() for word in words):
            raise PolicyError(say("monitoring.words_not_list", file=path.name, name=name))
    return {normalise(name).text: frozenset(normalise(word).text for word in words) for name, words in table.items()}


def parse_in(path: Path, text: str, lists: WordLists) -> Rule:
    """One rule out of a file. Raises PolicyError with the rule's line in that file and the column within the rule."""
    try:
        return parse(text, lists)
    except RuleError as error:
        raise PolicyError(
            say(
                "monitoring.rule_error",
                file=path.name,
                line=_line_of(path, text),
                rule=excerpt(text, error.column),
                column=error.column,
                problem=error.problem,
            )
        ) from error


def excerpt(rule: str, column: int) -> str:
    """A rule as an error shows it: whole where it is short, else the part around `column`."""
    if len(rule) <= _LONGEST_SHOWN:
        return rule
    start = max(0, min(column - 1 - _LONGEST_SHOWN // 2, len(rule) - _LONGEST_SHOWN))
    end = start + _LONGEST_SHOWN
    return ("…" if start else "") + rule[start:end] + ("…" if end < len(rule) else "")


def _line_of(path: Path, rule: str) -> int:
    """The line where a rule stands: as a whole string of the file where there is one, else anywhere."""
    lines = path.read_text(encoding="utf-8").splitlines()
    quoted = (f'"{rule}"', f"'{rule}'")
    exact = next((number for number, line in enumerate(lines, 1) if any(text in line for text in quoted)), None)
    return exact or next((number for number, line in enumerate(lines, 1) if rule in line), 1)


def all_words(rules: Iterable[Rule]) -> frozenset[str]:
    """Every word that the rules look for."""
    return frozenset().union(*(rule.all_words() for rule in rules))
