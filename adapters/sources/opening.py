"""From a source's row to the reader that reads it."""

from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from adapters.sources.feed import FeedPosts
from adapters.sources.fetching import http_client
from adapters.sources.forwarded import ForwardedPosts
from adapters.sources.guard import GuardedTransport
from adapters.sources.json_lines import JsonLinesPosts
from adapters.sources.table import TablePosts
from monitoring.post import PostSource
from monitoring.source import Source, SourceKind


class SourceReaders:
    """The readers of all sources, which share one HTTP client. An async context manager."""

    def __init__(self) -> None:
        self._http = http_client(GuardedTransport(httpx.AsyncHTTPTransport(retries=1)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._http.aclose()

    def open(self, source: Source) -> PostSource:
        """The reader of one source."""
        return open_source(source, http=self._http)


def open_source(source: Source, *, http: httpx.AsyncClient) -> PostSource:
    """The reader of one source.

    Options by kind: feed `private_hosts` (host names), jsonl `replay` (true/false) and `origin`, table `columns`.

    Args:
        http: a client whose transport guards the border.
    """
    options = source.options
    match source.kind:
        case SourceKind.FEED:
            return FeedPosts(source.name, source.address, http, private_hosts=tuple(options.get("private_hosts", ())))
        case SourceKind.JSON_LINES:
            path, origin = Path(source.address), str(options.get("origin", ""))
            return JsonLinesPosts(source.name, path, replay=bool(options.get("replay")), origin=origin)
        case SourceKind.TABLE:
            return TablePosts(source.name, Path(source.address), columns=options.get("columns"))
        case SourceKind.FORWARDED:
            return ForwardedPosts(source.name)
