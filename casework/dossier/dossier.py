"""The dossier put together: the same rows give the same document, to the byte."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.dossier import answering, handling, matter, proving, writing
from casework.dossier.record import Record
from casework.situation import event_of
from storage import audit

FORMAT = 1
"""Rises when fields change their meaning, for programs that read the JSON."""


@dataclass(frozen=True)
class Dossier:
    """The file of one case. `sections` hold records by name, in reading order."""

    number: str
    sections: Mapping[str, Record | list[Record]]

    def to_json(self) -> str:
        """The document for programs."""
        whole: dict[str, Any] = {"format": FORMAT, "number": self.number, **self.sections}
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON: by it two copies are known to be the same."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


async def gather_dossier(session: AsyncSession, case: Case, anchors: Mapping[int, str]) -> Dossier:
    """Read the whole file of a case. Changes nothing.

    Args:
        anchors: what was noted of the audit chain outside the database (`storage.anchor.read`).
    """
    event = await event_of(session, case)
    proof = await proving.verification(session, anchors)
    sections: dict[str, Record | list[Record]] = {
        "case": await matter.about(session, case, event),
        "posts": await matter.posts(session, event),
        "levels": await matter.levels(session, event),
        "labels": await matter.labels(session, event),
        "merged": await matter.merged_from(session, event),
        "clocks": await handling.clocks(session, case),
        "timeline": await handling.timeline(session, case),
        "facts": await writing.facts(session, case),
        "drafts": await writing.drafts(session, case),
        "versions": await writing.versions(session, case),
        "mandates": await writing.mandates(session, case),
        "publications": await answering.publications(session, case),
        "follow_ups": await answering.follow_ups(session, case),
        "promises": await answering.promises(session, case),
        "deliveries": await handling.deliveries(session, case),
        "presses": await handling.presses(session, case),
        "model_calls": await answering.model_calls(session, case),
        "evidence": await matter.evidence(session, event),
        "audit": await proving.entries(session, case),
        "chain": proof,
    }
    return Dossier(case.number, {name: told for name, told in sections.items() if told})


async def note_export(session: AsyncSession, dossier: Dossier, actor: str, now: datetime) -> None:
    """Say in the audit chain who took the file, and which state of it."""
    await audit.append(session, actor, "dossier.exported", f"case:{dossier.number}", at=now, sha256=dossier.digest)
