"""The kinds of findings: how grave each is, and which of them no department can make lighter. docs/checks.md is their table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`block`: no approval before it is mended. `warn`: a person decides. `info`: good to know."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


OFF = "off"
"""What a department writes for a kind that it does not want to see."""


@dataclass(frozen=True)
class Kind:
    """One kind of finding. `core`: its severity is the same everywhere."""

    name: str
    severity: Severity
    core: bool = False


_B, _W, _I = Severity.BLOCK, Severity.WARN, Severity.INFO

KINDS: tuple[Kind, ...] = (
    Kind("open_slot", _B, core=True),
    Kind("clause_unknown", _B, core=True),
    Kind("clause_not_in_force", _B, core=True),
    Kind("clause_elsewhere", _B, core=True),
    Kind("quote_altered", _B, core=True),
    Kind("personal_data", _B, core=True),
    Kind("link", _B, core=True),
    Kind("unfounded", _B, core=True),
    Kind("stranger", _B, core=True),
    Kind("organisation_unknown", _B),
    Kind("place_unknown", _B),
    Kind("diversion", _B),
    Kind("too_many_clauses", _B),
    Kind("comment_too_long", _B),
    Kind("ai_label_missing", _B),
    Kind("blame", _B),
    Kind("threat", _B),
    Kind("clause_off_topic", _W),
    Kind("ask_missing", _W),
    Kind("promise_vague", _W),
    Kind("promise_past", _W),
    Kind("evasive", _W),
    Kind("officialese", _W),
    Kind("overpromise", _W),
    Kind("inflame", _W),
    Kind("playing_down", _W),
    Kind("too_long", _W),
    Kind("too_short", _W),
    Kind("promise", _I, core=True),
)
"""All kinds, the gravest first."""

_BY_NAME = {kind.name: kind for kind in KINDS}


class NoSuchSetting(ValueError):
    """A setting of checks that cannot be: no such kind or severity, or a kind that no department can make lighter. Says which."""


def severity_of(name: str) -> Severity:
    """How grave a finding of this kind is, unless the department decided otherwise."""
    return _BY_NAME[name].severity


def chosen(settings: Mapping[str, str]) -> dict[str, Severity | None]:
    """What a department decided, by kind; None for a kind that it switched off.

    Args:
        settings: kind -> `block`, `warn` or `off`.

    Raises:
        NoSuchSetting: the decision is none that a department can take.
    """
    for name, wish in settings.items():
        if name not in _BY_NAME:
            raise NoSuchSetting(name)
        if wish not in (Severity.BLOCK, Severity.WARN, OFF) or (_BY_NAME[name].core and wish != severity_of(name)):
            raise NoSuchSetting(f"{name} = {wish}")
    return {name: None if wish == OFF else Severity(wish) for name, wish in settings.items()}
