"""Conduct of officers in a post: violence, smashing and taking, rudeness, money."""

from collections.abc import Iterator

from monitoring.cues import Cues
from monitoring.reading import Reading, Span
from monitoring.sign import Sign, sign_at

_REACH = 16
"""An officer and the deed stand at most this far apart."""


def conduct(reading: Reading, cues: Cues) -> Iterator[Sign]:
    """The signs that officers did wrong, or were attacked."""
    if attacked := cues.first_stated(reading, "resisting"):
        yield sign_at("officers_attacked", reading, attacked)
        return
    if span := cues.first_stated(reading, "stall_smashing"):
        yield sign_at("officer_conduct", reading, span)
    for name, words in (("officer_violence", "violence"), ("officer_conduct", "smashing"), ("officer_misconduct", "misconduct")):
        if deed := _by_officers(reading, cues, words):
            yield sign_at(name, reading, deed)
    bribe = _by_officers(reading, cues, "bribery")
    if bribe and reading.has(cues["media_already"]):
        yield sign_at("bribery_reported", reading, bribe)


def _by_officers(reading: Reading, cues: Cues, words: str) -> Span | None:
    """The first deed of the list `words` with an officer before it, or shortly after, in the same sentence."""
    officers = sorted(start for _, start in reading.starts(cues["officers"]))
    for span in cues.stated(reading, words):
        for officer in officers:
            first, last = sorted((officer, span.start))
            if last - first <= _REACH and not any(mark in reading.text[first:last] for mark in "。！？!?\n"):
                return span
    return None
