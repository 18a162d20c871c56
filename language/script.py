"""Simplified and traditional script, by OpenCC."""

from functools import cache
from typing import Any


def to_simplified(text: str) -> str:
    """The text in simplified script, with exactly as many characters, so that a span found in it is a span of `text`.

    Phrases decide (乾淨 -> 干净, 乾坤 stays). Where a phrase changes its length, the text is converted character by character instead.
    """
    converted = str(_converter("t2s").convert(text))
    return converted if len(converted) == len(text) else "".join(_simplified_character(character) for character in text)


def to_traditional(text: str) -> str:
    """The text in traditional script, for display; its length may differ."""
    return str(_converter("s2t").convert(text))


@cache
def _converter(configuration: str) -> Any:
    from opencc import OpenCC

    return OpenCC(configuration)


@cache
def _simplified_character(character: str) -> str:
    converted = str(_converter("t2s").convert(character))
    return converted if len(converted) == 1 else character
