"""The one line that staff know an event by."""

import re

LONGEST = 30
_LONGEST_PLACE = 14
_SHORTEST_CLAUSE = 4
_GREETING = re.compile(
    r"^(?:(?:尊敬的|敬爱的)?[^，。！!：:,\s]{0,12}(?:领导|书记|市长|局长|区长|县长|主任|同志)(?:们|同志)?(?:您好|你好|们好|好)?|(?:您|你|大家)们?好)"
    r"(?=[，。！!：:,\s])[，。！!：:,\s]*"
)
_PREFACE = re.compile(r"^(?:市民(?:来电)?(?:反映|投诉|咨询|举报)[：:,，]?|(?:我要|再次|强烈|实名)?(?:投诉|举报|反映|反应)(?=[^，。\s]{6}))")
_TAGS = re.compile(r"#[^#\n]{1,40}#|【|】|//?@[^\s:：]+[:：]?|@[^\s:：，。]+")
_CLAUSE_END = re.compile(r"[，。！？；,!?;\n]+")


def headline(place: str | None, title: str, text: str) -> str:
    """A line of at most LONGEST characters: the place first, where it is known, then what happened there."""
    named = place if place and len(place) <= _LONGEST_PLACE else ""
    clauses = [*_clauses(title), *_clauses(text)]
    told = next((said for clause in clauses if len(said := _without(named, clause)) >= _SHORTEST_CLAUSE), "")
    if not told:
        return _cut(" ".join(clauses) or title.strip() or text.strip())
    return _cut(f"{named}：{told}" if named and named not in told else told)


def _clauses(text: str) -> list[str]:
    """The clauses without greeting and preface."""
    plain = _GREETING.sub("", _TAGS.sub("", text).strip())
    return [clause for part in _CLAUSE_END.split(plain) if (clause := _PREFACE.sub("", part.strip()))]


def _without(place: str, clause: str) -> str:
    """A clause without the place that it begins with."""
    return clause[len(place) :].lstrip("，：:、 的") if place and clause.startswith(place) else clause


def _cut(line: str) -> str:
    line = " ".join(line.split()) or "（无文字）"
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
