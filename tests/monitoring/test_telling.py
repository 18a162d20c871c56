"""The quick look before a long pattern never hides what the pattern would find: shown on the parsed patterns, whatever the texts."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from re import _constants as sign  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from _pytest.mark import ParameterSet

import monitoring
from monitoring.telling import Telling

_BOUNDARY = "\0"
"""Between letters that need not stand side by side."""


def tellings() -> Iterator[ParameterSet]:
    for module in pkgutil.iter_modules(monitoring.__path__):
        for name, value in vars(importlib.import_module(f"monitoring.{module.name}")).items():
            if isinstance(value, Telling):
                yield pytest.param(value, id=f"{module.name}.{name}")


def parsed(pattern: str) -> list[Any]:
    return list(_parser.parse(pattern))


def is_held(parts: Sequence[Any], needs: Telling, before: str = "") -> bool:
    """Whether every text that matches `parts`, after the letters `before`, holds one of the needed words."""
    for number, (kind, value) in enumerate(parts):
        rest = parts[number + 1 :]
        match kind:
            case sign.LITERAL:
                before += chr(value)
            case sign.BRANCH:
                return all(is_held([*side, *rest], needs, before) for side in value[1])
            case sign.SUBPATTERN:
                return is_held([*value[3], *rest], needs, before)
            case sign.IN if all(each is sign.LITERAL for each, _ in value):
                return all(is_held([(sign.LITERAL, code), *rest], needs, before) for _, code in value)
            case sign.MAX_REPEAT | sign.MIN_REPEAT if value[0] > 0 and is_held(list(value[2]), needs):
                return True
            case sign.ASSERT_NOT | sign.ASSERT | sign.AT:
                pass
            case _:
                before += _BOUNDARY
        if needs.needs.search(before):
            return True
    return False


@pytest.mark.parametrize("telling", [*tellings()])
def test_every_match_holds_a_needed_word(telling: Telling) -> None:
    assert is_held(parsed(telling.pattern.pattern), telling)


def test_the_proof_notices_a_missing_word() -> None:
    assert is_held(parsed("(?:把|将).{0,3}(?:砸了?|掀翻)"), Telling("", needs="砸|掀"))
    assert not is_held(parsed("(?:把|将).{0,3}(?:砸了?|掀翻)"), Telling("", needs="砸"))
    assert not is_held(parsed("(?:砸|掀)?走"), Telling("", needs="砸|掀"))


def test_it_finds_what_its_pattern_finds() -> None:
    telling = Telling(r"\d+人受伤", needs="伤")
    assert [match[0] for match in telling.finditer("3人受伤，又有2人受伤")] == ["3人受伤", "2人受伤"]
    assert telling.search("没有人") is None
    assert not list(telling.finditer("没有人"))
