"""`wensheng grade --what-if`: which past alerts another grading policy would have changed."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import typer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bootstrap import open_house
from bot.settings import load_settings
from casework.case import Case
from monitoring.grading import graver
from monitoring.lines import LEVEL_NAMES
from monitoring.policy import load_policy
from monitoring.regrading import Regraded, regrade_archive
from prompts import say

MOST_SHOWN = 200


@dataclass(frozen=True)
class Change:
    """An event whose level would be another, with the number of its case (empty where it has none)."""

    number: str
    regraded: Regraded

    @property
    def raised(self) -> bool:
        return graver(self.regraded.before.level, self.regraded.after.level) == self.regraded.after.level


async def what_if(settings_path: Path, policy_file: Path, days: int, *, as_json: bool) -> int:
    """Print the changes and the totals by level. Writes nothing. Raises PolicyError for a policy that cannot be used."""
    other = load_policy(policy_file)
    totals: Counter[tuple[int, int]] = Counter()
    changes: list[Change] = []
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        since = house.clock.now() - timedelta(days=days)
        async for batch in regrade_archive(session, house.desk.watch.policy, other, since):
            totals.update((each.before.level, each.after.level) for each in batch)
            changes += await _numbered(session, [each for each in batch if each.changed])
    if as_json:
        typer.echo(json.dumps(_json(changes, totals), ensure_ascii=False))
    else:
        _show(changes, totals, say("tuning.period_days", days=days))
    return 0


async def _numbered(session: AsyncSession, changed: Sequence[Regraded]) -> list[Change]:
    query = select(Case.event_id, Case.number).where(col(Case.event_id).in_([each.event.id for each in changed]))
    numbers: dict[int | None, str] = dict((await session.exec(query)).all())
    return [Change(numbers.get(each.event.id, ""), each) for each in changed]


def _show(changes: Sequence[Change], totals: Counter[tuple[int, int]], period: str) -> None:
    events = sum(totals.values())
    if not changes:
        typer.echo(say("tuning.grade_nothing", period=period, events=events))
        return
    for change in changes[:MOST_SHOWN]:
        typer.echo(_row(change))
    if len(changes) > MOST_SHOWN:
        typer.echo(say("tuning.grade_cut", shown=MOST_SHOWN))
    raised = sum(change.raised for change in changes)
    typer.echo(
        say("tuning.grade_summary", period=period, events=events, changed=len(changes), raised=raised, lowered=len(changes) - raised)
    )
    for level, (before, after) in _by_level(totals).items():
        typer.echo(say("tuning.grade_total", level=LEVEL_NAMES[level], before=before, after=after))


def _row(change: Change) -> str:
    each = change.regraded
    head = say(
        "tuning.grade_row", number=change.number or say("tuning.no_case"), before=LEVEL_NAMES[each.before.level].split()[0],
        after=LEVEL_NAMES[each.after.level].split()[0], headline=each.event.headline,
    )  # fmt: skip
    by_hand = say("tuning.grade_by_hand") if each.by_hand and not change.raised else ""
    before, after = ("；".join(grade.reasons) or say("tuning.no_reasons") for grade in (each.before, each.after))
    return f"{head}{by_hand}\n{say('tuning.grade_reasons', before=before, after=after)}"


def _by_level(totals: Counter[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Level -> how many events have it by the one policy and by the other, gravest first."""
    return {
        level: (
            sum(count for (before, _), count in totals.items() if before == level),
            sum(count for (_, after), count in totals.items() if after == level),
        )
        for level in (1, 2, 3, 4, 0)
    }


def _json(changes: Sequence[Change], totals: Counter[tuple[int, int]]) -> dict[str, object]:
    rows = [
        {
            "case": change.number, "event": change.regraded.event.id, "headline": change.regraded.event.headline,
            "before": change.regraded.before.level, "after": change.regraded.after.level, "by_hand": change.regraded.by_hand,
            "reasons_before": list(change.regraded.before.reasons), "reasons_after": list(change.regraded.after.reasons),
        }
        for change in changes
    ]  # fmt: skip
    levels = {str(level): {"before": before, "after": after} for level, (before, after) in _by_level(totals).items()}
    return {"events": sum(totals.values()), "levels": levels, "changes": rows}
