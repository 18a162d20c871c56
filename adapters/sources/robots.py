"""What robots.txt allows (RFC 9309): asked before pages that nobody offered for reading by machine, kept for a day."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from adapters.sources.reading_process import ReadingProcess
from monitoring.errors import SourceError
from prompts import say

AGENT = "Wensheng"
"""The product token by which a robots.txt can name us."""
KEPT_FOR = timedelta(days=1)
UNREACHABLE_FOR = timedelta(minutes=10)
LARGEST_BYTES = 512_000
"""RFC 9309, section 2.5: at least 500 KiB must be read."""
MOST_HOSTS = 500


@dataclass(frozen=True)
class Rules:
    """What a host answered to the question for its robots.txt.

    Attributes:
        text: as it was sent; empty where there is none, None where it could not be reached, which forbids everything.
    """

    text: bytes | None


FetchRules = Callable[[httpx.URL, datetime, Sequence[str]], Awaitable[Rules]]


class Robots:
    """The rules of all hosts that were asked.

    Args:
        fetch: gets the rules at an address; a SourceError counts as unreachable.
        reading: where they are understood.
    """

    def __init__(self, fetch: FetchRules, reading: ReadingProcess) -> None:
        self._fetch, self._reading = fetch, reading
        self._known: dict[str, tuple[Rules, datetime]] = {}

    async def ask(self, url: httpx.URL, now: datetime, private: Sequence[str]) -> float:
        """How many seconds to leave between two requests; 0 where the host does not say.

        Raises:
            SourceError: the page must not be fetched, by which rule; or the rules cannot be had, which means the same for now.
        """
        rules = await self._rules(url, now, private)
        if rules.text is None:
            told = say("sources.robots_unreachable", host=url.host)
            raise SourceError(told, retry_after_seconds=UNREACHABLE_FOR.total_seconds())
        if not rules.text:
            return 0.0
        verdict = await self._reading.read("robots", rules.text, what=f"{url.host}/robots.txt", url=str(url), agent=AGENT)
        if verdict["rule"] is not None:
            raise SourceError(say("sources.robots_forbid", host=url.host, path=url.path[:80], rule=verdict["rule"]))
        return float(verdict["delay"])

    async def _rules(self, url: httpx.URL, now: datetime, private: Sequence[str]) -> Rules:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        known = self._known.get(origin)
        if known is None or known[1] <= now:
            if len(self._known) >= MOST_HOSTS:
                self._known.clear()
            fresh = await self._ask_host(url, now, private)
            if fresh.text is None and known and known[0].text is not None:
                fresh = known[0]  # RFC 9309, section 2.4: what was known may stand while the host cannot be reached
            known = self._known[origin] = fresh, now + (UNREACHABLE_FOR if fresh.text is None else KEPT_FOR)
        return known[0]

    async def _ask_host(self, url: httpx.URL, now: datetime, private: Sequence[str]) -> Rules:
        try:
            return await self._fetch(url.copy_with(path="/robots.txt", query=None, fragment=None), now, private)
        except SourceError as error:
            if error.retry_after_seconds is None:
                raise  # a private address, say: no waiting makes it better
            return Rules(None)


def rules_of(status: int, body: bytes | None) -> Rules:
    """What an answer means (RFC 9309, section 2.3.1): 4xx allows everything, a fault of the server forbids everything.

    Args:
        body: None where it was too large to read.
    """
    if status == httpx.codes.OK:
        return Rules((body or b"")[:LARGEST_BYTES])
    if httpx.codes.is_client_error(status) and status != httpx.codes.TOO_MANY_REQUESTS:
        return Rules(b"")
    return Rules(None)
