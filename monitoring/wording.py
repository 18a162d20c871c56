"""How a post is worded, in a form that two posts can be compared by in microseconds: hashed character pairs and triples.

Everything about likeness, near-duplicates and events works on this form, never on the text itself.
"""

import re
import struct
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from language.normalising import normalise
from monitoring.rarity import rarity

Grams = NDArray[np.uint32]

HEAD_CHARACTERS = 40
"""Without a title, so much of the beginning stands for one."""
LONGEST_CHARACTERS = 4_000
"""Of a longer text only the beginning counts: it says what the matter is."""
BREAK = np.uint32(0)
_MENTION = re.compile(r"[@＠][\w\-·]{1,30}")
NO_LETTER = re.compile(r"[\W_]+")
"""Runs of what is neither letter nor digit."""
_PAIR, _TRIPLE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SECOND, _MIX = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xBF58476D1CE4E5B9)
_HEADER = struct.Struct("<HH")


@dataclass(frozen=True, eq=False)
class Wording:
    """The wording of one post.

    Attributes:
        head: the character pairs of the title (or the beginning) in order; BREAK between clauses.
        grams: the pairs and triples of title and text, ascending, each once.
        counts: how often each of `grams` occurs, at most 255.
    """

    head: Grams
    grams: Grams
    counts: NDArray[np.uint8]

    @cached_property
    def head_rarity(self) -> NDArray[np.float32]:
        """How rare each pair of the head is; 0 for a break."""
        return np.where(self.head == BREAK, np.float32(0), rarity(self.head))

    @cached_property
    def head_set(self) -> Grams:
        """The pairs of the head, ascending, each once."""
        return np.unique(self.head[self.head != BREAK])

    @cached_property
    def strengths(self) -> NDArray[np.float32]:
        """How much each of `grams` lends to a likeness: tf-idf, the rare ones more than in proportion."""
        found: NDArray[np.float32] = (1 + np.log(self.counts.astype(np.float32))) * rarity(self.grams) ** np.float32(1.5)
        return found

    @cached_property
    def length(self) -> float:
        """The length of `strengths` as a vector."""
        return float(np.sqrt((self.strengths * self.strengths).sum()))

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """tf-idf of `grams`, of length one."""
        raw = (1 + np.log(self.counts.astype(np.float32))) * rarity(self.grams)
        length = float(np.sqrt((raw * raw).sum()))
        return raw / np.float32(length) if length else raw

    def holds(self, grams: Grams) -> NDArray[np.bool_]:
        """For each of `grams`, whether this wording has it."""
        if not len(self.grams):
            return np.zeros(len(grams), dtype=bool)
        places = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        found: NDArray[np.bool_] = self.grams[places] == grams
        return found

    def pack(self) -> bytes:
        """For storing in a row."""
        return _HEADER.pack(len(self.head), len(self.grams)) + self.head.tobytes() + self.grams.tobytes() + self.counts.tobytes()

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        """Between processes as in rows."""
        return Wording.unpack, (self.pack(),)

    @staticmethod
    def unpack(data: bytes) -> "Wording":
        """The wording that `pack` wrote."""
        heads, grams = _HEADER.unpack_from(data)
        start, middle = _HEADER.size + 4 * heads, _HEADER.size + 4 * (heads + grams)
        return Wording(
            np.frombuffer(data[_HEADER.size : start], np.uint32),
            np.frombuffer(data[start:middle], np.uint32),
            np.frombuffer(data[middle:], np.uint8),
        )


def read_wording(title: str, text: str) -> Wording:
    """The wording of a post, the same in traditional and simplified script; links, mentions and pictographs do not count."""
    title, text = title[:LONGEST_CHARACTERS], text[:LONGEST_CHARACTERS]
    whole = code_points(matching_text(f"{title}\n{text}"))
    head_length = len(title) if title.strip() else HEAD_CHARACTERS + 1
    pairs, triples = pairs_of(whole), _hashed(whole, 3)
    both = np.concatenate([pairs[pairs != BREAK], triples[triples != BREAK]])
    grams, counts = _counted(both)
    return Wording(pairs[:head_length], grams, np.minimum(counts, 255).astype(np.uint8))


@lru_cache(16)
def matching_text(text: str) -> str:
    """A text in one script and width, without what reposting adds: links, mentions and pictographs. Several ask for that of one post."""
    return normalise(_MENTION.sub(lambda mention: " " * len(mention[0]), text)).text


def code_points(text: str) -> NDArray[np.uint64]:
    """The code points of letters and digits, 0 for all else."""
    return np.frombuffer(NO_LETTER.sub(_nothing, text).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)


def _nothing(run: re.Match[str]) -> str:
    return "\0" * len(run[0])


def _counted(grams: Grams) -> tuple[Grams, NDArray[np.intp]]:
    """Each number once, in rising order, and how often it occurs: np.unique without its detours."""
    ordered = np.sort(grams)
    firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ordered) else np.zeros(0, np.intp)
    return ordered[firsts], np.diff(firsts, append=len(ordered))


def pairs_of(points: NDArray[np.uint64]) -> Grams:
    """One number for each pair of neighbouring letters; BREAK where one of them is none."""
    return _hashed(points, 2)


def _hashed(points: NDArray[np.uint64], size: int) -> Grams:
    """One number for each run of `size` letters; BREAK where the run crosses a clause's end."""
    count = len(points) - size + 1
    if count <= 0:
        return np.zeros(0, np.uint32)
    mixed, whole = np.zeros(count, np.uint64), np.ones(count, bool)
    for offset in range(size):
        part = points[offset : offset + count]
        mixed = (mixed ^ (part * (_PAIR if size == 2 else _TRIPLE))) * (_SECOND if offset % 2 else _MIX)
        mixed ^= mixed >> np.uint64(29)
        whole &= part != 0
    return np.where(whole, np.maximum(mixed >> np.uint64(32), np.uint64(1)), np.uint64(0)).astype(np.uint32)
