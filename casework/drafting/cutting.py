"""裁剪: cuts a reply into paragraphs, sentences and phrases, takes parts out and puts parts in. Slots, quotes and titles stay whole."""

import re
from collections.abc import Callable

from language.numerals import NUMERAL, from_int, to_int

_PROTECTED = re.compile(r"【[^】]*】|“[^”]*”|《[^》]*》")
_SENTENCE = re.compile(r"(?:【[^】]*】|“[^”]*”|[^。！？\n])+[。！？]*\n*|\n+")
_PHRASE = re.compile(r"(?:【[^】]*】|“[^”]*”|[^，；。！？\n])+[，；。！？]?")
_NUMBERED = re.compile(rf"(?m)^([{NUMERAL}]{{1,3}})、")
_DATE_LINE = re.compile(r"^(?:【待核实：[^】]*日期】|\d{4}年\d{1,2}月\d{1,2}日)(?:（[^）]*）)?$")
"""The last line of a signature; a notice that a model helped may follow on it."""
_FIRST_PRIVATE = 0xE000
_PRIVATE = re.compile("[\ue000-\uf8ff]")
"""Characters that no text uses, for what is held while the rest is changed."""


def sentences_in(text: str) -> list[str]:
    """The sentences, line breaks at their ends; put together they are the text."""
    return _SENTENCE.findall(text)


def is_numbered(line: str) -> bool:
    """Whether a line begins with 一、 二、 …."""
    return _NUMBERED.match(line) is not None


def own(text: str) -> str:
    """The text without slots, quotes and titles, which no change of manner touches."""
    return _PROTECTED.sub("\0", text)


def outside(text: str, change: Callable[[str], str]) -> str:
    """The text with a change made in everything but slots, quotes and titles; the change sees one character in the place of each."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return chr(_FIRST_PRIVATE + len(held) - 1)

    changed = change(_PROTECTED.sub(hold, _PRIVATE.sub("", text)))
    return _PRIVATE.sub(lambda found: held[ord(found[0]) - _FIRST_PRIVATE], changed)


def without(sentences: list[str], gone: set[int]) -> str:
    """The sentences that stay; a line break that went with a sentence stays where another one follows."""
    kept: list[str] = []
    for place, sentence in enumerate(sentences):
        if place not in gone:
            kept.append(sentence)
        elif sentence.endswith("\n") and kept and not kept[-1].endswith("\n"):
            kept.append("\n")
    return "".join(kept)


def parts(text: str) -> list[str]:
    """The text cut after commas and sentence ends, line breaks as parts of their own."""
    return re.findall(_PHRASE.pattern + r"|\n+", text)


def ended(phrase: str) -> str:
    """What is left of a phrase that goes: the end of the sentence, where it ended one."""
    return phrase[-1] if phrase[-1] in "。！？" else ""


def after_first(text: str, sentence: str) -> str:
    """The sentence after the first one, or before it where the first one leads over to what follows."""
    first = next((found for found in _SENTENCE.finditer(text) if found[0].strip()), None)
    if first is None or first[0].rstrip().endswith(("：", ":")):
        return sentence + text
    head = text[: first.end()].rstrip("\n")
    return f"{head}{sentence}{text[len(head) :]}"


def before_signature(text: str, sentence: str) -> str:
    """The sentence at the end of the text, but before its signature."""
    body, signature = signed(text)
    end = len(body.rstrip("\n"))
    return f"{body[:end]}{sentence}{body[end:]}{signature}"


def signed(text: str) -> tuple[str, str]:
    """The text and its signature, department and date; put together they are the text."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) < 3 or not _DATE_LINE.match(lines[-1].strip()):
        return text, ""
    body = "\n".join(lines[:-2])
    return body, text[len(body) :]


def tidy(text: str) -> str:
    """Without what deletions leave behind: doubled punctuation, empty lines, gaps in the numbering."""
    return _renumbered(outside(text, _without_leftovers))


def _without_leftovers(text: str) -> str:
    text = re.sub(r"[，；、]+(?=[。！？\n])|(?<=[。！？\n])[，；、。]+|^[，；、。]+", "", text)
    return re.sub(r"([，；、。！？])\1+", r"\1", re.sub(r"\n{3,}", "\n\n", text)).strip("\n")


def _renumbered(text: str) -> str:
    numbers = [to_int(found[1]) for found in _NUMBERED.finditer(text)]
    if numbers != sorted(set(numbers)):
        return text
    following = iter(range(1, len(numbers) + 1))
    return _NUMBERED.sub(lambda found: f"{from_int(next(following))}、", text)
