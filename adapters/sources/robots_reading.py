"""What a robots.txt says of one page. Runs in the reading child: its patterns are the host's own, and matching them may take for ever."""

import re
from typing import Any

from protego import Protego

_DISALLOW = re.compile(r"^\s*disallow\s*:\s*([^#\s][^#]*?)\s*(?:#.*)?$", re.IGNORECASE | re.MULTILINE)
_MOST_RULES = 2_000
_LONGEST_RULE_CHARACTERS = 80


def read_robots(body: bytes, *, url: str, agent: str) -> dict[str, Any]:
    """Whether `agent` may fetch `url`.

    Returns:
        rule: the line that forbids it, None where nothing does; delay: the Crawl-delay in seconds, 0 where there is none.
    """
    text = body.decode("utf-8-sig", "replace")
    rules = Protego.parse(text)
    rule = None if rules.can_fetch(url, agent) else _forbidding(text, url, agent)
    return {"rule": rule, "delay": float(rules.crawl_delay(agent) or 0)}


def _forbidding(text: str, url: str, agent: str) -> str:
    """The most specific line that forbids a page, as it is written."""
    paths = [match[1] for match in _DISALLOW.finditer(text)][:_MOST_RULES]
    matching = [path for path in set(paths) if not Protego.parse(f"User-agent: *\nDisallow: {path}").can_fetch(url, agent)]
    return f"Disallow: {max(matching, key=len, default='/')}"[:_LONGEST_RULE_CHARACTERS]
