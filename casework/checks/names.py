"""点名: persons, organisations and places that a text names although no verified fact does.

An organisation or a place is known by parts: what is left of 青禾区住建局 without the words that every city has (区, 住建, 局) is 青禾,
and 青禾 must stand in what is known.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache

from casework.checks.plain import plain
from casework.checks.span import Span
from casework.drafting.slots import SLOT
from language.persons import find_names, has_surname
from language.segmentation import tagged_words
from prompts import frames

_TITLES = (
    r"(?:副?中队长|副?大队长|副?支队长|副?队长|副?局长|副?科长|副?所长|副?站长|副?主任|副?书记|副?镇长|副?区长|副?市长|副?处长|组长|经理|老板|师傅|警官|法官|律师|医生|大爷|大妈|"
    r"老先生|先生|女士|小姐|同志|老师|网格员|摊主|店主)"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方袁柳唐薛雷贺倪汤罗毕郝安常于傅顾孟黄穆萧尹姚邵汪毛"
    "戴宋庞熊纪舒屈项祝董梁杜阮蓝闵贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房丁邓洪包左石崔吉龚程邢裴陆翁甄曲封储段焦侯"
)
_PERSON = re.compile(rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?){_TITLES}")
LONGEST_HEAD = 12
_PREPOSITION = re.compile(r"^.*[由向对给从把被经的](?=.)")
_NAME_LENGTHS = (2, 3)
_PLACE_FOLLOWS = re.compile(
    r"[东西南北中大小新老上下]?(?:[路街巷镇乡村道桥店馆铺楼厂园组庙湾岭坪站湖坡冲塘垸苑]|[农市广]场|线|高速|高铁|大道|公司|集团|小区|社区|街道|"
    r"公园|学校|小学|中学|医院|中队|项目|庭院|家园)"
)
_VERBAL = ("v", "vd", "d", "ad", "zg")
_PRONOUNS = "您你我他她它这那"
_SMALL = ("p", "c", "u", "r", "y", "e", "o", "w", "x")
_CUED = re.compile(
    r"(?:负责人|责任人|当事人|联系人|经办人|承办人|[组队局科所站处院校厂店]长|书记|主任|法官|经理|经营者|摊主|店主|业主|司机|驾驶员|队员|伤者|网格员|为|系|由|受伤的)[为是系叫:]?"
    rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=[，。、；（(\s]|已|在|一直|将|等|于|到|负责|承诺|牵头|表示|同志|带队|处理|跟进)"
)
"""Who somebody is, and a name that ends where a sentence goes on."""
_PLACE = re.compile(r".[路街巷镇乡村桥厂园庙湾岭坪湖江河坡塘苑]$")
_AFTER_SMALL_WORD = re.compile(rf"[经由跟请到问让给向对是和与把被](?=(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,5}}))")
_QUOTATION = re.compile(r"“[^”]*”|《(?:[^《》]|《[^《》]*》)*》")


def strangers(text: str, known: str, told: str = "") -> tuple[Span, ...]:
    """Persons whom no verified fact names: by surname and office, by what stands around a name, or by a name that is no word.

    Args:
        known: verified facts and the case record.
        told: what the citizens wrote, personal data masked: a word of theirs that only looks like a name is none.
    """
    own, known = _own(text), plain(known)
    inside = _inside_words(own)
    titled = (
        found.span() for found in _PERSON.finditer(own)
        if found.start() not in inside and not _is_common(found[0]) and not _PLACE.search(found["name"])
    )  # fmt: skip
    pieces = {*titled, *find_names(own)}
    cued = (found.span("name") for found in _CUED.finditer(own) if not _is_word(found["name"]))
    looks = {(start, end) for start, end in (*_guessed(own), *cued) if own[start:end] not in plain(told)}
    spans = (Span(text[start:end], start) for start, end in sorted(pieces | looks))
    return _apart(span for span in spans if not _is_named(plain(span.text), known))


def _guessed(text: str) -> Iterator[tuple[int, int]]:
    """What the segmentation takes for a name although no dictionary holds it; no places that are called like people.

    After a small word (经, 由, 跟 …) the text is cut anew: with the word before it a name is easily cut wrongly.
    """
    words, start = set(), 0
    for word, _ in tagged_words(text):
        words.add((start, start := start + len(word)))
    for start, word in _tagged_as_names(text):
        end = start + len(word)
        unheard = (start, end) not in words and has_surname(word) and len(word) in _NAME_LENGTHS
        if unheard and not (_PLACE_FOLLOWS.match(text, end) or _PLACE.search(word) or _is_common(word)):
            yield start, end


def _tagged_as_names(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for word, tag in tagged_words(text, guess=True):
        if tag.startswith("nr"):
            yield start, word
        start += len(word)
    for found in _AFTER_SMALL_WORD.finditer(text):
        (word, tag), *_ = tagged_words(found["name"], guess=True)
        if tag.startswith("nr"):
            yield found.start("name"), word


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
    """Where names end in a suffix of the kind, as far back as the words allow; what every city has is no name."""
    words, inside = _words(kind), _inside_words(text, {"n"})
    for ending in words.endings.finditer(text):
        run = re.search(r"[\u4e00-\u9fffA-Za-z0-9]*$", text[max(0, ending.start() - LONGEST_HEAD) : ending.start()])
        if run and ending.start() not in inside and (own := _own_part(run[0], words)):
            yield ending.start() - len(own), ending.end()


def _own_part(run: str, words: "_Words") -> str:
    """The words before an ending that make it a name: what is its own, and the common words after that; empty where nothing is its own."""
    common = words.generic_end.search(run)
    before = run[: common.start()] if common else run
    own = _PREPOSITION.sub("", _nominal(before, words))
    return own and own + run[len(before) :]


def _inside_words(text: str, tags: Set[str] | None = None) -> Set[int]:
    """Places inside the words of the dictionary, where no name begins or ends (农|村, 公|安局长).

    Args:
        tags: only words of these parts of speech.
    """
    inside: set[int] = set()
    start = 0
    for word, tag in tagged_words(text):
        inside.update(range(start + 1, start + len(word)) if tags is None or tag in tags else ())
        start += len(word)
    return inside


def _nominal(run: str, words: "_Words") -> str:
    """What of the words before an ending can belong to a name: nothing before a verb of two characters or a small word."""
    kept = ""
    for word, tag in reversed(tagged_words(run, guess=True)):
        acts = len(word) > 1 and tag in _VERBAL and not words.generic.fullmatch(word)
        if word in words.stops or acts or tag.startswith(_SMALL) or word[0] in _PRONOUNS:
            break
        kept = word + kept
    return kept


def _is_told(name: str, known: str, kind: str) -> bool:
    """Whether the name stands in what is known: whole, or all that is its own."""
    own = _words(kind).common.sub(" ", name).split()
    return name in known or (bool(own) and all(part in known for part in own))


def _is_named(person: str, known: str) -> bool:
    return person in known or (len(person) > 3 and re.sub(_TITLES, "", person) in known and len(re.sub(_TITLES, "", person)) > 1)


def _is_word(name: str) -> bool:
    """Whether the dictionary knows the whole as a word that is no name, or it begins like one that only looks like a name."""
    (word, tag), *others = tagged_words(name)
    return _is_common(name) or (not others and word == name and not tag.startswith("nr"))


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


@dataclass(frozen=True)
class _Words:
    """How the names of one kind are told from other words.

    Attributes:
        endings: what such a name ends with.
        generic: words that every city has; `generic_end`: as many of them as stand at the end.
        common: such words of two characters and more, and the words for parts of a city.
        stops: words before which no name goes back.
    """

    endings: re.Pattern[str]
    generic: re.Pattern[str]
    generic_end: re.Pattern[str]
    common: re.Pattern[str]
    stops: Set[str]


@cache
def _words(kind: str) -> _Words:
    lists = frames("names")[kind]
    endings, generic = _either(lists["endings"]), [*lists["generic"], *lists["endings"]]
    common = [word for word in generic if len(word) > 1]
    return _Words(
        re.compile(f"{endings}(?!{lists['not_before']})"), re.compile(f"{_either(generic)}*"), re.compile(f"{_either(generic)}+$"),
        re.compile(f"{_either(common)}|[省市区县镇乡村局所站]"), frozenset([*frames("names")["stops"], *lists["stops"]]),
    )  # fmt: skip


def _either(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"
