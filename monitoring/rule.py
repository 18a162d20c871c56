"""The small language of rules: `(城管 | 市容) & (打人 | 收费) - 招聘`.

`|` one of them, `&` both, `-` the first without the second, `~` both close together; `@名称` stands for a named list of words.
`~` binds closest, then `&` and `-` from left to right, then `|`. Full-width signs （）｜＆－～＠ are read as well.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from prompts import say

NEAR_CHARACTERS = 12
"""How far apart two words joined by `~` may begin."""

Hits = Mapping[str, tuple[int, ...]]
"""Words found in a text, each with the offsets where it begins."""

_SIGNS = str.maketrans("（）｜＆－～＠", "()|&-~@")
_TOKEN = re.compile(r"\s*(?:(?P<sign>[()|&~]|-)|@(?P<list>\w+)|(?P<word>[^\s()|&~@-]+))")
_WHITE = re.compile(r"\s*$")


@dataclass(frozen=True)
class Words:
    """One of these words."""

    words: frozenset[str]

    def found(self, hits: Hits) -> frozenset[str]:
        return self.words & hits.keys()

    def all_words(self) -> frozenset[str]:
        return self.words


@dataclass(frozen=True)
class Either:
    """One side or both."""

    left: "Rule"
    right: "Rule"

    def found(self, hits: Hits) -> frozenset[str]:
        return self.left.found(hits) | self.right.found(hits)

    def all_words(self) -> frozenset[str]:
        return self.left.all_words() | self.right.all_words()


@dataclass(frozen=True)
class Both(Either):
    """Both sides."""

    def found(self, hits: Hits) -> frozenset[str]:
        left = self.left.found(hits)
        right = self.right.found(hits) if left else left
        return left | right if right else right


@dataclass(frozen=True)
class Without(Either):
    """The left side, where the right one is absent."""

    def found(self, hits: Hits) -> frozenset[str]:
        left = self.left.found(hits)
        return left if left and not self.right.found(hits) else frozenset()


@dataclass(frozen=True)
class Near(Either):
    """Both sides, beginning at most NEAR_CHARACTERS apart."""

    def found(self, hits: Hits) -> frozenset[str]:
        left, right = self.left.found(hits), self.right.found(hits)
        pairs = ((a, b) for a in left for b in right if _close(hits[a], hits[b]))
        return frozenset(word for pair in pairs for word in pair)


Rule = Words | Either


def _close(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    return any(abs(a - b) <= NEAR_CHARACTERS for a in left for b in right)


class RuleError(ValueError):
    """A rule that cannot be read. `column` counts from 1."""

    def __init__(self, problem: str, column: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.column = column


def parse(rule: str, lists: Mapping[str, frozenset[str]]) -> Rule:
    """Read one rule.

    Args:
        rule: in the language of this module; words as they stand in normalised text.
        lists: the named lists of words.

    Raises:
        RuleError: with what is wrong and at which column.
    """
    return _Parser(rule, lists).parse()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(rule: str) -> Iterator[_Token]:
    place, rule = 0, rule.translate(_SIGNS)
    while not _WHITE.match(rule, place):
        match = _TOKEN.match(rule, place)
        if match is None or match.lastgroup is None:
            raise RuleError(say("monitoring.rule_stray_sign"), len(rule) - len(rule[place:].lstrip()) + 1)
        group = match.lastgroup
        text = match[group]
        yield _Token(text if group == "sign" else group, text.lower(), match.start(group) + (0 if group == "list" else 1))
        place = match.end()


class _Parser:
    """Recursive descent over the tokens of one rule."""

    def __init__(self, rule: str, lists: Mapping[str, frozenset[str]]) -> None:
        self._tokens = [*_tokens(rule), _Token("end", "", len(rule) + 1)]
        self._lists = lists
        self._place = 0

    def parse(self) -> Rule:
        rule = self._either()
        if self._next.kind != "end":
            self._fail("monitoring.rule_missing_sign" if self._next.kind != ")" else "monitoring.rule_not_opened", self._next)
        return rule

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *kinds: str) -> _Token | None:
        token = self._next
        if token.kind not in kinds:
            return None
        self._place += 1
        return token

    def _either(self) -> Rule:
        left = self._both()
        while self._take("|"):
            right = self._both()
            left = Words(left.words | right.words) if isinstance(left, Words) and isinstance(right, Words) else Either(left, right)
        return left

    def _both(self) -> Rule:
        left = self._near()
        while sign := self._take("&", "-"):
            left = (Both if sign.kind == "&" else Without)(left, self._near())
        return left

    def _near(self) -> Rule:
        left = self._one()
        while self._take("~"):
            left = Near(left, self._one())
        return left

    def _one(self) -> Rule:
        if word := self._take("word"):
            return Words(frozenset({word.text}))
        if name := self._take("list"):
            return Words(self._lists[name.text]) if name.text in self._lists else self._fail("monitoring.rule_unknown_list", name)
        if opened := self._take("("):
            rule = self._either()
            return rule if self._take(")") else self._fail("monitoring.rule_not_closed", opened)
        return self._fail("monitoring.rule_word_expected", self._next)

    def _fail(self, key: str, token: _Token) -> NoReturn:
        raise RuleError(say(key, text=token.text), token.column)
