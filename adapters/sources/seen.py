"""What of a reading is new: the cursor of a source that shows its latest posts each time remembers which were handed over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from adapters.sources.record import content_key, post_of_plain
from monitoring.errors import SourceError
from monitoring.post import Batch, RawPost
from prompts import say

POSTS_PER_BATCH = 50
MOST_REMEMBERED = 1_000
"""Marks of posts already handed over; a source that shows more than so many at once is read again, which harms nothing."""
_MARK_CHARACTERS = 12


def mark(post: RawPost) -> str:
    """By what a handed-over post is known. It changes whenever its counts have doubled, so that the post is handed over again."""
    total = sum(count or 0 for count in (post.likes, post.reposts, post.comments))
    return content_key(post.key, str(total.bit_length()))[:_MARK_CHARACTERS]


def new_posts(posts: Iterable[RawPost], cursor: Mapping[str, Any]) -> list[RawPost]:
    """The posts that the cursor does not remember, oldest first."""
    known = set(cursor.get("seen", ()))
    return sorted((post for post in posts if mark(post) not in known), key=lambda post: post.posted_at)


def batches(posts: Sequence[RawPost], cursor: Mapping[str, Any], after: Mapping[str, Any], errors: Sequence[str]) -> Iterator[Batch]:
    """The new posts in batches; the page counts as read only when all of them are handed over.

    Args:
        cursor: where the reading began.
        after: what the cursor holds after the last batch, beside what was seen.
    """
    seen = list(cursor.get("seen", ()))
    for first in range(0, len(posts), POSTS_PER_BATCH):
        batch = tuple(posts[first : first + POSTS_PER_BATCH])
        seen = [*seen, *map(mark, batch)][-MOST_REMEMBERED:]
        yield Batch(batch, {**cursor, "seen": seen})
    yield Batch((), {**after, "seen": seen}, tuple(errors))


def posts_of(found: Mapping[str, Any], what: str) -> list[RawPost]:
    """The posts of a child's answer.

    Args:
        what: the host, as the administrator knows it.

    Raises:
        SourceError: it is no such answer: the child was turned by what it read.
    """
    try:
        return [post_of_plain(plain) for plain in found["posts"]]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SourceError(say("sources.reading_died", what=what)) from error
