"""改动对照: how one wording came out of another, in chunks that a person can read at a glance."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from language.segmentation import words
from prompts import say

SAME_LINE = 0.4
"""Share of characters that two lines must have in common for one to be the other, changed."""
SMALLEST_KEPT = 2
"""A stretch of so few characters that stayed between two changes is shown as changed: confetti says nothing."""
KEPT_SHOWN = 12
"""In plain text, so many characters of what stayed are shown on each side of a change."""

_SLOT = re.compile(r"【待核实：[^【】]*】")
_WHOLE = re.compile(r"(【待核实：[^【】]*】|[0-9A-Za-z.:：\-]+|\s+)")


class Change(StrEnum):
    """What became of a run of text."""

    KEPT = "kept"
    STRUCK = "struck"
    ADDED = "added"


@dataclass(frozen=True)
class Run:
    """A run of text that stayed, was struck out or was added."""

    change: Change
    text: str


def difference(old: str, new: str) -> tuple[Run, ...]:
    """How `new` came out of `old`, word by word: kept and struck runs put together are `old`, kept and added ones `new`.

    A fact slot, a number or a Latin word is one word. What was replaced stands struck before what stands there now.
    """
    pairs = _paired(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return _joined(run for before, after in pairs for run in _by_words(before, after))


def changed_places(runs: Sequence[Run]) -> int:
    """In how many places something changed: a replacement is one place."""
    return sum(run.change is not Change.KEPT and (place == 0 or runs[place - 1].change is Change.KEPT) for place, run in enumerate(runs))


def share_changed(old: str, new: str) -> float:
    """The share of the wording that changed, 0 to 1: characters struck or added, to all characters of both. Slots are no wording."""
    old, new = _SLOT.sub("", old), _SLOT.sub("", new)
    changed = sum(len(run.text) for run in difference(old, new) if run.change is not Change.KEPT)
    return changed / ((len(old) + len(new)) or 1)


def plain(runs: Sequence[Run]) -> str:
    """The changes where nothing can be struck through or bold: 〔删：…〕〔加：…〕, and a few words around each."""
    wordings = {Change.STRUCK: "drafting.change_struck", Change.ADDED: "drafting.change_added"}
    return "".join(
        say(wordings[run.change], text=run.text) if run.change in wordings else _around(run.text, place, len(runs))
        for place, run in enumerate(runs)
    )


def texts(runs: Sequence[Run]) -> tuple[str, str]:
    """The text before and the text after."""
    old = "".join(run.text for run in runs if run.change is not Change.ADDED)
    return old, "".join(run.text for run in runs if run.change is not Change.STRUCK)


def _paired(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """The lines of both texts in order, each beside the one that it became; a line that went or came stands alone."""
    likeness = [[_likeness(before, after) for after in new] for before in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif i < len(old) and (j == len(new) or best[i][j] == best[i + 1][j]):
            pairs.append((old[i], ""))
            i += 1
        else:
            pairs.append(("", new[j]))
            j += 1
    return pairs


def _likeness(before: str, after: str) -> float:
    """How much of two lines is the same, 0 where it is too little to call one a change of the other."""
    if before == after:
        return 1.0
    ratio = SequenceMatcher(None, before, after, autojunk=False).ratio()
    return ratio if ratio >= SAME_LINE else 0.0


def _by_words(old: str, new: str) -> list[Run]:
    before, after = _tokens(old), _tokens(new)
    runs: list[Run] = []
    for name, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if name == "equal":
            runs.append(Run(Change.KEPT, "".join(before[a:b])))
        else:
            runs += [Run(Change.STRUCK, "".join(before[a:b])), Run(Change.ADDED, "".join(after[c:d]))]
    return [run for run in runs if run.text]


def _tokens(text: str) -> list[str]:
    return [token for part in _WHOLE.split(text) if part for token in ([part] if _WHOLE.fullmatch(part) else words(part))]


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Neighbouring changes as one struck and one added run, with the little that stayed between them in both."""
    joined: list[Run] = []
    struck = added = ""
    waiting = list(runs)
    for place, run in enumerate(waiting):
        if run.change is Change.STRUCK:
            struck += run.text
        elif run.change is Change.ADDED:
            added += run.text
        elif (struck or added) and len(run.text) <= SMALLEST_KEPT and place + 1 < len(waiting) and "\n" not in run.text:
            struck, added = struck + run.text, added + run.text
        else:
            joined += _changed(struck, added)
            struck = added = ""
            if joined and joined[-1].change is Change.KEPT:
                run = Run(Change.KEPT, joined.pop().text + run.text)
            joined.append(run)
    return (*joined, *_changed(struck, added))


def _changed(struck: str, added: str) -> list[Run]:
    return [run for run in (Run(Change.STRUCK, struck), Run(Change.ADDED, added)) if run.text]


def _around(text: str, place: int, runs: int) -> str:
    """What stayed, shortened in the middle, or at the outer end where it opens or closes the text."""
    first, last = place == 0, place == runs - 1
    if len(text) <= 2 * KEPT_SHOWN or (first and last):
        return text
    before = "" if first else text[:KEPT_SHOWN]
    after = "" if last else text[-KEPT_SHOWN:]
    return f"{before}……{after}"
