"""答非所问: whether every ask is taken up."""

import re

COVERED = 0.5
"""Share of an ask's pairs of neighbouring characters that must stand in the text."""

_OPENING = re.compile(
    r"^(?:您好[，,！!。]?)?(?:我们(?:已经?)?(?:看到|收到|注意到)了?|您(?:在[^“]{0,10})?(?:反映|投诉|咨询|留言|来信)的?|关于|网友反映的?)[^。！？；，,\n]*"
)


def covers(text: str, ask: str) -> bool:
    """Whether a text takes up an ask: by its own words, in whatever order."""
    bare = re.sub(r"\W", "", ask)
    pairs = {bare[place : place + 2] for place in range(len(bare) - 1)} or {bare}
    return sum(pair in text for pair in pairs) >= COVERED * len(pairs)


def answers(text: str, ask: str) -> bool:
    """Whether a text takes up an ask beyond naming the matter in its opening words: a title repeated is no answer."""
    return covers(_OPENING.sub("", text.strip()), ask)
