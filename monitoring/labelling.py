"""What people have said of posts, gathered for learning: their last word on each, whether it is the department's business."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from monitoring.event import Event, Label, LabelKind
from monitoring.item import Item
from monitoring.learning import MOST_LESSONS, Lesson
from monitoring.relevance import shipped_logit
from monitoring.watch import Watch

_SAYS_OURS: Mapping[LabelKind, bool] = {LabelKind.MISSED: True, LabelKind.NOT_OURS: False, LabelKind.ADVERTISING: False}


@dataclass(frozen=True)
class JudgedPost:
    """A post with what people said of it; `labelled` is False where they said it by handling its case to the end."""

    title: str
    text: str
    ours: bool
    labelled: bool


async def judged_posts(session: AsyncSession, handled_events: Collection[int]) -> list[JudgedPost]:
    """The newest judgements, at most MOST_LESSONS. A tap outweighs a case that was handled; of two taps on a post the later one holds.

    Args:
        handled_events: events whose cases were handled to their end.
    """
    says: dict[int, tuple[bool, bool]] = {}
    for start in range(0, len(handled := sorted(handled_events)), MOST_LESSONS):
        some = handled[start : start + MOST_LESSONS]
        first_items = await session.exec(select(Event.first_item_id).where(col(Event.id).in_(some)))
        says |= {item: (True, False) for item in first_items.all() if item is not None}
    taps = select(Label.item_id, Label.kind).where(col(Label.kind).in_(_SAYS_OURS)).order_by(col(Label.at), col(Label.id))
    for item, kind in (await session.exec(taps)).all():
        if item is not None:
            says.pop(item, None)
            says[item] = (_SAYS_OURS[LabelKind(kind)], True)
    newest = dict(list(says.items())[-MOST_LESSONS:])
    posts = select(Item.id, Item.title, Item.text).where(col(Item.id).in_(newest)).order_by(col(Item.id))
    return [JudgedPost(title, text, *newest[number or 0]) for number, title, text in (await session.exec(posts)).all()]


def lessons_from(posts: Sequence[JudgedPost], watch: Watch) -> list[Lesson]:
    """The posts as learning takes them; about a third of a millisecond each."""
    readings = [(post, watch.read(post.title, post.text)) for post in posts]
    return [Lesson(reading.ngrams, shipped_logit(reading, watch.rules), post.ours, post.labelled) for post, reading in readings]
