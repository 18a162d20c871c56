"""What a document's own words say of it: title, authority, 文号, place, date of adoption or issue. Nothing is guessed."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.region import NATIONAL, Region, named_in_title
from language.dates import dates, first_date
from language.script import to_simplified

_KINDS = (
    "法典|法|条例|规定|办法|细则|规则|规范|规程|准则|标准|守则|制度|章程|通知|通告|公告|通报|意见|决定|决议|方案|预案|计划|规划|纲要|要点"
    "|批复|复函|函|令|指引|指南|目录|清单|基准|解释|答复|解读|措施|管理办法|名单|报告|公约"
)
_NOTE = r"(?:[（(〔\[](?:试行|暂行|修订|修正|草案|征求意见稿|\d{4}年[^（）()]{0,12}|[^（）()]{0,12}(?:版|修订|修正|修改))[）)〕\]])?"
_TITLE_ENDS = re.compile(rf"(?:{_KINDS}){_NOTE}$")
_NO_TITLE = re.compile(
    r"[。；！？]|^(?:第[^条]{1,8}[条章节编]|目\s*录$|[（(]|[一二三四五六七八九十]+、|附件|抄送|现将|现予|根据|各)|[：:]$"
    r"|文件$|^[第\d].{0,8}号$|公报$|^索引号|^.{0,8}[：:]\S"
)
_BODY_BEGINS = re.compile(r"^[\s#*]*(?:第\s*[一1１]\s*[条章编]|第一部分|目\s*录|一、|[^，。]{2,30}[：:]$)")
_FIRST_ARTICLE = re.compile(r"^[\s#*]*第\s*[一1１]\s*[条章编](?:\s|　|[^至到和、款规的])")
_NUMBER = r"[一-鿿]{1,14}\s*[〔（(\[]\s*\d{4}\s*[〕）)\]]\s*第?\s*\d{1,5}\s*号"
_NUMBER_ALONE = re.compile(rf"^\s*(?:(?:发文字号|文\s*号|发文号)\s*[：:]\s*)?(?P<number>{_NUMBER})\s*(?:签发人.*)?$")
_NUMBER_TOLD = re.compile(rf"(?:发文字号|文\s*号|发文号)\s*[：:|]?\s*(?P<number>{_NUMBER})")
_DECREE = re.compile(
    r"^\s*(?P<who>[一-鿿]{2,30}?)(?P<kind>令|公告)\s*(?:[（(]?第?\s*(?P<number>[〇零一二三四五六七八九十百\d]{1,5})\s*号[）)]?)?\s*$"
)
_DECREE_NUMBER = re.compile(r"^\s*[（(]?\s*第?\s*(?P<number>[〇零一二三四五六七八九十百\d]{1,5})\s*号\s*[）)]?\s*$")
_RED_HEAD = re.compile(r"^\s*(?P<who>[一-鿿、（）()]{4,40}?)\s*文件\s*$")
_AUTHORITY = re.compile(
    r"^[\s　]*(?P<who>[一-鿿（）()、\s]{3,40}(?:人民政府(?:办公[厅室])?|委员会(?:办公室)?|局|厅|部|署|法院|检察院|办公[厅室]|指挥部"
    r"|领导小组|中心|支队|大队|总队))[\s　]*$"
)
_AUTHORITY_TOLD = re.compile(
    r"(?:发文机关|发布机构|制定机关|发文单位|发布单位|信息来源|成文单位)\s*[：:|]?\s*(?P<who>[一-鿿、\s]{3,40}?)"
    r"(?=\s*(?:$|\||[A-Za-z]|成文|发布|发文|文号|主题|有效))",
    re.MULTILINE,
)
_CONGRESS = re.compile(r"(?P<place>[一-鿿]{2,12}?)第[〇零一二三四五六七八九十\d]{1,4}届人民代表大会(?P<standing>常务委员会)?")
_ISSUER = re.compile(
    r"\d日\s*(?P<who>[一-鿿]{2,20}?(?:人民政府|局|厅|部|委员会|国务院))(?:令)?(?:第?\s*\d{1,4}\s*号(?:令)?)?[^，。）]{0,20}?(?:发布|公布|印发|修订|修正)"
)
_ADOPTED, _ISSUED = re.compile(r"通过|修订|修正|修改"), re.compile(r"公布|发布|颁布|印发|令第|签发|批准")
_ISSUED_TOLD = re.compile(
    r"(?:成文日期|印发日期|发文日期|发布日期|公布日期|通过日期|发布时间)\s*[：:|]?\s*"
    r"(?P<date>\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)"
)
_DATE_ALONE = re.compile(
    r"^[\s　（(]*(?P<date>[\d〇○零一二三四五六七八九十]{4}\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十]{1,4}\s*日)"
    r"(?:印发|发布)?[）)\s　]*$"
)
_ANNEX = re.compile(r"^\s*附\s*[件表录]")
_HEAD_LINES, _LONGEST_TITLE, _LONGEST_LINE = 60, 120, 60
_EARLIEST, _LATEST = 1949, 2100
_NEVER_LAST = ("关于", "的", "和", "与", "市", "省", "区", "县", "印发")
_FULL_WIDTH = str.maketrans("()", "（）")


@dataclass(frozen=True)
class Description:
    """What was recognised. Empty or None is: the text does not say.

    Attributes:
        title_lines: how many lines at the very top are the title; they are no clause.
        version_date: day of adoption, of the last amendment, or else of issue.
    """

    title: str = ""
    title_lines: int = 0
    authority: str = ""
    document_number: str = ""
    region: Region = NATIONAL
    version_date: date | None = None


def describe(text: str) -> Description:
    """Read the head and the foot of a document in either script; the title stays in its own."""
    written = [unicodedata.normalize("NFKC", line).strip() if len(line) <= 500 else line[:500] for line in text.split("\n")]
    text = to_simplified("\n".join(written))
    lines = text.split("\n")
    head = _head(lines)
    title, first, last = _title(written, lines, head)
    authority = _authority(lines, head, text)
    return Description(
        title=title, title_lines=last + 1 if title and not any(lines[:first]) else 0, authority=authority,
        document_number=_document_number(lines[:head]), region=_region(title, authority), version_date=_version_date(lines, head),
    )  # fmt: skip


def plausible(day: date | None) -> date | None:
    """The day where a rule of this country may bear it; None for slips like 0202 or 2204."""
    return day if day and _EARLIEST <= day.year <= _LATEST else None


def _head(lines: Sequence[str]) -> int:
    """How many lines stand before the first article; in a document without articles, before its first section or address."""
    some = lines[: 3 * _HEAD_LINES]
    articles = next((number for number, line in enumerate(some) if _FIRST_ARTICLE.match(line)), None)
    if articles is not None:
        return articles
    return next((number for number, line in enumerate(some[:_HEAD_LINES]) if _BODY_BEGINS.match(line)), min(len(lines), _HEAD_LINES))


def _title(written: Sequence[str], lines: Sequence[str], head: int) -> tuple[str, int, int]:
    """The title, in the script in which it is written, with its first and last line.

    It is the nearest above the articles; without articles, the first of all.

    A notice that issues 《…办法》 with its text has two titles; the articles are those of the second.
    """
    has_articles = head < len(lines) and _FIRST_ARTICLE.match(lines[head]) is not None
    ends = [number for number in range(head) if _ends_title(lines[number])]
    for last in reversed(ends) if has_articles else ends:
        first = _title_begins(lines, last)
        title = re.sub(r"\s+", "", "".join(written[first : last + 1])).strip("#*《》")
        if 4 <= len(title) <= _LONGEST_TITLE and not _DECREE.match(title):
            return _unwrapped(title), first, last
    return "", 0, 0


def _ends_title(line: str) -> bool:
    bare = re.sub(r"\s+", "", line).strip("#*《》")
    return bool(_TITLE_ENDS.search(bare)) and len(bare) <= _LONGEST_LINE and not _NO_TITLE.search(bare)


def _title_begins(lines: Sequence[str], last: int) -> int:
    """The first line of a title that was broken into several."""
    first = last
    while first > 0 and last - first < 3 and _continues_below(lines[first - 1], lines[first]):
        first -= 1
    return first


def _continues_below(above: str, line: str) -> bool:
    """Whether a line is the beginning of the title that ends below it: short, no sentence, and no line of its own kind."""
    bare = re.sub(r"\s+", "", above)
    if not bare or above.startswith("#") or line.startswith("#") or len(bare) > _LONGEST_LINE or _NO_TITLE.search(bare):
        return False
    if any(pattern.match(above) for pattern in (_NUMBER_ALONE, _DECREE, _DECREE_NUMBER, _RED_HEAD, _DATE_ALONE)):
        return False
    if _AUTHORITY.match(above):
        return line.lstrip().startswith("关于")
    if named_in_title(line.replace(" ", "")) != NATIONAL or line.startswith("中华人民共和国"):
        return bare.count("《") > bare.count("》")
    if _TITLE_ENDS.search(bare):
        return bare.count("《") > bare.count("》") or line.startswith(("的", "》"))
    return bare.endswith(_NEVER_LAST) or "关于" in bare or "《" in bare or (len(line) <= 6 and bool(re.search(r"[一-鿿]$", bare)))


def _unwrapped(title: str) -> str:
    return title.translate(_FULL_WIDTH)


def _document_number(head: Sequence[str]) -> str:
    for line in head:
        if match := _NUMBER_ALONE.match(line) or _NUMBER_TOLD.search(line):
            return re.sub(r"\s+", "", match["number"])
    for number, line in enumerate(head):
        if match := _DECREE.match(re.sub(r"\s+", "", line)):
            told = match["number"] or next(
                (found["number"] for later in head[number + 1 : number + 4] if (found := _DECREE_NUMBER.match(later))), ""
            )
            if told:
                return f"{match['who']}{match['kind']}第{told}号"
    return ""


def _authority(lines: Sequence[str], head: int, text: str) -> str:
    if told := _AUTHORITY_TOLD.search(text[:4000]):
        return re.sub(r"\s+", "", told["who"])
    for line in lines[:head]:
        bare = re.sub(r"\s+", "", line)
        if match := _RED_HEAD.match(bare) or _DECREE.match(bare):
            return match["who"].removesuffix("办公室文件")
    note = "".join(lines[:head])
    if match := _CONGRESS.search(note):
        return f"{_place(match['place'])}人民代表大会{match['standing'] or ''}"
    issuer = _ISSUER.search(note)
    return issuer["who"] if issuer else _signed(lines)


def _place(words: str) -> str:
    """A place's name out of what stands before 第…届 (2020年3月1日云川市 -> 云川市)."""
    return re.sub(r"^.*[日由经]", "", words)


