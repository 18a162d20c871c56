"""Where a rule applies."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from language.script import to_simplified
from language.segmentation import words

_PROVINCE_SUFFIX = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
_PLACE_PREFIX = re.compile(r"^(?:关于)?(?:印发)?《?([一-鿿]{2,7}?)(省|自治区|自治州|自治县|市)")
_NO_PLACE = re.compile(r"城市|都市|超市|夜市|集市|上市|股市|门市|菜市|县市|省市|直辖|县级|地级|国家|全国|中华")


def _bare_province(name: str | None) -> str | None:
    if not name:
        return None
    return _PROVINCE_SUFFIX.sub("", name) if len(name) > 2 else name


def _bare_city(name: str | None) -> str | None:
    if not name:
        return None
    return name.removesuffix("市") if len(name) > 2 else name


@dataclass(frozen=True)
class Region:
    """A place by province and city; both None is the whole country. Names lose their 省/市, so that 浙江省 and 浙江 are one place."""

    province: str | None = None
    city: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "province", _bare_province(self.province))
        object.__setattr__(self, "city", _bare_city(self.city))

    def covers(self, other: "Region") -> bool:
        """Whether a rule of this region applies at `other`: national everywhere, provincial in its province, municipal in its city."""
        return self.province in (None, other.province) and self.city in (None, other.city)


_WORDS_TOO = frozenset({"来宾", "大同", "白银"})
"""Cities whose bare names are common words."""
NATIONAL = Region()
MUNICIPALITIES = frozenset({"北京", "上海", "天津", "重庆"})


def named_in_title(title: str, known: Region = NATIONAL) -> Region:
    """The region of a document by its title (`杭州市养犬管理条例`), where `known` says no more.

    Args:
        title: the document's title; a title without a place leaves `known` as it is.
        known: what is known from elsewhere; it outweighs the title.
    """
    title = to_simplified(title)
    match = _PLACE_PREFIX.match(title.removeprefix("中华人民共和国"))
    if title.startswith("中华人民共和国") or match is None or _NO_PLACE.search(match[1]) or known.city:
        return known
    name = _bare_province(match[1] + match[2]) or ""
    if name in cities_by_province():
        return Region(known.province or name)
    if match[2] in ("省", "自治区"):
        return Region(known.province or name)
    if known.province in MUNICIPALITIES:
        return known
    city = _bare_city(match[1] + match[2]) or ""
    return Region(known.province or province_of(city), city)


def province_of(city: str) -> str | None:
    """The province in which a city lies; None for a city that the table does not hold."""
    bare = _bare_city(city)
    return next((province for province, cities in cities_by_province().items() if bare in cities), None)


def places_named(text: str) -> set[Region]:
    """Provinces and cities of the table that a text names as words of their own; 中山路 and 今天水压 name none."""
    told = set(words(text))
    table = cities_by_province()
    provinces = {Region(province) for province in table if _is_named(province, text, told)}
    return provinces | {Region(province, city) for province, cities in table.items() for city in cities if _is_named(city, text, told)}


def _is_named(place: str, text: str, told: set[str]) -> bool:
    return f"{place}市" in text or f"{place}省" in text or (place in told and place not in _WORDS_TOO)


@cache
def cities_by_province() -> dict[str, tuple[str, ...]]:
    """Provinces with their prefecture-level cities, from `places.toml`."""
    table = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
    return {province: tuple(names.split()) for province, names in table["cities"].items()}
