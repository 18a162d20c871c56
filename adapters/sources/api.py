"""Posts from a JSON API, by a mapping of its fields."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from adapters.sources.evidence import with_evidence
from adapters.sources.fetching import Errand, Fetcher, Page, host_of
from adapters.sources.mapping import FieldMapping
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.secret import fill
from adapters.sources.seen import batches, new_posts, posts_of
from monitoring.errors import SourceError
from monitoring.post import Batch, RawPost
from prompts import say

MOST_PAGES = 20
_PAGES = 3


@dataclass(frozen=True)
class Paging:
    """How further pages are asked for.

    Attributes:
        parameter: the query parameter that names the page; empty for an API of one page.
        first: number of the first page.
        path: dotted path of the next page's cursor in an answer; empty where pages are numbered.
        most: pages of one reading.
    """

    parameter: str = ""
    first: int = 1
    path: str = ""
    most: int = _PAGES

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Paging":
        """The paging that settings describe. Raises SourceError for what is none."""
        try:
            paging = cls(**options)
        except TypeError as error:
            raise SourceError(say("sources.paging_unknown", known="parameter、first、path、most")) from error
        if options and not (paging.parameter and isinstance(paging.most, int) and 1 <= paging.most <= MOST_PAGES):
            raise SourceError(say("sources.paging_unusable", most=MOST_PAGES))
        return paging


@dataclass(frozen=True)
class ApiOptions:
    """How an API is read.

    Attributes:
        items: dotted path of the list of records; empty where the answer is the list.
        fields: field of a post -> dotted path within a record; empty takes the usual names.
        headers: sent with each request; secrets as `${WENSHENG_…}`.
    """

    items: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    paging: Paging = Paging()
    private_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "ApiOptions":
        """The options as settings write them. Raises SourceError for a mapping or paging that cannot be used."""
        FieldMapping.of(fields := dict(options.get("fields", {})))
        return cls(
            str(options.get("items", "")), fields, dict(options.get("headers", {})), Paging.of(options.get("paging", {})),
            tuple(options.get("private_hosts", ())),
        )  # fmt: skip


class ApiPosts:
    """One API."""

    def __init__(self, name: str, address: str, fetcher: Fetcher, reading: ReadingProcess, options: ApiOptions) -> None:
        self.name, self._address, self._fetcher, self._reading, self._options = name, address, fetcher, reading, options

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        posts, errors, page = list[RawPost](), list[str](), None
        follows: str = ""
        for number in range(self._options.paging.most if self._options.paging.parameter else 1):
            page = await self._fetch(number, follows, cursor, page.fetched_at if page else now)
            if page.body is None:
                return
            found = await self._understand(page)
            errors += found["errors"]
            new = new_posts(await with_evidence(posts_of(found, host_of(page.url)), page), cursor)
            posts += new
            follows = str(found["following"])
            if not new or (self._options.paging.path and not follows):
                break
        known = {"etag": page.etag, "modified": page.modified} if page and not self._options.paging.parameter else {}
        unique = {post.key: post for post in posts}
        for batch in batches(new_posts(unique.values(), cursor), cursor, known, errors):
            yield batch

    async def _fetch(self, number: int, follows: str, cursor: Mapping[str, Any], now: datetime) -> Page:
        filled = fill(self._address, self._options.headers)
        errand = Errand(
            self._paged(filled.address, number, follows), etag=str(cursor.get("etag", "")), modified=str(cursor.get("modified", "")),
            headers={"Accept": "application/json", **filled.headers}, private_hosts=self._options.private_hosts, secrets=filled.secrets,
        )  # fmt: skip
        return await self._fetcher.fetch(errand, now)

    def _paged(self, address: str, number: int, follows: str) -> str:
        paging = self._options.paging
        value = follows if paging.path else str(paging.first + number)
        if not paging.parameter or (paging.path and not follows):
            return address
        try:
            return str(httpx.URL(address).copy_merge_params({paging.parameter: value}))
        except httpx.InvalidURL as error:
            raise SourceError(say("sources.address_scheme", address=self._address[:80])) from error

    async def _understand(self, page: Page) -> dict[str, Any]:
        options = self._options
        found: dict[str, Any] = await self._reading.read(
            "records", page.body or b"", what=host_of(page.url), content_type=page.content_type, items=options.items,
            fields=dict(options.fields), following=options.paging.path, now=page.fetched_at.isoformat(),
        )  # fmt: skip
        return found
