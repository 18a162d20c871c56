"""更正、补充通报的候选稿: short texts by fixed frames out of what the case of the notice holds as verified."""

from collections.abc import Mapping

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case, NoticeKind
from casework.drafting.candidate import Candidate, Sentence, SentenceKind, Written
from casework.drafting.composer import EmbeddedWriter
from casework.drafting.draft import ReplyVersion
from casework.drafting.matter import verified_facts
from casework.drafting.slots import open_slots
from casework.drafting.strategy import Channel, Strategy
from casework.publication import Publication
from prompts import frames, say, words

STRATEGIES = {NoticeKind.CORRECTION: Strategy.APOLOGY, NoticeKind.SUPPLEMENT: Strategy.PROGRESS}
"""Of the eight: a correction apologises, a supplement goes on with what was said; the leading 更正 or 补充 tells the reader which it is."""


async def notice_draft(session: AsyncSession, case: Case) -> Written | None:
    """The candidates of a case that only puts a publication right or adds to it, that publication's channel first; None for other cases."""
    if case.notice is None or case.follows is None:
        return None
    query = select(ReplyVersion.channel).join(Publication).where(Publication.id == case.follows)
    channel = Channel((await session.exec(query)).one())
    names, facts = words("notice.facts"), await verified_facts(session, case)
    return compose_notice(case.notice, {key: facts.get(name, "") for key, name in names.items()}, channel)


def compose_notice(kind: NoticeKind, facts: Mapping[str, str], first: Channel) -> Written:
    """One candidate for each channel that such a notice may stand in.

    Args:
        facts: `told_at`, `wrong` and `right` of `prompts/frames/notice.toml`.
        first: the channel of what is put right; who read the mistake there is to read the correction there.
    """
    channels = dict.fromkeys((first, Channel.BULLETIN, Channel.COMMENT))
    candidates = tuple(_candidate(kind, facts, channel) for channel in channels)
    return Written(candidates, (), say(f"notice.next_{kind.name.lower()}"), writer=EmbeddedWriter.name)


def _candidate(kind: NoticeKind, facts: Mapping[str, str], channel: Channel) -> Candidate:
    length = "comment" if channel is Channel.COMMENT else "full"
    plain = {name: value.rstrip("。；;") for name, value in facts.items()}
    sentences = tuple(_sentence(text.format(**plain)) for text in frames("notice")[kind.name.lower()][length]["text"])
    name = kind.name.lower()
    return Candidate(STRATEGIES[kind], channel, sentences, say(f"notice.reason_{name}"), say(f"notice.risk_{name}"))


def _sentence(text: str) -> Sentence:
    kind = SentenceKind.SLOT if open_slots(text) else SentenceKind.FACT
    return Sentence(text, kind)
