"""Fetching one page: conditional, bounded in size and time, every hop guarded."""

import asyncio
from dataclasses import dataclass

import httpx

from adapters.sources.guard import PRIVATE_HOSTS
from monitoring.errors import SourceError
from prompts import say

LARGEST_BYTES = 8_000_000
LONGEST_SECONDS = 20.0
CONNECT_SECONDS = 10.0
RETRY_SECONDS = 60.0
MOST_REDIRECTS = 5
_MEGABYTE = 1_000_000
_GONE = frozenset({401, 403, 404, 405, 410})
"""A person must look at the address; trying again soon helps nobody."""


@dataclass(frozen=True)
class Page:
    """What came back. `body` is None where nothing has changed since the last time."""

    body: bytes | None
    content_type: str
    url: str
    etag: str
    modified: str


def http_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """A client for all sources: it keeps no cookies of one source for another and takes no proxy from the environment."""
    return httpx.AsyncClient(
        transport=transport, headers={"User-Agent": "Wensheng/0.1 (public feedback desk)", "Accept-Encoding": "gzip, deflate"},
        timeout=CONNECT_SECONDS, follow_redirects=True, max_redirects=MOST_REDIRECTS, trust_env=False,
    )  # fmt: skip


async def fetch(http: httpx.AsyncClient, url: str, *, etag: str = "", modified: str = "", private_hosts: tuple[str, ...] = ()) -> Page:
    """Get a page unless it is still the one that `etag` or `modified` stand for.

    Raises:
        SourceError: it cannot be had now, is too large, too slow, or lies where it must not.
    """
    headers = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
    host = httpx.URL(url).host
    extensions = {PRIVATE_HOSTS: private_hosts}
    try:
        async with asyncio.timeout(LONGEST_SECONDS), http.stream("GET", url, headers=headers, extensions=extensions) as answer:
            return await _page(answer, host, etag, modified)
    except TimeoutError as error:
        raise SourceError(say("sources.feed_slow", host=host, seconds=int(LONGEST_SECONDS)), retry_after_seconds=RETRY_SECONDS) from error
    except httpx.TooManyRedirects as error:
        raise SourceError(say("sources.feed_too_many_redirects", host=host)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        problem = type(error).__name__
        raise SourceError(say("sources.feed_unreachable", host=host, problem=problem), retry_after_seconds=RETRY_SECONDS) from error


async def _page(answer: httpx.Response, host: str, etag: str, modified: str) -> Page:
    content_type, url = answer.headers.get("content-type", ""), str(answer.url)
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Page(None, content_type, url, etag, modified)
    if answer.status_code != httpx.codes.OK:
        raise _refusal(answer, host)
    body = bytearray()
    async for chunk in answer.aiter_bytes(65_536):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise SourceError(say("sources.feed_too_large", host=host, limit=LARGEST_BYTES // _MEGABYTE))
    return Page(bytes(body), content_type, url, answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))


def _refusal(answer: httpx.Response, host: str) -> SourceError:
    if answer.status_code in _GONE:
        return SourceError(say("sources.feed_gone", host=host, status=answer.status_code))
    asked = answer.headers.get("retry-after", "")
    wait = float(asked) if asked.isdecimal() else RETRY_SECONDS
    return SourceError(say("sources.feed_status", host=host, status=answer.status_code), retry_after_seconds=wait)
