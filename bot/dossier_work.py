"""`wensheng case export` and 卷宗: the file of a case as one document."""

import asyncio
import os
from pathlib import Path

import typer

from bot.bootstrap import open_house
from bot.house import House
from bot.settings import load_settings
from casework.case import case_by_number
from casework.dossier.dossier import Dossier, gather_dossier, note_export
from casework.dossier.page import page
from casework.errors import Refused
from casework.permission import ALLOWED, Act, names_with, require
from casework.staff import StaffMember, member_named
from prompts import say
from storage import anchor

COMMAND_LINE = "command line"
"""Who took the file where nobody is named, as the audit chain says it."""


async def export(settings_path: Path, number: str, out: Path, by: str, *, as_json: bool) -> int:
    """Write the file of a case, readable by its owner only. Returns 1 where the audit chain is broken; the document says so too.

    Args:
        by: name of the member who takes it; "" for whoever sits at the server.

    Raises:
        Refused: no such case, nobody of that name, or the member may not take it.
    """
    async with open_house(load_settings(settings_path), index=False) as house:
        dossier = await take(house, number, await _member(house, by) if by else None)
    body = dossier.to_json() if as_json else page(dossier)
    await asyncio.to_thread(_write, out, body)
    chain = dossier.sections["chain"]
    assert isinstance(chain, dict)
    fields = {"number": dossier.number, "path": out, "count": len(dossier.sections), "digest": dossier.digest, "verdict": chain["verdict"]}
    typer.echo(say("dossier.written", **fields))
    return 1 if chain.get("broken_at") else 0


async def take(house: House, number: str, staff: StaffMember | None) -> Dossier:
    """Let somebody have the file of a case, and say so in the audit chain. The chain is verified before anything is written.

    Args:
        staff: who takes it; None: whoever sits at the server.

    Raises:
        Refused: no such case, or the person is neither on duty, nor admin, nor auditor.
    """
    anchors = await asyncio.to_thread(anchor.read, house.anchor)
    async with house.database.reading() as session:
        if staff:
            await require(session, staff, Act.EXPORT)
        case = await case_by_number(session, number)
        if case is None:
            raise Refused(say("casework.no_such_case", number=number))
        dossier = await gather_dossier(session, case, anchors)
    async with house.database.transaction() as session:
        await note_export(session, dossier, staff.name if staff else COMMAND_LINE, house.clock.now())
    return dossier


async def _member(house: House, name: str) -> StaffMember:
    async with house.database.reading() as session:
        member = await member_named(session, name)
        if member is None:
            names = say("casework.comma").join(await names_with(session, *ALLOWED[Act.EXPORT]))
            raise Refused(say("cli.no_such_member", name=name, names=names))
    return member


def _write(path: Path, body: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(body)
