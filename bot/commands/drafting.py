"""拟稿、补充、改稿、送签: from a case to a text that waits for approval."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.approving import SlowHandler
from bot.commands.grammar import Verb
from bot.commands.handling import QuickHandler
from bot.commands.order import Order, done, shown
from bot.second_pen import plan_text
from casework import delivery, inquiry
from casework.announcing import notify
from casework.case import Case, case_by_number
from casework.chat import Response
from casework.check import check_version
from casework.checks.due_times import times
from casework.drafting.card import slots_card
from casework.drafting.draft import Draft
from casework.drafting.editing import edit_candidate, version_to_submit
from casework.drafting.errand import Errand
from casework.drafting.evidence import Evidence, find_evidence
from casework.drafting.matter import gather
from casework.drafting.notice import notice_draft
from casework.drafting.showing import card_of
from casework.drafting.slots import fill_slot, slots_of
from casework.drafting.storing import store_draft
from casework.drafting.strategy import Channel, Plan, Strategy, wanted_in
from casework.drafting.writer import Progressed
from casework.errors import Refused
from casework.learned_face import MOST_FOR_ORDER, by_experience
from casework.learning import lessons
from casework.permission import ALLOWED, Act, names_with, require
from casework.questioning import Place, ask_next, left_to_fill, read_fact
from casework.rehearsal.storing import is_due, rehearse_version
from casework.signing import submit as submit_version
from casework.signing import whom_to_ask
from casework.staff import Role, member_named, names_by_id
from language.periods import clock_phrase
from prompts import say

_ENTRUSTED = re.compile(r"(?P<name>\S+)(?:\s+(?P<when>.*?))?\s*(?:之?前)?$", re.DOTALL)


async def draft(order: Order) -> Response:
    """拟稿 A12, or 拟稿 A12 致歉整改 微博评论: read the case, search and write outside any transaction, then store and show."""
    house, number = order.house, order.command.number
    async with house.database.reading() as session:
        await require(session, order.staff, Act.SUBMIT)
        case = await named_case(session, number)
        notice, matter = await notice_draft(session, case), await gather(session, case, house.clock.now(), house.desk)
        known = await lessons(session, MOST_FOR_ORDER)
    wanted = wanted_in(order.command.rest, matter)
    if wanted is None:
        raise Refused(say("commands.draft_which", number=number, strategies="、".join(Strategy), channels="、".join(Channel)))
    await house.shelved.wait()
    today = house.clock.now().date()
    evidence = Evidence() if notice else await asyncio.to_thread(find_evidence, matter, house.library, house.desk, today)
    written = notice or by_experience(await house.writer.write(matter, evidence, wanted=wanted), known)
    async with house.database.transaction() as session:
        case, now = await named_case(session, number), house.clock.now()
        stored = await store_draft(session, case, matter, evidence, written, order.staff, now)
        if notice or house.model_writer is None:
            return shown(await card_of(session, case, stored, now, house.desk))
        return await _with_model(session, order, case, stored, wanted, house.model_writer.name)


async def _with_model(session: AsyncSession, order: Order, case: Case, stored: Draft, wanted: Plan, model: str) -> Response:
    """Show the embedded draft at once, on a card that stands until the model's takes its place."""
    house, now = order.house, order.house.clock.now()
    told = say("drafting.model_will", case=case.number, model=model)
    card = await card_of(session, case, stored, now, house.desk, Progressed(told))
    place = delivery.Place(order.incoming.platform, order.incoming.chat)
    row = await delivery.enqueue(session, card, place, now, key=f"draft:{stored.id}", case_id=case.id, rings=True)
    session.add(
        Errand(
            case_id=case.id or 0, draft_id=stored.id or 0, delivery_id=row.id or 0, asked_by=order.staff.id or 0,
            wanted=plan_text(wanted), asked_at=now,
        )
    )  # fmt: skip
    return Response(told)


