"""校验: everything that is looked at before a reply may be submitted for approval."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.checks.citations import NATIONAL_PREFIX, check_citations, holds, meant, mentions
from casework.checks.coverage import covers
from casework.checks.exposure import links, personal_data
from casework.checks.finding import Finding, Severity, found
from casework.checks.promises import promises
from casework.checks.statements import strangers, unfounded
from casework.checks.wording import check_wording
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.drafting.matter import Matter, gather
from casework.drafting.slots import open_slots, slot
from casework.drafting.strategy import Channel
from knowledge_base.clause import Clause

MOST_CLAUSES = 3


def check_reply(text: str, *, clauses: Sequence[Clause], matter: Matter, channel: str, desk: Desk, now: datetime) -> tuple[Finding, ...]:
    """Look at a reply from all sides. Blocking findings come first.

    Args:
        clauses: the knowledge base's rows with the titles and articles that the text names, whatever their validity.
        matter: what is known: verified facts, posts, asks, earlier replies.
        channel: where the reply is to stand.
        now: the moment of checking; validity is judged on its day.
    """
    region = desk.department.region
    valid = [clause for mention in mentions(text) for clause in meant(mention, clauses) if holds(clause, region, now.date())]
    known = "\n".join([*(f"《{clause.title}》{clause.article} {clause.text}" for clause in valid), *record_of(matter, desk)])
    findings = [
        *(found("open_slot", Severity.BLOCK, slot(name)) for name in open_slots(text)),
        *check_citations(text, clauses, region, now.date()),
        *_too_many(valid),
        *(found("unfounded", Severity.BLOCK, statement.text) for statement in unfounded(text, known, matter.told)),
        *(found("stranger", Severity.BLOCK, person.text) for person in strangers(text, known)),
        *(found("personal_data", Severity.BLOCK, span) for span in personal_data(text, matter.facts.values())),
        *(found("link", Severity.BLOCK, link) for link in links(text, desk.allowed_links)),
        *check_wording(text),
        *_length(text, Channel(channel)),
        *(found("ask_missing", Severity.WARN, ask) for ask in matter.asks if not covers(text, ask)),
        *(found("promise", Severity.INFO, promise.text) for promise in promises(text, now)),
    ]
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: list(Severity).index(finding.severity)))


async def check_version(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime, desk: Desk) -> tuple[Finding, ...]:
    """Check a stored version against the rows as they are now, and note the findings in it."""
    matter = await gather(session, case, now, desk)
    clauses = await clauses_named(session, version.text)
    findings = check_reply(version.text, clauses=clauses, matter=matter, channel=version.channel, desk=desk, now=now)
    version.checks = [finding.to_json() for finding in findings]
    session.add(version)
    return findings


async def clauses_named(session: AsyncSession, text: str) -> list[Clause]:
    """All rows, of every version and validity, with the titles and articles that a text names."""
    named = [(mention.title, mention.article) for mention in mentions(text)]
    if not named:
        return []
    wanted = or_(
        *(
            col(Clause.title).in_((title, NATIONAL_PREFIX + title)) & (col(Clause.article) == article)
            for title, article in dict.fromkeys(named)
        )
    )
    return list((await session.exec(select(Clause).where(wanted))).all())


def record_of(matter: Matter, desk: Desk) -> list[str]:
    """What the case record itself says: verified facts, earlier replies, the department's name."""
    return [*matter.facts.values(), *matter.previous, desk.department.name, desk.department.short_name]


def _too_many(clauses: Sequence[Clause]) -> list[Finding]:
    count = len({clause.key for clause in clauses})
    return [found("too_many_clauses", Severity.BLOCK, count=count)] if count > MOST_CLAUSES else []


def _length(text: str, channel: Channel) -> list[Finding]:
    if len(text) > channel.longest:
        severity = Severity.BLOCK if channel is Channel.COMMENT else Severity.WARN
        return [found("too_long", severity, length=len(text), channel=channel.value, longest=channel.longest)]
    if len(text) < channel.shortest:
        return [found("too_short", Severity.WARN, length=len(text), channel=channel.value, shortest=channel.shortest)]
    return []
