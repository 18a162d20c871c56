"""合并、拆分: two cases that are one matter become one, posts that are another matter leave; both are labels for the next gathering."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import approval, deadlines
from casework.announcing import refresh
from casework.case import Case, CaseState, add_step, subject
from casework.deadline import DeadlineKind
from casework.desk import Desk
from casework.errors import Refused
from casework.handling import must_live
from casework.intake import raise_level, take_up
from casework.message import Button, Card, CardKind, Row
from casework.permission import Act, require
from casework.publication import Publication, PublicationState
from casework.ringing import must_ring
from casework.situation import event_of
from casework.staff import StaffMember
from language.periods import clock_phrase
from monitoring import corrections
from monitoring.event import Event
from monitoring.item import Item
from prompts import say, words
from storage import audit

MOST_CHOICES = 6
MOST_POSTS = 30
EXCERPT_LENGTH = 36
LIKELY_WITHIN = timedelta(days=30)
_OUT = (PublicationState.PUBLISHING, PublicationState.UNCERTAIN, PublicationState.PUBLISHED)


async def merge(session: AsyncSession, case: Case, into: Case, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """合并: the posts of `case` go to `into`, which keeps its number, takes the graver level and the earlier clocks; `case` ends.

    Returns:
        The sentence for the person.

    Raises:
        Refused: they are the same, one has ended, `case` was answered in public already, or the person may not.
    """
    await require(session, staff, Act.REGROUP)
    must_live(case)
    must_live(into)
    if case.id == into.id:
        raise Refused(say("casework.merge_with_itself", number=case.number))
    if await _is_answered(session, case):
        raise Refused(say("casework.merge_answered", number=case.number, into=into.number))
    gone, event = await event_of(session, case), await event_of(session, into)
    await corrections.merge(session, gone, event, staff.id or 0, staff.name, now)
    await deadlines.take_over(session, into, case, now)
    await _end_merged(session, case, into, staff, now)
    add_step(session, into, say("casework.step_merged_in", number=case.number, headline=gone.headline), now, staff.name)
    await _show_anew(session, into, event, now, desk)
    await refresh(session, case, now, desk, by_people=True)
    return say("casework.merged", number=case.number, into=into.number, headline=event.headline, count=event.item_count)


async def split(session: AsyncSession, case: Case, ordinals: Collection[int], staff: StaffMember, now: datetime, desk: Desk) -> str:
    """拆分: the posts with these numbers in the list of `split_question` become an event and a case of their own.

    Near-duplicates of a post leave with it. Returns the sentence for the person.

    Raises:
        Refused: no such post, all of them, the case has ended, or the person may not.
    """
    await require(session, staff, Act.REGROUP)
    must_live(case)
    event = await event_of(session, case)
    own = await _own_posts(session, event)
    if not ordinals or not all(1 <= ordinal <= len(own) for ordinal in ordinals) or len(set(ordinals)) == len(own):
        raise Refused(say("casework.split_which", number=case.number, count=len(own)))
    leaving = await _with_duplicates(session, [own[ordinal - 1].id or 0 for ordinal in ordinals])
    new_event = await corrections.split(session, event, leaving, staff.id or 0, staff.name, now)
    add_step(session, case, say("casework.step_split", count=len(leaving), headline=new_event.headline), now, staff.name)
    await approval.void_outdated(session, case, event, now, desk)
    await refresh(session, case, now, desk, by_people=True)
    if new_event.level == 0:
        return say("casework.split_quiet", number=case.number, count=len(leaving))
    new_case = await take_up(session, new_event, now, desk)
    return say("casework.split", number=case.number, new=new_case.number, count=len(leaving), headline=new_event.headline)


async def merge_question(session: AsyncSession, case: Case) -> Card:
    """Into which case? The live cases of the same line or place, the likeliest first, as buttons."""
    event = await event_of(session, case)
    command = words("alert.commands")["merge"]
    found = await _live_neighbours(session, case, event)
    rows = tuple(Row(other.number, about.headline) for other, about in found)
    buttons = tuple(
        (Button(say("casework.merge_button", number=other.number), command.format(number=case.number, into=other.number)),)
        for other, _ in found
    )
    head = say("casework.merge_question" if found else "casework.merge_nothing", number=case.number)
    return Card(
        CardKind.NOTICE,
        head,
        event.headline,
        rows,
        buttons=buttons,
        case_number=case.number,
        hint=say("casework.merge_hint", number=case.number),
    )


async def split_question(session: AsyncSession, case: Case, now: datetime) -> Card:
    """Which posts? All that are no repetitions, numbered in the order in which they were read; the numbers stay when more come in."""
    event = await event_of(session, case)
    rows = tuple(
        Row(str(ordinal), say("casework.split_post", at=clock_phrase(item.posted_at, now), excerpt=_excerpt(item)))
        for ordinal, item in enumerate(await _own_posts(session, event), 1)
    )
    head = say("casework.split_question", number=case.number)
    return Card(
        CardKind.NOTICE,
        head,
        event.headline,
        rows[-MOST_POSTS:],
        case_number=case.number,
        hint=say("casework.split_hint", number=case.number),
    )


async def _end_merged(session: AsyncSession, case: Case, into: Case, staff: StaffMember, now: datetime) -> None:
    if into.owner_id is None and case.owner_id is not None:
        into.state, into.owner_id, into.claimed_at = CaseState.CLAIMED, case.owner_id, case.claimed_at
        await deadlines.meet(session, into, (DeadlineKind.ACKNOWLEDGE,), now)
    case.state, case.closed_at = CaseState.MERGED, now
    case.outcome = say("casework.merged_outcome", into=into.number, name=staff.name)
    add_step(session, case, case.outcome, now, staff.name)
    await audit.append(session, staff.name, "case.merged", subject(case), at=now, into=into.number)
    await session.flush()
    await deadlines.drop_all(session, case, now)
    await approval.void_all(session, case, staff.name, say("casework.void_merged", into=into.number), now)


async def _show_anew(session: AsyncSession, case: Case, event: Event, now: datetime, desk: Desk) -> None:
    await deadlines.keep_clocks(session, case, event, now, now)
    await approval.void_outdated(session, case, event, now, desk)
    if must_ring(event.level, case.announced_level):
        await raise_level(session, case, event, now, desk)
    else:
        await refresh(session, case, now, desk, by_people=True)


async def _is_answered(session: AsyncSession, case: Case) -> bool:
    out = select(Publication.id).where(Publication.case_id == case.id, col(Publication.state).in_(_OUT))
    return (await session.exec(out.limit(1))).first() is not None


async def _own_posts(session: AsyncSession, event: Event) -> Sequence[Item]:
    own = select(Item).where(Item.event_id == event.id, col(Item.duplicate_of).is_(None))
    return (await session.exec(own.order_by(col(Item.id)))).all()


async def _with_duplicates(session: AsyncSession, item_ids: list[int]) -> list[int]:
    with_them = select(Item.id).where(or_(col(Item.id).in_(item_ids), col(Item.duplicate_of).in_(item_ids)))
    return [item_id for item_id in (await session.exec(with_them)).all() if item_id is not None]


async def _live_neighbours(session: AsyncSession, case: Case, event: Event) -> list[tuple[Case, Event]]:
    live = [state for state in CaseState if state.is_live]
    alike = or_(Event.line == event.line, Event.place == event.place) if event.place else Event.line == event.line
    query = select(Case, Event).join(Event).where(col(Case.state).in_(live), Case.id != case.id, alike)
    query = query.where(col(Event.last_posted_at) > event.first_posted_at - LIKELY_WITHIN).order_by(col(Event.last_posted_at).desc())
    rows = (await session.exec(query.limit(10 * MOST_CHOICES))).all()
    return sorted(rows, key=lambda row: (row[1].place != event.place, row[1].line != event.line))[:MOST_CHOICES]


def _excerpt(item: Item) -> str:
    text = " ".join(f"{item.title} {item.text}".split())
    return text if len(text) <= EXCERPT_LENGTH else text[:EXCERPT_LENGTH] + "…"
