"""A text made ready for matching: one width, one script, lower case, no invisible characters; every span leads back to the original."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from language.script import to_simplified

LINK = re.compile(r"(?:https?://|www\.)[\w\-./?=&%#:~+@!$,;]+", re.ASCII | re.IGNORECASE)
PICTOGRAPH = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u20e3]|\\[[\u4e00-\u9fffa-z]{1,6}\\]")
"""An emoji, or the way platforms write one in letters ([泪])."""
_LINK_SIGN, _PICTOGRAPH_SIGN = re.compile("[:.]"), re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u20e3[]")
"""Without one of these there is none; looking for one sign is quick."""
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn"}
_KEPT = {"\n", "\t"}


@dataclass(frozen=True)
class Normal:
    """A text in its matching form.

    Attributes:
        original: as it was written.
        text: for matching: half width, simplified, lower case, without invisible characters; links and pictographs blanked.
        offsets: for each character of `text` its place in `original`; None where the two run in step.
    """

    original: str
    text: str
    offsets: tuple[int, ...] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` was made from."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """The original's own words for `text[start:end]`."""
        first, last = self.original_span(start, end)
        return self.original[first:last]


def normalise(text: str) -> Normal:
    """Make `text` ready for matching. Never fails; equal texts give equal results."""
    visible = _changing().sub(lambda run: run[0].translate(_table()), text)
    offsets = (
        None if len(visible) == len(text) else tuple(i for i, character in enumerate(text) if _table().get(ord(character), 0) is not None)
    )
    return Normal(text, blank(to_simplified(visible)), offsets)


def blank(text: str) -> str:
    """The text with links and pictographs overwritten by spaces, as long as before: their letters are not the writer's words."""
    for pattern, sign in ((LINK, _LINK_SIGN), (PICTOGRAPH, _PICTOGRAPH_SIGN)):
        if sign.search(text):
            text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


@cache
def _table() -> dict[int, str | None]:
    """For the whole basic plane: full width to half width and upper to lower case where one character stays one; None for the invisible."""
    table: dict[int, str | None] = {}
    for code in range(0x10000):
        character = chr(code)
        if unicodedata.category(character) in _INVISIBLE_CATEGORIES and character not in _KEPT:
            table[code] = None
            continue
        folded = unicodedata.normalize("NFKC", character).lower()
        if len(folded) == 1 and folded != character:
            table[code] = folded
    table[0x3000] = " "
    return table


@cache
def _changing() -> re.Pattern[str]:
    """Runs of what the table changes: most of a text it leaves alone, and passing over that is what takes time."""
    return re.compile(f"[{''.join(re.escape(chr(code)) for code in _table())}]+")
