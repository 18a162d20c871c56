"""The places a department knows, from its settings and its file, and which district each lies in."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from language.normalising import normalise
from monitoring.errors import PolicyError
from monitoring.lexicon import Lexicon, read_toml
from prompts import say

DISTRICT, STREET, COMMUNITY, ROAD, OTHER = "区", "街道", "社区", "道路", "其他"
KINDS = (DISTRICT, STREET, COMMUNITY, "小区", "市场", "学校", ROAD, "公园", "医院", "商场", OTHER)
_KIND_BY_ENDING = (
    (re.compile("(?:街道|镇|乡)$"), STREET),
    (re.compile("(?:社区|村)$"), COMMUNITY),
    (re.compile("(?:路|街|大道|巷|弄|胡同)$"), ROAD),
)
_COLUMNS = {"名称": "name", "类别": "kind", "区": "district", "别名": "aliases"}
_FIELDS = tuple(_COLUMNS.values())
_BETWEEN_ALIASES = re.compile(r"[、;；|]")
_SHORTEST = 2


@dataclass(frozen=True)
class KnownPlace:
    """One place.

    Attributes:
        name: as it is written officially.
        kind: one of KINDS.
        district: the district it lies in; empty for the whole city.
        aliases: what people call it besides.
    """

    name: str
    kind: str = OTHER
    district: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mention:
    """A known name where it stands in the text."""

    start: int
    end: int
    places: tuple[KnownPlace, ...]

    @property
    def kind(self) -> str:
        return self.places[0].kind


class Gazetteer:
    """All known names, found in one pass however many they are; in both scripts.

    Args:
        places: the known places; a district that only other places name is known, too.
    """

    def __init__(self, places: Iterable[KnownPlace]) -> None:
        by_name: dict[str, dict[KnownPlace, None]] = {}
        listed = tuple(places)
        districts = {place.district or place.name for place in listed if place.district or place.kind == DISTRICT}
        for place in (*(KnownPlace(name, DISTRICT, name) for name in sorted(districts)), *listed):
            if place.kind == DISTRICT:
                place = KnownPlace(place.name, DISTRICT, place.name, place.aliases)
            for name in (place.name, *place.aliases):
                by_name.setdefault(normalise(name).text, {})[place] = None
        self._places = {name: tuple(known) for name, known in by_name.items()}

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(tuple(self._places))

    def mentions(self, text: str) -> list[Mention]:
        """Every known name in a text in matching form, in order; those inside a longer one are left out."""
        if not self._places:
            return []
        found = [
            Mention(start, start + len(name), self._places[name]) for name, starts in self._lexicon.find(text).items() for start in starts
        ]
        found.sort(key=lambda mention: (mention.start, -mention.end))
        kept: list[Mention] = []
        for mention in found:
            if not kept or mention.end > kept[-1].end:
                kept.append(mention)
        return kept


def districts_of(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The district of the longest known place of a post, the earlier of equals.

    Several where its name is found in several districts and the post names none of them.
    """
    placed = [mention for mention in mentions if any(place.district for place in mention.places)]
    if not placed:
        return ()
    longest = max(placed, key=lambda mention: (mention.end - mention.start, -mention.start))
    possible = tuple(dict.fromkeys(place.district for place in longest.places if place.district))
    named = {place.name for mention in mentions for place in mention.places if place.kind == DISTRICT}
    return tuple(district for district in possible if district in named) or possible


def listed_places(districts: Mapping[str, Sequence[str]]) -> Iterator[KnownPlace]:
    """The places of the settings: district -> names; those under "" belong to the whole city. Their kinds follow from their endings."""
    for district, names in districts.items():
        for name in names:
            if name:
                yield KnownPlace(name, next((kind for ending, kind in _KIND_BY_ENDING if ending.search(name)), OTHER), district)
        if district:
            yield KnownPlace(district, DISTRICT, district)


def read_gazetteer(path: Path) -> tuple[KnownPlace, ...]:
    """The places of a department's file: TOML with `[[place]]` tables, or CSV with a heading.

    Raises:
        PolicyError: the file cannot be used; says which line and what to write instead.
    """
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _toml_rows(path)
    first_line: dict[tuple[str, str], int] = {}
    places: list[KnownPlace] = []
    for line, row in rows:
        place = _checked(row, path, line)
        if (earlier := first_line.setdefault((place.name, place.district), line)) != line:
            raise PolicyError(say("monitoring.place_twice", file=path.name, line=line, name=place.name, earlier=earlier))
        places.append(place)
    return tuple(places)


def _checked(row: Mapping[str, Any], path: Path, line: int) -> KnownPlace:
    def refuse(reason: str, **fields: object) -> PolicyError:
        return PolicyError(say(f"monitoring.place_{reason}", file=path.name, line=line, **fields))

    if unknown := sorted(row.keys() - set(_FIELDS)):
        raise refuse("unknown_field", field=unknown[0], known="、".join(_FIELDS))
    name, kind, district, aliases = (row.get(field, default) for field, default in zip(_FIELDS, ("", OTHER, "", []), strict=True))
    if not isinstance(name, str) or len(name.strip()) < _SHORTEST:
        raise refuse("without_name")
    if kind not in KINDS:
        raise refuse("unknown_kind", kind=kind, name=name, known="、".join(KINDS))
    if not isinstance(district, str):
        raise refuse("bad_district", name=name)
    if not isinstance(aliases, list) or not all(isinstance(alias, str) and len(alias.strip()) >= _SHORTEST for alias in aliases):
        raise refuse("bad_aliases", name=name)
    return KnownPlace(name.strip(), kind, district.strip(), tuple(alias.strip() for alias in aliases))


def _toml_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    content = read_toml(path)
    rows = content.pop("place", None)
    if content or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PolicyError(say("monitoring.places_no_list", file=path.name))
    lines = [
        number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if re.match(r"\s*\[\[\s*place\s*\]\]", line)
    ]
    yield from zip(lines or [1] * len(rows), rows, strict=True)


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(say("monitoring.file_unreadable", file=path.name, problem=error)) from error
    reader = csv.reader(text.splitlines())
    heading = [_COLUMNS.get(column.strip(), column.strip()) for column in next(reader, [])]
    if "name" not in heading:
        raise PolicyError(say("monitoring.places_no_heading", file=path.name, known=",".join(_COLUMNS)))
    for cells in reader:
        row: dict[str, Any] = {field: cell.strip() for field, cell in zip(heading, cells, strict=False) if cell.strip()}
        if not row:
            continue
        if len(cells) > len(heading):
            raise PolicyError(say("monitoring.places_too_many_cells", file=path.name, line=reader.line_num))
        if "aliases" in row:
            row["aliases"] = [alias for alias in _BETWEEN_ALIASES.split(row["aliases"]) if alias.strip()]
        yield reader.line_num, row
