"""What went out and what came of it: publications, looks at how it was taken, promises, requests to a model."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.dossier.record import Record, moment, names_of_staff, record
from casework.drafting.draft import ReplyVersion
from casework.followup import FollowUp
from casework.model_call import ModelCall
from casework.promise import Promise
from casework.publication import Publication
from prompts import say, words


async def publications(session: AsyncSession, case: Case) -> list[Record]:
    """What went out: by whom and how, where it stands, and the SHA-256 of exactly that text."""
    names = await names_of_staff(session)
    query = select(Publication, ReplyVersion.number).join(ReplyVersion).where(Publication.case_id == case.id).order_by(col(Publication.id))
    states = words("dossier.publication_states")
    return [
        record(
            version=number, publisher=words("dossier.publishers").get(row.publisher, row.publisher),
            requested_by=names.get(row.requested_by), requested_at=moment(row.requested_at),
            state=states[row.state.value], at=moment(row.published_at), link=row.link, sha256=row.text_hash, error=row.last_error,
        )
        for row, number in (await session.exec(query)).all()
    ]  # fmt: skip


async def follow_ups(session: AsyncSession, case: Case) -> list[Record]:
    """How the public took it, after some hours."""
    rows = (await session.exec(select(FollowUp).where(FollowUp.case_id == case.id).order_by(col(FollowUp.due_at), col(FollowUp.id)))).all()
    return [
        record(
            hours=row.hours, due_at=moment(row.due_at), at=moment(row.done_at),
            before=row.figures.get("before"), after=row.figures.get("after"),
            negative_before=row.figures.get("negative_before"), negative_after=row.figures.get("negative_after"),
            asked=[say("dossier.asked", ask=one["ask"], voices=one["voices"]) for one in row.figures.get("asked", ())],
        )
        for row in rows
    ]  # fmt: skip


async def promises(session: AsyncSession, case: Case) -> list[Record]:
    """What was promised, and how it was kept or why not."""
    names = await names_of_staff(session)
    query = select(Promise, ReplyVersion.number).join(ReplyVersion, col(ReplyVersion.id) == Promise.version_id)
    rows = (await session.exec(query.where(Promise.case_id == case.id).order_by(col(Promise.id)))).all()
    return [
        record(
            version=number, text=row.text, due_at=moment(row.due_at), owner=names.get(row.owner), kept_at=moment(row.kept_at),
            kept_by=names.get(row.kept_by), proof=" ".join(part for part in (row.proof, row.proof_link) if part),
            broken_at=moment(row.broken_at), note=row.broken_why,
        )
        for row, number in rows
    ]  # fmt: skip


async def model_calls(session: AsyncSession, case: Case) -> list[Record]:
    """Requests to a language model about this case; none of its words are kept."""
    rows = (await session.exec(select(ModelCall).where(ModelCall.case_number == case.number).order_by(col(ModelCall.id)))).all()
    return [
        record(
            at=moment(row.at), model=row.model, purpose=words("dossier.purposes").get(row.purpose.value, row.purpose.value),
            outcome=row.outcome.value, milliseconds=row.milliseconds, tokens_in=row.tokens_in, tokens_out=row.tokens_out,
        )
        for row in rows
    ]  # fmt: skip
