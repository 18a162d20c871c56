"""Everyday words and the words of rules: 狗 is 犬. A readable lexicon, `everyday.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path


def rule_words(word: str) -> tuple[str, ...]:
    """What rules call an everyday word; nothing where they call it the same."""
    return _lexicon().get(word, ())


def split_at_everyday_words(plain: str) -> list[str]:
    """The pieces of a text in its matching form: everyday words of the lexicon, longer ones first, and what stands between them."""
    return [piece for piece in _pattern().split(plain) if piece]


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_lexicon(), key=lambda word: (-len(word), word))
    return re.compile(f"({'|'.join(map(re.escape, words))})")


@cache
def _lexicon() -> dict[str, tuple[str, ...]]:
    themes = tomllib.loads(Path(__file__).with_name("everyday.toml").read_text(encoding="utf-8"))
    return {word: tuple(official) for theme in themes.values() for word, official in theme.items()}
