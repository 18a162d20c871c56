"""The rehearsal of a version, kept with it: approvers see what the writer was told."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.desk import Desk
from casework.drafting.draft import ReplyVersion
from casework.drafting.matter import gather
from casework.drafting.versions import SERIOUS_LEVELS
from casework.rehearsal.attack import Attack
from casework.rehearsal.reading import rehearse
from storage import audit


def is_due(version: ReplyVersion) -> bool:
    """Whether a version is rehearsed: at levels I and II."""
    return version.level in SERIOUS_LEVELS


async def rehearse_version(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime, desk: Desk) -> tuple[Attack, ...]:
    """Read a version as its enemies would, by rules, and note it in the version."""
    return await keep_rehearsal(session, version, rehearse(version.text, await gather(session, case, now, desk)), now)


async def keep_rehearsal(
    session: AsyncSession, version: ReplyVersion, attacks: Sequence[Attack], now: datetime, reader: str = "rules"
) -> tuple[Attack, ...]:
    """Note in a version what hostile readers would attack.

    Args:
        reader: what read it: `rules`, or the name of a model.
    """
    version.rehearsal = [attack.to_json() for attack in attacks]
    session.add(version)
    await audit.append(session, "system", "version.rehearsed", f"version:{version.id}", at=now, attacks=len(attacks), reader=reader)
    return tuple(attacks)


def attacks_of(version: ReplyVersion) -> tuple[Attack, ...]:
    """What was noted in a version; empty where it was not rehearsed."""
    return tuple(Attack.of_json(row) for row in version.rehearsal or ())
