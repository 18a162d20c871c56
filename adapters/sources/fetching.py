"""Fetching one page: conditional, bounded in size, ratio and time, polite, every hop guarded."""

import asyncio
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpx

from adapters.sources.guard import PRIVATE_HOSTS, GuardedTransport, Resolve, is_allowed, refuse_address
from adapters.sources.politeness import INTERVAL_SECONDS, Hosts
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.robots import AGENT, Robots, Rules, rules_of
from adapters.sources.unpacking import PackedTooTight, UnknownPacking, Unpacker
from monitoring.errors import SourceError
from prompts import say

LARGEST_BYTES = 8_000_000
LONGEST_SECONDS = 20.0
CONNECT_SECONDS = 10.0
RETRY_SECONDS = 60.0
MOST_REDIRECTS = 5
USER_AGENT = f"{AGENT}/0.1 (public feedback desk)"
_MEGABYTE = 1_000_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({401, 403, 404, 405, 410})
"""A person must look at the address; trying again soon helps nobody."""
_HIDDEN = "***"


@dataclass(frozen=True)
class Page:
    """What came back, and when. `body` is None where nothing has changed since the last time."""

    body: bytes | None
    content_type: str
    url: str
    etag: str
    modified: str
    fetched_at: datetime


@dataclass(frozen=True)
class Errand:
    """What is to be fetched, and how.

    Attributes:
        etag, modified: stand for the page that is known already.
        headers: further ones; they stay with the host of `url`.
        private_hosts: hosts that may lie in a private network; a public host leads to none of them.
        obeys_robots: whether robots.txt is asked first, at every hop.
        secrets: what may stand in the address or the headers and must never be stored.
    """

    url: str
    etag: str = ""
    modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    private_hosts: tuple[str, ...] = ()
    obeys_robots: bool = False
    secrets: tuple[str, ...] = ()


def http_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """A client for all sources: it follows no redirect by itself and takes no proxy from the environment."""
    return httpx.AsyncClient(
        transport=transport, headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"}, timeout=CONNECT_SECONDS,
        follow_redirects=False, trust_env=False,
    )  # fmt: skip


class Fetcher:
    """Fetches for all sources. An async context manager.

    Args:
        inner: makes the connections; the guard stands before it.
        reading: where what is fetched is understood.
        resolve: host and port -> addresses.
        hosts: whose turn it is.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, reading: ReadingProcess, *, resolve: Resolve | None = None, hosts: Hosts | None = None
    ) -> None:
        self._http = http_client(GuardedTransport(inner, resolve))
        self._hosts = hosts or Hosts()
        self._robots = Robots(self._fetch_rules, reading)

    async def __aenter__(self) -> "Fetcher":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def fetch(self, errand: Errand, now: datetime) -> Page:
        """Get a page unless it is still the one that is known.

        Args:
            now: the present, to which the time of waiting for the host is added in `Page.fetched_at`.

        Raises:
            SourceError: it cannot be had now, is too large, too slow, lies where it must not, or robots.txt forbids it.
        """
        began = time.monotonic()
        known = (("If-None-Match", errand.etag), ("If-Modified-Since", errand.modified))
        headers = {**errand.headers, **{name: value for name, value in known if value}}
        answer = await self._walk(errand, headers, now)
        if answer.status == httpx.codes.NOT_MODIFIED:
            return _page(answer, None, errand, now + timedelta(seconds=time.monotonic() - began))
        if answer.status != httpx.codes.OK:
            raise _refusal(answer, now)
        if answer.body is None:
            raise SourceError(say("sources.feed_too_large", host=answer.url.host, limit=LARGEST_BYTES // _MEGABYTE))
        return _page(answer, answer.body, errand, now + timedelta(seconds=time.monotonic() - began))

    async def _walk(self, errand: Errand, headers: Mapping[str, str], now: datetime) -> "_Answer":
        """Go to the page, from hop to hop, each of them checked."""
        first = url = _address(errand.url)
        private = errand.private_hosts if is_allowed(first, errand.private_hosts) else ()
        for _ in range(MOST_REDIRECTS + 1):
            refuse_address(url, first)
            delay = await self._robots.ask(url, now, private) if errand.obeys_robots else 0.0
            own = headers if url.host == first.host and url.scheme == first.scheme else {}
            answer = await self._ask(url, own, private, max(delay, 0.0 if is_allowed(url, private) else INTERVAL_SECONDS), now)
            if answer.status not in _REDIRECTS or not (target := answer.headers.get("location")):
                return answer
            url = _joined(url, target)
        raise SourceError(say("sources.feed_too_many_redirects", host=first.host))

    async def _ask(self, url: httpx.URL, headers: Mapping[str, str], private: Sequence[str], interval: float, now: datetime) -> "_Answer":
        """One request, in the host's turn and within the time that one request has."""
        async with self._hosts.turn(url.host, interval_seconds=interval):
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    answer = await self._exchange(url, headers, private)
            except TimeoutError as error:
                told = say("sources.feed_slow", host=url.host, seconds=int(LONGEST_SECONDS))
                raise SourceError(told, retry_after_seconds=RETRY_SECONDS) from error
            except (PackedTooTight, UnknownPacking, zlib.error) as error:
                raise SourceError(say("sources.feed_packing", host=url.host, problem=str(error) or "bomb")) from error
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                told = say("sources.feed_unreachable", host=url.host, problem=type(error).__name__)
                raise SourceError(told, retry_after_seconds=RETRY_SECONDS) from error
        if patience := asked_patience(answer.status, answer.headers, now):
            self._hosts.hold(url.host, patience)
        return answer

    async def _exchange(self, url: httpx.URL, headers: Mapping[str, str], private: Sequence[str]) -> "_Answer":
        request = self._http.build_request("GET", url, headers=dict(headers), extensions={PRIVATE_HOSTS: private, **_timeouts()})
        answer = await self._http.send(request, stream=True)
        try:
            body = await _body(answer) if answer.status_code == httpx.codes.OK else b""
        finally:
            await answer.aclose()
        return _Answer(answer.status_code, answer.headers, url, body)

    async def _fetch_rules(self, url: httpx.URL, now: datetime, private: Sequence[str]) -> Rules:
        answer = await self._walk(Errand(str(url), private_hosts=tuple(private)), {}, now)
        return rules_of(answer.status, answer.body)


