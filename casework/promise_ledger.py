"""承诺台账: what was promised in public is watched until somebody shows how it was kept, or says that it was not."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework import deadlines
from casework.announcing import notify, refresh
from casework.case import Case, add_step, subject
from casework.checks.due_times import times
from casework.checks.promises import SENTENCE, past_promises, promises, vague_promises
from casework.deadline import Clock, DeadlineKind
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.errors import Refused
from casework.message import Button
from casework.permission import Act, require
from casework.promise import Promise
from casework.staff import StaffMember
from language.periods import clock_phrase
from prompts import say, words
from storage import audit
from storage.clock import CHINA

SHORTEST_PROOF = 4
"""Characters; “好了” proves nothing."""


async def note(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime, desk: Desk) -> None:
    """Enter what a published version promises. The case's owner keeps it; what names no time is asked for one."""
    vague = 0
    for text, due_at in promised(version.text, now):
        promise = Promise(case_id=case.id or 0, version_id=version.id or 0, text=text, due_at=due_at, owner=case.owner_id)
        session.add(promise)
        await session.flush()
        await _wind(session, case, promise, say("promise.source", version=version.number), now)
        details = {"version": version.number, "promise": promise.id, "dated": promise.due_at is not None}
        await audit.append(session, "system", "promise.noted", subject(case), at=now, **details)
        vague += promise.due_at is None
    if vague:
        await _ask_for_dates(session, case, now, desk)


def promised(text: str, now: datetime) -> list[tuple[str, datetime | None]]:
    """The sentences of a text that promise something, with the time that each names, if it names one."""
    dated = {found.text: found.due_at for found in (*promises(text, now), *past_promises(text, now))}
    put_off = [found.start for found in vague_promises(text)]
    vague = [
        sentence[0].strip() for sentence in SENTENCE.finditer(text) if any(sentence.start() <= start < sentence.end() for start in put_off)
    ]
    return [*dated.items(), *((sentence, None) for sentence in vague if sentence not in dated)]


async def ask_whether_kept(session: AsyncSession, case: Case, link: str, now: datetime, desk: Desk) -> None:
    """Another reply is out: does it keep what earlier ones promised? One button for each; nobody but a person can tell."""
    standing = [(number, promise) for number, promise in await numbered(session, case) if promise.is_open]
    if not standing:
        return
    told = "\n".join(say("promise.line", ordinal=number, text=promise.text) for number, promise in standing)
    buttons = tuple(
        (Button(say("promise.keep_button", ordinal=number), say("promise.keep_command", number=case.number, ordinal=number, proof=link)),)
        for number, _ in standing
    )
    text = say("promise.kept_by_this", number=case.number, count=len(standing))
    await notify(session, case, text, now, desk, key=f"promises:{link}", body=told, buttons=buttons, always=True)


