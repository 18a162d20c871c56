"""点名: persons, organisations and places that a text names although no verified fact does.

An organisation or a place is known by parts: what is left of 青禾区住建局 without the words that every city has (区, 住建, 局) is 青禾,
and 青禾 must stand in what is known.
"""

import re
from collections.abc import Iterator
from functools import cache

from casework.checks.plain import plain
from casework.checks.span import Span
from casework.drafting.slots import SLOT
from language.persons import find_names
from prompts import frames

_TITLES = (
    r"(?:副?中队长|副?大队长|副?支队长|副?队长|副?局长|副?科长|副?所长|副?站长|副?主任|副?书记|副?镇长|副?区长|副?市长|副?处长|组长|经理|老板|师傅|警官|法官|律师|医生|大爷|大妈|"
    r"老先生|先生|女士|小姐|同志|老师|网格员|摊主|店主)"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方袁柳唐薛雷贺倪汤罗毕郝安常于傅顾孟黄穆萧尹姚邵汪毛"
    "戴宋庞熊纪舒屈项祝董梁杜阮蓝闵贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房丁邓洪包左石崔吉龚程邢裴陆翁甄曲封储段焦侯"
)
_PERSON = re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?{_TITLES}")
_QUOTATION = re.compile(r"“[^”]*”|《[^》]*》")


def strangers(text: str, known: str) -> tuple[Span, ...]:
    """Persons whom no verified fact names, by surname and office or by what stands around a name."""
    own, known = _own(text), plain(known)
    pieces = [*(found.span() for found in _PERSON.finditer(own) if not _is_common(found[0])), *find_names(own)]
    spans = (Span(text[start:end], start) for start, end in sorted(set(pieces)))
    return _apart(span for span in spans if not _is_named(plain(span.text), known))


def organisations(text: str, known: str) -> tuple[Span, ...]:
    """Organisations whose own names stand in nothing that is known."""
    return _unknown(text, known, "organisation")


def places(text: str, known: str) -> tuple[Span, ...]:
    """Roads, estates and squares whose names stand in nothing that is known."""
    return _unknown(text, known, "place")


def _unknown(text: str, known: str, kind: str) -> tuple[Span, ...]:
    own, known = _own(text), plain(known)
    found = (Span(text[start:end], start) for start, end in _named(own, kind) if not _is_told(own[start:end], known, kind))
    return _apart(found)


def _named(text: str, kind: str) -> Iterator[tuple[int, int]]:
    """Where names end in a suffix of the kind: as far back as the words allow."""
    endings, stops, generic = _patterns(kind)
    for ending in endings.finditer(text):
        before = text[max(0, ending.start() - 12) : ending.start()]
        run = re.search(r"[\u4e00-\u9fffA-Za-z0-9]*$", before)
        head = stops.split(run[0])[-1] if run else ""
        if generic.sub("", head):
            yield ending.start() - len(head), ending.end()


def _is_told(name: str, known: str, kind: str) -> bool:
    """Whether the name stands in what is known: whole, or all that is its own."""
    _, _, generic = _patterns(kind)
    own = [part for part in generic.sub(" ", name).split() if len(part) > 1]
    return name in known or all(part in known or any(part[cut:] in known for cut in range(1, len(part) - 1)) for part in own)


def _is_named(person: str, known: str) -> bool:
    return person in known or (len(person) > 3 and re.sub(_TITLES, "", person) in known and len(re.sub(_TITLES, "", person)) > 1)


def _is_common(words: str) -> bool:
    """Whether the words only look like a name, as 方案组长 does."""
    return any(words.startswith(common) for common in frames("names")["no_person"])


def _apart(spans: Iterator[Span]) -> tuple[Span, ...]:
    """Without those that lie within another."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _own(text: str) -> str:
    """The text in plain writing, with slots, quotations and titles blanked out."""
    blank = SLOT.sub(lambda slot: " " * len(slot[0]), plain(text))
    return _QUOTATION.sub(lambda quote: " " * len(quote[0]), blank)


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The endings of names of a kind, the words before which no name goes back, and the words that are nobody's own."""
    lists = frames("names")[kind]
    endings = "|".join(sorted(lists["endings"], key=len, reverse=True))
    generic = "|".join(sorted([*lists["generic"], *lists["endings"]], key=len, reverse=True))
    stops = "|".join(sorted([*frames("names")["stops"], *lists.get("stops", [])], key=len, reverse=True))
    return re.compile(f"(?:{endings})(?!{lists['not_before']})"), re.compile(stops), re.compile(generic)
