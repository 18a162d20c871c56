"""The relevance rules of all lines: which words make a post whose business."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from language.normalising import normalise
from monitoring.errors import PolicyError
from monitoring.item import Relevance
from monitoring.lexicon import BUILT_IN, WordLists, parse_in, read_toml, word_lists
from monitoring.lines import LINES, OTHER
from monitoring.rule import Hits, Rule
from prompts import say

_ELSEWHERE = {"他部门": Relevance.NO, "非公共事务": Relevance.NOISE}
WORDS = "words"
_SECTIONS = (*LINES, *_ELSEWHERE)


@dataclass(frozen=True)
class LineRule:
    """One rule: a post that it finds belongs to `line`, with this relevance."""

    line: str
    relevance: Relevance
    rule: Rule


class Rulebook(tuple[LineRule, ...]):
    """Rules in their order, indexed by the words that they cannot do without: a post is held against a handful of hundreds."""

    def possible(self, hits: Hits) -> Iterable[LineRule]:
        """In order, the rules that may find something among these words; all others find nothing."""
        numbers = {number for word in hits.keys() & self._needing.keys() for number in self._needing[word]}
        return (self[number] for number in sorted(numbers))

    @cached_property
    def _needing(self) -> Mapping[str, list[int]]:
        """Word -> the numbers of the rules of which it is a needed one."""
        needing: dict[str, list[int]] = {}
        for number, rule in enumerate(self):
            for word in rule.rule.needed():
                needing.setdefault(word, []).append(number)
        return needing


def load_rules(own_file: Path | None = None, *, names: tuple[str, ...] = ()) -> Rulebook:
    """The built-in rules and those of the department's own file.

    Args:
        own_file: a file like `lexicons/lines.toml`; its word lists are added to the built-in ones of the same name, for all rules.
        names: further words of the list @城管, by which people call the department.

    Raises:
        PolicyError: a file cannot be used; says line and column.
    """
    lists = load_lists(own_file, names=names)
    contents = ((path, read_toml(path)) for path in _files(own_file))
    return Rulebook(rule for path, content in contents for rule in _rules_of(content, path, lists))


def load_lists(own_file: Path | None = None, *, names: tuple[str, ...] = ()) -> WordLists:
    """The named lists of words that rules may use. Arguments and errors as for `load_rules`."""
    lists: dict[str, frozenset[str]] = {"城管": frozenset(normalise(name).text for name in names)}
    for path in _files(own_file):
        for name, words in word_lists(read_toml(path).get(WORDS, {}), path).items():
            lists[name] = lists.get(name, frozenset()) | words
    return lists


def _files(own_file: Path | None) -> tuple[Path, ...]:
    return (BUILT_IN / "lines.toml", *((own_file,) if own_file else ()))


def _rules_of(content: Mapping[str, Any], path: Path, lists: WordLists) -> Iterator[LineRule]:
    for line, scopes in content.items():
        if line == WORDS:
            continue
        if line not in _SECTIONS or not isinstance(scopes, dict):
            raise PolicyError(say("monitoring.rules_unknown_line", file=path.name, name=line, known="、".join(_SECTIONS)))
        for scope, texts in scopes.items():
            if scope not in set(Relevance) or not isinstance(texts, list):
                raise PolicyError(say("monitoring.rules_unknown_scope", file=path.name, name=line, scope=scope))
            for number, text in enumerate(texts, 1):
                if not isinstance(text, str):
                    raise PolicyError(say("monitoring.rule_not_text", file=path.name, name=line, scope=scope, number=number))
                yield LineRule(OTHER if line in _ELSEWHERE else line, Relevance(scope), parse_in(path, text, lists))
