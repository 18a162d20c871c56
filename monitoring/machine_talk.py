"""写给机器的话: words in a post or a document that are meant for a model and not for people.

They are content like everything else and can do nothing. They are recognised so that no model is asked how grave such a post is, and so
that they are not repeated in a reply. The words stand in `prompts/frames/machine.toml`.
"""

import re
from functools import cache, lru_cache

from language.normalising import normalise
from prompts import frames

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_PHRASE = re.compile(r"[^，,]+[，,]*")
_ENDS = re.compile(r"[。！？!?；;\n]\s*$")
_LATIN = re.compile("[a-z]")
_GAP = re.compile(r"[\W_]+")
REMEMBERED = 4_096


def speaks_to_machine(text: str) -> bool:
    """Whether somewhere in the text something is ordered of a machine, in whatever script, width or spacing."""
    plain = _plain(text)
    return _matches(plain, _GAP.sub("", plain))


def without_machine_talk(text: str) -> str:
    """The text without the phrases that order something of a machine; empty where it consists of nothing else.

    An order that only shows over several phrases takes their sentence with it, one over several sentences all of them.
    """
    if not speaks_to_machine(text):
        return text
    kept = "".join(_kept(sentence) for sentence in _SENTENCE.findall(text)).strip()
    return "" if speaks_to_machine(kept) else kept


def _kept(sentence: str) -> str:
    if not speaks_to_machine(sentence):
        return sentence
    phrases = "".join(phrase for phrase in _PHRASE.findall(sentence) if not speaks_to_machine(phrase))
    whole = _ENDS.search(phrases) or not phrases
    return "" if speaks_to_machine(phrases) else phrases if whole else phrases.rstrip("，,") + "。"


@lru_cache(REMEMBERED)
def _matches(plain: str, tight: str) -> bool:
    orders = _orders() if _LATIN.search(plain) else _chinese_orders()
    return any(pattern.search(plain) for pattern in orders) or any(pattern.search(tight) for pattern in _tight_orders())


def _plain(text: str) -> str:
    return re.sub(r"[ \t\u3000]+", " ", normalise(text).text)


@cache
def _orders() -> tuple[re.Pattern[str], ...]:
    found = frames("machine")
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*found["orders"], *found["latin"]))


@cache
def _chinese_orders() -> tuple[re.Pattern[str], ...]:
    """Those that a text without Latin letters can hold."""
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in frames("machine")["orders"])


@cache
def _tight_orders() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in frames("machine")["tight"])
