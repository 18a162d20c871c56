"""Near-duplicates: one text posted again, cut, with emoji or names added, in the other script, its parts moved about.

Candidates come from MinHash bands over the hashed wording; whether two texts are the same one is then decided on the texts themselves,
since two complaints by the same template about two places are not.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Protocol

import numpy as np
from rensa import RMinHash

from monitoring.likeness import is_same_place
from monitoring.wording import NO_LETTER, Wording, matching_text

BANDS = 12
ROWS_PER_BAND = 3
"""Two texts that share seven tenths of their wording meet in a band with 99 of 100 chances, two that share a fiftieth with 1 of 10,000."""
PERMUTATIONS = 72
"""The first of them make the bands. Which ones these are depends on their number, and archives hold bands of this one."""
HOLDERS_PER_BAND = 4
CANDIDATES = 4
SHORT_CHARACTERS = 12
"""A shorter text is a duplicate only of an equal one."""
LEAST_CHARACTERS = 6
"""A text shorter still says too little to be anyone's duplicate."""
COMPARED_CHARACTERS = 600
LEAST_CONTAINMENT = 0.72
"""So much of the shorter text's character pairs must stand in the longer."""
MOST_EXCHANGED = 1
"""So many letters may have been exchanged for others in the middle; more, and another place or person is named."""
_SEED = 4_242


@dataclass(frozen=True)
class Text:
    """A text made ready for comparing: letters and digits only, in one script and width.

    Attributes:
        place: only one that the department's gazetteer knows.
    """

    letters: str
    place: str | None = None

    @property
    def is_short(self) -> bool:
        return len(self.letters) < SHORT_CHARACTERS


class DuplicateIndex(Protocol):
    """What the search for duplicates needs to know of the items so far."""

    async def band_holders(self, bands: Sequence[int]) -> Iterable[int]:
        """Item ids, one for each band that they share: for each band its newest HOLDERS_PER_BAND items."""
        ...

    async def texts(self, items: Sequence[int]) -> Mapping[int, Text]:
        """The texts of these items."""
        ...


def text_of(title: str, text: str, *, district: str | None = None, place: str | None = None) -> Text:
    """The letters and digits of a post; links, mentions and pictographs do not count. The place counts as known where its district is."""
    return Text(NO_LETTER.sub("", matching_text(f"{title}\n{text}")), place if district else None)


def bands_of(text: Text, wording: Wording) -> list[int]:
    """The numbers that near-duplicates share some of; none for a text that says too little."""
    if len(text.letters) < LEAST_CHARACTERS:
        return []
    if text.is_short or not len(wording.grams):
        return [_number(text.letters.encode())]
    tokens, ends = wording.grams.astype(np.uint64), np.array([0, len(wording.grams)], np.uint64)
    digest = RMinHash.digest_matrix_from_flat_token_hashes(tokens, ends, PERMUTATIONS, _SEED).to_rows()[0]
    rows = np.array(digest[: BANDS * ROWS_PER_BAND], np.uint32).tobytes()
    width = len(rows) // BANDS
    return [_number(bytes([band]) + rows[band * width : (band + 1) * width]) for band in range(BANDS)]


async def find_original(index: DuplicateIndex, text: Text, bands: Sequence[int]) -> int | None:
    """The item that this text repeats, the one that shares most bands first; None where it is new."""
    candidates = most_shared(await index.band_holders(bands)) if bands else []
    texts = await index.texts(candidates) if candidates else {}
    return next((item for item in candidates if item in texts and is_same_text(text, texts[item])), None)


def most_shared(holders: Iterable[int]) -> list[int]:
    """The CANDIDATES items that hold most of the bands, given one for each band that they hold."""
    return [item for item, _ in sorted(Counter(holders).items(), key=lambda pair: (-pair[1], pair[0]))[:CANDIDATES]]


def is_same_text(one: Text, other: Text) -> bool:
    """Whether one text is the other, perhaps cut, framed or rearranged; the order of the two does not matter."""
    shorter, longer = sorted((each.letters[:COMPARED_CHARACTERS] for each in (one, other)), key=lambda letters: (len(letters), letters))
    if shorter == longer:
        return True
    if is_same_place(one.place, other.place) is False:
        return False
    if len(shorter) < SHORT_CHARACTERS or _containment(shorter, longer) < LEAST_CONTAINMENT:
        return False
    return not _names_another(shorter, longer)


def _containment(shorter: str, longer: str) -> float:
    mine, theirs = Counter(pairwise(shorter)), Counter(pairwise(longer))
    return sum((mine & theirs).values()) / max(1, mine.total())


def _names_another(shorter: str, longer: str) -> bool:
    """Whether letters were exchanged for others, and not only moved, added or cut."""
    changes = [change for change in SequenceMatcher(None, shorter, longer, autojunk=False).get_opcodes() if change[0] != "equal"]
    missing = Counter("".join(shorter[start:stop] for _, start, stop, _, _ in changes))
    added = Counter("".join(longer[start:stop] for _, _, _, start, stop in changes))
    inner_lost, inner_gained = Counter[str](), Counter[str]()
    for kind, start, stop, other_start, other_stop in changes:
        lost, gained = Counter(shorter[start:stop]) - added, Counter(longer[other_start:other_stop]) - missing
        if kind != "replace" or not lost or not gained:
            continue
        if start == 0 or stop == len(shorter):
            return True
        inner_lost, inner_gained = inner_lost + lost, inner_gained + gained
    if any(map(str.isdigit, inner_lost)) and any(map(str.isdigit, inner_gained)):
        return True
    return min(inner_lost.total(), inner_gained.total()) > MOST_EXCHANGED


def _number(data: bytes) -> int:
    """63 bits that fit every database's integer."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1
