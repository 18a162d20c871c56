"""What the readers share: the time and the counts of a record as people write them, and how a post leaves the reading child."""

import hashlib
import re
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from language.moments import plausible, read_moment
from monitoring.post import RawPost
from storage.clock import CHINA

_FULL_DATE = re.compile(r"\d{4}\D")
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=CHINA)
_EXCEL_DAYS = range(20_000, 80_000)
"""Serial numbers of the years 1954 to 2119; other numbers are no dates."""


def read_time(value: Any, now: datetime | None = None) -> datetime | None:
    """A moment from a cell, a page or a JSON field; without a zone it is China Standard Time. None for an empty value.

    Args:
        now: what 3分钟前 and 昨天 are counted from; without it only full dates are moments.

    Raises:
        ValueError: the value is no moment of a public post.
    """
    if isinstance(value, datetime):
        return plausible(value if value.tzinfo else value.replace(tzinfo=CHINA))
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
    if now is None and not _FULL_DATE.match(text):
        raise ValueError("no full date")
    return read_moment(text, (now or _EXCEL_EPOCH).astimezone(CHINA))


def read_count(value: Any) -> int | None:
    """A count as platforms write it (1,204; 1.2万); None where there is none or it is no number."""
    written = re.fullmatch(r"(\d{1,15}(?:\.\d+)?)\s*([万wW亿]?)\+?", str(value if value is not None else "").replace(",", "").strip())
    if not written:
        return None
    return round(float(written[1]) * {"": 1, "亿": 100_000_000}.get(written[2], 10_000))


def content_key(*parts: str) -> str:
    """A key for a record that has none of its own: the same content has the same key."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def plain_post(post: RawPost) -> dict[str, Any]:
    """A post as a plain JSON value, for the way out of the reading child. Evidence stays where the bytes are."""
    plain = {each.name: getattr(post, each.name) for each in fields(post) if each.name != "evidence"}
    return plain | {name: value.isoformat() for name, value in plain.items() if isinstance(value, datetime)}


def post_of_plain(plain: dict[str, Any]) -> RawPost:
    """The post that `plain_post` wrote. Raises ValueError, KeyError or TypeError for a value that no post can have."""
    key, text, title, url, author = (str(plain[name]) for name in ("key", "text", "title", "url", "author"))
    likes, dislikes, reposts, comments = (_whole(plain[name]) for name in ("likes", "dislikes", "reposts", "comments"))
    return RawPost(
        key=key, text=text, title=title, url=url, author=author, posted_at=_stored_moment(plain["posted_at"]),
        due_at=_stored_moment(plain["due_at"]) if plain["due_at"] else None, has_video=plain["has_video"] is True,
        likes=likes, dislikes=dislikes, reposts=reposts, comments=comments,
    )  # fmt: skip


def _whole(plain: Any) -> int | None:
    return None if plain is None else int(plain)


def _stored_moment(plain: str) -> datetime:
    return plausible(datetime.fromisoformat(plain).astimezone(CHINA))
