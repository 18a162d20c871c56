"""Lets a model write anew what people already have as an embedded draft, and replaces the card in place when it is done."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.house import House
from bot.loops import pause
from bot.metering import asking_about, bill
from casework.ai_label import labelled
from casework.case import Case
from casework.delivery import Delivery
from casework.drafting.candidate import Written
from casework.drafting.draft import Draft
from casework.drafting.errand import LIFETIME, Errand, ErrandState, is_overtaken, waiting_errands
from casework.drafting.evidence import Evidence, find_evidence
from casework.drafting.matter import Matter, gather
from casework.drafting.showing import card_of
from casework.drafting.storing import store_draft
from casework.drafting.strategy import Channel, Plan, Strategy
from casework.drafting.writer import Progressed, ReplyWriter
from casework.model_call import ModelCall
from casework.renewing import edit
from casework.staff import StaffMember
from prompts import say

log = logging.getLogger("wensheng.second_pen")

TURN_SECONDS = 2.0
EDIT_SECONDS = 8.0
"""So often, and no more, a card shows progress: two at once are 15 edits a minute, and the strictest platform takes 20 in a group."""
AT_ONCE = 2
"""So many drafts are written side by side."""


class SecondPen:
    """Carries out errands (`casework.drafting.errand`). What was under way when the process stopped is begun anew at its next start.

    Args:
        writer: the model drafter.
        edit_seconds: how often a card may show progress.
    """

    def __init__(self, house: House, writer: ReplyWriter, edit_seconds: float = EDIT_SECONDS) -> None:
        self._house, self._writer, self._edit_seconds = house, writer, edit_seconds
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is being written then is left for the next start."""
        try:
            while not stop.is_set():
                await self.start_waiting()
                await pause(TURN_SECONDS, stop, self._house.stirred)
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def start_waiting(self) -> None:
        """Begin with the errands that wait, as many as fit; a fault of one that ended is raised here."""
        for number, task in list(self._running.items()):
            if task.done():
                del self._running[number]
                task.result()
        async with self._house.database.reading() as session:
            waiting = [errand for errand in await waiting_errands(session) if errand.id not in self._running]
        for errand in waiting[: AT_ONCE - len(self._running)]:
            self._running[errand.id or 0] = asyncio.create_task(self.carry_out(errand))

    async def carry_out(self, errand: Errand) -> None:
        """Let the model write, show how far it is, and put its draft in the place of the embedded one."""
        if self._house.clock.now() - errand.asked_at > LIFETIME:
            await self._end(errand, ErrandState.SILENT, say("drafting.model_expired", model=self._writer.name))
            return
        async with self._house.database.reading() as session:
            case = await session.get_one(Case, errand.case_id)
            matter = await gather(session, case, self._house.clock.now(), self._house.desk)
        await self._house.shelved.wait()
        today = self._house.clock.now().date()
        evidence = await asyncio.to_thread(find_evidence, matter, self._house.library, self._house.desk, today)
        with asking_about(case.number) as calls:
            written = await self._written(errand, matter, evidence)
        if written.writer != self._writer.name:
            await self._end(errand, ErrandState.SILENT, _note(written.note, "", calls))
            return
        label = self._house.desk.ai_label
        await self._replace(errand, matter, evidence, labelled(replace(written, note=_note(written.note, written.writer, calls)), label))

    async def _written(self, errand: Errand, matter: Matter, evidence: Evidence) -> Written:
        newest: list[Progressed] = []
        shower = asyncio.create_task(self._show(errand, newest))
        try:
            return await self._writer.write(matter, evidence, newest.append, wanted=plan_of(errand.wanted))
        finally:
            shower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await shower

    async def _show(self, errand: Errand, told: list[Progressed]) -> None:
        """Keep the card level with what was told last."""
        shown = 0
        while True:
            await asyncio.sleep(self._edit_seconds)
            if len(told) > shown:
                shown = len(told)
                async with self._house.database.transaction() as session:
                    await self._face(session, errand, await session.get_one(Draft, errand.draft_id), so_far=told[-1])
                self._house.stirred.set()

    async def _replace(self, errand: Errand, matter: Matter, evidence: Evidence, written: Written) -> None:
        now = self._house.clock.now()
        async with self._house.database.transaction() as session:
            case = await session.get_one(Case, errand.case_id)
            overtaken = await is_overtaken(session, errand, case)
            if not overtaken:
                asker = await session.get_one(StaffMember, errand.asked_by)
                stored = await store_draft(session, case, matter, evidence, written, asker, now)
                await _close(session, errand, ErrandState.DONE, now, stored)
                await self._face(session, errand, stored, rings=True)
        if overtaken:
            note = say("drafting.model_overtaken", model=written.writer, case=matter.case_number)
            await self._end(errand, ErrandState.OVERTAKEN, note)
        self._house.stirred.set()

    async def _end(self, errand: Errand, state: ErrandState, note: str) -> None:
        """The embedded draft stays, and its card says why."""
        async with self._house.database.transaction() as session:
            draft = await session.get_one(Draft, errand.draft_id)
            draft.note = note
            session.add(draft)
            await _close(session, errand, state, self._house.clock.now())
            await self._face(session, errand, draft, rings=state is ErrandState.SILENT)
        self._house.stirred.set()

    async def _face(
        self, session: AsyncSession, errand: Errand, draft: Draft, *, so_far: Progressed | None = None, rings: bool = False
    ) -> None:
        now = self._house.clock.now()
        case, root = await session.get_one(Case, errand.case_id), await session.get_one(Delivery, errand.delivery_id)
        await edit(session, root, await card_of(session, case, draft, now, self._house.desk, so_far), now, now, rings=rings)


def plan_text(plan: Plan) -> str:
    """What a person asked for by name, as an errand keeps it."""
    return "\n".join(f"{strategy.value}\t{channel.value}" for strategy, channel in plan)


def plan_of(text: str) -> Plan:
    """What `plan_text` wrote."""
    pairs = (line.split("\t") for line in text.splitlines())
    return tuple((Strategy(strategy), Channel(channel)) for strategy, channel in pairs)


async def _close(session: AsyncSession, errand: Errand, state: ErrandState, now: datetime, result: Draft | None = None) -> None:
    row = await session.get_one(Errand, errand.id)
    row.state, row.ended_at, row.result_id = state, now, result.id if result else None
    session.add(row)
    await session.flush()
    log.info("errand_ended id=%s state=%s", errand.id, state)


def _note(note: str, writer: str, calls: Sequence[ModelCall]) -> str:
    cost = bill(calls)
    wrote = say("drafting.model_wrote", model=writer, bill=cost) if writer else cost
    return say("drafting.note_break").join(part for part in (note, wrote) if part)
