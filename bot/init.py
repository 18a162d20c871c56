"""Asks a few questions and writes a first `wensheng.toml`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from bot.faults import StartError
from bot.settings import load_settings
from prompts import say

Ask = Callable[[str, str], str]


def write_settings(path: Path, ask: Ask | None = None) -> None:
    """Write the settings file, readable by its owner only, and check that it loads.

    Args:
        path: where to write; an existing file is never overwritten.
        ask: puts one question with a default answer; the terminal by default.

    Raises:
        StartError: the file exists already.
    """
    if path.exists():
        raise StartError(say("cli.settings_exist", path=path))
    text = compose(ask or (lambda question, default: str(typer.prompt(question, default=default))))
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    load_settings(path)
    typer.echo(say("cli.settings_written", path=path))


def compose(ask: Ask) -> str:
    """The settings file that follows from the answers."""
    name = ask(say("cli.ask_department"), say("cli.ask_department_default"))
    province, city = ask(say("cli.ask_province"), ""), ask(say("cli.ask_city"), "")
    aliases, phone = _listed(ask(say("cli.ask_aliases"), "")), ask(say("cli.ask_phone"), "")
    people = [_person(entry) for entry in _listed(ask(say("cli.ask_staff"), say("cli.ask_staff_default")))]
    feeds = _listed(ask(say("cli.ask_feeds"), ""))
    return "\n".join(_lines(_Department(name, province, city, phone, aliases), people, feeds)) + "\n"


class _Department(NamedTuple):
    name: str
    province: str
    city: str
    duty_phone: str
    names: Sequence[str]


def _lines(about: _Department, people: Sequence[tuple[str, Sequence[str]]], feeds: Sequence[str]) -> list[str]:
    lines = [f"# {say('cli.settings_heading')}", f"# {say('cli.settings_places')}", '# gazetteer_file = "places.csv"', ""]
    stated = about._asdict() | {"names": list(about.names)}
    lines += ["[department]", *(f"{field} = {_toml(value)}" for field, value in stated.items() if value or field == "names"), ""]
    for number, (person, roles) in enumerate(people, 1):
        lines += ["[[staff]]", f"name = {_toml(person)}", f"roles = {_toml(list(roles))}", f'accounts = {{ staff_room = "u{number}" }}', ""]
    lines += ["[[groups]]", 'platform = "staff_room"', 'chat = "duty"', f"name = {_toml(say('cli.default_group'))}", "fallback = true", ""]
    for number, address in enumerate(feeds, 1):
        lines += [
            "[[sources]]",
            f"name = {_toml(say('cli.default_source', number=number))}",
            'kind = "feed"',
            f"address = {_toml(address)}",
            'tier = "B"',
            "",
        ]
    return lines


def _person(entry: str) -> tuple[str, Sequence[str]]:
    """`李雯:duty+drafter` as a name and roles; without roles a duty officer who drafts."""
    name, _, roles = entry.partition(":")
    return name.strip(), [role.strip() for role in roles.split("+") if role.strip()] or ["duty", "drafter"]


def _listed(answer: str) -> list[str]:
    return [part.strip() for part in answer.replace("，", ",").split(",") if part.strip()]


def _toml(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)  # JSON strings and lists of strings are TOML as well
