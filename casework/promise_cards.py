"""承诺: what stands open everywhere, and the whole ledger of one case, broken promises as what they are."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.alert_card import case_page
from casework.case import Case
from casework.message import Card, CardKind, Row
from casework.promise import Promise
from casework.promise_ledger import numbered, standing_everywhere
from casework.staff import names_by_id
from language.periods import clock_phrase, duration_phrase
from prompts import say, words

MOST_ROWS = 20


async def open_promises_card(session: AsyncSession, now: datetime) -> Card:
    """承诺: the open promises of all cases, what is due first in front."""
    found, names = await standing_everywhere(session), await names_by_id(session)
    overdue = sum(promise.due_at is not None and promise.due_at < now for promise, _ in found)
    shown = {case.id: case for _, case in found[:MOST_ROWS]}
    ordinals = {id_: {promise.id: number for number, promise in await numbered(session, case)} for id_, case in shown.items()}
    rows = [
        Row(
            say("promise.label", number=case.number, ordinal=ordinals[case.id][promise.id]),
            _told(promise, names, now),
            link=case_page(case.number),
        )
        for promise, case in found[:MOST_ROWS]
    ]
    head = say("promise.head", count=len(found), overdue=overdue) if found else say("promise.head_none")
    more = say("promise.more", count=len(found) - MOST_ROWS) if len(found) > MOST_ROWS else ""
    return Card(CardKind.ANSWER, head, rows=tuple(rows), body=more, page="/")


async def case_promises_card(session: AsyncSession, case: Case, now: datetime) -> Card:
    """承诺 A12: everything that the case's replies promised and what came of it."""
    found, names = await numbered(session, case), await names_by_id(session)
    rows = tuple(Row(str(number), _told(promise, names, now), link=promise.proof_link) for number, promise in found)
    standing = [number for number, promise in found if promise.is_open]
    hint = say("promise.keep_hint", number=case.number, ordinal=standing[0]) if standing else ""
    key = "promise.case_head" if found else "promise.case_none"
    head = say(key, number=case.number, count=len(found), open=len(standing))
    return Card(CardKind.ANSWER, head, rows=rows, hint=hint, case_number=case.number, page=case_page(case.number))


def _state(promise: Promise, now: datetime) -> str:
    """“剩 1 小时 05 分”, “已超 2 天”, “已兑现”, “没有期限”."""
    if not promise.is_open:
        return words("promise.states")[promise.state(now).value]
    if promise.due_at is None:
        return say("promise.no_due")
    left = duration_phrase(abs(promise.due_at - now))
    return say("promise.left" if promise.due_at > now else "promise.over_by", due=clock_phrase(promise.due_at, now), time=left)


def _told(promise: Promise, names: Mapping[int, str], now: datetime) -> str:
    """One line: what, how it stands, who keeps it, and how it was kept or why not."""
    owner = names.get(promise.owner or 0, say("casework.nobody"))
    line = say("promise.row", text=promise.text, state=_state(promise, now), owner=owner)
    note = promise.proof or promise.broken_why
    return say("promise.row_note", row=line, note=note) if note else line
