"""`wensheng rules`: a department's own rules checked, and one rule tried on the archive."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bootstrap import open_house
from bot.faults import StartError
from bot.house import House
from bot.settings import load_settings
from monitoring.lexicon import excerpt, read_toml
from monitoring.lines import LINES
from monitoring.rereading import MOST_READ
from monitoring.rule import RuleError
from monitoring.rulebook import WORDS, load_lists, load_rules
from monitoring.trial import Match, Trial, try_rule
from prompts import say
from storage.clock import to_china


def check(file: Path) -> None:
    """Read a file of rules and say what is in it. Raises PolicyError with line and column of the first fault."""
    load_rules(file)
    content = read_toml(file)
    lists = content.pop(WORDS, {})
    counts = {name: sum(map(len, scopes.values())) for name, scopes in content.items()}
    sections = "、".join(say("tuning.rules_section", name=name, count=count) for name, count in counts.items())
    rules = sum(counts.values())
    typer.echo(say("tuning.rules_fit", file=file, rules=rules, by_section=sections or say("tuning.rules_none"), lists=len(lists)))


async def try_on_archive(settings_path: Path, rule: str, line: str | None, days: int, *, as_json: bool) -> int:
    """Print what one rule would have found. Raises StartError for a rule or line that cannot be used."""
    async with open_house(load_settings(settings_path), index=False) as house:
        must_be_line(line)
        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("")
            async with house.database.reading() as session:
                trial = await tried(session, house, rule, days, lambda read: bar.update(task, description=say("tuning.trying", read=read)))
    typer.echo(json.dumps(_json(trial), ensure_ascii=False) if as_json else told(trial, days, line))
    return 0


async def tried(session: AsyncSession, house: House, rule: str, days: int, progress: Callable[[int], None] = lambda _: None) -> Trial:
    """Try a rule on the department's last days. Raises StartError for one that cannot be read."""
    settings = house.settings
    lists = load_lists(settings.relevance_rules, names=settings.department.names)
    try:
        return await try_rule(session, rule, lists, house.clock.now() - timedelta(days=days), progress)
    except RuleError as error:
        shown = excerpt(rule, error.column)
        raise StartError(say("tuning.try_wrong", rule=shown, column=error.column, problem=error.problem)) from error


def must_be_line(line: str | None) -> None:
    """Raises StartError for a line that does not exist."""
    if line is not None and line not in LINES:
        raise StartError(say("tuning.try_unknown_line", line=line, known="、".join(LINES)))


def told(trial: Trial, days: int, line: str | None = None) -> str:
    """What came of a trial, in words."""
    period = say("tuning.period_days", days=days)
    if not trial.matched:
        return say("tuning.tried_none", period=period, read=trial.read)
    head = say(
        "tuning.tried", period=period, read=trial.read, matched=trial.matched, ours=trial.ours, new=trial.new, by_line=_by_line(trial, line)
    )
    cut = (say("tuning.tried_cut", read=trial.read),) if trial.read >= MOST_READ else ()
    return "\n".join((head, *cut, *map(_example, trial.examples)))


def _by_line(trial: Trial, line: str | None) -> str:
    if line is not None:
        of_line = trial.of_line.get(line, 0)
        return say("tuning.tried_of_line", line=line, count=of_line, elsewhere=trial.ours - of_line)
    counts = Counter(trial.of_line).most_common()
    lines = "、".join(say("tuning.tried_line", line=name, count=count) for name, count in counts)
    return say("tuning.tried_by_line", lines=lines) if lines else ""


def _example(match: Match) -> str:
    mark = match.post.line if match.post.relevance.is_ours else say("tuning.example_new")
    return say("tuning.example", date=day(match.post.posted_at), mark=mark, opening=match.post.opening, words="、".join(match.words[:4]))


def day(moment: datetime) -> str:
    """A date for a list."""
    return f"{to_china(moment):%Y-%m-%d}"


def _json(trial: Trial) -> dict[str, object]:
    examples = [
        {
            "id": match.post.id, "posted_at": match.post.posted_at.isoformat(), "relevance": match.post.relevance.value,
            "line": match.post.line, "opening": match.post.opening, "words": list(match.words),
        }
        for match in trial.examples
    ]  # fmt: skip
    return {
        "read": trial.read, "matched": trial.matched, "ours": trial.ours, "new": trial.new, "of_line": dict(trial.of_line),
        "examples": examples,
    }  # fmt: skip
