"""`wensheng learn`: from the labels of the staff to the department's own weights, shown before it is done, never silently."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from sqlmodel import select

from bot.bootstrap import open_house
from bot.faults import StartError
from bot.house import House
from bot.rules_work import day
from bot.settings import load_settings
from casework.case import Case, CaseState
from casework.permission import names_with
from casework.staff import Role, member_named
from monitoring import own_weights
from monitoring.effect import Effect, effect_of
from monitoring.labelling import judged_posts, lessons_from
from monitoring.learning import FEWEST_LABELS, FEWEST_OF_A_KIND, Lesson, Score, Shortage, learn, score_after, score_before, shortage
from monitoring.own_weights import FOLDER, OwnWeights
from monitoring.rereading import FiledPost
from prompts import say
from storage import audit

EFFECT_DAYS = 90


@dataclass(frozen=True)
class Outcome:
    """What learning would bring: the weights, the scores on judgements not learned from, the effect on the archive."""

    weights: OwnWeights
    lessons: list[Lesson]
    before: Score
    after: Score
    effect: Effect

    @property
    def is_better(self) -> bool:
        return self.after.balanced > self.before.balanced


async def learn_from_labels(settings_path: Path, by: str, *, yes: bool, as_json: bool) -> int:
    """Learn, show, ask, store. Returns 1 where the labels are too few or nothing gets better.

    Raises:
        StartError: nobody of that name, or no administrator.
    """
    async with open_house(load_settings(settings_path), index=False) as house:
        await _require_admin(house, by)
        lessons = await _lessons(house)
        if lacking := shortage(lessons):
            typer.secho(say("tuning.learn_too_few", missing=_missing(lacking)), err=True, fg="yellow")
            return 1
        outcome = await _outcome(house, lessons)
        typer.echo(json.dumps(_json(outcome), ensure_ascii=False) if as_json else _told(outcome))
        if not outcome.is_better:
            typer.secho(say("tuning.learn_no_better"), err=True, fg="yellow")
            return 1
        if not yes and not typer.confirm(say("tuning.learn_confirm"), err=True):
            typer.echo(say("tuning.learn_declined"), err=True)
            return 0
        await _store(house, outcome, by)
        typer.echo(say("tuning.learn_stored", number=outcome.weights.number, labels=outcome.weights.labels, name=by), err=as_json)
    return 0


async def undo(settings_path: Path, by: str) -> int:
    """Put the newest version aside. Returns 1 where there is none. Raises StartError as above."""
    async with open_house(load_settings(settings_path), index=False) as house:
        await _require_admin(house, by)
        folder = house.settings.data_dir / FOLDER
        gone = own_weights.undo(folder)
        if gone is None:
            typer.echo(say("tuning.learn_nothing_to_undo"))
            return 1
        standing = own_weights.in_force(folder)
        async with house.database.transaction() as session:
            now = house.clock.now()
            await audit.append(session, by, "weights.undone", f"weights:{gone.number}", at=now, standing=standing.number if standing else 0)
    named = say("tuning.learn_standing_version", number=standing.number) if standing else say("tuning.learn_standing_shipped")
    typer.echo(say("tuning.learn_undone", number=gone.number, date=day(gone.learned_at), standing=named))
    return 0


async def _require_admin(house: House, name: str) -> None:
    async with house.database.reading() as session:
        member = await member_named(session, name)
        if member is None or not member.has(Role.ADMIN):
            admins = "、".join(await names_with(session, Role.ADMIN)) or say("cli.nobody")
            raise StartError(say("tuning.learn_not_admin", name=name, names=admins))


async def _lessons(house: House) -> list[Lesson]:
    async with house.database.reading() as session:
        handled = (await session.exec(select(Case.event_id).where(Case.state == CaseState.CLOSED))).all()
        posts = await judged_posts(session, handled)
    return await asyncio.to_thread(lessons_from, posts, house.desk.watch)


async def _outcome(house: House, lessons: list[Lesson]) -> Outcome:
    now, folder = house.clock.now(), house.settings.data_dir / FOLDER
    learned, before, after = await asyncio.to_thread(lambda: (learn(lessons), score_before(lessons), score_after(lessons)))
    weights = OwnWeights(learned, now, sum(lesson.labelled for lesson in lessons), own_weights.next_number(folder))
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        async with house.database.reading() as session:
            effect = await effect_of(
                session, weights, house.desk.watch, now - timedelta(days=EFFECT_DAYS),
                lambda read: bar.update(task, description=say("tuning.reading", read=read)),
            )  # fmt: skip
    return Outcome(weights, lessons, before, after, effect)


async def _store(house: House, outcome: Outcome, by: str) -> None:
    """The file first, the audit entry after it: an entry without its file would be a lie, a file without its entry is seen by its date."""
    weights, effect = outcome.weights, outcome.effect
    await asyncio.to_thread(own_weights.store, weights, house.settings.data_dir / FOLDER)
    async with house.database.transaction() as session:
        await audit.append(
            session, by, "weights.learned", f"weights:{weights.number}", at=weights.learned_at, labels=weights.labels,
            before=str(outcome.before), after=str(outcome.after), gained=effect.gained, lost=effect.lost,
        )  # fmt: skip


def _missing(lacking: Shortage) -> str:
    parts = (
        ("tuning.learn_missing_labels", lacking.labels, FEWEST_LABELS),
        ("tuning.learn_missing_ours", lacking.ours, FEWEST_OF_A_KIND),
        ("tuning.learn_missing_others", lacking.others, FEWEST_OF_A_KIND),
    )
    return say("tuning.learn_joint").join(say(key, count=count, least=least) for key, count, least in parts if count)


def _told(outcome: Outcome) -> str:
    before, after, effect = outcome.before, outcome.after, outcome.effect
    labels = outcome.weights.labels
    return "\n".join(
        (
            say("tuning.learn_from", lessons=len(outcome.lessons), labels=labels, handled=len(outcome.lessons) - labels),
            say(
                "tuning.learn_scores",
                before_ours=f"{before.ours_right}/{before.ours}", before_others=f"{before.others_right}/{before.others}",
                after_ours=f"{after.ours_right}/{after.ours}", after_others=f"{after.others_right}/{after.others}",
            ),
            say("tuning.learn_effect", days=EFFECT_DAYS, read=effect.read, gained=effect.gained, lost=effect.lost),
            *_examples("tuning.learn_gained", effect.gained_examples),
            *_examples("tuning.learn_lost", effect.lost_examples),
        )
    )  # fmt: skip


def _examples(heading: str, posts: tuple[FiledPost, ...]) -> list[str]:
    lines = [say("tuning.learn_example", date=day(post.posted_at), opening=post.opening) for post in posts]
    return [say(heading), *lines] if lines else []


def _json(outcome: Outcome) -> dict[str, object]:
    effect = outcome.effect
    return {
        "version": outcome.weights.number, "labels": outcome.weights.labels, "lessons": len(outcome.lessons),
        "before": vars(outcome.before), "after": vars(outcome.after), "is_better": outcome.is_better,
        "archive": {
            "read": effect.read, "gained": effect.gained, "lost": effect.lost,
            "gained_examples": [post.opening for post in effect.gained_examples],
            "lost_examples": [post.opening for post in effect.lost_examples],
        },
    }  # fmt: skip
