"""AI 标识: a text that a model wrote says so, where the department has not switched that off; composed texts are nobody's but its own.

人工智能生成合成内容标识办法 (in force 2025-09-01): 第四条 asks for a notice in the text, 第五条 for metadata, 第十条 asks whoever publishes
generated content to declare it. What the embedded drafter puts together are the department's own frames, verified facts and clauses, by
fixed rules; no model generates anything there, and there is no label. See docs/publishing.md.
"""

from dataclasses import replace
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.approval import ApprovedReply
from casework.drafting.candidate import Candidate, Sentence, SentenceKind, Written
from casework.drafting.composer import EmbeddedWriter
from casework.drafting.draft import Draft, ReplyVersion
from casework.drafting.revision import Revision

GENERATED = "1"
"""Value of `Label` in GB 45438-2025 for content that is known to be generated."""


def labelled(written: Written, label: str) -> Written:
    """The draft with the notice at the end of each candidate, if a model wrote it; the notice counts in the channel's length."""
    if not label or not by_model(written.writer):
        return written
    return replace(written, candidates=tuple(_with(candidate, label) for candidate in written.candidates))


def by_model(writer: str) -> bool:
    """Whether a drafter of this name is a model."""
    return writer != EmbeddedWriter.name


async def was_written_by_model(session: AsyncSession, version_id: int) -> bool:
    """Whether a model drafted a version, or reworded a text that it came from. What people changed since does not make it theirs alone."""
    version = await session.get_one(ReplyVersion, version_id)
    if by_model((await session.get_one(Draft, version.draft_id)).writer):
        return True
    same = (ReplyVersion.draft_id == version.draft_id, ReplyVersion.candidate_ordinal == version.candidate_ordinal)
    reworded = select(Revision.version_id).join(ReplyVersion, col(ReplyVersion.id) == Revision.version_id)
    reworded = reworded.where(*same, ReplyVersion.number <= version.number, Revision.model != "")
    return (await session.exec(reworded.limit(1))).first() is not None


async def lacks_label(session: AsyncSession, version: ReplyVersion, label: str) -> bool:
    """Whether a model wrote the text and the notice that the department asks for is not in it any more."""
    return bool(label) and label not in version.text and await was_written_by_model(session, version.id or 0)


def metadata(reply: ApprovedReply, producer: str) -> dict[str, Any]:
    """The fields that a receiving side puts into the file's metadata (GB 45438-2025, appendix E); empty for what no model wrote."""
    if not reply.ai_written:
        return {}
    return {"AIGC": {"Label": GENERATED, "ContentProducer": producer, "ProduceID": f"{reply.case_number}-{reply.version_number}"}}


def _with(candidate: Candidate, label: str) -> Candidate:
    return replace(candidate, sentences=(*candidate.sentences, Sentence(label, SentenceKind.BOILERPLATE)))
