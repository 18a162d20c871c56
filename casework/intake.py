"""One post comes in: seen, gathered, graded, and told to those it concerns, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework import approval, deadlines
from casework.alert_card import buttons
from casework.announcing import announce, hurry, is_muted, notify, refresh, refresh_all, told_at
from casework.case import Case, CaseState, add_step, open_case
from casework.deadline import GRAVE
from casework.desk import Desk
from casework.mute import hold_back, is_held, let_go
from casework.reigniting import stir
from casework.reopening import reopen
from casework.ringing import must_ring
from monitoring.event import Event
from monitoring.heat import is_hot
from monitoring.levelling import stored_id
from monitoring.observe import Observation, observe_all
from monitoring.post import RawPost
from monitoring.recording import ReadPost
from monitoring.source import Source
from prompts import say, words


@dataclass(frozen=True)
class Received:
    """What came of a post. `case` is the case that handles its event, if it has one; `rang`: a new card was put out for it."""

    observation: Observation
    case: Case | None = None
    rang: bool = False


async def receive(session: AsyncSession, post: RawPost, source: Source, now: datetime, desk: Desk) -> Received:
    """Take in one public post: item, event, level, case, deliveries, deadlines and audit, all in the caller's transaction."""
    (received,) = await receive_all(session, (post,), source, now, desk)
    return received


async def receive_all(
    session: AsyncSession,
    posts: Sequence[RawPost],
    source: Source,
    now: datetime,
    desk: Desk,
    read_before: Mapping[str, ReadPost] | None = None,
    *,
    tell_from: datetime | None = None,
) -> list[Received]:
    """Take in posts of one source one after the other, as `receive` does. A card that stands is renewed once, by what all have brought.

    Args:
        read_before: key -> the post as it was read outside the transaction; see `observe_all`.
        tell_from: staff hear nothing of posts from before this moment: they open no case and renew no card.
    """
    received, cases, stale = list[Received](), dict[int, Case](), dict[int, Case]()
    with session.no_autoflush:  # a query for each post, and each would first look through all that is pending
        async for observation in observe_all(session, posts, source, now, desk.watch, read_before):
            event = observation.event
            if event is None or event.level == 0 or (tell_from and observation.item.posted_at < tell_from):
                received.append(Received(observation))
            else:
                received.append(await _tell(session, observation, event, source, now, desk, cases, stale))
    await refresh_all(session, stale.values(), now, desk)
    return received


async def take_up(session: AsyncSession, event: Event, now: datetime, desk: Desk) -> Case:
    """The case of an event that people made: opened, its clocks started, told to those it concerns."""
    case, opened = await open_case(session, event, now)
    await deadlines.keep_clocks(session, case, event, now, now)
    if opened:
        await raise_level(session, case, event, now, desk)
    return case


async def handle(session: AsyncSession, observation: Observation, event: Event, now: datetime, desk: Desk) -> Received:
    """What staff are told after an event with a level has changed: nothing, a renewed card, or a ringing one."""
    stale = dict[int, Case]()
    source = await session.get_one(Source, observation.item.source_id)
    received = await _tell(session, observation, event, source, now, desk, {}, stale)
    await refresh_all(session, stale.values(), now, desk)
    return received


async def _tell(
    session: AsyncSession,
    observation: Observation,
    event: Event,
    source: Source,
    now: datetime,
    desk: Desk,
    cases: dict[int, Case],
    stale: dict[int, Case],
) -> Received:
    """What staff are told, but for the cards to renew.

    Args:
        cases: event -> its case, as far as known; more are added.
        stale: event -> its case whose cards no longer show how it stands; more are added.
    """
    case, opened = cases.get(stored_id(event)), False
    if case is None:
        case, opened = await open_case(session, event, now, first=observation.begins_event)
        cases[stored_id(event)] = case
    rising = must_ring(event.level, case.announced_level)
    if not case.state.is_live and not rising:
        if case.state is CaseState.CLOSED and observation.milestones:
            await stir(session, case, event, say("casework.comma").join(observation.milestones), now, desk)
        return Received(observation, case)
    if not case.state.is_live:
        await reopen(session, case, event, say("casework.step_reopened"), now)
    if opened or rising or deadlines.asks_for_clock(observation.item, source):
        await deadlines.keep_clocks(session, case, event, now, (await told_at(session, event, now, desk) if rising else None) or now)
    if observation.revision_changed:
        await approval.void_outdated(session, case, event, now, desk)
    if rising:
        return Received(observation, case, rang=await raise_level(session, case, event, now, desk))
    if observation.needs_card_update:
        stale[stored_id(event)] = case
    await _follow(session, case, event, observation, now, desk)
    return Received(observation, case)


async def raise_level(session: AsyncSession, case: Case, event: Event, now: datetime, desk: Desk) -> bool:
    """Tell of a level that was not announced yet: by a new card, or, where it does not ring, by the digest and the standing cards.

    Returns:
        Whether it rings anywhere.
    """
    hot = is_hot(event, desk.watch.policy, now)
    case.hot_at = case.hot_at or (now if hot else None)
    rings = await told_at(session, event, now, desk) is not None
    held = await hold_back(session, case, event, now) if rings and not case.announced_level and not hot else None
    if held:
        case.announced_level, case.announced_items = event.level, event.item_count
        add_step(session, case, say("casework.step_held", id=held.id, scope=held.scope), now)
        return False
    if case.announced_level:
        old, new = words("alert.levels")[str(case.announced_level)], words("alert.levels")[str(event.level)]
        add_step(session, case, say("alert.level_raised", old=old, new=new), now)
        await let_go(session, case, now)
    if rings:
        await announce(session, case, event, now, desk)
    else:
        case.announced_level, case.announced_items = event.level, event.item_count
        await refresh(session, case, now, desk)
    return rings


async def _follow(session: AsyncSession, case: Case, event: Event, observation: Observation, now: datetime, desk: Desk) -> None:
    """Nothing graver happened: ring only for a milestone, or when an event that need not ring at once gets hot for the first time."""
    if case.hot_at is None and event.level not in GRAVE and is_hot(event, desk.watch.policy, now):
        await _tell_heat(session, case, event, now, desk)
    for what in observation.milestones:
        text = say("alert.milestone", number=case.number, level=words("alert.levels")[str(event.level)], what=what)
        await notify(session, case, text, now, desk, key=f"milestone:{what}")


async def _tell_heat(session: AsyncSession, case: Case, event: Event, now: datetime, desk: Desk) -> None:
    """A card that is held back for the morning goes now, one that was muted with its whole kind as well; else a notice says so."""
    case.hot_at = now
    if await is_held(session, case, now):
        await let_go(session, case, now)
        await announce(session, case, event, now, desk)
    elif is_muted(case, now) or not await hurry(session, case, now):
        text = say("alert.hot", number=case.number, level=words("alert.levels")[str(event.level)], times=f"{event.baseline_ratio:.0f}")
        actions = buttons(case.number, "claim", "timeline") if case.state is CaseState.OPEN else ()
        await notify(session, case, text, now, desk, key=f"hot:{case.announced_level}", buttons=actions)
