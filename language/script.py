"""Simplified and traditional script, by OpenCC."""

import re
from functools import cache
from typing import Any


def to_simplified(text: str) -> str:
    """The text in simplified script, with exactly as many characters, so that a span found in it is a span of `text`.

    Phrases decide (乾淨 -> 干净, 乾坤 stays). Where a phrase changes its length, the text is converted character by character instead.
    A text without a character that is traditional by itself stays as it is: read as traditional, 破坏土地 would become 破坯土地.
    """
    if not _traditional().search(text):
        return text
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
def _traditional() -> re.Pattern[str]:
    """The characters that simplified script writes differently; of the basic plane, for a pattern of others is searched slowly."""
    converter = _converter("t2s")
    ideographs = [chr(code) for first, last in ((0x3400, 0xA000), (0xF900, 0xFB00)) for code in range(first, last)]
    converted = str(converter.convert("\n".join(ideographs))).split("\n")
    changing = (one for one, other in zip(ideographs, converted, strict=True) if one != other)
    return re.compile(f"[{''.join(changing)}]")


@cache
def _simplified_character(character: str) -> str:
    converted = str(_converter("t2s").convert(character))
    return converted if len(converted) == 1 else character