async def keep(session: AsyncSession, case: Case, ordinal: int | None, proof: str, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """兑现: a person shows how a promise was kept, in words or by an address. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.KEEP)
    number, promise = await _open_one(session, case, ordinal)
    if len(proof.strip()) < SHORTEST_PROOF:
        raise Refused(say("promise.keep_how", number=case.number, ordinal=number, text=promise.text))
    link = next((part for part in proof.split() if part.startswith(("https://", "http://"))), "")
    promise.kept_at, promise.kept_by, promise.proof, promise.proof_link = now, staff.id, proof.strip(), link
    state = words("promise.states")[promise.state(now).value]
    add_step(session, case, say("promise.step_kept", text=promise.text, proof=promise.proof, state=state), now, staff.name)
    await _ended(session, case, promise, "promise.kept", staff.name, now)
    await deadlines.meet(session, case, (DeadlineKind.PROMISE,), now, about=str(promise.id))
    await refresh(session, case, now, desk, by_people=True)
    return say("promise.kept", number=case.number, ordinal=number, text=promise.text, state=state)


async def set_due(session: AsyncSession, case: Case, ordinal: int | None, told: str, staff: StaffMember, now: datetime, desk: Desk) -> str:
    """承诺 A12 2 明天18:00: give a promise that names no time one. A time that was published stands; only another notice moves it.

    Returns:
        The sentence for the person.

    Raises:
        Refused: no such promise, it has a time, or no time to come was told.
    """
    await require(session, staff, Act.KEEP)
    number, promise = await _open_one(session, case, ordinal)
    if promise.due_at is not None:
        raise Refused(say("promise.is_dated", number=case.number, ordinal=number, due=clock_phrase(promise.due_at, now)))
    due_at = max((moment for moment in times(told, now.astimezone(CHINA)) if moment > now), default=None)
    if due_at is None:
        raise Refused(say("promise.when", number=case.number, ordinal=number, text=promise.text))
    promise.due_at = due_at
    await _wind(session, case, promise, say("promise.set_by", name=staff.name), now)
    due = clock_phrase(due_at, now)
    add_step(session, case, say("promise.step_dated", text=promise.text, due=due), now, staff.name)
    await audit.append(session, staff.name, "promise.dated", subject(case), at=now, promise=promise.id)
    await refresh(session, case, now, desk, by_people=True)
    return say("promise.dated", number=case.number, ordinal=number, due=due)


async def hand_over(session: AsyncSession, case: Case, staff: StaffMember) -> None:
    """Whoever takes a case over keeps what it still owes."""
    for _, promise in await numbered(session, case):
        if promise.is_open:
            promise.owner = staff.id


async def give_up(session: AsyncSession, case: Case, why: str, staff: StaffMember, now: datetime) -> int:
    """Note that what is still open was not kept, with the reason that a person gave. Returns how many there were."""
    standing = [promise for _, promise in await numbered(session, case) if promise.is_open]
    for promise in standing:
        promise.broken_at, promise.broken_why = now, why
        add_step(session, case, say("promise.step_broken", text=promise.text, why=why), now, staff.name)
        await _ended(session, case, promise, "promise.broken", staff.name, now)
    return len(standing)


async def numbered(session: AsyncSession, case: Case) -> list[tuple[int, Promise]]:
    """All promises of a case with the numbers by which people call them, from 1; a number never changes."""
    own = select(Promise).where(Promise.case_id == case.id).order_by(col(Promise.id))
    return list(enumerate((await session.exec(own)).all(), 1))


async def standing_everywhere(session: AsyncSession) -> Sequence[tuple[Promise, Case]]:
    """The open promises of all cases, what is due first in front, what has no time at the end."""
    query = select(Promise, Case).join(Case, col(Case.id) == Promise.case_id)
    query = query.where(col(Promise.kept_at).is_(None), col(Promise.broken_at).is_(None))
    return (await session.exec(query.order_by(col(Promise.due_at).is_(None), col(Promise.due_at), col(Promise.id)))).all()


async def _open_one(session: AsyncSession, case: Case, ordinal: int | None) -> tuple[int, Promise]:
    """The promise that is meant: by its number, or the only one that is open."""
    known = await numbered(session, case)
    standing = [(number, promise) for number, promise in known if promise.is_open]
    meant = [each for each in (known if ordinal else standing) if ordinal in (None, each[0])]
    if len(meant) != 1:
        key = "promise.which" if standing else "promise.none"
        raise Refused(say(key, number=case.number, numbers=say("casework.comma").join(str(number) for number, _ in standing)))
    if not meant[0][1].is_open:
        raise Refused(say("promise.over", number=case.number, ordinal=meant[0][0]))
    return meant[0]


async def _wind(session: AsyncSession, case: Case, promise: Promise, source: str, now: datetime) -> None:
    if promise.due_at:
        await deadlines.start(session, case, Clock(DeadlineKind.PROMISE, now, promise.due_at, source, str(promise.id)), now)


async def _ended(session: AsyncSession, case: Case, promise: Promise, action: str, actor: str, now: datetime) -> None:
    await session.flush()
    await audit.append(session, actor, action, subject(case), at=now, promise=promise.id, state=promise.state(now).value)


async def _ask_for_dates(session: AsyncSession, case: Case, now: datetime, desk: Desk) -> None:
    undated = [(number, promise) for number, promise in await numbered(session, case) if promise.is_open and promise.due_at is None]
    owner = await session.get(StaffMember, case.owner_id) if case.owner_id else None
    told = "\n".join(say("promise.line", ordinal=number, text=promise.text) for number, promise in undated)
    text = say("promise.undated", number=case.number, count=len(undated), ordinal=undated[0][0])
    called = (owner.name,) if owner else ()
    await notify(session, case, text, now, desk, key=f"undated:{undated[-1][1].id}", body=told, mentions=called, always=True)
