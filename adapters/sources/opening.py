"""From a source's row to the reader that reads it."""

from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from adapters.sources.api import ApiOptions, ApiPosts
from adapters.sources.feed import FeedPosts
from adapters.sources.fetching import Fetcher
from adapters.sources.forwarded import ForwardedPosts
from adapters.sources.json_lines import JsonLinesPosts
from adapters.sources.mastodon import MastodonOptions, MastodonPosts
from adapters.sources.pages import PageOptions, PagePosts
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.table import TablePosts
from monitoring.post import PostSource
from monitoring.source import Source, SourceKind


class SourceReaders:
    """The readers of all sources, which share one way out and one process that parses. An async context manager.

    Args:
        inner: makes the connections; the network's own by default.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.reading = ReadingProcess()
        self.fetcher = Fetcher(inner or httpx.AsyncHTTPTransport(), self.reading)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.fetcher.__aexit__()
        await self.reading.__aexit__()

    def open(self, source: Source) -> PostSource:
        """The reader of one source."""
        return open_source(source, self.fetcher, self.reading)


def open_source(source: Source, fetcher: Fetcher, reading: ReadingProcess) -> PostSource:
    """The reader of one source. What options each kind takes stands in docs/sources.md.

    Raises:
        SourceError: options that cannot be used.
    """
    options = source.options
    match source.kind:
        case SourceKind.FEED:
            return FeedPosts(source.name, source.address, fetcher, reading, private_hosts=tuple(options.get("private_hosts", ())))
        case SourceKind.PAGE:
            return PagePosts(source.name, source.address, fetcher, reading, PageOptions.of(options))
        case SourceKind.API:
            return ApiPosts(source.name, source.address, fetcher, reading, ApiOptions.of(options))
        case SourceKind.MASTODON:
            return MastodonPosts(source.name, source.address, fetcher, reading, MastodonOptions.of(options))
        case SourceKind.JSON_LINES:
            path, origin = Path(source.address), str(options.get("origin", ""))
            return JsonLinesPosts(source.name, path, replay=bool(options.get("replay")), origin=origin)
        case SourceKind.TABLE:
            return TablePosts(source.name, Path(source.address), reading, columns=options.get("columns"))
        case SourceKind.FORWARDED | SourceKind.WEBHOOK:
            return ForwardedPosts(source.name)
