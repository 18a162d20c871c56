"""修改与撤回修改: a person's wish becomes the reply's next version, and every step can be taken back."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.drafting.editing import candidate_numbered, candidate_text, current_text, edit_candidate
from casework.drafting.matter import gather, verified_facts
from casework.drafting.reviser import Task
from casework.drafting.revision import Revision, history_of
from casework.drafting.rewording import Around, Revised
from casework.drafting.slots import fill, open_new_slots, open_slots
from casework.drafting.strategy import Channel
from casework.drafting.versions import authors_of, versions_of
from casework.errors import Refused
from casework.staff import StaffMember
from prompts import say
from storage import audit

LONGEST_COMMENT = 300
NATIONAL_PREFIX = "中华人民共和国"


async def task_for(session: AsyncSession, case: Case, ordinal: int, comment: str, now: datetime, desk: Desk) -> Task:
    """The text as it stands and everything that a revision may use. Changes nothing.

    Raises:
        Refused: nothing was drafted, no such candidate, or a comment without end.
    """
    if len(comment) > LONGEST_COMMENT:
        raise Refused(say("drafting.comment_length", longest=LONGEST_COMMENT))
    text = await current_text(session, case, ordinal)
    draft, candidate = await candidate_numbered(session, case, ordinal)
    matter, channel = await gather(session, case, now, desk), Channel(candidate.channel)
    clauses = tuple((row["name"].replace(NATIONAL_PREFIX, ""), row["quote"]) for row in draft.evidence if row["kind"] == "clause")
    around = Around(matter.facts, clauses, to_many=channel is not Channel.TICKET)
    history = await history_of(session, draft.id or 0, ordinal)
    return Task(text, comment.strip(), channel, matter, around, history.comments)


async def store_revision(
    session: AsyncSession, case: Case, ordinal: int, task: Task, revised: Revised, staff: StaffMember, now: datetime, desk: Desk
) -> ReplyVersion:
    """Write the revised text as the reply's next version, in the hand of the person who asked for it.

    Raises:
        Refused: somebody changed the text meanwhile; as `edit_candidate` otherwise.
    """
    if await current_text(session, case, ordinal) != task.text:
        raise Refused(say("drafting.text_moved", case=case.number, ordinal=ordinal))
    label = desk.ai_label if revised.by else ""  # what a model reworded says so, as what it drafted does
    text = revised.text if label in revised.text else revised.text + label
    step = Revision(version_id=0, comment=task.comment, model=revised.by, at=now)
    return await _step(session, case, ordinal, text, staff, now, desk, step)


async def undo(session: AsyncSession, case: Case, ordinal: int, staff: StaffMember, now: datetime, desk: Desk) -> ReplyVersion:
    """Let the text stand again as it was before the newest change of a candidate; asked again, before the one before.

    Raises:
        Refused: nothing was changed, or all of it was taken back; as `edit_candidate` otherwise.
    """
    draft, candidate = await candidate_numbered(session, case, ordinal)
    history = await history_of(session, draft.id or 0, ordinal)
    facts, now_stands = await verified_facts(session, case), await current_text(session, case, ordinal)
    shown = history.newest
    while shown:
        shown = history.before(shown)
        text = fill(history.texts[shown], facts) if shown else candidate_text(candidate, facts)
        if text != now_stands:
            return await _step(session, case, ordinal, text, staff, now, desk, Revision(version_id=0, restores_id=shown, at=now))
    raise Refused(say("drafting.nothing_to_undo", case=case.number, ordinal=ordinal))


async def _step(
    session: AsyncSession, case: Case, ordinal: int, text: str, staff: StaffMember, now: datetime, desk: Desk, step: Revision
) -> ReplyVersion:
    draft, _ = await candidate_numbered(session, case, ordinal)
    history = await history_of(session, draft.id or 0, ordinal)
    reworded = [] if step.restores_id is not None else [v for v in await versions_of(session, case) if v.id in history.versions[-1:]]
    version = await edit_candidate(session, case, ordinal, text, staff, now, desk, await authors_of(session, reworded))
    await open_new_slots(session, case, open_slots(text))
    step.version_id, step.before_id = version.id or 0, history.newest or None
    session.add(step)
    await session.flush()
    what = "version.restored" if step.restores_id is not None else "version.revised"
    await audit.append(session, staff.name, what, f"version:{version.id}", at=now, case=case.number, model=step.model)
    return version
