"""跟踪: the looks at a published reply, each given once when its time has come, however late the process starts."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import buttons, case_page
from casework.announcing import notify
from casework.case import Case, CaseState, add_step, subject
from casework.checks.coverage import covers
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.followup import HOURS, Asked, Figures, FollowUp, window
from casework.message import Card, CardKind, Row
from casework.promise_ledger import numbered
from casework.publication import Publication
from casework.told_event import told_event_id
from language.periods import clock_phrase, duration_phrase
from monitoring.item import Item, counts_as_negative
from prompts import say
from storage import audit

MOST_READ = 2_000
"""Posts of one window whose questions are read."""
MOST_AT_ONCE = 20
"""Looks in one turn, which holds the write lock; after a long standstill the rest comes with the next turns."""
MOST_ASKED, FEWEST_VOICES = 3, 2
"""A question of one person is no question of the public."""
SEPARATOR = " · "
LATE = timedelta(minutes=10)
"""A look given later than this says so."""
ENDED = (CaseState.DISMISSED, CaseState.MERGED)
_DUE = (
    select(FollowUp, Case)
    .join(Case, col(Case.id) == FollowUp.case_id)
    .where(col(FollowUp.done_at).is_(None), col(FollowUp.due_at) <= bindparam("now"))
    .order_by(col(FollowUp.due_at), col(FollowUp.id))
    .limit(MOST_AT_ONCE)
)


async def schedule(session: AsyncSession, case: Case, publication: Publication, now: datetime) -> None:
    """Look at this publication after each of HOURS. What was still to be looked at of an earlier one of the case is dropped."""
    undone = select(FollowUp).where(FollowUp.case_id == case.id, col(FollowUp.done_at).is_(None))
    for row in (await session.exec(undone)).all():
        await session.delete(row)
    for hours in HOURS:
        due_at = (publication.published_at or now) + timedelta(hours=hours)
        session.add(FollowUp(publication_id=publication.id or 0, case_id=case.id or 0, hours=hours, due_at=due_at))
    await audit.append(session, "system", "followup.scheduled", subject(case), at=now, publication=publication.id)


async def step_followups(session: AsyncSession, now: datetime, desk: Desk) -> int:
    """Give the looks whose time has come. Returns how many."""
    found = (await session.exec(_DUE, params={"now": now})).all()
    for row, case in found:
        publication = await session.get_one(Publication, row.publication_id)
        figures = await figures_of(session, case, publication, row.hours)
        row.done_at, row.figures = now, figures.to_json()
        counted = {"hours": row.hours, "before": figures.before, "after": figures.after}
        await audit.append(session, "system", "followup.done", subject(case), at=now, **counted)
        if case.state not in ENDED:
            await _tell(session, row, case, figures, now, desk)
    return len(found)


async def figures_of(session: AsyncSession, case: Case, publication: Publication, hours: int) -> Figures:
    """Count the posts of equal windows before and after a publication."""
    published_at = publication.published_at or publication.requested_at
    start, end = window(published_at, hours)
    event_id, version = await told_event_id(session, case), await session.get_one(ReplyVersion, publication.version_id)
    before, after = await _moods(session, event_id, start, published_at), await _moods(session, event_id, published_at, end)
    return Figures(
        len(before), len(after), sum(before), sum(after),
        await _still_asked(session, event_id, version.text, published_at, end),
    )  # fmt: skip


async def followup_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """跟踪 A12: every look so far at the case's replies, when the next comes, and what is promised."""
    query = select(FollowUp).where(FollowUp.case_id == case.id).order_by(col(FollowUp.due_at), col(FollowUp.id))
    looks = (await session.exec(query)).all()
    done = [Row(say("followup.row", hours=row.hours), told(Figures.from_json(row.figures), row.hours)) for row in looks if row.done_at]
    coming = next((row for row in looks if row.done_at is None), None)
    key = "followup.head" if done else "followup.head_waiting" if coming else "followup.head_none"
    following = say("followup.next", hours=coming.hours, at=clock_phrase(coming.due_at, now)) if coming else ""
    return Card(
        CardKind.ANSWER, say(key, number=case.number), rows=tuple(done), case_number=case.number, page=case_page(case.number),
        body="\n".join(part for part in (following, await _promises(session, case, now)) if part),
    )  # fmt: skip


