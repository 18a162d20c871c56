"""The grading policy: what every factor weighs, read from `grading_policy.toml` or the department's own file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from monitoring.errors import PolicyError
from monitoring.lexicon import read_toml
from prompts import say

BUILT_IN_POLICY = Path(__file__).parent / "grading_policy.toml"

ITEM_FACTORS = (
    "death", "group_harm", "crowd_now", "officer_violence", "officer_conduct", "officers_attacked", "severe_injury", "several_injured",
    "explosion", "petition", "bribery_reported", "officer_misconduct", "collective", "threat", "repeated", "vulnerable_health", "injury",
    "hazard", "likes", "hot_search", "school_food", "national_spread", "video", "rumour", "dispute",
)  # fmt: skip
EVENT_FACTORS = ("speed", "sources", "volume", "repeats", "likes", "negative")
LEVELS = {"I": 1, "II": 2, "III": 3}


@dataclass(frozen=True)
class FactorRule:
    """What one factor of a post weighs. `floor` is the level it demands at least, 0 for none."""

    label: str
    points: int
    floor: int = 0


@dataclass(frozen=True)
class EventRule:
    """What one factor of an event weighs: (from value, points) steps; not counted below `at_least_items` items."""

    label: str
    steps: tuple[tuple[float, int], ...]
    at_least_items: int = 1

    def points(self, value: float, items: int) -> int:
        """The points of the highest step that `value` reaches."""
        return 0 if items < self.at_least_items else max((points for start, points in self.steps if value >= start), default=0)


@dataclass(frozen=True)
class Raise:
    """Factors that together demand a level."""

    level: int
    every: frozenset[str]
    some: frozenset[str]

    def applies(self, names: frozenset[str]) -> bool:
        """Whether a post or event with these factors is raised."""
        return self.every <= names and (not self.some or not self.some.isdisjoint(names))


@dataclass(frozen=True)
class GradingPolicy:
    """The unit's own standard of levels."""

    thresholds: Mapping[int, int]
    item: Mapping[str, FactorRule]
    event: Mapping[str, EventRule]
    raises: Sequence[Raise]

    def level_for(self, points: int) -> int:
        """The level (1-3) that so many points make, 0 below the lowest threshold."""
        return next((level for level in (1, 2, 3) if points >= self.thresholds[level]), 0)


def load_policy(path: Path | None = None) -> GradingPolicy:
    """Read a policy, the built-in one without a path.

    Raises:
        PolicyError: says in one sentence what is wrong with the file.
    """
    path = path or BUILT_IN_POLICY
    content = read_toml(path)
    return GradingPolicy(
        thresholds=_thresholds(content.get("levels"), path),
        item={name: _item_rule(name, table, path) for name, table in _known(content, "item", ITEM_FACTORS, path)},
        event={name: _event_rule(name, table, path) for name, table in _known(content, "event", EVENT_FACTORS, path)},
        raises=tuple(_raise(table, number, path) for number, table in enumerate(_tables(content, "raise", path), 1)),
    )


def _known(content: Mapping[str, Any], section: str, names: Sequence[str], path: Path) -> list[tuple[str, Any]]:
    """The section's factors. Every name must be one we find, and none may be left out: a factor without weight would be lost in silence."""
    tables = content.get(section, {})
    if not isinstance(tables, dict):
        raise PolicyError(say("monitoring.policy_not_table", file=path.name, section=section))
    for name in tables:
        if name not in names:
            raise PolicyError(say("monitoring.policy_unknown_factor", file=path.name, name=name, known="、".join(names)))
    if missing := [name for name in names if name not in tables]:
        raise PolicyError(say("monitoring.policy_missing_factor", file=path.name, section=section, names="、".join(missing)))
    return list(tables.items())


def _tables(content: Mapping[str, Any], section: str, path: Path) -> list[Any]:
    """A section that may stand several times."""
    tables = content.get(section, [])
    if isinstance(tables, list):
        return tables
    raise PolicyError(say("monitoring.policy_not_list", file=path.name, section=section))


def _thresholds(table: object, path: Path) -> dict[int, int]:
    if isinstance(table, dict) and table.keys() == LEVELS.keys() and all(_is_count(points) for points in table.values()):
        found = {LEVELS[name]: int(points) for name, points in table.items()}
        if found[1] > found[2] > found[3] > 0:
            return found
    raise PolicyError(say("monitoring.policy_bad_thresholds", file=path.name))


def _item_rule(name: str, table: object, path: Path) -> FactorRule:
    match table:
        case {"label": str(label), "points": int(points), **rest} if _is_count(points) and rest.keys() <= {"floor"}:
            floor = rest.get("floor", 0)
            if _is_count(floor) and floor <= 4:
                return FactorRule(label, points, floor)
    raise PolicyError(say("monitoring.policy_bad_factor", file=path.name, name=name))


def _event_rule(name: str, table: object, path: Path) -> EventRule:
    match table:
        case {"label": str(label), "steps": list(steps), **rest} if rest.keys() <= {"at_least_items"}:
            at_least = rest.get("at_least_items", 1)
            if _is_count(at_least) and _is_label(label):
                return EventRule(label, tuple(_step(step, name, path) for step in steps), at_least)
    raise PolicyError(say("monitoring.policy_bad_event_factor", file=path.name, name=name))


def _step(step: object, name: str, path: Path) -> tuple[float, int]:
    match step:
        case {"from": int() | float() as start, "points": int(points), **rest} if not rest and _is_count(points):
            return start, points
    raise PolicyError(say("monitoring.policy_bad_event_factor", file=path.name, name=name))


def _raise(table: object, number: int, path: Path) -> Raise:
    match table:
        case {"level": (1 | 2 | 3) as level, "all": list(every), **rest} if rest.keys() <= {"any"}:
            some = rest.get("any", [])
            if isinstance(some, list) and all(name in ITEM_FACTORS for name in (*every, *some)):
                return Raise(int(level), frozenset(every), frozenset(some))
    raise PolicyError(say("monitoring.policy_bad_rule", file=path.name, number=number, known="、".join(ITEM_FACTORS)))


def _is_count(value: object) -> TypeGuard[int]:
    """A whole number from 0 on; TOML's true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_label(label: str) -> bool:
    """Whether a label can take its `{value}`; it may name nothing else."""
    try:
        label.format(value="1")
    except (KeyError, IndexError, ValueError, AttributeError):
        return False
    return True
