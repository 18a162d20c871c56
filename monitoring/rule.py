"""The small language of rules: `(城管 | 市容) & (打人 | 收费) - 招聘`.

`|` one of them, `&` both, `-` the first without the second, `~` both close together; `@名称` stands for a named list of words.
`~` binds closest, then `&` and `-` from left to right, then `|`. A rule is brought into matching form like a post, so that full-width
signs （）｜＆－～＠, capitals and traditional characters read alike.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from language.normalising import Normal, normalise
from prompts import say

NEAR_CHARACTERS = 12
"""How far apart two words joined by `~` may begin."""
DEEPEST_BRACKETS = 50
LONGEST_RULE = 20_000
"""Characters; more words than that belong into named lists."""

Hits = Mapping[str, Sequence[int]]
"""Words found in a text, each with the offsets where it begins."""

_TOKEN = re.compile(r"\s*(?:(?P<sign>[()|&~]|-)|@(?P<list>\w+)|(?P<word>[^\s()|&~@-]+))")
_WHITE = re.compile(r"\s*$")


@dataclass(frozen=True)
class Words:
    """One of these words."""

    words: frozenset[str]

    def found(self, hits: Hits) -> frozenset[str]:
        return self.words.intersection(hits)

    def all_words(self) -> frozenset[str]:
        return self.words

    def needed(self) -> frozenset[str]:
        """Words of which at least one must occur, or the rule finds nothing."""
        return self.words


@dataclass(frozen=True)
class Joined:
    """Several sides joined by one sign. However many there are, they lie side by side, so that only brackets make a rule deep."""

    sides: tuple["Rule", ...]

    def all_words(self) -> frozenset[str]:
        return frozenset().union(*(side.all_words() for side in self.sides))

    def needed(self) -> frozenset[str]:
        """Words of which at least one must occur: where every side must be found, those of the side with the fewest."""
        return min((side.needed() for side in self.sides), key=len)


@dataclass(frozen=True)
class Either(Joined):
    """One side or more."""

    def found(self, hits: Hits) -> frozenset[str]:
        return frozenset().union(*(side.found(hits) for side in self.sides))

    def needed(self) -> frozenset[str]:
        return frozenset().union(*(side.needed() for side in self.sides))


@dataclass(frozen=True)
class Every(Joined):
    """Every side, and none of those `without`."""

    without: tuple["Rule", ...] = ()

    def found(self, hits: Hits) -> frozenset[str]:
        words: frozenset[str] = frozenset()
        for side in self.sides:
            found = side.found(hits)
            if not found:
                return found
            words |= found
        return frozenset() if any(side.found(hits) for side in self.without) else words

    def all_words(self) -> frozenset[str]:
        return super().all_words().union(*(side.all_words() for side in self.without))


@dataclass(frozen=True)
class Near(Joined):
    """Every side, each beginning at most NEAR_CHARACTERS from one of those before it."""

    def found(self, hits: Hits) -> frozenset[str]:
        words = self.sides[0].found(hits)
        for side in self.sides[1:]:
            pairs = [(a, b) for b in side.found(hits) for a in words if _close(hits[a], hits[b])]
            words = frozenset(word for pair in pairs for word in pair)
        return words


Rule = Words | Either | Every | Near


def _close(left: Sequence[int], right: Sequence[int]) -> bool:
    """Whether an offset of one is near an offset of the other. Both rise, so that one walk over both is enough."""
    i = j = 0
    while i < len(left) and j < len(right):
        if abs(left[i] - right[j]) <= NEAR_CHARACTERS:
            return True
        if left[i] < right[j]:
            i += 1
        else:
            j += 1
    return False


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


def _tokens(normal: Normal) -> Iterator[_Token]:
    place, rule = 0, normal.text
    while not _WHITE.match(rule, place):
        match = _TOKEN.match(rule, place)
        if match is None or match.lastgroup is None:
            stray = len(rule) - len(rule[place:].lstrip())
            raise RuleError(say("monitoring.rule_stray_sign"), normal.original_span(stray, stray + 1)[0] + 1)
        group = match.lastgroup
        start = normal.original_span(*match.span(group))[0] + (0 if group == "list" else 1)
        yield _Token(match[group] if group == "sign" else group, match[group], start)
        place = match.end()


class _Parser:
    """Recursive descent over the tokens of one rule."""

    def __init__(self, rule: str, lists: Mapping[str, frozenset[str]]) -> None:
        if len(rule) > LONGEST_RULE:
            raise RuleError(say("monitoring.rule_too_long", most=LONGEST_RULE), LONGEST_RULE + 1)
        self._tokens = [*_tokens(normalise(rule)), _Token("end", "", len(rule) + 1)]
        self._lists = lists
        self._place = self._depth = 0

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
        sides = self._joined(self._every, "|")
        plain = frozenset().union(*(side.words for side in sides if isinstance(side, Words)))
        nested = tuple(side for side in sides if not isinstance(side, Words))
        if not nested:
            return Words(plain)
        return Either((*nested, Words(plain))) if plain else nested[0] if len(nested) == 1 else Either(nested)

    def _every(self) -> Rule:
        sides: list[Rule] = [self._near()]
        without: list[Rule] = []
        while sign := self._take("&", "-"):
            (sides if sign.kind == "&" else without).append(self._near())
        return Every(tuple(sides), tuple(without)) if len(sides) > 1 or without else sides[0]

    def _near(self) -> Rule:
        sides = self._joined(self._one, "~")
        return Near(tuple(sides)) if len(sides) > 1 else sides[0]

    def _joined(self, side: Callable[[], Rule], sign: str) -> list[Rule]:
        sides = [side()]
        while self._take(sign):
            sides.append(side())
        return sides

    def _one(self) -> Rule:
        if word := self._take("word"):
            return Words(frozenset({word.text}))
        if name := self._take("list"):
            return Words(self._lists[name.text]) if name.text in self._lists else self._fail("monitoring.rule_unknown_list", name)
        if opened := self._take("("):
            return self._bracketed(opened)
        return self._fail("monitoring.rule_word_expected", self._next)

    def _bracketed(self, opened: _Token) -> Rule:
        if self._depth == DEEPEST_BRACKETS:
            raise RuleError(say("monitoring.rule_too_deep", most=DEEPEST_BRACKETS), opened.column)
        self._depth += 1
        rule = self._either()
        self._depth -= 1
        return rule if self._take(")") else self._fail("monitoring.rule_not_closed", opened)

    def _fail(self, key: str, token: _Token) -> NoReturn:
        raise RuleError(say(key, text=token.text), token.column)
