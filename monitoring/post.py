"""What a source hands over, and the port of all sources."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

LARGEST_COUNT = 2**31 - 1
"""Higher counts are no counts; an integer column of PostgreSQL ends here."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that no database takes: NUL (PostgreSQL), and half a surrogate pair, which has no UTF-8."""


def storable(text: str) -> str:
    """The text less what no database takes."""
    return _UNSTORABLE.sub("", text)


@dataclass(frozen=True)
class Evidence:
    """The page on which a post was read, as it was fetched; posts of one page share it.

    Attributes:
        digest: SHA-256 of the bytes as they came, in hexadecimal.
        packed: those bytes, packed by zlib.
        fetched_at: timezone-aware.
    """

    digest: str
    packed: bytes = field(repr=False)
    size_bytes: int
    media_type: str
    address: str
    fetched_at: datetime


@dataclass(frozen=True)
class RawPost:
    """One public post as its source gave it; untrusted text throughout, less what cannot be stored.

    Attributes:
        key: the post's identity within its source; the same post read twice has the same key.
        posted_at: timezone-aware; the time of reading where the source names none.
        author: the name as published; only a salted hash of it is ever stored.
        likes, dislikes, reposts, comments: counts, None where the source does not tell.
        due_at: the ticket's own 办理时限 where the source is a ticket system.
        evidence: the page it was read on; None where it came by another way than the network.
    """

    key: str
    text: str
    posted_at: datetime
    title: str = ""
    url: str = ""
    author: str = ""
    likes: int | None = None
    dislikes: int | None = None
    reposts: int | None = None
    comments: int | None = None
    has_video: bool = False
    due_at: datetime | None = None
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        for name in ("key", "text", "title", "url", "author"):
            object.__setattr__(self, name, storable(getattr(self, name)))
        for name in ("likes", "dislikes", "reposts", "comments"):
            if (count := getattr(self, name)) is not None:
                object.__setattr__(self, name, min(count, LARGEST_COUNT))


@dataclass(frozen=True)
class Batch:
    """What one reading of a source brought.

    Attributes:
        posts: new or changed posts, oldest first.
        cursor: where the next reading goes on; stored after the posts, never before.
        errors: one sentence for each record that could not be read; the rest was read.
    """

    posts: tuple[RawPost, ...]
    cursor: dict[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "errors", tuple(map(storable, self.errors)))


class PostSource(Protocol):
    """One place that is watched. Reading the same cursor twice gives the same posts, so a killed reader loses none."""

    name: str

    def read(self, cursor: dict[str, Any], now: datetime) -> AsyncIterator[Batch]:
        """Yield what is new since `cursor`, in batches of bounded size.

        Raises:
            SourceError: the source cannot be read now; the next polling tries again, other sources go on.
        """
        ...
