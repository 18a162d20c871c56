"""When a question cannot be answered from rules in force here: pure tests of its words."""

import re
from dataclasses import dataclass

from knowledge_base.region import Region, places_named

_OTHER_PLACE = re.compile(r"隔壁(?:市|省|区|县|城市)|邻市|邻省|外地|(?:别的|其他|其它|兄弟)(?:省|市|城市|地方|地区)")
_OLD_VERSION = re.compile(
    r"(?:旧|老|原|原来|以前|之前|从前|过去|已?废止|修订前|修改前)的?(?:那[版份部])?(?P<kind>版本?|办法|条例|规定|细则|规则|标准|文件)"
    r"|(?P<year>(?:19|20)\d\d)\s*年?(?:的|那)?(?:版本?|旧版|那版|办法|条例|规定|细则|规则)"
)
_DELEGATES = re.compile(
    r"(?:设区的市|地方|省、自治区、直辖市|县级以上|市、县)[^。；]{0,16}(?:另行规定|可以规定|具体规定|具体办法|规定的(?:时间|时段|范围|标准))"
)
_HERE = re.compile(r"[我本](?:市|省|区|县|镇|街道|地)|当地")


def names_place_beyond(question: str, region: Region) -> Region | None:
    """A place that a question names and that does not lie within the region of the question; None where it names none."""
    return next((place for place in sorted(places_named(question), key=str) if not _within(place, region)), None)


def asks_for_other_place(question: str) -> bool:
    """Whether a question asks how it is elsewhere (隔壁市, 外地)."""
    return _OTHER_PLACE.search(question) is not None


def asks_for_local_rule(question: str) -> bool:
    """Whether a question asks for a rule of one's own place (我市, 本区, 当地)."""
    return _HERE.search(question) is not None


@dataclass(frozen=True)
class OldVersion:
    """A version that is no longer in force, asked for on purpose. `year` where the question names one."""

    year: int | None


def asks_for_old_version(question: str) -> OldVersion | None:
    """The old version that a question asks for (旧办法, 2019 年版); None where it asks for the rule in force."""
    match = _OLD_VERSION.search(question)
    return OldVersion(int(match["year"]) if match["year"] else None) if match else None


def leaves_to_places(words: str) -> bool:
    """Whether a national rule leaves something to the places, so that a local rule may say more."""
    return _DELEGATES.search(words) is not None


def _within(place: Region, region: Region) -> bool:
    return place.province == region.province and (place.city is None or region.city is None or place.city == region.city)
