"""卷宗 in a chat: what the file holds, that it was taken, and where it opens."""

from datetime import datetime

from casework.alert_card import time_in_text
from casework.dossier.dossier import Dossier
from casework.message import Card, CardKind, Row
from prompts import say, words


def dossier_card(dossier: Dossier, name: str, now: datetime) -> Card:
    """What the file holds. `page` opens it whole.

    Args:
        name: who took it.
    """
    labels, sections = words("dossier.card_labels"), dossier.sections
    chain, versions = sections["chain"], sections.get("versions", [])
    held = {field: len(sections.get(field, [])) for field in ("posts", "publications", "audit")}
    signed = sum(len(version.get("approvals", [])) for version in versions if isinstance(version, dict))
    size = say("dossier.card_size", versions=len(versions), approvals=signed, **held)
    proof = chain if isinstance(chain, dict) else {}
    rows = (
        Row(labels["size"], size),
        Row(labels["chain"], say("dossier.card_chain", verdict=proof["verdict"], entries=proof["entries"], head=proof["head"][:16])),
        Row(labels["digest"], dossier.digest),
        Row(labels["taken"], say("dossier.card_taken", name=name, at=time_in_text(now, now))),
    )
    head, hint = say("dossier.card_head", number=dossier.number), say("dossier.card_hint", number=dossier.number)
    return Card(CardKind.ANSWER, head, rows=rows, hint=hint, case_number=dossier.number, page=dossier_page(dossier.number))


def dossier_page(number: str) -> str:
    """Where the file of a case opens in the web staff room."""
    return f"/cases/{number}/dossier"