def _signed(lines: Sequence[str]) -> str:
    """Who stands above the date at the foot."""
    foot = _foot(lines)
    if foot is None:
        return ""
    names: list[str] = []
    for line in reversed(lines[max(0, foot - 8) : foot]):
        match = _AUTHORITY.match(line)
        if match is None and line:
            break
        if match:
            names.insert(0, re.sub(r"[\s　]+", "", match["who"]))
    return "、".join(names)


def _foot(lines: Sequence[str]) -> int | None:
    """The number of the last line that is a date and nothing else, before any annex that follows it."""
    dated = [number for number, line in enumerate(lines) if len(line) <= 40 and _DATE_ALONE.match(line)]
    annex = next((number for number, line in enumerate(lines) if dated and number > dated[0] and _ANNEX.match(line)), len(lines))
    return max((number for number in dated if number < annex), default=None)


def _region(title: str, authority: str) -> Region:
    """The place that the title names, or else the place whose body issued it."""
    named = named_in_title(title)
    return named if named != NATIONAL or title.startswith("中华人民共和国") else named_in_title(authority)


def _version_date(lines: Sequence[str], head: int) -> date | None:
    """The last adoption or amendment of the note under the title; else the day told as issued, that at the foot, that of the decree."""
    note = "\n".join(lines[:head])
    told = _dated(note, _ADOPTED)
    if told:
        return max(told)
    match = _ISSUED_TOLD.search(note)
    if match and (day := _day(match["date"])):
        return day
    if issued := _dated(note, _ISSUED):
        return max(issued)
    foot = _foot(lines)
    return _day(lines[foot]) if foot is not None else None


def _dated(note: str, verb: re.Pattern[str]) -> list[date]:
    """The dates in a note that a verb follows before the next date (2020年3月1日…通过)."""
    found = list(dates(note))
    ends = [*(span.start for span in found), len(note)][1:]
    said = [(span.day, note[span.end : end].split("\n\n")[0]) for span, end in zip(found, ends, strict=True)] if found else []
    return [day for day, after in said if verb.search(after[:80]) and not re.match(r"\s*起", after) and plausible(day)]


def _day(line: str) -> date | None:
    written = re.sub(r"\s+", "", line).replace("○", "〇").replace("Ｏ", "〇").replace("O", "〇")
    return plausible(first_date(written))
