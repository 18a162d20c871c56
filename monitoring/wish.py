"""One thing that a post may be asking for, on its way to be chosen."""

import re
from dataclasses import dataclass

EDGE = " \n\t，,。；;！!？?：:…、“”\"'‘’（）()【】[]《》「」.·-—~#&/"
"""What a phrase neither begins nor ends with."""
READ = 1200
"""Characters of a post in which asks are looked for; what stands later repeats."""
_LATIN = re.compile("[a-z]+")


@dataclass(frozen=True)
class Wish:
    """A short phrase that a reply would have to answer.

    Attributes:
        text: in matching form.
        worth: how much of it a careful reader is expected to write down too, about 0..1. The figures behind it: docs/models/asks.md.
        start: where in the text it is said, so that equals stay in the post's order.
        in_head: whether the headline says it.
    """

    text: str
    worth: float
    start: int
    in_head: bool

    def shown(self) -> str:
        """The phrase as people write it: Latin letters as capitals (KTV, APP)."""
        return _LATIN.sub(lambda letters: letters[0].upper(), self.text)
