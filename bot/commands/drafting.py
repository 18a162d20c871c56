"""拟稿、补充、改稿、送签: from a case to a text that waits for approval."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.approving import SlowHandler
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done, shown
from casework.case import Case, case_by_number
from casework.chat import Response
from casework.check import check_reply, check_version, clauses_named
from casework.drafting.card import draft_card, slots_card
from casework.drafting.draft import Draft, VersionState
from casework.drafting.editing import candidate_text, candidates_of, edit_candidate, latest_draft
from casework.drafting.evidence import find_evidence
from casework.drafting.matter import gather
from casework.drafting.slots import fill_slot, open_slots, slots_of
from casework.drafting.storing import store_draft
from casework.drafting.versions import versions_of
from casework.errors import Refused
from casework.message import Card
from casework.permission import Act, require
from casework.signing import submit as submit_version
from casework.situation import event_of
from prompts import say

_PROOF = re.compile(r"[\s，,；;（(]*核实\s*[：:]\s*(?P<how>[^，,；;]+?)\s*[，,；;]\s*(?P<by>[^，,；;）)]+)[）)]?\s*$")


@dataclass(frozen=True)
class Fact:
    """A fact with its proof: “周队 19:20 到场 核实：现场电话，周队”."""

    value: str
    verified_how: str
    verified_by: str


async def draft(order: Order) -> Response:
    """拟稿 A12: read the case, search and write outside any transaction, then store and show."""
    house, number = order.house, order.command.number
    async with house.database.reading() as session:
        await require(session, order.staff, Act.SUBMIT)
        matter = await gather(session, await _case(session, number), house.clock.now(), house.desk)
    await house.shelved.wait()
    today = house.clock.now().date()
    evidence = await asyncio.to_thread(find_evidence, matter, house.library, house.desk, today)
    written = await house.writer.write(matter, evidence)
    async with house.database.transaction() as session:
        case = await _case(session, number)
        stored = await store_draft(session, case, matter, evidence, written, order.staff, house.clock.now())
        return shown(await _draft_card(session, order, case, stored))


async def fill(session: AsyncSession, order: Order) -> Response:
    """补充 A12 1 值 核实：方式，谁; without a number the open facts are shown."""
    if order.command.ordinal is None:
        return shown(slots_card(order.case, await slots_of(session, order.case)))
    fact = read_fact(order.command.rest)
    if fact is None:
        raise Refused(say("commands.fill_how", number=order.case.number, ordinal=order.command.ordinal))
    await require(session, order.staff, Act.SUBMIT)
    slot = await fill_slot(
        session, order.case, order.command.ordinal, fact.value, fact.verified_how, fact.verified_by, order.staff, order.now
    )
    told = await _left(session, order.case)
    return done(order, say("commands.filled", number=order.case.number, name=slot.name, value=slot.value, left=told))


async def edit(session: AsyncSession, order: Order) -> Response:
    """改稿 A12 1, then the whole new text."""
    await require(session, order.staff, Act.SUBMIT)
    if order.command.ordinal is None or not order.command.rest:
        raise Refused(say("commands.edit_what", number=order.case.number, page=f"{order.house.public_url}/cases/{order.case.number}/draft"))
    version = await edit_candidate(session, order.case, order.command.ordinal, order.command.rest, order.staff, order.now, order.house.desk)
    findings = await check_version(session, order.case, version, order.now, order.house.desk)
    told = "\n".join(finding.message for finding in findings if finding.blocking)
    return done(order, say("commands.edited", number=order.case.number, version=version.number, left=told))


async def submit(session: AsyncSession, order: Order) -> Response:
    """送签 A12 1: the newest version of that candidate, or the candidate as it was composed."""
    await require(session, order.staff, Act.SUBMIT)
    versions = [v for v in await versions_of(session, order.case) if v.state is VersionState.EDITING]
    wanted = order.command.ordinal
    version = next((v for v in reversed(versions) if wanted in (None, v.candidate_ordinal)), None)
    if version is None:
        if wanted is None:
            raise Refused(say("commands.submit_which", number=order.case.number))
        version = await edit_candidate(session, order.case, wanted, None, order.staff, order.now, order.house.desk)
    findings = await check_version(session, order.case, version, order.now, order.house.desk)
    await submit_version(session, version, order.staff, order.now, findings, order.house.desk)
    fields = {"version": version.number, "required": version.required_approvals}
    return done(order, say("commands.submitted", number=order.case.number, **fields))


def read_fact(text: str) -> Fact | None:
    """A fact with its proof; None where the proof is missing."""
    found = _PROOF.search(text)
    if not found or not text[: found.start()].strip():
        return None
    return Fact(text[: found.start()].strip(), found["how"].strip(), found["by"].strip())


async def _left(session: AsyncSession, case: Case) -> str:
    """How many facts the recommended candidate still needs; empty where nothing was drafted."""
    drafted = await latest_draft(session, case)
    if drafted is None:
        return ""
    facts = {slot.name: slot.value for slot in await slots_of(session, case) if slot.value is not None}
    missing = len(open_slots(candidate_text((await candidates_of(session, drafted))[0], facts)))
    return say("commands.slots_left", count=missing) if missing else say("commands.slots_none_left", number=case.number)


async def _draft_card(session: AsyncSession, order: Order, case: Case, stored: Draft) -> Card:
    desk, now = order.house.desk, order.house.clock.now()
    candidates, slots = await candidates_of(session, stored), await slots_of(session, case)
    matter = await gather(session, case, now, desk)
    text = candidate_text(candidates[0], matter.facts)
    clauses = await clauses_named(session, text)
    findings = check_reply(text, clauses=clauses, matter=matter, channel=candidates[0].channel, desk=desk, now=now)
    event = await event_of(session, case)
    return draft_card(case, stored, candidates, slots, findings, level=event.level)


async def _case(session: AsyncSession, number: str) -> Case:
    case = await case_by_number(session, number)
    if case is None:
        raise Refused(say("casework.no_such_case", number=number))
    return case


DRAFTING: Mapping[Verb, QuickHandler] = {Verb.FILL: fill, Verb.EDIT: edit, Verb.SUBMIT: submit}
DRAFTING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.DRAFT: draft}