def told(figures: Figures, hours: int) -> str:
    """“新增 6 条（前 1 小时 22）· 负面 41%（前 83%）· 还有 4 人在问“是否公布视频””, or that it is too little to tell."""
    if not figures.after:
        return say("followup.silence", hours=hours, before=figures.before)
    volume = say("followup.volume", after=figures.after, hours=hours, before=figures.before)
    asked = say("casework.comma").join(say("followup.asked", voices=row.voices, ask=row.ask) for row in figures.asked)
    return SEPARATOR.join([volume, _attitude(figures), *([say("followup.still_asked", asked=asked)] if asked else [])])


def _attitude(figures: Figures) -> str:
    fields = {"after": figures.negative_after, "before": figures.negative_before}
    if not figures.tells:
        return say("followup.too_few", **fields)
    shares = {"after": round(100 * figures.negative_after / figures.after), "before": round(100 * figures.negative_before / figures.before)}
    return say("followup.attitude", **shares)


async def _tell(session: AsyncSession, row: FollowUp, case: Case, figures: Figures, now: datetime, desk: Desk) -> None:
    late = say("followup.late", at=clock_phrase(row.due_at, now)) if now - row.due_at > LATE else ""
    text = say("followup.notice", number=case.number, hours=row.hours, told=told(figures, row.hours), late=late)
    add_step(session, case, text, now)
    await notify(
        session, case, text, now, desk, key=f"followup:{row.id}", body=await _promises(session, case, now),
        buttons=buttons(case.number, "draft", "course", "timeline"),
    )  # fmt: skip


async def _promises(session: AsyncSession, case: Case, now: datetime) -> str:
    standing = [promise for _, promise in await numbered(session, case) if promise.is_open and promise.due_at]
    lines = [
        say("followup.promise_left" if due > now else "followup.promise_over", text=promise.text, time=duration_phrase(abs(due - now)))
        for promise in standing if (due := promise.due_at)
    ]  # fmt: skip
    return "\n".join(lines)


async def _moods(session: AsyncSession, event_id: int, start: datetime, end: datetime) -> list[bool]:
    """Of every post between the two moments, whether it counts as negative."""
    within = (col(Item.event_id) == event_id, col(Item.posted_at) >= start, col(Item.posted_at) < end)
    rows = await (await session.connection()).execute(columns(col(Item.attitude), col(Item.negativity)).where(*within))
    return [counts_as_negative(attitude, negativity) for attitude, negativity in rows]


async def _still_asked(session: AsyncSession, event_id: int, text: str, start: datetime, end: datetime) -> tuple[Asked, ...]:
    """What posts since ask and the text does not take up; a question counts once for each author, copies not at all."""
    new = select(Item.asks, Item.author_hash, Item.id).where(
        Item.event_id == event_id, col(Item.posted_at) >= start, col(Item.posted_at) < end, col(Item.duplicate_of).is_(None)
    )  # fmt: skip
    voices: dict[str, set[str]] = {}
    for asks, author, item_id in (await session.exec(new.order_by(col(Item.posted_at), col(Item.id)).limit(MOST_READ))).all():
        for ask in asks:
            if not covers(text, ask):
                same = next((known for known in voices if covers(known, ask) or covers(ask, known)), ask)
                voices.setdefault(same, set()).add(author or f"item:{item_id}")
    ranked = sorted(voices.items(), key=lambda each: -len(each[1]))
    return tuple(Asked(ask, len(authors)) for ask, authors in ranked[:MOST_ASKED] if len(authors) >= FEWEST_VOICES)
