"""`wensheng sources …`: the board, a trial of one source, ready-made sources and how they come into the settings."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from adapters.sources.opening import SourceReaders
from adapters.sources.presets import Preset, presets, source_of
from adapters.sources.trial import Trial, try_address, try_source
from bot.bootstrap import open_house
from bot.faults import StartError
from bot.house import House
from bot.settings import SettingsError, load_settings
from casework.source_board import Board, Condition, SourceView, source_board
from language.masking import mask_personal_data
from monitoring.analysis import Analysis
from monitoring.lines import LEVEL_NAMES
from monitoring.post import RawPost
from monitoring.recording import read_again
from monitoring.source import Source, SourceKind
from prompts import say, words
from storage.clock import to_china

SHOWN_POSTS = 5
SHOWN_ERRORS = 3
SHOWN_CHARACTERS = 60


async def show_board(settings_path: Path, *, as_json: bool) -> int:
    """Print how every source fares. Returns 1 where one is ill."""
    async with open_house(load_settings(settings_path), index=False) as house, house.database.reading() as session:
        board = await source_board(session, house.clock.now())
    if as_json:
        typer.echo(json.dumps([_view_json(view) for view in board.sources], ensure_ascii=False))
    else:
        _print_board(board)
    return int(any(view.condition is Condition.ILL for view in board.sources))


async def try_out(settings_path: Path, target: str, *, as_json: bool) -> int:
    """Read one source once and print what would be taken; nothing is stored. Returns 1 where nothing would be.

    Args:
        target: the name of a source of the settings, an address, or a file.
    """
    async with open_house(load_settings(settings_path), index=False) as house, SourceReaders() as readers:
        now = house.clock.now()
        named = [source for source in house.settings.sources if source.name == target]
        if named:
            definition = named[0]
            source = Source(name=target, kind=SourceKind(definition.kind), address=definition.address, options=definition.options)
            trial = await try_source(source, readers, now)
        else:
            trial = await try_address(target, readers, now)
        read = [(post, _analysed(post, house)) for post in trial.posts]
    if as_json:
        typer.echo(json.dumps(_trial_json(trial, read), ensure_ascii=False))
    else:
        _print_trial(trial, read)
    return int(not trial.posts)


def list_presets(*, as_json: bool) -> None:
    """Print the ready-made sources: what each needs and does badly."""
    if as_json:
        typer.echo(json.dumps([_preset_json(preset) for preset in presets().values()], ensure_ascii=False))
        return
    for preset in presets().values():
        typer.secho(f"{preset.key}  {' '.join(f'--{name} …' for name in preset.parameters)}", bold=True)
        typer.echo(f"  {say('cli.preset_tier', tier=preset.tier, needs=_needs(preset))}")
        for name, what in preset.parameters.items():
            typer.echo(f"  --{name}  {what}")
        typer.echo(f"  {say('cli.preset_weakness', weakness=preset.weakness)}")


def add(settings_path: Path, key: str, arguments: Sequence[str], *, rsshub: str, name: str, tier: str, only_print: bool) -> None:
    """Write a ready-made source to the end of the settings, and check that they load.

    Args:
        arguments: `--keyword 青禾城管` and the like.

    Raises:
        SourceError: no such preset, or other parameters than it has.
        StartError: a source of that name stands there already.
        SettingsError: the settings do not load, before or after; what was added is taken back.
    """
    block = toml_block(source_of(key, _parameters(arguments), rsshub=rsshub, name=name, tier=tier))
    if only_print:
        typer.echo(block)
        return
    settings, before = load_settings(settings_path), settings_path.read_text(encoding="utf-8")
    added = source_of(key, _parameters(arguments), rsshub=rsshub, name=name, tier=tier)["name"]
    if any(source.name == added for source in settings.sources):
        raise StartError(say("cli.source_exists", name=added, path=settings_path))
    settings_path.write_text(f"{before.rstrip()}\n\n{block}\n", encoding="utf-8")
    try:
        load_settings(settings_path)
    except SettingsError:
        settings_path.write_text(before, encoding="utf-8")
        raise
    typer.echo(say("cli.source_added", name=added, path=settings_path, needs=_needs(presets()[key])))


def toml_block(source: Mapping[str, Any]) -> str:
    """A source as it is written into the settings."""
    lines = ["[[sources]]"]
    lines += [f"{field} = {_toml(source[field])}" for field in ("name", "kind", "address", "tier") if source[field]]
    if source["options"]:
        lines.append("options = { " + ", ".join(f"{name} = {_toml(value)}" for name, value in source["options"].items()) + " }")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # JSON strings, truth values and lists of them are TOML as well


def _parameters(arguments: Sequence[str]) -> dict[str, str]:
    """`--keyword 城管` or `--keyword=城管` as a mapping. Raises StartError for anything else."""
    found: dict[str, str] = {}
    waiting = list(arguments)
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        if not name.startswith("--") or (not equals and not waiting):
            raise StartError(say("cli.preset_argument", argument=name))
        found[name[2:].replace("-", "_")] = value if equals else waiting.pop(0)
    return found


def _needs(preset: Preset) -> str:
    if not preset.route:
        return say("cli.preset_needs_nothing")
    parts = [say("cli.preset_needs_rsshub")]
    if preset.login:
        parts.append(say("cli.preset_needs_login" if preset.login_required else "cli.preset_likes_login", login=preset.login))
    if preset.browser:
        parts.append(say("cli.preset_needs_browser"))
    return say("casework.comma").join(parts)


def _print_board(board: Board) -> None:
    typer.echo(board.line)
    conditions = words("pages.source_conditions")
    for view in board.sources:
        seen = f"{view.last_success_at:%m-%d %H:%M}" if view.last_success_at else say("cli.source_never")
        figures = say("cli.source_figures", posts=view.posts, ours=view.ours, seen=seen)
        typer.secho(
            f"{view.tier.value}  {view.name}  {conditions[view.condition.value]}  {figures}",
            fg="red" if view.condition is Condition.ILL else None,
        )
        if view.note:
            typer.echo(f"   {view.note}")
        if view.proposal:
            typer.echo(f"   {say('cli.source_proposal', new=view.proposal.to_tier.value, reason=view.proposal.reason)}")


def _print_trial(trial: Trial, read: Sequence[tuple[RawPost, Analysis]]) -> None:
    ours = sum(analysis.relevance.is_ours for _, analysis in read)
    typer.secho(say("cli.trial_head", kind=trial.kind.value, posts=len(read), ours=ours, errors=len(trial.errors)), bold=True)
    if trial.options:
        typer.echo(say("cli.trial_options", options=_toml(trial.options)))
    if trial.columns:
        named = words("cli.table_fields")
        fields = say("casework.comma").join(f"{column} → {named[field]}" for field, column in trial.columns.fields.items())
        unused = say("casework.comma").join(trial.columns.unused) or say("cli.trial_no_columns")
        typer.echo(say("cli.trial_columns", fields=fields, unused=unused))
    for post, analysis in read[:SHOWN_POSTS]:
        typer.echo(_post_line(post, analysis))
    for warning in (*trial.warnings, *trial.errors[:SHOWN_ERRORS]):
        typer.secho(f"⚠ {warning}", fg="yellow")


def _post_line(post: RawPost, analysis: Analysis) -> str:
    title = mask_personal_data(post.title or post.text).text.replace("\n", " ")[:SHOWN_CHARACTERS]
    verdict = say("cli.trial_ours", line=analysis.line, level=LEVEL_NAMES[analysis.level]) if analysis.relevance.is_ours else ""
    due = say("cli.trial_due", due=f"{to_china(post.due_at):%m-%d %H:%M}") if post.due_at else ""
    return f"  {_minute(post.posted_at)}  {title}  {verdict}{due}"


def _minute(moment: datetime) -> str:
    return f"{to_china(moment):%Y-%m-%d %H:%M}"


def _analysed(post: RawPost, house: House) -> Analysis:
    """What intake would read out of a post."""
    return read_again(mask_personal_data(post.title).text, mask_personal_data(post.text).text, post, house.desk.watch)


def _view_json(view: SourceView) -> dict[str, Any]:
    return {
        "name": view.name, "kind": view.kind, "tier": view.tier.value, "condition": view.condition.value, "note": view.note,
        "last_success_at": _iso(view.last_success_at), "last_post_at": _iso(view.last_post_at), "next_poll_at": _iso(view.next_poll_at),
        "posts_14_days": view.posts, "ours_14_days": view.ours, "fallback": view.fallback,
        "proposed_tier": view.proposal.to_tier.value if view.proposal else None,
    }  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _trial_json(trial: Trial, read: Sequence[tuple[RawPost, Analysis]]) -> dict[str, Any]:
    newest = [
        {
            "time": post.posted_at.isoformat(), "title": mask_personal_data(post.title or post.text[:SHOWN_CHARACTERS]).text,
            "url": post.url,
            "ours": analysis.relevance.is_ours, "line": analysis.line, "level": analysis.level, "due": _iso(post.due_at),
        }
        for post, analysis in read[:SHOWN_POSTS]
    ]  # fmt: skip
    return {
        "kind": trial.kind.value, "options": trial.options, "posts": len(read),
        "ours": sum(analysis.relevance.is_ours for _, analysis in read), "newest": newest, "warnings": list(trial.warnings),
        "errors": list(trial.errors), "columns": dict(trial.columns.fields) if trial.columns else None,
    }  # fmt: skip


def _preset_json(preset: Preset) -> dict[str, Any]:
    return {
        "key": preset.key, "kind": preset.kind, "tier": preset.tier, "route": preset.route, "parameters": dict(preset.parameters),
        "login": preset.login, "login_required": preset.login_required, "browser": preset.browser, "weakness": preset.weakness,
    }  # fmt: skip
