"""The cards of drafting: what was written and what is still missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from casework.alert_card import case_page
from casework.case import Case
from casework.checks.citations import mentions
from casework.checks.finding import Finding, Severity
from casework.drafting.draft import CandidateRow, Draft, FactSlot
from casework.drafting.editing import candidate_text
from casework.drafting.explaining import questions, unanswered
from casework.drafting.slots import open_slots
from casework.drafting.writer import Progressed
from casework.message import Button, Card, CardKind, Row
from language.numerals import from_int
from language.periods import clock_phrase
from prompts import say, words

MOST_FINDINGS = 3
CITATION_FAULTS = ("clause_unknown", "clause_not_in_force", "clause_elsewhere", "quote_altered")
CIRCLED = "①②③④⑤⑥⑦⑧⑨"


def draft_card(
    case: Case,
    draft: Draft,
    candidates: Sequence[CandidateRow],
    slots: Sequence[FactSlot],
    findings: Sequence[Finding],
    *,
    level: int = 0,
    so_far: Progressed | None = None,
) -> Card:
    """The candidates at a glance, the recommended one in full, verified facts put in.

    Args:
        slots: all fact slots of the case.
        findings: what the checks said of the first candidate.
        so_far: what a model has made of it by now, while it is still writing.
    """
    labels, facts = words("drafting.labels"), _facts(slots)
    texts = [candidate_text(candidate, facts) for candidate in candidates]
    rows = [
        *(_candidate_row(candidate, text) for candidate, text in zip(candidates, texts, strict=True)),
        *_evidence_rows(draft, findings, labels["evidence"]),
        *_question_rows(candidates[0], draft, texts[0], labels["next_question"]),
        Row(labels["checks"], checks_line(findings, texts[0]), detail="\n".join(finding.message for finding in findings)),
        *([Row(labels["note"], draft.note)] if draft.note else []),
        *_progress_rows(so_far, labels),
    ]
    verified = sum(slot.filled_by is not None for slot in slots)
    known = say("drafting.card_verified", count=verified) if verified else say("drafting.card_unverified")
    return Card(
        CardKind.DRAFT, say("drafting.card_head", case=case.number, count=len(candidates), known=known),
        title=say("drafting.card_reason", reason=candidates[0].reason), rows=tuple(rows), body=texts[0],
        buttons=_buttons(case, has_open=bool(open_slots("".join(texts)))), hint=say("drafting.card_hint", case=case.number),
        level=level, case_number=case.number, page=case_page(case.number),
    )  # fmt: skip


def slots_card(case: Case, slots: Sequence[FactSlot], now: datetime, people: Mapping[int, str] = MappingProxyType({})) -> Card:
    """The facts that the reply needs: which are verified and how, which are missing, who finds them out by when, and how to fill one.

    Args:
        people: names of the staff by id.
    """
    missing = sum(slot.value is None for slot in slots)
    return Card(
        CardKind.DRAFT, say("drafting.slots_head", case=case.number, missing=missing, known=len(slots) - missing),
        rows=tuple(Row(str(slot.ordinal), _slot_text(slot, now, people)) for slot in slots),
        hint=say("drafting.slots_hint", case=case.number), case_number=case.number, page=case_page(case.number),
    )  # fmt: skip


def _candidate_row(candidate: CandidateRow, text: str) -> Row:
    missing = len(open_slots(text))
    state = say("drafting.card_missing", count=missing) if missing else say("drafting.card_complete")
    line = say(
        "drafting.card_candidate",
        strategy=candidate.strategy,
        channel=candidate.channel,
        length=len(text),
        risk=candidate.risk.split("：")[0],
        state=state,
    )
    told = say("drafting.card_risk", reason=candidate.reason, risk=candidate.risk)
    return Row(CIRCLED[candidate.ordinal - 1], line, detail=told if candidate.ordinal == 1 else f"{told}\n{text}")


def _evidence_rows(draft: Draft, findings: Sequence[Finding], label: str) -> list[Row]:
    """The clauses found, each marked as the checks see it; where there is none, the past cases."""
    clauses = [row for row in draft.evidence if row["kind"] == "clause"]
    cases = [row["name"] for row in draft.evidence if row["kind"] == "case"]
    if clauses:
        broken = {finding.span for finding in findings if finding.name in CITATION_FAULTS}
        return [
            _clause_row(row, label, bad=any(span and (span in row["quote"] or span in row["name"]) for span in broken)) for row in clauses
        ]
    if cases:
        return [Row(label, say("drafting.card_no_clause_but_cases", cases=len(cases)), detail="\n".join(cases))]
    return [Row(label, say("drafting.card_no_clause"))]


def _clause_row(row: Mapping[str, str], label: str, *, bad: bool) -> Row:
    quote = "".join(row["quote"].split("\n"))
    return Row(label, say("drafting.card_clause_broken" if bad else "drafting.card_clause", name=row["name"], quote=quote))


def _question_rows(first: CandidateRow, draft: Draft, text: str, label: str) -> list[Row]:
    """What citizens will ask next, and which of it the recommended candidate leaves unanswered."""
    question = first.next_question or draft.next_question
    if not question:
        return []
    missed = unanswered(question, text)
    several = len(questions(question)) > 1
    numbers = say("casework.comma").join(say("drafting.card_nth_question", number=from_int(number)) for number in missed)
    left = say("drafting.card_left_open", numbers=numbers if several else "") if missed else ""
    return [Row(label, say("drafting.card_question", question=question, left=left))]


def _progress_rows(so_far: Progressed | None, labels: Mapping[str, str]) -> list[Row]:
    if so_far is None:
        return []
    return [Row(labels["progress"], so_far.line), *([Row(labels["model_text"], so_far.text)] if so_far.text else [])]


def checks_line(findings: Sequence[Finding], text: str) -> str:
    """One line: how many facts are missing, how many faults block, the first of those to decide about, how many quotes hold."""
    blocking = [finding for finding in findings if finding.blocking]
    warnings = [finding.message for finding in findings if finding.severity is Severity.WARN]
    unverified = sum(finding.name == "open_slot" for finding in blocking)
    parts = [say("drafting.card_unverified_count", count=unverified)] if unverified else []
    faults = [finding.message for finding in blocking if finding.name != "open_slot"]
    parts += [say("drafting.card_blocking", count=len(faults), first=faults[0])] if faults else []
    parts += [say("drafting.card_warning", message=message) for message in warnings[:MOST_FINDINGS]]
    parts = parts or [say("drafting.card_clean")]
    if cited := len(mentions(text)):
        bad = sum(finding.name in CITATION_FAULTS for finding in findings)
        parts.append(say("drafting.card_quotes_broken" if bad else "drafting.card_quotes", good=max(0, cited - bad), cited=cited))
    return "　".join(parts)


def _buttons(case: Case, *, has_open: bool) -> tuple[tuple[Button, ...], ...]:
    labels, commands = words("drafting.buttons"), words("drafting.commands")
    wanted = [*(["fill"] if has_open else []), "edit", "revise", "submit", "grounds"]
    return (tuple(Button(labels[name], commands[name].format(case=case.number)) for name in wanted),)


def _slot_text(slot: FactSlot, now: datetime, people: Mapping[int, str]) -> str:
    if slot.value is None:
        who = people.get(slot.asked_of or 0, "")
        due = say("drafting.slot_due", who=who, due=clock_phrase(slot.due_at, now)) if slot.due_at else ""
        return say("drafting.slot_missing", name=slot.name, due=due)
    return say("drafting.slot_known", name=slot.name, value=slot.value, how=slot.verified_how, by=slot.verified_by)


def _facts(slots: Sequence[FactSlot]) -> dict[str, str]:
    return {slot.name: slot.value for slot in slots if slot.value is not None}
