"""措辞: words that inflame, evade, blame, threaten, promise too much, or say nothing at all (官腔)."""

import re
from functools import cache

from casework.checks.finding import Finding, found
from casework.checks.plain import plain
from prompts import frames

_QUOTATION = re.compile(r"“[^”]*”")


def check_wording(text: str) -> list[Finding]:
    """Every unfit phrase of the text, in the order of its kinds. Words inside a quotation are somebody else's."""
    own = _QUOTATION.sub(lambda quote: "“" + " " * (len(quote[0]) - 2) + "”", plain(text))
    return [
        found(name, text[hit.start() : hit.end()], start=hit.start(), replacement=_better(name, own, hit))
        for name, pattern in _patterns()
        for hit in pattern.finditer(own)
    ]


def _better(name: str, text: str, hit: re.Match[str]) -> str | None:
    """The words to put in place of a phrase; empty where it is an empty phrase that may be cut out with its comma; None where neither."""
    for row in frames("wording").get("better", []):
        if re.fullmatch(row["words"], hit[0]):
            return str(row["instead"])
    stands_alone = text[hit.end() : hit.end() + 1] in "，。；" and text[max(0, hit.start() - 1) : hit.start()] in (
        "，",
        "。",
        "；",
        "\n",
        "",
    )
    return "" if name == "officialese" and stands_alone else None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["name"], re.compile("|".join(row["words"]))) for row in frames("wording")["wording"])
