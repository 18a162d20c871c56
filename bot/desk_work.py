"""`wensheng ask`, `draft` and `alerts route`: one question, one post, one kind of alert, from the command line."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from bot.bootstrap import open_house
from bot.conversation.policy import answer_policy, clause_page
from bot.evaluation.drafts import matter_of
from bot.house import House
from bot.settings import load_settings
from casework.check import check_reply, clauses_named
from casework.checks.finding import Finding, Severity
from casework.drafting.candidate import Candidate, Written
from casework.drafting.evidence import find_evidence
from casework.drafting.matter import Matter
from casework.routes import level_named, line_named, route_card
from language.masking import mask_personal_data
from monitoring.lines import LINES
from prompts import say
from retrieval.evidence import Answer

MARKS = {Severity.BLOCK: "⛔", Severity.WARN: "⚠", Severity.INFO: "·"}


async def ask(settings_path: Path, question: str, *, as_json: bool) -> int:
    """Print the answer to a question. Returns 1 when it is refused for want of evidence."""
    async with open_house(load_settings(settings_path)) as house:
        answer = await answer_policy(house, question, house.clock.now())
        note = house.library.status.note
    if as_json:
        typer.echo(json.dumps(_answer_row(answer, house.public_url), ensure_ascii=False, default=str))
    else:
        typer.echo("\n".join(part for part in (answer.text, note) if part))
    return int(answer.refused)


def _answer_row(answer: Answer, public_url: str) -> dict[str, Any]:
    citations = [
        {
            "key": quote.clause.key, "name": quote.clause.name, "quote": quote.text, "version_date": quote.clause.version_date,
            "effective_on": quote.clause.effective_on, "ended_on": quote.clause.ended_on, "why": quote.clause.why,
            "link": public_url + clause_page(quote),
        }
        for quote in answer.quotes
    ]  # fmt: skip
    elsewhere = [{"key": quote.clause.key, "name": quote.clause.name, "quote": quote.text} for quote in answer.elsewhere]
    return {
        "refused": answer.refused, "text": answer.text, "citations": citations, "elsewhere": elsewhere, "notes": answer.notes,
        "worded_by": answer.worded_by, "similar_cases": [case.key for case in answer.similar_cases],
    }  # fmt: skip


async def draft(settings_path: Path, text: str, *, as_json: bool) -> int:
    """Print candidate replies to one post, personal data masked, with what the checks say of each. Nothing is stored."""
    async with open_house(load_settings(settings_path)) as house:
        matter = replace(matter_of({"text": mask_personal_data(text).text}, house.desk), department=house.desk.department.name)
        evidence = await asyncio.to_thread(find_evidence, matter, house.library, house.desk, house.clock.now().date())
        written = await (house.model_writer or house.writer).write(matter, evidence)
        checked = [(candidate, await _findings(house, matter, candidate)) for candidate in written.candidates]
    if as_json:
        typer.echo(
            json.dumps({"asks": [a.to_json() for a in written.asks], "candidates": [_json(*each) for each in checked]}, ensure_ascii=False)
        )
    else:
        _show(written, checked)
    return 0


async def route(settings_path: Path, line: str, level: str, district: str | None) -> int:
    """Print what an alert of this kind would do in every chat. Returns 1 when there is no such line or level."""
    named, graded = line_named(line), level_named(level)
    if named is None or graded is None:
        fault = say("cli.no_such_line", line=line, lines="、".join(LINES)) if named is None else say("cli.no_such_level", level=level)
        typer.secho(fault, err=True, fg="red")
        return 1
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        typer.echo((await route_card(session, named, district, graded, house.clock.now(), house.desk)).as_text())
    return 0


async def _findings(house: House, matter: Matter, candidate: Candidate) -> tuple[Finding, ...]:
    async with house.database.reading() as session:
        clauses = await clauses_named(session, candidate.text)
    return check_reply(candidate.text, clauses=clauses, matter=matter, channel=candidate.channel, desk=house.desk, now=house.clock.now())


def _json(candidate: Candidate, findings: tuple[Finding, ...]) -> dict[str, object]:
    return {
        "strategy": candidate.strategy.value, "channel": candidate.channel.value, "text": candidate.text, "slots": list(candidate.slots),
        "sentences": [sentence.to_json() for sentence in candidate.sentences], "checks": [finding.to_json() for finding in findings],
    }  # fmt: skip


def _show(written: Written, checked: list[tuple[Candidate, tuple[Finding, ...]]]) -> None:
    for number, (candidate, findings) in enumerate(checked, 1):
        length = len(candidate.text)
        head = say("cli.candidate", number=number, strategy=candidate.strategy.value, channel=candidate.channel.value, length=length)
        typer.secho(head, bold=True)
        typer.echo(f"{candidate.text}\n{say('cli.candidate_risk', reason=candidate.reason, risk=candidate.risk)}")
        for finding in findings:
            typer.echo(say("cli.candidate_finding", mark=MARKS[finding.severity], message=finding.message))
        typer.echo()
    typer.echo("\n".join(part for part in (written.note,) if part))
