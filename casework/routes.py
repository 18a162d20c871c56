"""路由: where an alert would go, and for what no chat is there."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.deadline import GRAVE
from casework.desk import Alerting, Desk
from casework.message import Card, CardKind, Row
from casework.ringing import after_quiet
from casework.routing import active_groups, alerting_of, refuges
from casework.staff import StaffGroup
from monitoring.lines import LEVEL_NAMES, LINES
from prompts import say, words

LEVELS = (1, 2, 3, 4)


async def route_card(session: AsyncSession, line: str, district: str | None, level: int, now: datetime, desk: Desk) -> Card:
    """Every chat, and what an alert of this kind would do there now."""
    groups = await active_groups(session)
    taken = any(group.takes(line, district, level) for group in groups)
    standing_in = [] if taken else refuges(groups)
    rows = [Row(group.name, _fate(group, line, district, level, now, desk, stands_in=group in standing_in)) for group in groups]
    head = say("alert.route_head", line=line, district=district or say("alert.route_anywhere"), level=LEVEL_NAMES[level])
    return Card(CardKind.ANSWER, head, rows=tuple(rows), body="" if groups else say("alert.route_no_groups"))


def untaken(groups: Sequence[StaffGroup], districts: Collection[str]) -> list[str]:
    """The kinds of alerts that no chat takes, one phrase for each line: it goes to the refuge alone."""
    return [phrase for line in LINES if (phrase := _gap(groups, line, [*districts, None]))]


def level_named(word: str) -> int | None:
    """The level that a person means by III or 3; None for any other word."""
    names = words("alert.levels")
    return next((level for level in LEVELS if word.strip().upper().removesuffix("级") in (str(level), names[str(level)])), None)


def line_named(word: str) -> str | None:
    """The business line that a person means by its name or a part of it; None where it could be several or none."""
    found = [line for line in LINES if word == line] or [line for line in LINES if len(word) > 1 and word in line]
    return found[0] if len(found) == 1 else None


def _fate(group: StaffGroup, line: str, district: str | None, level: int, now: datetime, desk: Desk, *, stands_in: bool) -> str:
    if not group.takes(line, district, level) and not stands_in:
        return say("alert.route_digest_only" if group.covers(line, district) else "alert.route_not_taken")
    rules = alerting_of(group, desk.alerting)
    return (say("alert.route_stands_in") if stands_in else "") + _ringing(level, rules, now)


def _ringing(level: int, rules: Alerting, now: datetime) -> str:
    if level not in rules.ringing_levels:
        return say("alert.route_no_ring", times=say("casework.comma").join(f"{at:%H:%M}" for at in rules.digest_times))
    if level in GRAVE:
        return say("alert.route_at_once")
    told = say("alert.route_after", seconds=round(rules.group_wait.total_seconds()))
    if rules.quiet_from is None or rules.quiet_until is None or rules.quiet_from == rules.quiet_until:
        return told
    held = after_quiet(now, rules)
    quiet = say("alert.route_quiet", start=f"{rules.quiet_from:%H:%M}", end=f"{rules.quiet_until:%H:%M}")
    return told + quiet + (say("alert.route_held_now") if held > now else "")


def _gap(groups: Sequence[StaffGroup], line: str, districts: Sequence[str | None]) -> str:
    missing = [(district, level) for district in districts for level in LEVELS if not any(g.takes(line, district, level) for g in groups)]
    where, levels = {district for district, _ in missing}, sorted({level for _, level in missing})
    names = words("alert.levels")
    what = [district or say("alert.route_anywhere") for district in districts if district in where and len(where) < len(districts)]
    what += [names[str(level)] for level in levels if len(levels) < len(LEVELS)]
    return say("alert.route_gap", line=line, what=say("casework.comma").join(what)) if what else line if missing else ""
