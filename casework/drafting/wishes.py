"""修改意见: what a person wants changed in a reply, understood by rules; what was not understood is named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from language.numerals import to_int
from prompts import frames


class WishKind(StrEnum):
    """What is to happen to the text. The names of those without words of their own stand in `prompts/frames/revising.toml`."""

    DELETE_PARAGRAPHS = "delete_paragraphs"
    DELETE_SENTENCES = "delete_sentences"
    DELETE_WORDS = "delete_words"
    AVOID = "avoid"
    REPLACE = "replace"
    ADDRESS = "address"
    SHORTEN = "shorten"
    SOFTEN = "soften"
    FORMAL = "formal"
    COLLOQUIAL = "colloquial"
    APOLOGY = "apology"
    PHONE = "phone"
    DEADLINE = "deadline"
    NO_CLAUSE = "no_clause"
    CLAUSE = "clause"
    INFORMAL_YOU = "informal_you"


ADDING = (WishKind.APOLOGY, WishKind.PHONE, WishKind.DEADLINE, WishKind.CLAUSE)
MANNERS = (WishKind.SHORTEN, WishKind.COLLOQUIAL, WishKind.FORMAL, WishKind.SOFTEN)
"""The first that is heard is meant."""


@dataclass(frozen=True)
class Wish:
    """One thing that is wanted.

    Attributes:
        said: the part of the comment that says it.
        places: numbers of paragraphs or sentences, from 1; negative ones from the end.
        words: the words that it is about; `instead` what is to stand there.
        length: the most characters, 0 where none is named.
    """

    kind: WishKind
    said: str
    places: tuple[int, ...] = ()
    words: str = ""
    instead: str = ""
    length: int = 0


@dataclass(frozen=True)
class Comment:
    """A comment as far as it was understood."""

    wishes: tuple[Wish, ...]
    puzzling: tuple[str, ...]

    @property
    def deletes(self) -> bool:
        """Whether something is to go, and with it perhaps a fact."""
        going = (WishKind.DELETE_PARAGRAPHS, WishKind.DELETE_SENTENCES, WishKind.DELETE_WORDS, WishKind.SHORTEN, WishKind.NO_CLAUSE)
        return any(wish.kind in going for wish in self.wishes)


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_NUMERAL = r"[0-9]{1,2}|[一二两三四五六七八九十]{1,3}"
_PLACE = (
    rf"(?:第?\s*(?P<first>{_NUMERAL})\s*(?:段|句|条|项|点)?\s*(?P<join>到|至|-|—|、|和|与|及)\s*第?\s*(?P<last>{_NUMERAL})"
    rf"|(?P<from_end>倒数)?第\s*(?P<one>{_NUMERAL})|(?P<end>最后一?|末尾?一?|结尾一?|末)|(?P<begin>开头一?|首|头一|打头一?))"
)
_WHERE = re.compile(_PLACE + r"\s*(?:个)?(?:自然)?(?P<unit>段落?|句话?|条|项|点)")
_DELETE = re.compile(r"删|去掉|去除|拿掉|拿走|不要|不用|划掉|砍掉|省掉|略去|移除|抹掉")
_QUOTES = r"[“\"「『‘'](?P<{name}>[^”\"」』’']{{1,80}})[”\"」』’']"
_REPLACE = re.compile(
    rf"(?:把|将)?{_QUOTES.format(name='old')}(?:这?[句词话]+)?(?:都|全)?(?:改成|改为|换成|换为|替换成|替换为|写成|说成)(?:说)?{_QUOTES.format(name='new')}"
)
_QUOTED = re.compile(_QUOTES.format(name="words"))
_AVOID = re.compile(r"别用|不用|不要用|不要出现|不要写|不要说|别写|别说|别提|不提|不要提|避免|不能有|不要有|少用|别出现")
_BARE_AVOID = re.compile(
    r"(?:别用|不要用|不要出现|别提|不提|不要提|别出现|避免(?:使用|出现)?)(?P<words>[\u4e00-\u9fff]{2,12})(?:这[个种]?(?:词|字|话|说法)|字样)?$"
)
_CALLED = r"(?:称|叫)(?:他|她|对方|市民)?(?:为|作)?[“\"「]"
_ADDRESS = re.compile(
    r"称呼(?:改|换|用|写)?(?:成|为|作|上)?\s*[“\"「]?(?P<words>[\u4e00-\u9fff]{2,8}?)[”\"」]?$"
    rf"|{_CALLED}(?P<quoted>[^”\"」]{{2,8}})[”\"」]"
)
_LENGTH = re.compile(r"(?P<count>\d{2,4}|[一二两三四五六七八九]百[零一二三四五六七八九十]*)\s*(?:个)?字")
_BREAK = re.compile(r"[，,。；;！!\n]+|(?:并且|然后|同时|另外|还有|此外|以及)")
_FILLER = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|你|再|也|都|就|还|把|将|稍微|尽量|最好|能不能|可以|给我|整体|全文|整个|一下|，|\s)+"
    r"|(?:吧|呢|啊|呀|哈|一下|好吗|行吗|可以吗|谢谢)+$"
)
_NO_WISH = re.compile(r"^(?:好|好的|行|嗯|谢谢|辛苦了?|你好|ok|不错|其他(?:都)?(?:不变|保留|不动)|别的不动)$", re.IGNORECASE)


def read_comment(comment: str) -> Comment:
    """What a comment asks for, in its order."""
    wishes: list[Wish] = []
    puzzling: list[str] = []
    for part in _parts(comment.translate(_HALF_WIDTH)):
        found = _wishes(part)
        wishes += found
        bare = _FILLER.sub("", part)
        if bare and not found and not _NO_WISH.match(bare):
            puzzling.append(part)
    named = any(wish.length for wish in wishes)
    return Comment(tuple(w for w in wishes if w.kind is not WishKind.SHORTEN or w.length or not named), tuple(puzzling))


def _parts(comment: str) -> Iterator[str]:
    """The parts of a comment; what stands in quotation marks is not cut."""
    kept = _QUOTED.sub(lambda found: "\0" * len(found[0]), comment)
    start = 0
    for found in (*_BREAK.finditer(kept), None):
        end = found.start() if found else len(comment)
        if comment[start:end].strip():
            yield comment[start:end].strip()
        start = found.end() if found else end


def _wishes(part: str) -> list[Wish]:
    one = _about_words(part) or _about_places(part)
    return [one] if one else _about_manner(part)


def _about_words(part: str) -> Wish | None:
    if found := _REPLACE.search(part):
        return Wish(WishKind.REPLACE, part, words=found["old"], instead=found["new"])
    if "称呼" in part or re.search(_CALLED, part):
        found = _ADDRESS.search(part)
        return Wish(WishKind.ADDRESS, part, words=found["words"] or found["quoted"]) if found else None
    if _heard("informal_you").search(part):
        return Wish(WishKind.INFORMAL_YOU, part)
    if found := _QUOTED.search(part):
        if _AVOID.search(part):
            return Wish(WishKind.AVOID, part, words=found["words"])
        return Wish(WishKind.DELETE_WORDS, part, words=found["words"]) if _DELETE.search(part) else None
    return None


def _about_places(part: str) -> Wish | None:
    found = _WHERE.search(part)
    if not found or not _DELETE.search(part):
        return None
    kind = WishKind.DELETE_SENTENCES if found["unit"].startswith("句") else WishKind.DELETE_PARAGRAPHS
    return Wish(kind, part, places=_places(found))


def _places(found: re.Match[str]) -> tuple[int, ...]:
    if found["end"]:
        return (-1,)
    if found["begin"]:
        return (1,)
    if found["one"]:
        return (-_number(found["one"]) if found["from_end"] else _number(found["one"]),)
    first, last = _number(found["first"]), _number(found["last"])
    return tuple(range(first, last + 1)) if found["join"] in "到至-—" else (first, last)


def _about_manner(part: str) -> list[Wish]:
    if _heard("shorten").search(part) and (length := _LENGTH.search(part)):
        return [Wish(WishKind.SHORTEN, part, length=_number(length["count"]))]
    if _heard("no_clause").search(part):
        return [Wish(WishKind.NO_CLAUSE, part)]
    if added := [Wish(kind, part) for kind in ADDING if _heard(kind.value).search(part)]:
        return added
    if found := next((kind for kind in MANNERS if _heard(kind.value).search(part)), None):
        return [Wish(found, part)]
    bare = _BARE_AVOID.search(_FILLER.sub("", part))
    return [Wish(WishKind.AVOID, part, words=bare["words"])] if bare else []


def _number(numeral: str) -> int:
    return int(to_int(numeral))


@cache
def _heard(name: str) -> re.Pattern[str]:
    return re.compile(frames("revising")["heard"][name])
