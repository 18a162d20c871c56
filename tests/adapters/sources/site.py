"""A site of ours that answers as it is told, behind the real border; its clock runs only when somebody waits."""

from collections.abc import Callable, Mapping, Sequence

import httpx

from adapters.sources.fetching import Fetcher
from adapters.sources.politeness import Hosts
from adapters.sources.reading_process import ReadingProcess

ADDRESSES = {
    "forum.example": ["93.184.216.34"],
    "other.example": ["93.184.216.35"],
    "two.example": ["93.184.216.34", "93.184.216.35"],
    "none.example": [],
    "inner.example": ["10.0.0.7"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
}
Answer = Callable[[httpx.Request], httpx.Response]
READING = ReadingProcess()
"""One child for all tests; its start costs half a second."""


async def resolve(host: str, port: int) -> Sequence[str]:
    return ADDRESSES.get(host, [host])


class Waiting:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now, self.waited = 0.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waited += [round(seconds, 3)] if seconds else []
        self.now += seconds


class Site:
    """Remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[httpx.Request] = []
        self.waiting = Waiting()
        self._answer = answer
        hosts = Hosts(sleep=self.waiting.sleep, monotonic=self.waiting.monotonic)
        self.fetcher = Fetcher(httpx.MockTransport(self._handle), READING, resolve=resolve, hosts=hosts)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.url.raw_path.decode() for request in self.asked]

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)


def serving(body: bytes, **headers: str) -> Site:
    """A site with one document at every address."""
    return Site(lambda _: answer(body, **headers))


def answer(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """An answer whose body is sent as it is, packed or not."""
    named = {"content_type": "application/rss+xml", **headers}
    return httpx.Response(status, headers={name.replace("_", "-"): value for name, value in named.items()}, stream=httpx.ByteStream(body))


def routes(pages: Mapping[str, bytes | httpx.Response], **headers: str) -> Site:
    """A site with a document at each path; others are not found."""

    def reply(request: httpx.Request) -> httpx.Response:
        found = pages.get(request.url.raw_path.decode(), pages.get(request.url.path))
        if isinstance(found, httpx.Response):
            return found
        return answer(found, **headers) if found is not None else httpx.Response(404)

    return Site(reply)
