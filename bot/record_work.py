"""Looking into the records from the command line: the audit chain, login links."""

import asyncio
from pathlib import Path

import typer
from sqlmodel import col, select

from bot.bootstrap import build_chats, open_house
from bot.faults import StartError
from bot.settings import load_settings
from casework.staff import StaffMember, member_named
from prompts import say
from storage import anchor, audit


async def verify_audit(settings_path: Path) -> int:
    """Recompute the chain and compare it with the anchors. Returns 1 when it is broken."""
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        report = await audit.verify(session, await asyncio.to_thread(anchor.read, house.anchor))
    if report.broken_at:
        typer.secho(say("cli.audit_broken", number=report.broken_at, reason=report.reason), err=True, fg="red")
        return 1
    typer.echo(say("cli.audit_holds", entries=report.entries, head=report.head[:16]))
    return 0


async def login_link(settings_path: Path, name: str) -> int:
    """Print a one-time link into the web staff room.

    Raises:
        StartError: nobody of that name, or a person without an account there.
    """
    from adapters.chat.staff_room.chat import StaffRoom

    async with open_house(load_settings(settings_path), index=False) as house:
        async with house.database.reading() as session:
            member = await member_named(session, name)
            names = (await session.exec(select(StaffMember.name).where(col(StaffMember.active)))).all()
        room = build_chats(house)["staff_room"]
        if member is None or member.id is None or not isinstance(room, StaffRoom):
            raise StartError(say("cli.no_such_member", name=name, names="、".join(names)))
        typer.echo(say("cli.login_link", name=name, link=room.login_link(member.id)))
    return 0
