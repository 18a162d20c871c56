"""市民怎么说: what the citizens claim (when, how long, how often they complained, what they were told, who suffers), and in which mood.

Everything is word for word theirs, and nothing of it is verified.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from language.numerals import NUMERAL, count
from monitoring.demands import any_of
from prompts import frames

MOST_CLAIMS = 6
LENGTHS = range(6, 42)
"""Characters of a claim that can be quoted in a sentence."""
READ = 1500
SEVERAL = 2
"""What 多次 is counted as: at least two."""
_ANGRY_FROM = 2

_BREAK = re.compile(r"[。！？!?\n；;…~～【】]+")
_OPENING = re.compile(
    r"^(?:[\d一二三四五六七八九十]{1,2}[,，、.．:：)）]\s*|(?:但是?|而且|并且|然而|不过|所以|因此|因为|由于|可是?|且|总共|另外|同时|现在)[，,]?)+"
)
_UNFIT = re.compile(
    r"\*|某某|@|https?:|您好|你好|谢谢|领导|书记|市长|曝光|联系|保护伞|黑社会|腐败|骗|无良|讽刺|嚣张|猖狂|可恨|气愤|恶劣|居然|竟|凭什么|垃圾公司|希望|请|睁眼瞎|跑断腿"
)
"""What is better not repeated in public: forms of address, accusations, abuse."""
_N = rf"\s?(?:\d{{1,3}}|[{NUMERAL}半几数]{{1,3}})\s?"
_HOUR = rf"(?:\d{{1,2}}(?:[:：]\d{{2}}|[点时](?:半|多|左右|\d{{1,2}}分?)?)|[{NUMERAL}]{{1,3}}点(?:半|多|钟)?)"
_DAYTIME = r"(?:凌晨|清晨|清早|一大早|早上|早晨|上午|中午|午休|下午|傍晚|晚上|晚间|夜里|夜间|半夜|深夜|通宵|彻夜|白天)"
_EVERY = (
    r"(?:每天|每日|天天|每晚|每夜|夜夜|每周[一二三四五六日末]?|每到[^，。]{1,4}|周末|节假日|双休日|隔三差五|整天|整夜|一天到晚|没日没夜)"
)
_WHEN = re.compile(
    rf"{_EVERY}(?:都)?(?:{_DAYTIME})?{_HOUR}?(?:[到至\-—~]+{_DAYTIME}?{_HOUR})?|{_DAYTIME}{_HOUR}?(?:[到至\-—~]+{_DAYTIME}?{_HOUR})?|{_HOUR}(?:[到至\-—~]+{_DAYTIME}?{_HOUR})?"
)
_SINCE = r"(?:已经?|将?近|快|整整|长达|持续|连续|超过|至今|一直|断断续续)"
_LASTING = re.compile(
    rf"{_SINCE}+(?:有|了)?(?<!第){_N}(?:多|余|来)?(?:年|个多?月|天|周|个星期|个?小时)(?:多|之久|有余|左右)?(?![前级])"
    rf"|(?<![\d第年]){_N}(?:多|余|来)?(?:年|个多?月)(?:多|之久|以来|了(?!解))(?![前级])"
)


class ClaimKind(StrEnum):
    """What a claim is about."""

    WHEN = "when"
    LASTING = "lasting"
    COMPLAINED = "complained"
    ANSWERED = "answered"
    HARM = "harm"
    AMOUNT = "amount"


class Mood(StrEnum):
    """How the citizens speak."""

    ANGRY = "angry"
    ANXIOUS = "anxious"
    CALM = "calm"
    GRATEFUL = "grateful"


@dataclass(frozen=True)
class Claim:
    """One clause of a post that says something concrete, fit to be repeated in public."""

    text: str
    kind: ClaimKind


@dataclass(frozen=True)
class Telling:
    """How a matter is told. All phrases are the citizens' own words.

    Attributes:
        claims: concrete clauses in the order of the posts.
        when: at what time of day or how often it happens.
        lasting: for how long.
        complained: that they complained before, and `times_complained` how often: 0 where they do not say, SEVERAL for 多次.
        answer_told: what some office is said to have answered.
        mood: of all posts together.
        affected: vulnerable people who are named, as they are called (孩子).
        hurt: the clause in which somebody is said to be hurt or ill.
    """

    claims: tuple[Claim, ...] = ()
    when: str = ""
    lasting: str = ""
    complained: str = ""
    times_complained: int = 0
    answer_told: str = ""
    mood: Mood = Mood.CALM
    affected: tuple[str, ...] = ()
    hurt: str = ""

    def claims_of(self, kind: ClaimKind) -> tuple[Claim, ...]:
        """The claims of one kind."""
        return tuple(claim for claim in self.claims if claim.kind is kind)


def read_telling(posts: Sequence[str]) -> Telling:
    """Read how the posts of a matter tell it.

    Args:
        posts: the decisive one first, personal data masked.
    """
    texts = [post[:READ] for post in posts]
    told = "\n".join(texts)
    claims = tuple(_claims(texts))
    complained = _patterns()[ClaimKind.COMPLAINED].search(told)
    answers = (found[0] for found in _patterns()[ClaimKind.ANSWERED].finditer(told))
    return Telling(
        claims=claims, when=_longest(_WHEN, told), lasting=_first(_LASTING, told),
        complained=complained[0].strip() if complained else "", times_complained=_times(complained) if complained else 0,
        answer_told=next((answer for answer in answers if not _UNFIT.search(answer)), ""), mood=_mood(told),
        affected=tuple(row["name"] for row in frames("telling")["affected"] if any(word in told for word in row["words"])),
        hurt=_clause_of(claims, ClaimKind.HARM),
    )  # fmt: skip


def clauses(text: str) -> list[str]:
    """The phrases between commas, neighbours joined while they stay short: one phrase alone says too little."""
    return [part for sentence in _BREAK.split(text) for part in _joined(sentence)]


def _joined(sentence: str) -> list[str]:
    joined: list[str] = []
    for part in re.split(r"(?<=[，,])", sentence):
        if joined and len(joined[-1]) + len(part) < LENGTHS.stop // 2:
            joined[-1] += part
        else:
            joined.append(part)
    return [_OPENING.sub("", part.strip()).rstrip("，,、：: ") for part in joined]


def _claims(texts: Sequence[str]) -> Iterator[Claim]:
    """Concrete clauses, each once; of each kind the first two."""
    found: dict[str, ClaimKind] = {}
    for clause in (clause for text in texts for clause in clauses(text)):
        kind = next((kind for kind, pattern in _patterns().items() if pattern.search(clause)), None)
        fit = (
            len(clause) in LENGTHS
            and not _UNFIT.search(clause)
            and clause.count("（") == clause.count("）")
            and clause.count("“") == clause.count("”")
        )
        if kind and fit and list(found.values()).count(kind) < SEVERAL:
            found.setdefault(clause, kind)
    yield from (Claim(clause, kind) for clause, kind in list(found.items())[:MOST_CLAIMS])


def _clause_of(claims: Sequence[Claim], kind: ClaimKind) -> str:
    return next((claim.text for claim in claims if claim.kind is kind), "")


def _first(pattern: re.Pattern[str], told: str) -> str:
    return found[0].strip() if (found := pattern.search(told)) else ""


def _longest(pattern: re.Pattern[str], told: str) -> str:
    """The fullest phrase, the first of equals."""
    return max((found[0].strip().rstrip("都") for found in pattern.finditer(told)), key=len, default="")


def _times(complained: re.Match[str]) -> int:
    number = complained["number"] or complained["other"]
    return (count(number.strip()) if number else None) or SEVERAL


def _mood(told: str) -> Mood:
    words = frames("telling")["mood"]
    anger = sum(word in told for word in words["angry"]) + len(re.findall(r"[！!]{2,}|[？?]{2,}|[？?][！!]", told))
    if any(word in told for word in words["grateful"]) and anger < _ANGRY_FROM:
        return Mood.GRATEFUL
    if anger >= _ANGRY_FROM:
        return Mood.ANGRY
    return Mood.ANXIOUS if any(word in told for word in words["anxious"]) else Mood.CALM


@cache
def _patterns() -> dict[ClaimKind, re.Pattern[str]]:
    """What a clause of each kind holds; a clause is of the first kind that fits."""
    words = frames("telling")["words"]
    report, office = any_of(words["report"]), any_of(words["office"])
    number = rf"\s?\d{{1,3}}\s?|[{NUMERAL}]{{1,3}}"
    complained = (
        rf"(?:{report})[^，。！？\n]{{0,8}}?(?:(?P<number>{number})|无?数|多|几|好几)(?:多|余)?(?:次|遍|回)(?!复)"
        rf"|(?:(?P<other>{number})|多|数|几|屡|无数|好几)(?:次|遍)[^，。！？\n]{{0,8}}?(?:{report})|(?:屡次|反复|再次)(?:{report})"
    )
    return {
        ClaimKind.COMPLAINED: re.compile(complained),
        ClaimKind.HARM: re.compile(any_of(words["harm"])),
        ClaimKind.ANSWERED: re.compile(rf"(?:{office})[^，。！？\n]{{0,6}}?(?:{any_of(words['said'])})(?!明)[^，。！？；\n]{{3,24}}"),
        ClaimKind.WHEN: _WHEN,
        ClaimKind.LASTING: _LASTING,
        ClaimKind.AMOUNT: re.compile(rf"(?:\d[\d,.]*|[{NUMERAL}几数]{{2,5}})(?:多|余)?(?:万?元|块钱?|户|人|家|米|分贝|平方米|平方|辆)"),
    }
