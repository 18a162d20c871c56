"""Posts from Mastodon and what speaks its API: hashtag timelines and search, the open part of the Fediverse."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from adapters.sources.evidence import with_evidence
from adapters.sources.fetching import Errand, Fetcher, Page, host_of
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.secret import fill
from adapters.sources.seen import posts_of
from monitoring.errors import SourceError
from monitoring.post import Batch
from prompts import say

STATUSES_PER_PAGE = 40
"""The most that the API gives at once (docs.joinmastodon.org, methods/timelines and methods/search)."""
MOST_PAGES = 5
"""Of one timeline at one reading; what is left comes with the next."""


@dataclass(frozen=True)
class MastodonOptions:
    """What is looked for.

    Attributes:
        tags: hashtags, without `#`.
        queries: words to search for; most instances search statuses only for those who are logged in.
        token: `${WENSHENG_…}`, or empty to read what is public.
    """

    tags: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    token: str = ""
    private_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "MastodonOptions":
        """The options as settings write them. Raises SourceError where nothing is looked for."""
        tags = tuple(str(tag).lstrip("#＃") for tag in options.get("tags", ()))
        queries = tuple(map(str, options.get("queries", ())))
        if not tags and not queries:
            raise SourceError(say("sources.mastodon_nothing_asked"))
        return cls(tags, queries, str(options.get("token", "")), tuple(options.get("private_hosts", ())))


class MastodonPosts:
    """One instance. The cursor holds, for each timeline and query, the id of the newest status read."""

    def __init__(self, name: str, address: str, fetcher: Fetcher, reading: ReadingProcess, options: MastodonOptions) -> None:
        self.name, self._address, self._fetcher, self._reading, self._options = name, address.rstrip("/"), fetcher, reading, options

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        handed_over: set[str] = set()
        for stream, path in self._streams():
            for _ in range(MOST_PAGES):
                newest = str(cursor.get(stream, ""))
                page = await self._fetch(path, newest, now)
                now = page.fetched_at
                found = await self._reading.read(
                    "statuses", page.body or b"", what=host_of(page.url), content_type=page.content_type, now=now.isoformat()
                )
                posts = await with_evidence(posts_of(found, host_of(page.url)), page)
                fresh = sorted((post for post in posts if post.key not in handed_over), key=lambda post: post.posted_at)
                handed_over.update(post.key for post in fresh)
                cursor = {**cursor, stream: found["highest"] or newest}
                if fresh or found["errors"]:
                    yield Batch(tuple(fresh), cursor, tuple(found["errors"]))
                if not newest or found["count"] < STATUSES_PER_PAGE:
                    break

    def _streams(self) -> Iterator[tuple[str, str]]:
        """Name in the cursor and path of each timeline and query."""
        for tag in self._options.tags:
            yield f"tag:{tag}", f"/api/v1/timelines/tag/{quote(tag, safe='')}?"
        for query in self._options.queries:
            yield f"query:{query}", f"/api/v2/search?{urlencode({'q': query, 'type': 'statuses'})}&"

    async def _fetch(self, path: str, newest: str, now: datetime) -> Page:
        """One page: the newest statuses at first, later those that follow the newest one known."""
        headers = {"Authorization": f"Bearer {self._options.token}"} if self._options.token else {}
        filled = fill(self._address, headers)
        place = {"limit": str(STATUSES_PER_PAGE)} | ({"min_id": newest} if newest else {})
        errand = Errand(
            f"{filled.address}{path}{urlencode(place)}", headers={"Accept": "application/json", **filled.headers},
            private_hosts=self._options.private_hosts, secrets=filled.secrets,
        )  # fmt: skip
        return await self._fetcher.fetch(errand, now)
