"""A pattern of telling, searched only in texts that hold one of the words without which it cannot match."""

import re
from collections.abc import Iterator


class Telling:
    """A regular expression behind a quick look.

    A long pattern that finds nothing takes the longest, and most posts tell of nothing grave.

    Args:
        pattern: what is searched.
        needs: words, joined by `|`, one of which every match holds; a test proves it.
    """

    def __init__(self, pattern: str, *, needs: str) -> None:
        self.pattern, self.needs = re.compile(pattern), re.compile(needs)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        return self.pattern.search(text) if self.needs.search(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Each match, in order."""
        return self.pattern.finditer(text) if self.needs.search(text) else iter(())
