"""What a dossier is made of: plain records, the same for a program that reads JSON and for the page that people print."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.staff import StaffMember
from language.masking import mask_personal_data
from storage.clock import to_china

Record = dict[str, Any]
"""Field to value: text, number, list of texts, or list of records. A field that says nothing is left out."""


def record(**fields: Any) -> Record:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {}, ())}


def moment(at: datetime | None) -> str:
    """2026-03-06 18:42:05, in China Standard Time; "" for never."""
    return f"{to_china(at):%Y-%m-%d %H:%M:%S}" if at else ""


def masked(text: str) -> str:
    """What people wrote in passing, without personal data."""
    return mask_personal_data(text).text


async def names_of_staff(session: AsyncSession) -> Mapping[int | None, str]:
    """Every member's name by id, also of those who have left."""
    return dict((await session.exec(select(StaffMember.id, StaffMember.name))).all())
