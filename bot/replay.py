"""A feed of the past, run through the whole house in virtual time: what would have been alerted, and how late?

The clock stands in the replay's own database and the posts are counted in the transaction that takes them in, so a killed replay goes
on where it was. Cards go to a stand-in chat that appends one line for each to a file: what stands there was "sent".
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import typer
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.sources.json_lines import read_posts
from bot.bootstrap import open_house, worker_name
from bot.courier import Courier
from bot.evaluation.json_lines import write_rows
from bot.house import House
from bot.replay_mark import ReplayMark
from bot.settings import DepartmentSettings, GroupSettings, Settings, WebSettings, load_settings
from bot.timekeeper import Timekeeper
from casework.case import Case
from casework.chat import ChatCapabilities, CommandHandler
from casework.delivery import Delivery, DeliveryState
from casework.intake import receive
from casework.message import Card
from casework.wake import next_wake
from language.periods import duration_phrase
from monitoring.event import Event, LevelChange
from monitoring.item import Item
from monitoring.polling import sync_sources
from monitoring.post import RawPost
from monitoring.source import POLL_INTERVALS, Source, Tier
from prompts import say
from storage.clock import ManualClock

PLATFORM, CHAT = "replay", "duty"
TICK = timedelta(seconds=1)
REPLAYED_TIER = Tier.B
"""The feed counts as one source of this tier, so every delay holds half a polling interval on average."""


class RecordingChat:
    """A stand-in for a chat that keeps every card it is given as a line of a file, written through to the disk."""

    platform = PLATFORM
    capabilities = ChatCapabilities(buttons=False, edits=True, approvals=False, domestic=True)

    def __init__(self, path: Path, clock: ManualClock) -> None:
        self._path, self._clock = path, clock

    async def __aenter__(self) -> "RecordingChat":
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def send(self, chat: str, card: Card, key: str) -> str:
        """Note a new message."""
        self._note("send", key, card)
        return key

    async def edit(self, chat: str, reference: str, card: Card) -> None:
        """Note a new face of a message."""
        self._note("edit", reference, card)

    async def incoming(self, handler: CommandHandler) -> None:
        """Nobody speaks here."""
        del handler
        await asyncio.Event().wait()

    def _note(self, what: str, key: str, card: Card) -> None:
        row = {
            "what": what,
            "key": key,
            "case": card.case_number,
            "level": card.level,
            "kind": card.kind.value,
            "at": self._clock.now().isoformat(),
        }
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            lines.flush()
            os.fsync(lines.fileno())


@dataclass(frozen=True)
class Parts:
    """What a replay runs."""

    house: House
    clock: ManualClock
    courier: Courier
    timekeeper: Timekeeper
    source: Source


async def replay(feed: Path, out: Path, settings_path: Path | None, database: Path) -> int:
    """Replay a feed and write one line for each alert.

    Args:
        feed: posts in time order, `.jsonl` or `.jsonl.gz`.
        out: where the alerts go.
        settings_path: the department; None for one that knows no place and no names.
        database: the replay's own SQLite file; a broken-off replay goes on with the same one.

    Raises:
        SourceError: the feed cannot be read.
    """
    posts = await asyncio.to_thread(lambda: sorted(read_posts(feed), key=lambda post: post.posted_at))
    settings = replay_settings(settings_path, database)
    clock = ManualClock(posts[0].posted_at)
    async with open_house(settings, clock=clock, index=False) as house:
        parts = await _parts(house, clock, out)
        started, before = time.perf_counter(), await _resume(parts)
        await _run(parts, posts)
        seconds = time.perf_counter() - started
        async with house.database.reading() as session:
            alerts = await alerts_of(session)
            await _summarise(session, alerts)
    await asyncio.to_thread(write_rows, out, alerts)
    typer.echo(say("cli.replay_speed", seconds=seconds, rate=(len(posts) - before) / max(seconds, 1e-9)))
    return 0


def replay_settings(path: Path | None, database: Path) -> Settings:
    """The department's settings with the replay's own database and its stand-in chat."""
    group = GroupSettings(platform="replay", chat=CHAT, name=PLATFORM)
    own: dict[str, Any] = {
        "database_url": f"sqlite+aiosqlite:///{database}", "data_dir": database.parent / f"{database.stem}.data", "sources": (),
        "groups": (group,),
    }  # fmt: skip
    if path is None:
        return Settings(department=DepartmentSettings(name=PLATFORM), web=WebSettings(enabled=False), **own)
    return load_settings(path).model_copy(update=own)


async def _parts(house: House, clock: ManualClock, out: Path) -> Parts:
    chat = RecordingChat(out.with_suffix(".sent.jsonl"), clock)
    async with house.database.transaction() as session:
        await sync_sources(
            session, [{"name": PLATFORM, "kind": "jsonl", "address": "", "tier": REPLAYED_TIER.value, "options": {}}], clock.now()
        )
        source = (await session.exec(select(Source).where(Source.name == PLATFORM))).one()
    courier = Courier(house.database, clock, {PLATFORM: chat}, worker_name())
    return Parts(house, clock, courier, Timekeeper(house.database, clock, house.desk, house.anchor, house.stirred), source)


async def _resume(parts: Parts) -> int:
    """Set the clock to where a killed replay stood. Returns how many posts it had taken in."""
    async with parts.house.database.transaction() as session:
        mark = await session.get(ReplayMark, 1)
        if mark is None:
            session.add(ReplayMark(moment=parts.clock.now()))
            return 0
    parts.clock.move_to(mark.moment)
    await parts.courier.free_own()
    return mark.taken


async def _run(parts: Parts, posts: Sequence[RawPost]) -> None:
    async with parts.house.database.reading() as session:
        taken = (await session.get_one(ReplayMark, 1)).taken
    for moment, batch in polls(posts[taken:]):
        await _pass_time(parts, moment)
        for post in batch:
            taken += 1
            async with parts.house.database.transaction() as session:
                await receive(session, post, parts.source, parts.clock.now(), parts.house.desk)
                mark = await session.get_one(ReplayMark, 1)
                mark.moment, mark.taken = parts.clock.now(), taken
    await _pass_time(parts, parts.clock.now() + timedelta(days=1))


def polls(posts: Sequence[RawPost]) -> Iterator[tuple[datetime, list[RawPost]]]:
    """The pollings that bring posts: each post is seen at the first polling after it was posted."""
    every = POLL_INTERVALS[REPLAYED_TIER]
    batch: list[RawPost] = []
    moment: datetime | None = None
    for post in posts:
        seen = _next_poll(post.posted_at, every)
        if moment is not None and seen > moment:
            yield moment, batch
            batch = []
        moment = seen
        batch.append(post)
    if moment is not None:
        yield moment, batch


def _next_poll(posted_at: datetime, every: timedelta) -> datetime:
    seconds = every.total_seconds()
    return datetime.fromtimestamp((posted_at.timestamp() // seconds + 1) * seconds, tz=posted_at.tzinfo)


async def _pass_time(parts: Parts, until: datetime) -> None:
    """Let everything happen that falls due before `until`, each at its own moment; what is due already happens first."""
    while (due := await _next_due(parts)) is not None and due < until:
        parts.clock.move_to(due)
        await parts.timekeeper.turn()
        while await parts.courier.deliver_due():
            pass
        parts.clock.move_to(due + TICK)
    parts.clock.move_to(until)


async def _next_due(parts: Parts) -> datetime | None:
    async with parts.house.database.reading() as session:
        return await next_wake(session, parts.clock.now(), parts.house.desk, (PLATFORM,))


async def alerts_of(session: AsyncSession) -> list[dict[str, Any]]:
    """One row for each level of a case that was announced with a card of its own."""
    query = select(Delivery, Case, Event).join(Case, col(Case.id) == Delivery.case_id).join(Event, col(Event.id) == Case.event_id)
    rings = query.where(col(Delivery.key).startswith("alert:"), col(Delivery.replaces).is_(None), Delivery.state == DeliveryState.SENT)
    return [await _alert(session, *row) for row in (await session.exec(rings.order_by(col(Delivery.sent_at), col(Delivery.id)))).all()]


async def _alert(session: AsyncSession, delivery: Delivery, case: Case, event: Event) -> dict[str, Any]:
    level = int(delivery.card["level"])
    reached = select(LevelChange, Item.posted_at).join(Item, col(Item.id) == LevelChange.item_id)
    own = reached.where(LevelChange.event_id == event.id, LevelChange.to_level == level).order_by(col(LevelChange.id).desc())
    change, decisive_at = (await session.exec(own)).first() or (None, event.first_posted_at)
    items = (
        await session.exec(select(func.count(col(Item.id))).where(Item.event_id == event.id, col(Item.observed_at) <= delivery.sent_at))
    ).one()
    return {
        "case": case.number, "event": event.id, "level": level, "decisive_item_time": decisive_at.isoformat(),
        "alert_time": delivery.sent_at.isoformat() if delivery.sent_at else None,
        "items": items, "reasons": change.reasons if change else [],
    }  # fmt: skip


async def _summarise(session: AsyncSession, alerts: Sequence[dict[str, Any]]) -> None:
    items = (await session.exec(select(func.count(col(Item.id))))).one()
    relevant = (await session.exec(select(func.count(col(Item.id))).where(col(Item.relevance).in_(("yes", "partly"))))).one()
    events = (await session.exec(select(func.count(col(Event.id))))).one()
    levels = Counter((await session.exec(select(Event.level).join(Case, col(Case.event_id) == Event.id))).all())
    sent = (await session.exec(select(Delivery).where(Delivery.state == DeliveryState.SENT))).all()
    digests = sum(row.card["kind"] == "digest" for row in sent)
    edits = sum(row.replaces is not None for row in sent)
    typer.echo(
        say(
            "cli.replay_summary", items=items, relevant=relevant, events=events, cases=sum(levels.values()),
            one=levels[1], two=levels[2], three=levels[3], four=levels[4],
            cards=len(sent), rings=sum(row.rings and row.replaces is None for row in sent), edits=edits, digests=digests,
        )
    )  # fmt: skip
    delays = [datetime.fromisoformat(a["alert_time"]) - datetime.fromisoformat(a["decisive_item_time"]) for a in alerts]
    if len(delays) > 1:
        seconds = [delay.total_seconds() for delay in delays]
        p95 = quantiles(seconds, n=20)[-1]
        told = {"median": median(seconds), "p95": p95, "longest": max(seconds)}
        typer.echo(say("cli.replay_delay", **{name: duration_phrase(timedelta(seconds=value)) for name, value in told.items()}))