@dataclass(frozen=True)
class _Answer:
    """One answer as it came. `body` is None where it was larger than LARGEST_BYTES."""

    status: int
    headers: httpx.Headers
    url: httpx.URL
    body: bytes | None


def _page(answer: _Answer, body: bytes | None, errand: Errand, at: datetime) -> Page:
    address, headers = str(answer.url), answer.headers
    for secret in errand.secrets:
        address = address.replace(secret, _HIDDEN).replace(quote(secret, safe=""), _HIDDEN)
    known = ("", "") if body is not None else (errand.etag, errand.modified)
    etag, modified = headers.get("etag", known[0]), headers.get("last-modified", known[1])
    return Page(body, headers.get("content-type", ""), address, etag, modified, at)


def asked_patience(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """How many seconds a host asks to be left alone: Retry-After with 429 and 503, and a rate limit (X-RateLimit-*) that is spent."""
    if status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        asked = _seconds(headers.get("retry-after", ""), now) or _seconds(headers.get("x-ratelimit-reset", ""), now)
        return asked or (RETRY_SECONDS if status == httpx.codes.TOO_MANY_REQUESTS else None)
    if headers.get("x-ratelimit-remaining", "").strip() == "0":
        return _seconds(headers.get("x-ratelimit-reset", ""), now)
    return None


def _seconds(written: str, now: datetime) -> float | None:
    """Seconds from now: as a number, an ISO moment, an HTTP date, or seconds since 1970."""
    written = written.strip()
    if written.isdecimal() and len(written) <= 12:
        number = float(written)
        return number if number < 1e8 else max(0.0, number - now.timestamp())
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(written)
        except (ValueError, TypeError, IndexError):
            continue
        return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
    return None


async def _body(answer: httpx.Response) -> bytes | None:
    unpacker = Unpacker(answer.headers.get("content-encoding", ""))
    body = bytearray()
    async for chunk in answer.aiter_raw(65_536):
        for piece in unpacker.pieces(chunk):
            body += piece
            if len(body) > LARGEST_BYTES:
                return None
    return bytes(body)


def _refusal(answer: _Answer, now: datetime) -> SourceError:
    host = answer.url.host
    if answer.status in _GONE:
        return SourceError(say("sources.feed_gone", host=host, status=answer.status))
    wait = asked_patience(answer.status, answer.headers, now) or RETRY_SECONDS
    return SourceError(say("sources.feed_status", host=host, status=answer.status), retry_after_seconds=wait)


def _address(written: str) -> httpx.URL:
    try:
        return httpx.URL(written)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SourceError(say("sources.address_scheme", address=written[:80])) from error


def _joined(url: httpx.URL, target: str) -> httpx.URL:
    try:
        return url.join(target)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SourceError(say("sources.address_scheme", address=target[:80])) from error


def _timeouts() -> dict[str, dict[str, float]]:
    return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), CONNECT_SECONDS)}


def host_of(url: str) -> str:
    """The host of an address that was fetched."""
    return httpx.URL(url).host
