"""A Mastodon instance of ours: the endpoints of docs.joinmastodon.org that are read, with its paging, ids, limits and login."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from storage.clock import CHINA

FIRST_AT = datetime(2026, 3, 6, 8, 0, tzinfo=CHINA)
LIMIT = 300
"""Requests in five minutes (docs.joinmastodon.org, api/rate-limits)."""


class Instance:
    """Statuses in the order of their ids; `remaining` requests are allowed until `reset`."""

    def __init__(self, *, token: str = "") -> None:
        self.statuses: list[dict[str, Any]] = []
        self.token, self.remaining, self.reset = token, LIMIT, FIRST_AT + timedelta(days=1)

    def post(self, text: str, *, tags: Sequence[str] = ("城管",), **fields: Any) -> dict[str, Any]:
        """Publish a status. Ids grow in length, as those of an old instance did."""
        number = len(self.statuses)
        status = {
            "id": str(98 + number), "uri": f"https://town.example/users/a/statuses/{number}", "url": f"https://town.example/@a/{number}",
            "created_at": (FIRST_AT + timedelta(minutes=number)).isoformat(), "visibility": "public",
            "spoiler_text": "", "sensitive": False,
            "content": f"<p>{text}<br>{''.join(f'<a href=x>#<span>{tag}</span></a>' for tag in tags)}</p>", "reblog": None,
            "favourites_count": 3, "reblogs_count": 2, "replies_count": 1, "media_attachments": [], "account": {"acct": "a@town.example"},
            "tags": [{"name": tag} for tag in tags], **fields,
        }  # fmt: skip
        self.statuses.append(status)
        return status

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Speak as Mastodon 4 does."""
        if self.remaining <= 0:
            return self._reply({"error": "Too many requests"}, 429)
        self.remaining -= 1
        if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
            return self._reply({"error": "The access token is invalid"}, 401)
        query, path = request.url.params, request.url.path
        if path.startswith("/api/v1/timelines/tag/"):
            return self._reply(self._page(path.rpartition("/")[2], None, query))
        if path == "/api/v2/search" and query.get("type") == "statuses":
            return self._reply({"accounts": [], "hashtags": [], "statuses": self._page(None, query["q"], query)})
        return self._reply({"error": "Record not found"}, 404)

    def _page(self, tag: str | None, words: str | None, query: httpx.QueryParams) -> list[dict[str, Any]]:
        """Newest first; with `min_id` the page that follows it immediately."""
        found = [each for each in self.statuses if (tag is None or tag in {t["name"] for t in each["tags"]})]
        found = [each for each in found if words is None or all(word in each["content"] for word in words.split())]
        if "min_id" in query:
            found = [each for each in found if int(each["id"]) > int(query["min_id"])][: int(query.get("limit", 20))]
        return found[::-1][: min(int(query.get("limit", 20)), 40)]

    def _reply(self, document: Any, status: int = 200) -> httpx.Response:
        limits = {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": self.reset.isoformat(),
        }
        content = httpx.ByteStream(json.dumps(document, ensure_ascii=False).encode())
        return httpx.Response(status, headers={"content-type": "application/json; charset=utf-8", **limits}, stream=content)
