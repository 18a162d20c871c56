"""逐项问: the open facts of a case, asked one after the other: what is it, how was it verified, who verified it.

What a person has said so far is a row, so that the dialogue goes on after a restart. A chat has at most one question to each person.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.drafting.draft import FactSlot
from casework.drafting.editing import candidates_of, latest_draft
from casework.drafting.slots import fill_slot, slots_of
from casework.message import Button, Card, CardKind
from casework.permission import Act, require
from casework.staff import Role, StaffMember
from language.periods import clock_phrase
from prompts import say, words
from storage.columns import JSON_TYPE, TIME_TYPE

PATIENCE = timedelta(minutes=30)
"""An older question is forgotten: what the person says now is about something else."""
_PROOF = re.compile(r"[\s，,；;（(]*核实\s*[：:]\s*(?P<how>[^，,；;]+?)\s*[，,；;]\s*(?P<by>[^，,；;）)]+)[）)]?\s*$")
_TWO_PARTS = re.compile(r"^\s*(?P<how>[^，,；;]+?)\s*[，,；;]\s*(?P<by>[^，,；;]+?)\s*$")


class FactQuestion(SQLModel, table=True):
    """The one question that a person has been asked in a chat. `value` and `verified_how` are what was answered so far."""

    __tablename__ = "fact_question"

    platform: str = Field(primary_key=True)
    chat: str = Field(primary_key=True)
    staff_id: int = Field(primary_key=True, foreign_key="staff_member.id")
    case_id: int = Field(foreign_key="case.id")
    ordinal: int
    value: str = ""
    verified_how: str = ""
    skipped: list[int] = Field(default_factory=list, sa_type=JSON_TYPE)
    asked_at: datetime = Field(sa_type=TIME_TYPE)


@dataclass(frozen=True)
class Fact:
    """A fact with its proof: “周队 19:20 到场 核实：现场电话，周队”."""

    value: str
    verified_how: str
    verified_by: str


@dataclass(frozen=True)
class Place:
    """Who is asked, and where."""

    platform: str
    chat: str
    staff: StaffMember

    @property
    def key(self) -> tuple[str, str, int]:
        return self.platform, self.chat, self.staff.id or 0


def read_fact(text: str) -> Fact | None:
    """A fact with its proof; None where the proof is missing."""
    found = _PROOF.search(text)
    if not found or not text[: found.start()].strip():
        return None
    return Fact(text[: found.start()].strip(), found["how"].strip(), found["by"].strip())


async def ask_next(session: AsyncSession, case: Case, place: Place, now: datetime, skipped: tuple[int, ...] = ()) -> Card | None:
    """Ask for the next open fact that the recommended candidate needs; None, and no question stands, where all is known or skipped."""
    await _forget(session, place)
    needed = await needed_slots(session, case)
    wanted = [slot for slot in needed if slot.value is None and slot.ordinal not in skipped]
    if not wanted:
        return None
    slot = wanted[0]
    question = FactQuestion(
        platform=place.platform, chat=place.chat, staff_id=place.staff.id or 0, case_id=case.id or 0, ordinal=slot.ordinal,
        skipped=list(skipped), asked_at=now,
    )  # fmt: skip
    session.add(question)
    await session.flush()
    ours = sum(slot.value is None or slot.filled_by is not None for slot in needed)
    step = say("drafting.question_step", place=ours - len(wanted) + 1, count=ours)
    due = say("drafting.question_due", due=clock_phrase(slot.due_at, now)) if slot.due_at else ""
    hint = say("drafting.question_hint") + (say("drafting.question_approver") if place.staff.has(Role.APPROVER) else "")
    return _card(case, say("drafting.question", case=case.number, step=step, name=slot.name, due=due), hint)


async def answer(session: AsyncSession, place: Place, text: str, now: datetime) -> Card | None:
    """Take what a person says as the answer to the question that stands; None where none stands.

    Raises:
        Refused: the value cannot be taken as a fact; the question stands.
    """
    question = await standing_question(session, place, now)
    if question is None:
        return None
    case = await session.get_one(Case, question.case_id)
    said, orders = text.strip(), words("drafting.question_orders")
    if said in orders["stop"].split("、"):
        await _forget(session, place)
        return _card(case, say("drafting.question_stopped", case=case.number, left=await left_to_fill(session, case)))
    if said in orders["skip"].split("、"):
        return await _go_on(session, case, place, now, (*question.skipped, question.ordinal), "")
    return await _take(session, case, place, question, said, now)


async def standing_question(session: AsyncSession, place: Place, now: datetime) -> FactQuestion | None:
    """The question that the person has not answered yet, if it was asked lately."""
    question = await session.get(FactQuestion, place.key)
    return question if question is not None and now - question.asked_at <= PATIENCE else None


async def needed_slots(session: AsyncSession, case: Case) -> list[FactSlot]:
    """The slots of the recommended candidate, known ones included, in the order of its text; all slots of the case before any draft."""
    slots = await slots_of(session, case)
    drafted = await latest_draft(session, case)
    if drafted is None:
        return slots
    first = (await candidates_of(session, drafted))[0]
    text = "".join(sentence["text"] for sentence in first.sentences)
    places = {slot.ordinal: text.find(f"【待核实：{slot.name}】") for slot in slots}
    return sorted((slot for slot in slots if places[slot.ordinal] >= 0), key=lambda slot: places[slot.ordinal])


async def left_to_fill(session: AsyncSession, case: Case) -> str:
    """How many facts the recommended candidate still needs; empty where nothing was drafted."""
    if await latest_draft(session, case) is None:
        return ""
    missing = sum(slot.value is None for slot in await needed_slots(session, case))
    return say("commands.slots_left", count=missing) if missing else say("commands.slots_none_left", number=case.number)


async def _take(session: AsyncSession, case: Case, place: Place, question: FactQuestion, said: str, now: datetime) -> Card | None:
    await require(session, place.staff, Act.SUBMIT)  # the right may have gone since the question was asked
    fact = read_fact(said) or _completed(question, said, place.staff.name)
    if fact is not None:
        slot = await fill_slot(session, case, question.ordinal, fact.value, fact.verified_how, fact.verified_by, place.staff, now)
        told = say("drafting.question_filled", name=slot.name, value=fact.value, how=fact.verified_how, by=fact.verified_by)
        return await _go_on(session, case, place, now, tuple(question.skipped), told)
    if question.value:
        question.verified_how = said
        asked = say("drafting.question_by", how=said)
    else:
        question.value = said
        asked = say("drafting.question_how", value=said)
    question.asked_at = now
    await session.flush()
    return _card(case, asked)


def _completed(question: FactQuestion, said: str, name: str) -> Fact | None:
    """The fact, where what was said now is the last thing that was missing."""
    me = words("drafting.question_orders")["me"].split("、")
    if question.value and question.verified_how:
        return Fact(question.value, question.verified_how, name if said in me else said)
    if question.value and (both := _TWO_PARTS.match(said)):
        return Fact(question.value, both["how"], name if both["by"] in me else both["by"])
    return None


async def _go_on(session: AsyncSession, case: Case, place: Place, now: datetime, skipped: tuple[int, ...], told: str) -> Card:
    """The next question below what was just noted; after the last one what is left, and the way on."""
    asked = await ask_next(session, case, place, now, skipped)
    if asked is not None:
        return _card(case, told + "\n" + asked.head if told else asked.head, asked.hint)
    left = await left_to_fill(session, case)
    labels, commands = words("drafting.buttons"), words("drafting.commands")
    ready = all(slot.value is not None for slot in await needed_slots(session, case))
    buttons = ((Button(labels["submit"], commands["submit"].format(case=case.number)),),) if ready else ()
    return Card(CardKind.NOTICE, f"{told}\n{left}".strip(), buttons=buttons, case_number=case.number)


async def _forget(session: AsyncSession, place: Place) -> None:
    gone = await session.exec(select(FactQuestion).where(
        FactQuestion.platform == place.platform, FactQuestion.chat == place.chat, col(FactQuestion.staff_id) == place.staff.id
    ))  # fmt: skip
    for row in gone.all():
        await session.delete(row)
    await session.flush()


def _card(case: Case, head: str, hint: str = "") -> Card:
    return Card(CardKind.NOTICE, head, hint=hint, case_number=case.number)