async def fill(session: AsyncSession, order: Order) -> Response:
    """补充 A12 1 值 核实：方式，谁; without a number the open facts are shown, and asked for one after the other."""
    if order.command.ordinal is None:
        slots = await slots_of(session, order.case)
        listed = slots_card(order.case, slots, order.now, await names_by_id(session))
        place = Place(order.incoming.platform, order.incoming.chat, order.staff)
        asked = await ask_next(session, order.case, place, order.now) if order.staff.has(*ALLOWED[Act.SUBMIT]) else None
        return shown(listed, *([asked] if asked else []))
    fact = read_fact(order.command.rest)
    if fact is None:
        raise Refused(say("commands.fill_how", number=order.case.number, ordinal=order.command.ordinal))
    await require(session, order.staff, Act.SUBMIT)
    slot = await fill_slot(
        session, order.case, order.command.ordinal, fact.value, fact.verified_how, fact.verified_by, order.staff, order.now
    )
    told = await left_to_fill(session, order.case)
    return done(order, say("commands.filled", number=order.case.number, name=slot.name, value=slot.value, left=told))


async def entrust(session: AsyncSession, order: Order) -> Response:
    """交办 A12 2 周明 20:30: ask a colleague to find a fact out."""
    number, ordinal, said = order.case.number, order.command.ordinal, _ENTRUSTED.match(order.command.rest)
    able = await names_with(session, *ALLOWED[Act.SUBMIT])
    if ordinal is None or said is None:
        raise Refused(say("drafting.entrust_how", case=number, name=order.staff.name))
    colleague = await member_named(session, said["name"])
    if colleague is None:
        raise Refused(say("commands.no_such_person", name=said["name"], names=say("casework.comma").join(able)))
    due = _due(said["when"], order.now, number)
    slot = await inquiry.entrust(session, order.case, ordinal, colleague, due, order.staff, order.now)
    fields = {
        "case": number,
        "ordinal": ordinal,
        "name": slot.name,
        "who": colleague.name,
        "due": clock_phrase(slot.due_at or order.now, order.now),
    }
    call = "entrust_call_approver" if colleague.has(Role.APPROVER) else "entrust_call"
    text = say(f"drafting.{call}", by=order.staff.name, **fields)
    key = f"entrusted:{slot.id}:{colleague.id}:{slot.due_at:%m%d%H%M}"
    await notify(session, order.case, text, order.now, order.house.desk, key=key, mentions=(colleague.name,), always=True)
    barred = say("drafting.entrusted_approver", who=colleague.name) if colleague.has(Role.APPROVER) else ""
    return done(order, say("drafting.entrusted", **fields) + barred)


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
    """送签 A12 1: the newest words of that candidate."""
    await require(session, order.staff, Act.SUBMIT)
    version = await version_to_submit(session, order.case, order.command.ordinal, order.staff, order.now, order.house.desk)
    findings = await check_version(session, order.case, version, order.now, order.house.desk)
    if is_due(version):
        await rehearse_version(session, order.case, version, order.now, order.house.desk)
    await submit_version(session, version, order.staff, order.now, findings, order.house.desk)
    who = await whom_to_ask(session, order.case, version, order.now)
    fields = {"version": version.number, "required": version.required_approvals, "who": who}
    return done(order, say("commands.submitted", number=order.case.number, **fields))


def _due(written: str | None, now: datetime, number: str) -> datetime | None:
    """The time to come that a person wrote; None where nothing is written. Raises Refused."""
    if not written:
        return None
    due = next((moment for moment in times(written, now) if moment > now), None)
    if due is None:
        raise Refused(say("drafting.entrust_time", case=number, written=written))
    return due


async def named_case(session: AsyncSession, number: str) -> Case:
    """The case of that number. Raises Refused."""
    case = await case_by_number(session, number)
    if case is None:
        raise Refused(say("casework.no_such_case", number=number))
    return case


DRAFTING: Mapping[Verb, QuickHandler] = {Verb.FILL: fill, Verb.ENTRUST: entrust, Verb.EDIT: edit, Verb.SUBMIT: submit}
DRAFTING_SLOWLY: Mapping[Verb, SlowHandler] = {Verb.DRAFT: draft}
