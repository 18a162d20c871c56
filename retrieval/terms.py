"""The terms by which texts are indexed and searched: single characters and character pairs, whole numbers and Latin words."""

import re
from collections.abc import Iterator
from itertools import pairwise

from language.normalising import normalise

_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")


def terms(text: str) -> Iterator[str]:
    """The terms of a text with repeats. Characters with their pairs found more than words did (docs/decisions/0003-lexical-index.md)."""
    for run in _RUN.findall(normalise(text).text):
        if run.isascii():
            yield run
        else:
            yield from run
            yield from map("".join, pairwise(run))
