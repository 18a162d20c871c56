"""Publishing on Mastodon, and on what speaks its API: one status for each reply.

Read of docs.joinmastodon.org (2025-11): `POST /api/v1/statuses` takes an `Idempotency-Key`, which the instance remembers for about an hour;
`GET /api/v2/instance` tells how long a status may be, each address in it counting as 23 characters; `GET /api/v1/accounts/:id/statuses`
shows the newest statuses first. Timelines are written after the status is accepted, so that one may show a moment later.
"""

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

from adapters.publishing.answer import beginning, is_address
from casework.approval import ApprovedReply
from casework.errors import PublishError
from prompts import say
from storage.clock import Clock, SystemClock

TIMEOUT_SECONDS = 20.0
STATUSES_PER_PAGE = 40
"""The most that the API gives at once."""
MOST_PAGES = 5
SETTLING = timedelta(minutes=2)
"""How long after an attempt its status may still appear; only then is its absence believed."""
CLOCKS_APART = timedelta(minutes=10)
"""How far the instance's clock may be behind ours."""
ADDRESS_CHARACTERS = 23
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_ADDRESS = re.compile(r"https?://[^\s，。；、）】”]+")
_TAG = re.compile(r"<[^>]*>")
_BLANK = re.compile(r"\s+")


class MastodonPublisher:
    """Publishes as one account. An async context manager.

    Args:
        instance: its address, `https://…`.
        token: of the account, with the scopes `write:statuses`, `read:accounts` and `read:statuses`.
        visibility: `public` or `unlisted`.
        settling: see SETTLING.
    """

    name = "mastodon"
    finds = True

    def __init__(
        self, instance: str, token: str, visibility: str = "public", clock: Clock | None = None, *,
        timeout_seconds: float = TIMEOUT_SECONDS, settling: timedelta = SETTLING,
    ) -> None:  # fmt: skip
        self._host, self._visibility = urlsplit(instance).hostname or instance, visibility
        self._clock, self._timeout_seconds, self._settling = clock or SystemClock(), timeout_seconds, settling
        self._client = httpx.AsyncClient(
            base_url=instance.rstrip("/"), headers={"Authorization": f"Bearer {token}"}, timeout=timeout_seconds, follow_redirects=False,
            trust_env=False,
        )  # fmt: skip

    async def __aenter__(self) -> "MastodonPublisher":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def publish(self, reply: ApprovedReply, key: str) -> str:
        """See ReplyPublisher. A text that the instance would cut or refuse is not sent at all."""
        await self._refuse_too_long(reply.text)
        status = {"status": reply.text, "visibility": self._visibility, "language": "zh"}
        try:
            async with asyncio.timeout(self._timeout_seconds):
                answer = await self._ask("POST", "/api/v1/statuses", json=status, headers={"Idempotency-Key": key})
        except _NOT_SENT as error:
            raise PublishError(say("publishing.mastodon_unreachable", host=self._host)) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise PublishError(say("publishing.mastodon_silent", host=self._host), uncertain=True) from error
        return self._link(*answer)

    async def find(self, text: str, key: str, since: datetime) -> str | None:
        """See ReplyPublisher: by the wording of the account's own statuses."""
        if "@" in text:
            raise self._cannot_tell(say("publishing.mastodon_mentions"))
        try:
            link = await self._newest_with(_bare(text), since - CLOCKS_APART)
        except (KeyError, TypeError, ValueError) as error:
            raise self._cannot_tell(say("publishing.mastodon_rubbish")) from error
        if link is None and self._clock.now() - since < self._settling:
            raise self._cannot_tell(say("publishing.mastodon_too_early"))
        return link

    async def _newest_with(self, wanted: str, oldest: datetime) -> str | None:
        account = await self._read("/api/v1/accounts/verify_credentials")
        place = ""
        for _ in range(MOST_PAGES):
            query = {"limit": str(STATUSES_PER_PAGE), "exclude_reblogs": "true"} | ({"max_id": place} if place else {})
            page = await self._read(f"/api/v1/accounts/{account['id']}/statuses", query)
            statuses = [status for status in page if datetime.fromisoformat(status["created_at"]) >= oldest]
            if link := next((_place(status) for status in statuses if _bare(_plain(status["content"])) == wanted), None):
                return link
            if len(statuses) < STATUSES_PER_PAGE:
                return None
            place = page[-1]["id"]
        raise self._cannot_tell(say("publishing.mastodon_many"))

    async def _refuse_too_long(self, text: str) -> None:
        try:
            about = await self._read("/api/v2/instance")
            longest = int(about["configuration"]["statuses"]["max_characters"])
        except (PublishError, KeyError, TypeError, ValueError) as error:
            raise PublishError(say("publishing.mastodon_no_limits", host=self._host)) from error
        if length_of(text) > longest:
            raise PublishError(say("publishing.mastodon_too_long", host=self._host, length=length_of(text), longest=longest))

    async def _read(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """What the instance tells; PublishError where it tells nothing that can be used."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                status, answer = await self._ask("GET", path, params=query)
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._cannot_tell(say("publishing.mastodon_silent", host=self._host)) from error
        if status != 200 or not isinstance(answer, dict | list):
            raise self._cannot_tell(say("publishing.mastodon_unclear", host=self._host, status=status))
        return answer

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        async with self._client.stream(method, path, **more) as response:
            return response.status_code, await beginning(response)

    def _link(self, status: int, answer: Any) -> str:
        if status == 429:
            raise PublishError(say("publishing.mastodon_wait", host=self._host))
        if status >= 500 or status in (408, 409):
            raise PublishError(say("publishing.mastodon_unclear", host=self._host, status=status), uncertain=True)
        if status >= 300:
            reason = str(answer.get("error", "")) if isinstance(answer, dict) else ""
            raise PublishError(say("publishing.mastodon_refused", host=self._host, status=status, reason=reason[:80]))
        link = _place(answer) if isinstance(answer, dict) else ""
        if not is_address(link):
            raise PublishError(say("publishing.mastodon_no_link", host=self._host), uncertain=True)
        return link

    def _cannot_tell(self, why: str) -> PublishError:
        return PublishError(say("publishing.mastodon_cannot_tell", host=self._host, why=why), uncertain=True)


def length_of(text: str) -> int:
    """Characters as an instance counts them; never fewer."""
    return len(_ADDRESS.sub("x" * ADDRESS_CHARACTERS, text))


def _place(status: Mapping[str, Any]) -> str:
    return str(status.get("url") or status.get("uri") or "")


def _plain(content: str) -> str:
    """The wording of a status out of its HTML."""
    return unescape(_TAG.sub("", content))


def _bare(text: str) -> str:
    """What two renderings of one text have in common: no white space, one form of each character."""
    return _BLANK.sub("", unicodedata.normalize("NFC", text))
