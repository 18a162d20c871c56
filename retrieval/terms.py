"""The terms by which texts are indexed and searched: single characters and character pairs, whole numbers and Latin words."""

import re
from operator import add

from language.normalising import normalise

_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")


def terms(text: str) -> list[str]:
    """The terms of a text with repeats. Characters with their pairs found more than words did (docs/decisions/0003-lexical-index.md)."""
    found: list[str] = []
    for run in _RUN.findall(normalise(text).text):
        if run.isascii():
            found.append(run)
        else:
            found += run
            found += map(add, run, run[1:])
    return found
