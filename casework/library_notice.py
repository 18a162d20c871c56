"""What an admin is told about the knowledge base: documents that nobody looked at for a year; each is asked for once."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.delivery import enqueue
from casework.desk import Desk
from casework.message import Card, CardKind, Row
from casework.permission import names_with
from casework.ringing import after_quiet
from casework.routing import active_groups, place_of, refuges
from casework.staff import Role
from knowledge_base.document import PolicyDocument
from knowledge_base.standing import due_for_review
from prompts import say
from storage import audit
from storage.clock import to_china

ROWS = 8
"""More are only counted; `wensheng kb review` lists them all."""


async def ask_for_reviews(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Put out one message about the documents that became due since the last one. Returns how many it is about."""
    fresh = [document for document in await due_for_review(session, now) if document.review_asked_at is None]
    if not fresh:
        return 0
    card = review_card(fresh, tuple(await names_with(session, Role.ADMIN)))
    for group in refuges(await active_groups(session)):
        key = f"library-review:{fresh[0].id}:{len(fresh)}:{to_china(now):%Y-%m-%d}:{':'.join(place_of(group))}"
        await enqueue(session, card, place_of(group), now, key=key, due_at=after_quiet(now, desk.alerting))
    for document in fresh:
        document.review_asked_at = now
        session.add(document)
    await audit.append(session, "system", "document.review_asked", "documents", at=now, documents=[document.id for document in fresh])
    return len(fresh)


def review_card(documents: Sequence[PolicyDocument], mentions: tuple[str, ...] = ()) -> Card:
    """The documents, the longest unseen first, and how to say that they were looked at."""
    rows = tuple(Row(f"《{document.title}》", say("library.notice_row", number=document.id, day=_seen(document))) for document in documents)
    more = (Row(say("library.notice_more", count=len(rows) - ROWS), ""),) if len(rows) > ROWS else ()
    head, hint = say("library.due_head", count=len(rows)), say("library.due_hint")
    return Card(CardKind.NOTICE, head, rows=rows[:ROWS] + more, hint=hint, mentions=mentions)


def _seen(document: PolicyDocument) -> str:
    seen = document.reviewed_at or document.approved_at
    return str(to_china(seen).date()) if seen else say("library.unknown_date")
