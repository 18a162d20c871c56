"""静默、取消静默: setting, showing and lifting the standing mutes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, add_step
from casework.errors import Refused
from casework.handling import LONGEST_MUTE
from casework.message import Button, Card, CardKind, Row
from casework.mute import LIVE, StandingMute, active_mutes, held_by, is_held, let_go
from casework.permission import Act, require
from casework.routes import line_named
from casework.staff import StaffMember
from language.periods import clock_phrase
from monitoring.event import Event
from prompts import say
from storage import audit

SHORTEST_WORD = 2
MOST_NUMBERS = 12


async def mute_kind(session: AsyncSession, words: Sequence[str], duration: timedelta, staff: StaffMember, now: datetime) -> str:
    """静默 油烟 锦绣家园 3天: new cases of III and IV of this kind do not ring for a while.

    Args:
        words: a part of a line's name, places, districts or names of sources; all must apply.

    Returns:
        The sentence for the person.

    Raises:
        Refused: nothing is said that could be matched, too long, or the person may not.
    """
    await require(session, staff, Act.MUTE_KIND)
    line, rest = _line_among(words)
    if not (line or rest) or any(len(word) < SHORTEST_WORD for word in rest) or not timedelta() < duration <= LONGEST_MUTE:
        raise Refused(say("casework.mute_kind_how", days=LONGEST_MUTE.days))
    mute = StandingMute(line=line, words=rest, created_at=now, created_by=staff.name, until=now + duration)
    session.add(mute)
    await session.flush()
    await audit.append(session, staff.name, "mute.set", f"mute:{mute.id}", at=now, line=line, words=rest, until=mute.until.isoformat())
    fitting = len(await _live_like(session, mute))
    told = {"id": mute.id, "scope": mute.scope, "until": clock_phrase(mute.until, now), "count": fitting}
    return say("casework.mute_kind_set", **told)


async def lift(session: AsyncSession, mute_id: int, staff: StaffMember, now: datetime) -> str:
    """取消静默 1: new cases ring again, and those held back may call for people. Returns the sentence for the person. Raises Refused."""
    await require(session, staff, Act.MUTE_KIND)
    mute = await session.get(StandingMute, mute_id)
    if mute is None or mute.until <= now:
        raise Refused(say("casework.no_such_mute", id=mute_id))
    held = await held_by(session, mute)
    for case in held:
        if case.state.is_live and await is_held(session, case, now):
            await let_go(session, case, now)
            add_step(session, case, say("casework.step_unmuted"), now, staff.name)
    mute.until, mute.lifted_by = now, staff.name
    await audit.append(session, staff.name, "mute.lifted", f"mute:{mute.id}", at=now, held=len(held))
    return say("casework.mute_lifted", id=mute_id, scope=mute.scope, held=held_phrase(held))


async def mutes_card(session: AsyncSession, now: datetime) -> Card:
    """静默: the standing mutes with what each has held back, and a button to lift it."""
    mutes = await active_mutes(session, now)
    rows = tuple([Row(str(mute.id), await mute_text(session, mute, now)) for mute in mutes])
    lifts = tuple((Button(say("casework.mute_lift", id=mute.id), say("casework.mute_lift_command", id=mute.id)),) for mute in mutes)
    head = say("casework.mutes_head", count=len(mutes)) if mutes else say("casework.mutes_none")
    return Card(CardKind.ANSWER, head, rows=rows, buttons=lifts, hint=say("casework.mute_kind_how", days=LONGEST_MUTE.days))


async def mute_text(session: AsyncSession, mute: StandingMute, now: datetime) -> str:
    """“噪声油烟扬尘·锦绣家园 至 11月23日 09:00（周明）：压下 3 件 A5 A7 A9”."""
    held = held_phrase(await held_by(session, mute))
    return say(
        "casework.mute_row", scope=mute.scope, until=clock_phrase(mute.until, now), name=mute.lifted_by or mute.created_by, held=held
    )


def held_phrase(held: Sequence[Case]) -> str:
    """“压下 3 件 A5 A7 A9”, or that nothing was held back."""
    if not held:
        return say("casework.held_none")
    numbers = " ".join(case.number for case in held[-MOST_NUMBERS:])
    return say("casework.held", count=len(held), numbers=numbers + ("" if len(held) <= MOST_NUMBERS else " …"))


def _line_among(words: Iterable[str]) -> tuple[str, list[str]]:
    """The first word that means a line, as that line; and the other words."""
    line, rest = "", []
    for word in words:
        named = line_named(word)
        if named and not line:
            line = named
        else:
            rest.append(word)
    return line, rest


async def _live_like(session: AsyncSession, mute: StandingMute) -> list[Case]:
    live = select(Case, Event).join(Event, col(Event.id) == Case.event_id).where(col(Case.state).in_(LIVE))
    return [case for case, event in (await session.exec(live)).all() if mute.covers(event)]
