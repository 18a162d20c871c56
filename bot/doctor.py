"""Says what is wrong with an installation and how to mend it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import typer
from sqlmodel import col, func, select

from bot.bootstrap import open_house
from bot.house import House
from bot.settings import Settings, load_settings
from casework.case import Case
from casework.model_call import spending_since
from casework.publication import Publication, PublicationState
from casework.routes import untaken
from casework.routing import active_groups, refuges
from casework.workdays import is_workday
from knowledge_base.clause import Clause
from knowledge_base.past_case import PastCase
from prompts import say
from storage import anchor, audit

LOW_DISK_GB = 1.0
APPROVERS_FOR_SERIOUS = 2
MODEL_DAYS = 7
LEAST_ANSWERED = 0.8
"""Share of requests that a model in good order answers usably."""


class Verdict(StrEnum):
    """How a finding is shown; only `bad` makes the command fail."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Finding(NamedTuple):
    """One thing that was looked at."""

    verdict: Verdict
    text: str


async def examine(settings_path: Path) -> int:
    """Look at everything and print one line each. Returns 1 when something is broken, else 0."""
    settings = load_settings(settings_path)
    findings = [Finding(Verdict.OK, say("cli.doctor_settings", path=settings_path, department=settings.department.name))]
    async with open_house(settings, index=False) as house:
        findings += [finding async for finding in _findings(house)]
    for finding in findings:
        typer.echo(say(f"cli.doctor_{finding.verdict.value}", what=finding.text))
    return int(any(finding.verdict is Verdict.BAD for finding in findings))


async def _findings(house: House) -> AsyncIterator[Finding]:
    yield Finding(Verdict.OK, say("cli.doctor_database", address=house.database.engine.url.render_as_string(hide_password=True)))
    yield _disk(house.settings.data_dir)
    yield await _audit(house)
    for finding in (*_people(house.settings), *_places(house.settings)):
        yield finding
    yield await _routes(house)
    yield await _knowledge(house)
    yield await _publishing(house)
    today = house.clock.now().date()
    if not is_workday(today)[1]:
        yield Finding(Verdict.WARN, say("cli.doctor_year", year=today.year))
    if house.settings.telegram.token:
        yield await _telegram(house.settings)
    if house.model:
        yield await _model(house)


def _disk(folder: Path) -> Finding:
    free_gb = shutil.disk_usage(folder).free / 1e9
    low = free_gb < LOW_DISK_GB
    return Finding(
        Verdict.WARN if low else Verdict.OK, say("cli.doctor_disk_low" if low else "cli.doctor_disk", path=folder, free_gb=free_gb)
    )


async def _audit(house: House) -> Finding:
    async with house.database.reading() as session:
        report = await audit.verify(session, await asyncio.to_thread(anchor.read, house.anchor))
    if report.broken_at:
        return Finding(Verdict.BAD, say("cli.doctor_audit_broken", number=report.broken_at, reason=report.reason))
    return Finding(Verdict.OK, say("cli.doctor_audit", entries=report.entries))


def _people(settings: Settings) -> list[Finding]:
    counts = {role: sum(role in member.roles for member in settings.staff) for role in ("duty", "drafter", "approver")}
    found = [Finding(Verdict.OK, say("cli.doctor_staff", **counts))]
    if counts["approver"] < APPROVERS_FOR_SERIOUS:
        found.append(Finding(Verdict.WARN, say("cli.doctor_approvers", approver=counts["approver"])))
    return found


def _places(settings: Settings) -> list[Finding]:
    groups, sources = settings.groups, settings.sources
    return [
        Finding(Verdict.OK, say("cli.doctor_groups", names="、".join(group.name for group in groups)))
        if groups
        else Finding(Verdict.BAD, say("cli.doctor_no_groups")),
        Finding(Verdict.OK, say("cli.doctor_sources", count=len(sources)))
        if sources
        else Finding(Verdict.WARN, say("cli.doctor_no_sources")),
    ]


async def _routes(house: House) -> Finding:
    async with house.database.reading() as session:
        groups = await active_groups(session)
    districts = [district for district in house.settings.gazetteer if district]
    gaps = untaken(groups, districts) if groups else []
    if not gaps:
        return Finding(Verdict.OK, say("cli.doctor_routes"))
    refuge = "、".join(group.name for group in refuges(groups))
    return Finding(Verdict.WARN, say("cli.doctor_untaken", gaps="；".join(gaps), refuge=refuge))


async def _knowledge(house: House) -> Finding:
    async with house.database.reading() as session:
        clauses = (await session.exec(select(func.count()).select_from(Clause).where(col(Clause.usable)))).one()
        cases = (await session.exec(select(func.count()).select_from(PastCase))).one()
    if not clauses:
        return Finding(Verdict.WARN, say("cli.doctor_kb_empty"))
    return Finding(Verdict.OK, say("cli.doctor_kb", clauses=clauses, cases=cases))


async def _publishing(house: House) -> Finding:
    """Where replies go out, and whether some may be out that nobody has looked for."""
    async with house.database.reading() as session:
        in_doubt = (await session.exec(select(Case.number).join(Publication).where(Publication.state == PublicationState.UNCERTAIN))).all()
    if in_doubt:
        return Finding(Verdict.WARN, say("cli.doctor_in_doubt", numbers="、".join(in_doubt)))
    by_machine = "；".join(f"{channel} → {publisher.name}" for channel, publisher in house.publishers.items())
    return Finding(Verdict.OK, say("cli.doctor_publishing", publishers=by_machine) if by_machine else say("cli.doctor_by_hand"))


async def _model(house: House) -> Finding:
    """What the model did and cost over the last days; a model that hardly ever answers is worth a look at the settings."""
    async with house.database.reading() as session:
        spent = await spending_since(session, house.clock.now() - timedelta(days=MODEL_DAYS))
    name = house.settings.model.name
    if not spent.requests:
        return Finding(Verdict.OK, say("cli.doctor_model_unused", name=name, days=MODEL_DAYS))
    told = say("cli.doctor_model", name=name, days=MODEL_DAYS, **asdict(spent))
    return Finding(Verdict.OK if spent.answered >= LEAST_ANSWERED * spent.requests else Verdict.WARN, told)


async def _telegram(settings: Settings) -> Finding:
    from adapters.chat.telegram.chat import bot_name
    from casework.errors import ChatError

    try:
        token = settings.telegram.token
        return Finding(
            Verdict.OK,
            say("cli.doctor_telegram", name=await bot_name(token.get_secret_value() if token else "", settings.telegram.api_url)),
        )
    except ChatError as error:
        return Finding(Verdict.BAD, str(error))
