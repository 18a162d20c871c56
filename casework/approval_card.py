"""The card that asks for approval: the whole text, what was changed, how each fact was verified, what is promised and what may be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page
from casework.announcing import places_of
from casework.approval import Signature, card_key, signatures_of, signed_at
from casework.case import Case
from casework.checks.promises import promises
from casework.delivery import Delivery, enqueue
from casework.difference import changed_places, difference
from casework.drafting.card import CIRCLED
from casework.drafting.draft import CandidateRow, FactSlot, ReplyAuthor, ReplyVersion, VersionState
from casework.drafting.editing import candidate_text
from casework.message import Button, Card, CardKind, Row
from casework.rehearsal.storing import attacks_of
from casework.renewing import edit
from casework.situation import event_of
from casework.staff import StaffMember
from language.periods import clock_phrase
from monitoring.event import Event
from prompts import say, words

FACTS_SHOWN = 2
"""So many facts stand on the card's line; all of them on demand."""


@dataclass(frozen=True)
class Proof:
    """A submitted text with all that an approver has to see. `facts` are those that people verified and that stand in it."""

    case: Case
    event: Event
    version: ReplyVersion
    authors: tuple[str, ...]
    signed: tuple[Signature, ...]
    facts: tuple[FactSlot, ...]
    original: str
    next_question: str


async def proof_of(session: AsyncSession, case: Case, version: ReplyVersion) -> Proof:
    """Gather what the approval card shows."""
    authors = select(StaffMember.name).join(ReplyAuthor).where(ReplyAuthor.version_id == version.id).order_by(StaffMember.name)
    signed = await signatures_of(session, version)
    filled = select(FactSlot).where(FactSlot.case_id == case.id, col(FactSlot.value).is_not(None)).order_by(col(FactSlot.ordinal))
    facts = tuple((await session.exec(filled)).all())
    found = select(CandidateRow).where(CandidateRow.draft_id == version.draft_id, CandidateRow.ordinal == version.candidate_ordinal)
    candidate = (await session.exec(found)).one()
    return Proof(
        case, await event_of(session, case), version, tuple((await session.exec(authors)).all()), tuple(signed),
        tuple(fact for fact in facts if fact.filled_by is not None and str(fact.value) in version.text),
        candidate_text(candidate, {fact.name: fact.value or "" for fact in facts}), candidate.next_question,
    )  # fmt: skip


def approval_card(proof: Proof, now: datetime) -> Card:
    """The card for a version as it stands. Only a submitted one has buttons to approve and to send back."""
    case, version = proof.case, proof.version
    return Card(
        CardKind.APPROVAL, _head(proof), rows=tuple(_rows(proof, now)), body=version.text, buttons=approve_buttons(case, version),
        hint=say("casework.hint_approve", number=case.number, version=version.number) if version.state is VersionState.SUBMITTED else "",
        level=proof.event.level, case_number=case.number, page=case_page(case.number),
    )  # fmt: skip


async def ask_for_approval(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime) -> None:
    """Put the card into every chat that has the case."""
    card = approval_card(await proof_of(session, case, version), now)
    for place in await places_of(session, case):
        await enqueue(session, card, place, now, key=f"{card_key(version)}{':'.join(place)}", case_id=case.id, rings=True)


async def show_approvals(session: AsyncSession, case: Case, version: ReplyVersion, now: datetime) -> None:
    """Bring the cards of a version up to date in place."""
    card = approval_card(await proof_of(session, case, version), now)
    query = select(Delivery).where(
        Delivery.case_id == case.id, col(Delivery.key).startswith(card_key(version)), col(Delivery.replaces).is_(None)
    )
    for row in (await session.exec(query)).all():
        await edit(session, row, card, now, now, rings=True)


def _head(proof: Proof) -> str:
    fields = {"number": proof.case.number, "version": proof.version.number}
    level = words("alert.levels")[str(proof.version.level)]
    if proof.version.state is VersionState.SUBMITTED:
        authors = say("casework.comma").join(proof.authors)
        return say("casework.proof_head", authors=authors, needed=proof.version.required_approvals, level=level, **fields)
    return say("casework.proof_head_ended", state=words("casework.version_states")[proof.version.state.value], **fields)


def _rows(proof: Proof, now: datetime) -> list[Row]:
    version, labels = proof.version, words("casework.proof_labels")
    runs = difference(proof.original, version.text)
    changed = changed_places(runs)
    wording = "casework.proof_text" if changed else "casework.proof_text_same"
    text = say(wording, length=len(version.text), channel=version.channel, ordinal=CIRCLED[version.candidate_ordinal - 1], changed=changed)
    rows = [Row(labels["text"], text, changes=runs if changed else ()), *_fact_rows(proof.facts, labels["facts"])]
    if proof.signed:
        rows.append(Row(labels["signed"], _signed(proof, now)))
    rows += _rehearsal(proof, labels["rehearsal"])
    rows += [Row(labels["promise"], say("casework.proof_promise", promise=promise.text)) for promise in promises(version.text, now)]
    return rows


def _fact_rows(facts: Sequence[FactSlot], label: str) -> list[Row]:
    if not facts:
        return []
    lines = [say("casework.proof_fact", name=f.name, value=f.value, how=f.verified_how, by=f.verified_by) for f in facts]
    more = say("approval.more_facts") if len(facts) > FACTS_SHOWN else ""
    first = say("casework.comma").join(say("approval.proof_fact_short", value=f.value, how=f.verified_how) for f in facts[:FACTS_SHOWN])
    return [Row(label, say("casework.proof_facts", count=len(facts), facts=first + more), detail="\n".join(lines))]


def _signed(proof: Proof, now: datetime) -> str:
    signed, version = signed_at(proof.signed, now), proof.version
    told = say("casework.proof_signed", signed=signed, done=len(proof.signed), needed=version.required_approvals)
    if version.state is VersionState.APPROVED and version.expires_at:
        return told + say("approval.valid_until", until=clock_phrase(version.expires_at, now))
    return told


def _rehearsal(proof: Proof, label: str) -> list[Row]:
    """The gravest attack of each hostile reader, all of them on demand; where none was foreseen, the question that comes next."""
    attacks = attacks_of(proof.version)
    if attacks:
        gravest = {attack.reader: attack for attack in reversed(attacks)}
        everything = "\n".join(attack.line for attack in attacks)
        shown = [attack for attack in attacks if attack in gravest.values()]
        return [Row(label, attack.line, detail="" if place else everything) for place, attack in enumerate(shown)]
    return [Row(label, say("casework.proof_question", question=proof.next_question))] if proof.next_question else []


def approve_buttons(case: Case, version: ReplyVersion) -> tuple[tuple[Button, ...], ...]:
    """签发, 退回, 依据 for a version that waits; none for any other."""
    if version.state is not VersionState.SUBMITTED:
        return ()
    labels = words("alert.buttons")
    return ((
        Button(labels["approve"], say("casework.approve_command", number=case.number, version=version.number)),
        Button(labels["send_back"], say("casework.send_back_command", number=case.number, version=version.number)),
        Button(labels["grounds"], words("alert.commands")["grounds"].format(number=case.number)),
    ),)  # fmt: skip
