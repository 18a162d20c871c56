"""Posts from the statuses of Mastodon's API. Runs in the reading child."""

from datetime import datetime
from typing import Any

from adapters.sources.markup import plain_text, web_address
from adapters.sources.record import plain_post, read_count, read_time
from adapters.sources.record_reading import read_json
from monitoring.errors import SourceError
from monitoring.post import RawPost
from prompts import say

LONGEST_CHARACTERS = 50_000
_VIDEO = ("video", "gifv")


def read_statuses(body: bytes, *, content_type: str, now: str) -> dict[str, Any]:
    """The public statuses of a timeline or a search as plain values, and the highest id among all of them.

    A boost is the status that it boosts: it keeps that one's key, so that it is one post however often it is boosted.

    Raises:
        SourceError: it is not what Mastodon answers.
    """
    document = read_json(body, content_type)
    statuses = document.get("statuses") if isinstance(document, dict) else document
    if not isinstance(statuses, list):
        raise SourceError(say("sources.mastodon_no_statuses"))
    entries = [entry for entry in statuses if isinstance(entry, dict)]
    posts, errors = {}, []
    for number, entry in enumerate(entries, 1):
        status = entry["reblog"] if isinstance(entry.get("reblog"), dict) else entry
        if status.get("visibility", "public") not in ("public", "unlisted"):
            continue
        try:
            post = _post(status, datetime.fromisoformat(now))
        except (ValueError, OverflowError):
            errors.append(say("sources.mastodon_bad_status", number=number))
            continue
        posts[post.key] = post
    ids = [str(entry["id"]) for entry in entries if str(entry.get("id", "")).isdecimal()]
    return {
        "posts": [plain_post(post) for post in posts.values()],
        "errors": errors,
        "highest": max(ids, key=_rank, default=""),
        "count": len(statuses),
    }


def _rank(status_id: str) -> tuple[int, str]:
    """Ids are numbers of any length, written as text."""
    return len(status_id), status_id


def _post(status: dict[str, Any], now: datetime) -> RawPost:
    """The post of one status. A content warning stands before the text, as readers see it."""
    account = status.get("account") if isinstance(status.get("account"), dict) else {}
    key, url = str(status.get("uri") or status.get("id") or ""), web_address(str(status.get("url") or status.get("uri") or ""))
    text, warning = (plain_text(str(status.get(name) or "")[:LONGEST_CHARACTERS]) for name in ("content", "spoiler_text"))
    pictures = _descriptions(status)
    if not key or not (text or warning or pictures):
        raise ValueError("a status without words")
    return RawPost(
        key=key, text="\n".join(filter(None, (text, *pictures))), title=warning, posted_at=read_time(status.get("created_at"), now) or now,
        url=url, author=str((account or {}).get("acct") or ""), likes=read_count(status.get("favourites_count")),
        reposts=read_count(status.get("reblogs_count")), comments=read_count(status.get("replies_count")),
        has_video=any(isinstance(each, dict) and each.get("type") in _VIDEO for each in _media(status)),
    )  # fmt: skip


def _media(status: dict[str, Any]) -> list[Any]:
    media = status.get("media_attachments")
    return media if isinstance(media, list) else []


def _descriptions(status: dict[str, Any]) -> list[str]:
    """What the author wrote under the pictures; often it says where and what."""
    return [plain_text(str(each["description"])) for each in _media(status) if isinstance(each, dict) and each.get("description")]
