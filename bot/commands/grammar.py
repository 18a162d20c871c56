"""The text commands. A typed line, a button and a click on the page all end here."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """One word, as it is typed."""

    CLAIM = "认领"
    TAKE_OVER = "接手"
    ASSIGN = "转办"
    ESCALATE = "升级"
    MUTE = "静默"
    UNMUTE = "取消静默"
    FALSE_ALARM = "误报"
    LOWER = "降级"
    MERGE = "合并"
    SPLIT = "拆分"
    TIMELINE = "时间线"
    BASIS = "依据"
    COURSE = "走势"
    STATUS = "状态"
    DRAFT = "拟稿"
    FILL = "补充"
    ENTRUST = "交办"
    EDIT = "改稿"
    REVISE = "换语气"
    UNDO = "撤回修改"
    SUBMIT = "送签"
    APPROVE = "签发"
    SEND_BACK = "退回"
    WITHDRAW = "撤回"
    COMPARE = "对比"
    DOSSIER = "卷宗"
    NAME_DEPUTY = "委托"
    CONFIRM_DEPUTY = "确认委托"
    END_MANDATE = "撤销委托"
    LEARNED = "学到了什么"
    PUBLISH = "发布"
    PUBLISHED = "已发"
    PROMISES = "承诺"
    KEEP = "兑现"
    FOLLOW_UP = "跟踪"
    CORRECT = "更正"
    SUPPLEMENT = "补充通报"
    CLOSE = "办结"
    OPEN_CASES = "待办"
    DIGEST = "摘要"
    HANDOVER = "接班"
    ROUTE = "路由"
    SOURCES = "信源"
    TAKE_IN = "收录"
    MISSED = "漏报"
    TRY_RULE = "试规则"
    ACCEPT_TIER = "采纳"
    REFUSE_TIER = "不采纳"
    APPROVE_DOCUMENT = "批准文件"
    WITHDRAW_DOCUMENT = "停用文件"
    REVIEW_DOCUMENT = "复核文件"
    COMPARE_DOCUMENTS = "比较文件"
    CLAUSE = "条款"
    TEST = "测试发送"
    HELP = "帮助"

    @property
    def needs_case(self) -> bool:
        return self not in (*WITHOUT_CASE, *WITH_OR_WITHOUT)


OF_MANDATES = (Verb.NAME_DEPUTY, Verb.CONFIRM_DEPUTY, Verb.END_MANDATE)
OF_DOCUMENTS = (Verb.APPROVE_DOCUMENT, Verb.WITHDRAW_DOCUMENT, Verb.REVIEW_DOCUMENT, Verb.COMPARE_DOCUMENTS)
WITHOUT_CASE = (
    *OF_DOCUMENTS,
    *OF_MANDATES,
    Verb.LEARNED,
    Verb.OPEN_CASES,
    Verb.DIGEST,
    Verb.HANDOVER,
    Verb.ROUTE,
    Verb.SOURCES,
    Verb.TAKE_IN,
    Verb.MISSED,
    Verb.TRY_RULE,
    Verb.ACCEPT_TIER,
    Verb.REFUSE_TIER,
    Verb.CLAUSE,
    Verb.TEST,
    Verb.HELP,
)
WITH_OR_WITHOUT = (Verb.MUTE, Verb.UNMUTE, Verb.PROMISES)
"""About one case, or about a whole kind of matter."""
TAKES_TEXT = (
    Verb.MUTE,
    Verb.UNMUTE,
    *OF_DOCUMENTS,
    *OF_MANDATES,
    Verb.ROUTE,
    Verb.TAKE_IN,
    Verb.MISSED,
    Verb.TRY_RULE,
    Verb.ACCEPT_TIER,
    Verb.REFUSE_TIER,
    Verb.CLAUSE,
)
ALL_WORDS = (Verb.ESCALATE, Verb.PUBLISHED, Verb.CORRECT, Verb.SUPPLEMENT, Verb.CLOSE)
"""What follows the case is all words; a number in front counts something (3 户已清理, 22:00 前)."""

_CASE = re.compile(r"\s*([A-Za-z]{1,3}\d{1,2})(?![A-Za-z0-9])[\s，,：:]*")
ALIASES = {"改语气": Verb.REVISE}
"""Other words for a verb."""
_WORDS = sorted((*(verb.value for verb in Verb), *ALIASES), key=len, reverse=True)
_VERB = re.compile("^/?(" + "|".join(_WORDS) + ")")
_ORDINAL = re.compile(r"^(?:第\s*)?(\d{1,3}|[①-⑳])(?:\s*[稿版项])?(?:[\s，,：:]+|$)")


@dataclass(frozen=True)
class Command:
    """One order. `number` is the case (A12), `ordinal` the candidate, slot or version, `rest` what remains of the line."""

    verb: Verb
    number: str = ""
    ordinal: int | None = None
    rest: str = ""


def parse(text: str) -> Command | None:
    """Read a command.

    Args:
        text: one message; half- and full-width letters and digits are the same, a leading slash is allowed.

    Returns:
        The command, or None where the text is none: a verb that needs a case must be followed by its number, any other must stand alone
        or be followed by a space, so that ordinary sentences which happen to begin with such a word are left alone.
    """
    text = text.strip()
    found = _VERB.match(text)
    if not found:
        return None
    verb, rest = ALIASES.get(found[1]) or Verb(found[1]), text[found.end() :]
    case = None if verb in WITHOUT_CASE else _CASE.match(_narrow(rest[:12]) + rest[12:])
    if not case:
        return None if verb.needs_case else _free(verb, rest)
    rest = (_narrow(rest[:12]) + rest[12:])[case.end() :]
    ordinal, rest = (None, rest) if verb in ALL_WORDS else _ordinal(rest)
    return Command(verb, case[1].upper(), ordinal, rest.strip())


def _free(verb: Verb, rest: str) -> Command | None:
    if rest and not rest[0].isspace():
        return None
    if rest.strip() and verb not in TAKES_TEXT:
        return None
    return Command(verb, rest=rest.strip())


def _ordinal(rest: str) -> tuple[int | None, str]:
    found = _ORDINAL.match(rest)
    return (int(unicodedata.numeric(found[1]) if found[1] >= "①" else found[1]), rest[found.end() :]) if found else (None, rest)


def _narrow(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", c) if "！" <= c <= "～" else c for c in text)
