"""The one line that staff know an event by: the place, then the words of a post that name what happened there.

What nobody has verified is marked as told (网传, 网友反映), and of several clauses the sober one that names a deed and a thing goes
before outcries, questions and counts of complaints.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from monitoring.cues import load_cues
from monitoring.lexicon import BUILT_IN, Lexicon, read_toml, word_lists
from prompts import words

LONGEST_TOLD = 24
_LONGEST_PLACE = 14
LONGEST = _LONGEST_PLACE + 1 + LONGEST_TOLD
_SHORTEST_CLAUSE = 4
_TELLING = 6
"""A shorter clause of the body names a thing and seldom what is the matter with it."""
_SHORT, _VERY_SHORT = 8, 5
"""Shorter clauses seldom stand alone."""
_LOOKED_AT = 16
"""Clauses of a post that are weighed; what happened is told at the beginning."""

_GREETING = re.compile(
    r"^(?:(?:尊敬的|敬爱的)?[^，。！!：:,\s]{0,12}(?:领导|书记|市长|局长|区长|县长|主任|同志)(?:们|同志)?(?:您好|你好|们好|好)?|(?:您|你|大家)们?好)"
    r"(?=[，。！!：:,\s])[，。！!：:,\s]*"
)
_RELAYED = re.compile(r"市民(?:来电|来信|来访)?(?:反映|投诉|咨询|举报)|来电人(?:反映|称)")
_PREFACE = re.compile(
    r"^(?:关于|市民(?:来电|来信|来访)?(?:反映|投诉|咨询|举报)[：:,，]?|(?:我要|再次|强烈|实名)?(?:投诉|举报|反映|反应|咨询)(?=[^，。\s]{6})"
    r"|(?:转发|搬运|更新|紧急|最新消息|问下|请问|求助)[：:,，]?"
    r"|(?:恳请|请求|请|希望|要求|望)(?:各位|相关|有关|部门|领导|政府|城管|依法|尽快|及时|严肃)*(?:解决|处理|整治|查处|制止)(?=[^，。\s]{4})"
    r"|但是?|而且|并且|且|因为|由于|所以|导致|造成|致使)"
)
_WITNESS = re.compile(
    r"^(?:(?:刚刚?|刚才|就|今天|今晚|昨晚|我们?|亲眼|现场)*(?:看到|看见|目睹|撞见|拍到|听到)|这里|现场|那里|这边|的)(?!的)"
)
_INSIDE = re.compile(r"^(?:[内里](?![面部])|旁边?(?=的))")
"""What is left of a place's words when its name is taken off."""
_ENDING = re.compile(r"(?:的(?:问题|反映|情况|投诉|举报|建议|咨询|请求))+$")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,2}|\d{1,2})[、.．)） ]")
_TAGS = re.compile(r"#[^#\n]{1,40}#|//?@[^\s:：]+[:：]?|@[^\s:：，。]+|https?://\S+")
_CLAUSE = re.compile(
    r"(?P<said>[^，。！？；,!?;\n【】…~～‼⚠\ufe0f\U0001f000-\U0001faff]+?)(?P<end>：|:(?!\d)|[，。！？；,!?;\n【】…~～‼⚠\ufe0f\U0001f000-\U0001faff]+|$)"
)
_HEATED = re.compile(r"竟然?|居然|公然|悍然|疯狂地?|活活|生生|残忍地?|肆意|简直|丧心病狂地?")
_HEDGED = re.compile(r"网传|网友|网曝|疑似|据传|据说|听说|传言|有人[说称]|爆料|被曝|反映|通报|回应|市民称")
_OUTCRY = re.compile(
    r"^(?:天[哪啊]|我的天|救命|家人们|姐妹们|兄弟们|老百姓|有没有|能不能|谁|难道|为什么|为何|凭什么|什么|怎么|你们|到底|别|请|希望|建议|诉求|求|转|给|我们?是|本人|住在)"
    r"|(?:投诉|举报|反映|拨打)[^，]{0,4}(?:次|遍)|(?:多|数|几)次(?:投诉|反映|举报)|(?:说法|重视|回复|处理|管管|管一管|评评理|至于吗)$|影响.{0,8}(?:生活|休息|通行)|苦不堪言|受不了"
)
_VIVID = re.compile(
    r"头破血流|血流|惨|畜生|土匪|强盗|黑社会|流氓|恶霸|无良|黑心|吸血|丧尽|天理|令人发指|猖狂|嚣张|骗子|去死|不得好死|围[一着攻殴]|[一二三四五六七八九十]{2}个"
)

_MANY = re.compile(r"(?:[二三四五六七八九]?十|百|[几数]十|\d{2,})[几多余]*[个名人]")
"""Ten people or more."""
_GRAVE = ("death", "severe_injury", "explosion")
_HARM = ("injury", "poisoning", "hazard", "crowd_now")
_DEED = ("violence", "smashing", "stall_smashing", "misconduct")
_MATTER = ("grievance", "hazard_sign", "symptom", "illegal")
_NO_MATTER = ("诉求", "夜间")
"""Lists of `lines.toml` that say how people ask, and when, not what about."""


