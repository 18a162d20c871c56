"""答非所问: whether every ask is taken up."""

import re

COVERED = 0.5
"""Share of an ask's pairs of neighbouring characters that must stand in the text."""


def covers(text: str, ask: str) -> bool:
    """Whether a text takes up an ask: by its own words, in whatever order."""
    bare = re.sub(r"\W", "", ask)
    pairs = {bare[place : place + 2] for place in range(len(bare) - 1)} or {bare}
    return sum(pair in text for pair in pairs) >= COVERED * len(pairs)
