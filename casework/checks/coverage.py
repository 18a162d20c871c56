"""答非所问: whether every ask is taken up."""

import re
from itertools import pairwise

COVERED = 0.5
"""Share of an ask's pairs of neighbouring characters that must stand in the text."""

_SENTENCE = re.compile(r"[^。！？；\n]+")
_OPENING = re.compile(
    r"^(?:您好[，,！!。]?)?(?:我们(?:已经?)?(?:看到|收到|注意到)了?|您(?:在[^“]{0,10})?(?:反映|投诉|咨询|留言|来信)的?|关于|网友反映的?)[^。！？；，,\n]*"
)


def covers(text: str, ask: str) -> bool:
    """Whether a text takes up an ask: by its own words, in whatever order."""
    bare = re.sub(r"\W", "", ask)
    pairs = {bare[place : place + 2] for place in range(len(bare) - 1)} or {bare}
    return sum(pair in text for pair in pairs) >= COVERED * len(pairs)


def answers(text: str, ask: str) -> bool:
    """Whether a text takes up an ask: in one sentence or two together, and not only by naming the matter in its opening words."""
    sentences = _SENTENCE.findall(_OPENING.sub("", text.strip()))
    return any(covers(f"{sentence}{following}", ask) for sentence, following in pairwise([*sentences, ""]))
