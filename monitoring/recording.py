"""A post becomes an item: personal data masked, the author hashed, the text read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from language.masking import mask_personal_data
from monitoring.analysis import Analysis, analyse
from monitoring.gathering import Clues, clues_of
from monitoring.grading import graver
from monitoring.item import Item
from monitoring.post import RawPost
from monitoring.snapshot import keep
from monitoring.source import Source
from monitoring.watch import Watch

ORIGINAL_LIFETIME = timedelta(days=180)
"""So long the sealed original is kept."""
_AUTHOR_HASH_BYTES = 16
COUNTS = ("likes", "dislikes", "reposts", "comments")


@dataclass(frozen=True)
class ReadPost:
    """A post with all that can be said of it before the database is asked. It can be handed from process to process.

    Attributes:
        columns: those of the item that it makes, without what only the archive knows.
    """

    post: RawPost
    columns: Mapping[str, Any]
    clues: Clues


def read(post: RawPost, now: datetime, watch: Watch) -> ReadPost:
    """Mask and read a post; one that claims to come from the future is dated now. Pure but for the seal's own chance."""
    title, text = mask_personal_data(post.title), mask_personal_data(post.text)
    analysis = read_again(title.text, text.text, post, watch)
    posted_at = min(post.posted_at, now)
    columns: dict[str, Any] = {
        "source_key": post.key, "url": post.url, "author_hash": author_hash(post.author, watch.salt), "title": title.text,
        "text": text.text, "posted_at": posted_at, "observed_at": now, "due_at": post.due_at, "likes": post.likes,
        "dislikes": post.dislikes, "reposts": post.reposts, "comments": post.comments, "has_video": post.has_video, **judgement(analysis),
    }  # fmt: skip
    if watch.seal and (title.found or text.found):
        columns["sealed_original"] = watch.seal.close(f"{post.title}\n{post.text}")
        columns["original_expires_at"] = now + ORIGINAL_LIFETIME
    return ReadPost(post, columns, clues_of(title.text, text.text, posted_at, analysis))


async def keep_evidence(session: AsyncSession, post: RawPost, now: datetime, watch: Watch) -> str | None:
    """Keep the page that a post was read on. Returns its hash; None for a post without a page, or where nothing is sealed."""
    return await keep(session, post.evidence, watch.seal, now) if post.evidence and watch.seal else None


def read_again(title: str, text: str, post: RawPost, watch: Watch) -> Analysis:
    """Read masked words with the counts that a post has now."""
    counts = {name: getattr(post, name) for name in COUNTS}
    return analyse(title, text, **counts, has_video=post.has_video, watch=watch)


def judgement(analysis: Analysis) -> dict[str, Any]:
    """The columns of an item that hold what was read out of it."""
    return {
        "relevance": analysis.relevance, "relevance_score": analysis.relevance_score, "line": analysis.line, "intent": analysis.intent,
        "attitude": analysis.attitude, "attitude_score": analysis.attitude_score, "negativity": analysis.negativity,
        "place": analysis.place, "district": analysis.district, "asks": list(analysis.asks), "level": analysis.level,
        "factors": [factor.to_json() for factor in analysis.factors], "reasons": list(analysis.reasons),
    }  # fmt: skip


def author_hash(author: str, salt: bytes) -> str:
    """A salted hash by which one author's posts are known as one author's, and nothing else; empty where no author is given."""
    return hashlib.blake2b(author.encode(), key=salt[:64], digest_size=_AUTHOR_HASH_BYTES).hexdigest() if author else ""


def renew_counts(item: Item, post: RawPost) -> dict[str, int]:
    """Bring an item's counts up to date; a source that no longer tells a count takes none away.

    Returns:
        By how much each changed count rose (or fell).
    """
    told = {name: value for name in COUNTS if (value := getattr(post, name)) is not None}
    changed = {name: (getattr(item, name) or 0, value) for name, value in told.items() if value != getattr(item, name)}
    for name, (_, value) in changed.items():
        setattr(item, name, value)
    return {name: value - before for name, (before, value) in changed.items()}


def raise_judgement(item: Item, analysis: Analysis) -> None:
    """Take over a reading that found more than the first one did; a level never falls."""
    if graver(item.level, analysis.level) != item.level:
        for name, value in judgement(analysis).items():
            setattr(item, name, value)


def stored_id(source: Source) -> int:
    """The id of a stored source. Raises ValueError for one that is not stored: a defect of the caller."""
    if source.id is None:
        raise ValueError(f"source {source.name} is not stored")
    return source.id
