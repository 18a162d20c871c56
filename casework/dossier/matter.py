"""What was known when: the posts as they came in, how the level came about, the pages that were kept as evidence."""

from typing import Any

from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from casework.case import Case
from casework.dossier.record import Record, masked, moment, names_of_staff, record
from monitoring.event import Event, Label, LevelChange
from monitoring.item import Item
from monitoring.snapshot import Snapshot, snapshots_of
from monitoring.source import Source
from prompts import words


async def about(session: AsyncSession, case: Case, event: Event) -> Record:
    """The case in a few lines."""
    names = await names_of_staff(session)
    return record(
        number=case.number, headline=masked(event.headline), line=event.line, place=event.place, district=event.district,
        level=_level(event.level), points=event.points, state=words("staff_room.case_states")[case.state.value],
        owner=names.get(case.owner_id), opened_at=moment(case.opened_at), claimed_at=moment(case.claimed_at),
        replied_at=moment(case.replied_at), closed_at=moment(case.closed_at), outcome=masked(case.outcome), revision=event.revision,
        posts=event.item_count, doubts=[masked(doubt) for doubt in event.doubts], factors=[_factor(row) for row in event.factors],
    )  # fmt: skip


async def posts(session: AsyncSession, event: Event) -> list[Record]:
    """Every post of the event in the order in which we saw them, personal data masked; repetitions name the post that they repeat."""
    query = select(Item, Source.name).join(Source).where(Item.event_id == event.id).order_by(col(Item.observed_at), col(Item.id))
    rows = (await session.exec(query)).all()
    ordinals = {item.id: ordinal for ordinal, (item, _) in enumerate(rows, 1)}
    return [
        record(
            ordinal=ordinals[item.id], source=source, posted_at=moment(item.posted_at), observed_at=moment(item.observed_at),
            text="\n".join(part for part in (item.title, item.text) if part), url=item.url,
            attitude=words("staff_room.attitudes")[item.attitude.value], level=_level(item.level),
            repeats=ordinals.get(item.duplicate_of), snapshot=item.snapshot_hash,
        )
        for item, source in rows
    ]  # fmt: skip


async def levels(session: AsyncSession, event: Event) -> list[Record]:
    """Every change of the level with its reasons."""
    changes = select(LevelChange).where(LevelChange.event_id == event.id).order_by(col(LevelChange.at), col(LevelChange.id))
    return [
        record(
            at=moment(row.at), before=_level(row.from_level), after=_level(row.to_level), actor=_actor(row.actor),
            reasons=[masked(reason) for reason in row.reasons],
        )
        for row in (await session.exec(changes)).all()
    ]  # fmt: skip


async def labels(session: AsyncSession, event: Event) -> list[Record]:
    """What staff said about the event (误报, 合并, 拆分 …): training data, and part of the story."""
    names = await names_of_staff(session)
    rows = (await session.exec(select(Label).where(Label.event_id == event.id).order_by(col(Label.at), col(Label.id)))).all()
    kinds = words("dossier.labels")
    return [record(at=moment(row.at), actor=names.get(row.staff_id), kind=kinds[row.kind.value]) for row in rows]


async def evidence(session: AsyncSession, event: Event) -> list[Record]:
    """The pages on which the posts were read: their SHA-256, as the audit chain holds it, and whether the bytes are still kept."""
    kept = {snapshot.digest: snapshot for _, snapshot in await snapshots_of(session, event.id or 0)}
    return [_snapshot(snapshot) for snapshot in sorted(kept.values(), key=lambda one: (one.fetched_at, one.digest))]


async def merged_from(session: AsyncSession, event: Event) -> list[Record]:
    """The cases that were merged into this one."""
    query = columns(col(Case.number), col(Event.headline), col(Case.closed_at)).join(Event, col(Event.id) == Case.event_id)
    rows = (await (await session.connection()).execute(query.where(col(Event.merged_into) == event.id).order_by(col(Case.id)))).all()
    return [record(number=number, headline=masked(headline), at=moment(at)) for number, headline, at in rows]


def _snapshot(snapshot: Snapshot) -> Record:
    return record(
        sha256=snapshot.digest, address=snapshot.address, fetched_at=moment(snapshot.fetched_at), bytes=snapshot.size_bytes,
        kept=words("dossier.kept")["no" if snapshot.sealed is None else "yes"],
    )  # fmt: skip


def _factor(row: dict[str, Any]) -> Record:
    return record(reason=masked(str(row.get("reason", ""))), points=row.get("points"), span=masked(str(row.get("span", ""))))


def _level(level: int) -> str:
    return words("alert.levels").get(str(level), "")


def _actor(actor: str) -> str:
    return words("dossier.actors").get(actor, actor)
