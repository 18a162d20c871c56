"""What another version of the department's own weights would change in the archive."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.own_weights import OwnWeights
from monitoring.relevance import shipped_logit
from monitoring.rereading import FiledPost, reread
from monitoring.watch import Watch

EXAMPLES = 5
MOST_READ = 20_000


@dataclass(frozen=True)
class Effect:
    """Posts that would become ours (`gained`) or cease to be (`lost`), with some of them, newest first."""

    read: int = 0
    gained: int = 0
    lost: int = 0
    gained_examples: tuple[FiledPost, ...] = ()
    lost_examples: tuple[FiledPost, ...] = ()


async def effect_of(
    session: AsyncSession, new: OwnWeights, watch: Watch, since: datetime | None, progress: Callable[[int], None] = lambda _: None
) -> Effect:
    """Judge the posts since a moment by the weights in force and by the new ones; each batch in a thread, at most MOST_READ in all.

    Args:
        progress: told how many posts have been read so far.
    """
    effect = Effect()
    async for batch in reread(session, since, MOST_READ):
        effect = _added(effect, len(batch), await asyncio.to_thread(_changes, batch, new, watch))
        progress(effect.read)
    return effect


def _changes(posts: Sequence[FiledPost], new: OwnWeights, watch: Watch) -> list[tuple[FiledPost, bool]]:
    """The posts whose judgement changes, and whether they become ours."""
    changes = []
    for post in posts:
        reading = watch.read(post.title, post.text)
        shipped = shipped_logit(reading, watch.rules)
        before = shipped + (watch.own_weights.lean(reading.ngrams) if watch.own_weights else 0.0) >= 0
        after = shipped + new.lean(reading.ngrams) >= 0
        if before != after:
            changes.append((post, after))
    return changes


def _added(effect: Effect, read: int, changes: Sequence[tuple[FiledPost, bool]]) -> Effect:
    gained, lost = [post for post, ours in changes if ours], [post for post, ours in changes if not ours]
    return replace(
        effect, read=effect.read + read, gained=effect.gained + len(gained), lost=effect.lost + len(lost),
        gained_examples=(*effect.gained_examples, *gained)[:EXAMPLES], lost_examples=(*effect.lost_examples, *lost)[:EXAMPLES],
    )  # fmt: skip
