"""Posts from an RSS or Atom feed, RSSHub's routes among them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from adapters.sources.evidence import with_evidence
from adapters.sources.fetching import Errand, Fetcher, host_of
from adapters.sources.reading_process import ReadingProcess
from adapters.sources.seen import batches, new_posts, posts_of
from monitoring.post import Batch


class FeedPosts:
    """One feed.

    Args:
        reading: where it is parsed.
        private_hosts: hosts that may lie in a private network (an RSSHub of one's own).
    """

    def __init__(self, name: str, address: str, fetcher: Fetcher, reading: ReadingProcess, *, private_hosts: tuple[str, ...] = ()) -> None:
        self.name, self._address, self._fetcher, self._reading, self._private_hosts = name, address, fetcher, reading, private_hosts

    async def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        etag, modified = str(cursor.get("etag", "")), str(cursor.get("modified", ""))
        page = await self._fetcher.fetch(Errand(self._address, etag, modified, private_hosts=self._private_hosts), now)
        if page.body is None:
            return
        what = host_of(page.url)
        found = await self._reading.read(
            "feed", page.body, what=what, content_type=page.content_type, url=page.url, now=page.fetched_at.isoformat()
        )
        posts = new_posts(await with_evidence(posts_of(found, what), page), cursor)
        for batch in batches(posts, cursor, {"etag": page.etag, "modified": page.modified}, found["errors"]):
            yield batch
