"""`wensheng eval drafts`: candidate replies to single posts, over clauses and past cases that are handed in."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.evaluation.clauses import region_of, shelved_clauses
from bot.evaluation.json_lines import read_rows, write_rows
from bot.evaluation.past import shelved_cases
from casework.check import check_reply
from casework.checks.citations import mentions
from casework.checks.finding import Finding
from casework.desk import Department, Desk
from casework.drafting.asking import asks_of
from casework.drafting.candidate import Candidate
from casework.drafting.composer import compose
from casework.drafting.evidence import Evidence, find_evidence
from casework.drafting.matter import Matter, heard_intent, heard_post
from casework.drafting.versions import citations_in
from knowledge_base.clause import Clause
from monitoring.analysis import analyse
from monitoring.watch import Watch, build_watch
from retrieval.library import Library
from storage.clock import SystemClock

DAY = date.max
"""The corpora judge validity by `in_force`; no date ends a clause."""


def run_drafts(corpus: Path, cases: Path, posts: Path, out: Path) -> None:
    """Draft every post as `wensheng draft` would with the embedded drafter, and check each candidate.

    Args:
        corpus: clauses; those not in force are never offered.
        cases: past cases with question and reply.
        posts: as for triage, with the region of the department.
        out: where the drafts are written.
    """
    library = Library.of(shelved_clauses(corpus), shelved_cases(cases))
    rows, watch, now = clause_rows(corpus), build_watch(), SystemClock().now()
    write_rows(out, (_drafted(post, library, rows, watch, now) for post in read_rows(posts)))


def _drafted(post: dict[str, Any], library: Library, rows: dict[str, list[Clause]], watch: Watch, now: datetime) -> dict[str, Any]:
    desk = Desk(Department("", region=region_of(post)), watch)
    matter = matter_of(post, desk)
    evidence = find_evidence(matter, library, desk, DAY)
    written = compose(matter, evidence)
    return {
        "pid": post["pid"],
        "asks": [ask.to_json() for ask in written.asks],
        "candidates": [_candidate(candidate, matter, evidence, rows, desk, now) for candidate in written.candidates],
    }


def matter_of(post: dict[str, Any], desk: Desk) -> Matter:
    """A post alone as the matter of a reply: nothing is verified, nothing was published."""
    title, text = post.get("title") or "", post.get("text") or ""
    found = analyse(title, text, likes=post.get("likes"), reposts=post.get("reposts"), comments=post.get("comments"), watch=desk.watch)
    whole = heard_post(title, text)
    intent = heard_intent(found.intent, found.line, whole.whole)
    return Matter(
        case_number="", headline=whole.title or whole.text[:40], line=found.line, level=found.level, place=found.place, intent=intent,
        event_revision=1, posts=(whole,), asks=asks_of(whole.whole, found.line, intent, found.asks, found.place),
        has_video=any(factor.name == "video" for factor in found.factors), ours=found.relevance.is_ours, region=desk.department.region,
    )  # fmt: skip


def _candidate(
    candidate: Candidate, matter: Matter, evidence: Evidence, rows: dict[str, list[Clause]], desk: Desk, now: datetime
) -> dict[str, Any]:
    findings = check_candidate(candidate, matter, rows, desk, now)
    return {
        "strategy": candidate.strategy.value,
        "channel": candidate.channel.value,
        "text": candidate.text,
        "sentences": [sentence.to_json() for sentence in candidate.sentences],
        "citations": [{"id": row["key"], "quote": row["quote"]} for row in citations_in(candidate.text, evidence.to_json())],
        "slots": list(candidate.slots),
        "checks": [{"name": f.name, "severity": f.severity.value, "span": f.span} for f in findings],
    }


def check_candidate(candidate: Candidate, matter: Matter, rows: dict[str, list[Clause]], desk: Desk, now: datetime) -> list[Finding]:
    """What the checks find in a candidate; `rows` as `clause_rows` gives them."""
    named = [clause for mention in mentions(candidate.text) for clause in rows[mention.name]]
    return list(check_reply(candidate.text, clauses=named, matter=matter, channel=candidate.channel, desk=desk, now=now))


def clause_rows(corpus: Path) -> dict[str, list[Clause]]:
    """The corpus as rows, by the name that a text calls them."""
    rows: dict[str, list[Clause]] = defaultdict(list)
    for clause in _clauses(corpus):
        rows[f"《{clause.short_title}》{clause.article}"].append(clause)
    return rows


def _clauses(corpus: Path) -> Iterator[Clause]:
    for number, row in enumerate(read_rows(corpus), 1):
        yield Clause(
            key=str(row["id"]), document_id=number, ordinal=number, article=row.get("article") or "", text=row["text"],
            start_offset=0, end_offset=len(row["text"]), text_hash="", title=row["title"],
            province=row.get("province"), city=row.get("city"), usable=row.get("in_force", True),
        )  # fmt: skip
