"""措辞: words that inflame, evade, blame, threaten, promise too much, or say nothing at all (官腔)."""

import re
from functools import cache

from casework.checks.finding import Finding, Severity, found
from prompts import frames


def check_wording(text: str) -> list[Finding]:
    """Every unfit phrase of the text, each once. Words inside a quotation are somebody else's."""
    own = re.sub(r"“[^”]*”", lambda quote: "“" + " " * (len(quote[0]) - 2) + "”", text)
    hits = [(name, severity, hit[0]) for name, severity, pattern in _patterns() for hit in pattern.finditer(own)]
    return [found(name, severity, span) for name, severity, span in dict.fromkeys(hits)]


@cache
def _patterns() -> tuple[tuple[str, Severity, re.Pattern[str]], ...]:
    return tuple((row["name"], Severity(row["severity"]), re.compile("|".join(row["words"]))) for row in frames("wording")["wording"])
