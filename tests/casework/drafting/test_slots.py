"""Open facts: they stay visible until somebody verified them, and a value counts once for the whole case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from casework.approval import Approval
from casework.case import Case
from casework.drafting.draft import ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.slots import fill, fill_slot, open_slots, slot, slot_name, slots_of
from casework.drafting.versions import bound_hash
from casework.errors import Refused
from casework.staff import StaffMember
from monitoring.event import Event
from storage.audit import AuditEntry
from storage.clock import ManualClock
from storage.engine import Database
from tests.casework.sample_case import PLACE_SLOT, TIME_SLOT, seat_staff, write_case, write_version

NAMES = st.text(st.characters(blacklist_characters="【】", blacklist_categories=("Cs",)), min_size=1, max_size=12)
PLAIN = st.text(st.characters(blacklist_characters="【】", blacklist_categories=("Cs",)), max_size=20)


@given(st.lists(st.tuples(PLAIN, NAMES), max_size=6), PLAIN, PLAIN)
def test_filling_puts_every_value_in_its_place_and_leaves_the_rest_open(parts: list[tuple[str, str]], end: str, value: str) -> None:
    text = "".join(before + slot(name) for before, name in parts) + end
    names = [slot_name(name) for _, name in parts]
    assert list(open_slots(text)) == list(dict.fromkeys(names))
    known = dict.fromkeys(names[::2], value)
    expected = "".join(before + known.get(slot_name(name), slot(name)) for before, name in parts) + end
    assert fill(text, known) == expected
    assert set(open_slots(fill(text, known))) == set(names) - set(known)


@given(NAMES)
def test_a_slot_never_looks_like_a_stated_number(name: str) -> None:
    assert not any(character.isdigit() and character.isdecimal() for character in slot(name))


async def _filled(database: Database, clock: ManualClock, value: str = "周队 19:20 到场", how: str = "现场电话", by: str = "周明") -> None:
    async with database.transaction() as session:
        case, staff = await _case(session), await _member(session, "周明")
        await fill_slot(session, case, 1, value, how, by, staff, clock.now())


async def _case(session) -> Case:  # type: ignore[no-untyped-def]
    return (await session.exec(select(Case).where(Case.number == "A12"))).one()  # type: ignore[no-any-return]


async def _member(session, name: str) -> StaffMember:  # type: ignore[no-untyped-def]
    return (await session.exec(select(StaffMember).where(StaffMember.name == name))).one()  # type: ignore[no-any-return]


@pytest.fixture
async def versions(database: Database, clock: ManualClock) -> None:
    """Case A12 with a submitted version that one person has approved."""
    async with database.transaction() as session:
        sample = await write_case(session, await seat_staff(session), clock.now())
        text = f"我们看到了视频。{slot(TIME_SLOT)}公布；{slot(PLACE_SLOT)}。改过的一句。"
        version = await write_version(session, sample, text, clock.now())
        session.add(Approval(version_id=version.id or 0, approver_id=sample.staff["陈静"], bound_hash=version.bound_hash, at=clock.now()))


async def test_a_filled_fact_says_how_and_by_whom_and_is_audited(database: Database, clock: ManualClock, versions: None) -> None:
    await _filled(database, clock)
    async with database.reading() as session:
        fact = (await slots_of(session, await _case(session)))[0]
        assert (fact.value, fact.verified_how, fact.verified_by) == ("周队 19:20 到场", "现场电话", "周明")
        assert fact.filled_at == clock.now()
        assert "fact.filled" in (await session.exec(select(AuditEntry.action))).all()


async def test_a_fact_voids_what_was_submitted_and_renews_its_text(database: Database, clock: ManualClock, versions: None) -> None:
    await _filled(database, clock)
    async with database.reading() as session:
        old, new = (await session.exec(select(ReplyVersion).order_by(ReplyVersion.number))).all()
        event = (await session.exec(select(Event))).one()
        approval = (await session.exec(select(Approval))).one()
        authors = (await session.exec(select(StaffMember.name).join(ReplyAuthor).where(ReplyAuthor.version_id == new.id))).all()
    assert (old.state, approval.voided_at) == (VersionState.VOID, clock.now())
    assert new.state is VersionState.EDITING
    assert new.text == f"我们看到了视频。{slot(TIME_SLOT)}公布；周队 19:20 到场。改过的一句。"
    assert new.event_revision == event.revision == 2
    assert new.bound_hash == bound_hash(new.text, new.citations, 2)
    assert sorted(authors) == ["周明", "李雯"]


@pytest.mark.parametrize(
    ("value", "how", "by"), [("", "电话", "周明"), ("有", " ", "周明"), ("有", "电话", ""), ("【待核实：谁】", "电话", "周明")]
)
async def test_a_fact_without_proof_or_with_a_gap_is_refused(
    database: Database, clock: ManualClock, versions: None, value: str, how: str, by: str
) -> None:
    with pytest.raises(Refused):
        await _filled(database, clock, value, how, by)
    async with database.reading() as session:
        assert (await slots_of(session, await _case(session)))[0].value is None
        assert (await session.exec(select(Event.revision))).one() == 1


async def test_there_is_no_slot_of_that_number(database: Database, clock: ManualClock, versions: None) -> None:
    async with database.transaction() as session:
        case, staff = await _case(session), await _member(session, "周明")
        with pytest.raises(Refused, match="第 9 项"):
            await fill_slot(session, case, 9, "值", "电话", "周明", staff, clock.now())
