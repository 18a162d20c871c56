"""待核实: facts that a reply needs and nobody has verified yet. They stay visible, and nothing is approved while one is open."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.drafting.draft import FactSlot
from casework.drafting.matter import verified_facts
from casework.drafting.versions import renew_versions
from casework.errors import Refused
from casework.staff import StaffMember
from language.numerals import from_int
from monitoring.event import Event
from prompts import say
from storage import audit

OPENING, CLOSING = "【待核实：", "】"
SLOT = re.compile(r"【待核实：([^【】]*)】")
_DIGITS = re.compile(r"\d+")


def slot(name: str) -> str:
    """The open slot as it stands in a text. Digits of the name are written out, so that a slot never looks like a stated number."""
    return f"{OPENING}{slot_name(name)}{CLOSING}"


def slot_name(name: str) -> str:
    """A name that may stand in a slot: no brackets, no digits, no line breaks."""
    plain = re.sub(r"[【】\s]", "", name)
    return _DIGITS.sub(lambda digits: _written_out(digits[0]), plain)


def open_slots(text: str) -> tuple[str, ...]:
    """The names of the slots that stand open in a text, each once, in order."""
    return tuple(dict.fromkeys(SLOT.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every slot replaced whose name has a value; the others stay open."""
    return SLOT.sub(lambda found: values.get(found[1], found[0]), text)


async def slots_of(session: AsyncSession, case: Case) -> list[FactSlot]:
    """All fact slots of the case, in order."""
    return list((await session.exec(select(FactSlot).where(FactSlot.case_id == case.id).order_by(col(FactSlot.ordinal)))).all())


async def open_new_slots(session: AsyncSession, case: Case, names: Iterable[str]) -> None:
    """Make a slot of the case for every name that has none yet; the others are shared."""
    known = {slot.name for slot in await slots_of(session, case)}
    last = (await session.exec(select(func.max(FactSlot.ordinal)).where(FactSlot.case_id == case.id))).one() or 0
    missing = [name for name in dict.fromkeys(names) if name not in known]
    session.add_all(FactSlot(case_id=case.id, ordinal=last + place, name=name) for place, name in enumerate(missing, 1))  # type: ignore[arg-type]
    await session.flush()


async def take_given(session: AsyncSession, case: Case, given: Mapping[str, str], department: str, now: datetime) -> None:
    """Fill the slots whose facts need no asking, or bring them up to date; a value that somebody verified stays."""
    for found in await slots_of(session, case):
        if found.filled_by is None and found.name in given and found.value != given[found.name]:
            found.value, found.verified_how, found.verified_by = given[found.name], say("drafting.given_how"), department
            found.filled_at, found.remind_at = now, None
            await audit.append(session, "system", "fact.given", f"case:{case.number}", at=now, slot=found.ordinal)
    await session.flush()


async def fill_slot(
    session: AsyncSession, case: Case, ordinal: int, value: str, verified_how: str, verified_by: str, staff: StaffMember, now: datetime
) -> FactSlot:
    """Fill a slot, or correct it. The value then stands in every candidate; texts under way are void and written anew with it.

    Args:
        ordinal: the slot's number within the case.
        value: the fact, as it is to stand in the reply.
        verified_how: how it was verified (现场电话, 执法记录 …).
        verified_by: who verified it.

    Raises:
        Refused: no such slot, an empty field, or a value that itself holds a slot.
    """
    found = next((slot for slot in await slots_of(session, case) if slot.ordinal == ordinal), None)
    if found is None:
        raise Refused(say("drafting.no_such_slot", case=case.number, ordinal=ordinal))
    value, verified_how, verified_by = value.strip(), verified_how.strip(), verified_by.strip()
    if not (value and verified_how and verified_by):
        raise Refused(say("drafting.fact_needs_proof"))
    if OPENING in value or "【" in value or "】" in value:
        raise Refused(say("drafting.fact_holds_slot"))
    found.value, found.verified_how, found.verified_by, found.filled_by, found.filled_at = value, verified_how, verified_by, staff.id, now
    found.remind_at = None
    event = await session.get_one(Event, case.event_id)
    event.revision += 1
    session.add_all([found, event])
    await session.flush()
    await audit.append(session, staff.name, "fact.filled", f"case:{case.number}", at=now, slot=ordinal, revision=event.revision)
    facts = await verified_facts(session, case)
    await renew_versions(session, case, staff, say("drafting.void_by_fact", name=found.name), now, lambda text: fill(text, facts))
    return found


def _written_out(digits: str) -> str:
    return from_int(int(digits)) if len(digits) <= 8 else "".join("〇一二三四五六七八九"[int(digit)] for digit in digits)