@dataclass(frozen=True)
class _Clause:
    """A clause on its way to the headline: its words, and what they name."""

    said: str
    ordinal: int
    in_title: bool
    asks: bool
    place: str
    begins: bool = True

    @property
    def is_loud(self) -> bool:
        """Whether it cries out, asks or paints instead of telling."""
        return self.asks or bool(_OUTCRY.search(self.said) or _VIVID.search(self.said))

    @property
    def worth(self) -> float:
        """How well it tells what happened; compared within one post."""
        own = self.said.replace(self.place, "") if self.place else self.said
        worth = 2.0 * gravity(own) + min(len(_named(own)), 3) + 3.0 * self.in_title - 0.25 * self.ordinal
        worth -= 2.0 * self.asks + 3.0 * bool(_OUTCRY.search(own)) + 2.5 * bool(_VIVID.search(own))
        return worth - 2.0 * (len(own) > LONGEST_TOLD) - 1.5 * (len(own) < _TELLING and not self.in_title)


def headline(place: str | None, title: str, text: str) -> str:
    """A line of at most LONGEST characters: the place first, where it is known and short, then what is told of it."""
    named = " ".join(place.split()) if place and len(place) <= _LONGEST_PLACE else ""
    clauses = list(_clauses(named, title, text))
    if not clauses:
        return _fitted(" ".join(re.sub("[!！]", " ", title.strip() or text).split()) or "（无文字）", LONGEST)
    best = max(range(len(clauses)), key=lambda number: clauses[number].worth)
    told = _fitted(_attributed(_whole(clauses, best), relayed=bool(_RELAYED.search(text))), LONGEST_TOLD)
    return f"{named}：{told}" if named and named not in told else told


def gravity(line: str) -> int:
    """What a line tells: 3 a death or many harmed, 2 what officers are said to have done, or a harm, 1 any matter, else 0."""
    named = _named(line)
    harmed = _stated(line, named, *_HARM)
    if _stated(line, named, *_GRAVE) or (harmed and _MANY.search(line)):
        return 3
    return 2 if harmed or _accuses(line, named) else int(bool(named))


def _clauses(place: str, title: str, text: str) -> Iterator[_Clause]:
    """The clauses of a post that say something, cleared of greeting, preface, place and heat."""
    ordinal = 0
    for part, in_title in ((title, True), (text, False)):
        begins = True
        for found in _CLAUSE.finditer(_GREETING.sub("", _TAGS.sub("", part).strip())):
            said = _cleared(found["said"], place)
            if len(said) >= _SHORTEST_CLAUSE and ordinal < _LOOKED_AT:
                yield _Clause(said, ordinal, in_title, "？" in found["end"] or "?" in found["end"], place, begins)
                ordinal += 1
            begins = found["end"] not in ("，", ",")


def _whole(clauses: Sequence[_Clause], number: int) -> str:
    """The clause; a short one with that before it in its sentence, which has its subject, a very short one else with that after it."""
    clause = clauses[number]
    before = clauses[number - 1] if number and not clause.begins and len(clause.said) < _SHORT else None
    next_one = clauses[number + 1] if number + 1 < len(clauses) else None
    after = next_one if next_one and not next_one.begins and len(clause.said) < _VERY_SHORT else None
    for first, second in ((before, clause), (clause, after)):
        if first and second and not first.is_loud and not second.is_loud and len(first.said) + len(second.said) < LONGEST_TOLD:
            return f"{first.said}，{second.said}"
    return clause.said


def _cleared(said: str, place: str) -> str:
    plain = _ENDING.sub("", _PREFACE.sub("", _NUMBERING.sub("", " ".join(said.split()))))
    after = plain.partition(place)[2] if place else ""
    plain = _WITNESS.sub("", _INSIDE.sub("", after if len(after) >= _SHORTEST_CLAUSE else plain).lstrip("、 的"))
    plain = _HEATED.sub("", plain).strip("、 \"'（）()")
    return plain if plain.count("“") == plain.count("”") else re.sub("[“”]", "", plain)


def _attributed(told: str, *, relayed: bool) -> str:
    """The words as somebody's, where they accuse officers or tell of a grave harm and do not say themselves who says so."""
    accuses = _accuses(told, _named(told))
    if _HEDGED.search(told) or not (accuses or gravity(told) == 3):
        return told
    return words("monitoring.told_by")["relayed" if relayed else "officers" if accuses else "harm"] + told


def _accuses(line: str, named: frozenset[str]) -> bool:
    """Whether a line says that officers did wrong."""
    return _stated(line, named, "stall_smashing") or (_stated(line, named, *_DEED) and not named.isdisjoint(_listed("officers")))


def _stated(line: str, named: frozenset[str], *lists: str) -> bool:
    """Whether a word of the lists stands in a line and is not denied."""
    return any(not re.search(rf"[没不未别无][^，]{{0,4}}{re.escape(word)}", line.lower()) for word in named & _listed(*lists))


def _fitted(told: str, longest: int) -> str:
    """The words, or as many whole parts of them as fit."""
    if len(told) <= longest:
        return told
    whole = re.match(rf".{{{longest // 3},{longest}}}(?=[、 ])", told)
    return whole[0] if whole else told[: longest - 1] + "…"


@lru_cache(64)
def _named(line: str) -> frozenset[str]:
    """The words of the lists that stand in a line, without those that are part of a longer one. Several ask of one line."""
    found = _lexicon().find(line.lower())
    return frozenset(word for word in found if not any(word != other and word in other for other in found))


@cache
def _lexicon() -> Lexicon:
    path = BUILT_IN / "lines.toml"
    matters = word_lists(read_toml(path)["words"], path)
    lists = (listed for name, listed in matters.items() if name not in _NO_MATTER)
    return Lexicon(tuple(frozenset().union(_listed("officers", *_GRAVE, *_HARM, *_DEED, *_MATTER), *lists)))


@cache
def _listed(*names: str) -> frozenset[str]:
    """The words of these lists of `cues.toml`."""
    lists = load_cues()
    return frozenset().union(*(lists[name] for name in names))
