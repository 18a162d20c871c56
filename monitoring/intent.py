"""What the writer wants: 投诉, 求助, 咨询, 建议, 表扬, 举报, or nothing of anybody."""

from monitoring.cues import Cues
from monitoring.item import Attitude, Relevance
from monitoring.pressure import is_hot_title
from monitoring.reading import Reading

_CONSULT_LENGTH = 220
"""A longer post that asks has mostly something to complain about as well."""


def judge_intent(reading: Reading, cues: Cues, relevance: Relevance, attitude: Attitude) -> str:
    """The strongest intent. The rubric's order is 举报 > 投诉 > 求助 > 建议 > 咨询; someone harmed himself complains, even where he also reports.

    Whether something is untrue cannot be read off a post, so 谣言或不实 is never the answer.
    """
    if is_hot_title(reading):
        return "中性资讯"
    if not relevance.is_ours and not reading.has(cues["complain"] | cues["ask_help"] | cues["suggest"] | cues["consult"] | cues["report"]):
        return "中性资讯" if _is_news(reading, cues) else "情绪宣泄"
    if attitude is Attitude.POSITIVE:
        return "表扬"
    if _is_news(reading, cues):
        return "中性资讯"
    return _by_headline(reading, cues) or _by_text(reading, cues)


def _is_news(reading: Reading, cues: Cues) -> bool:
    """Told by a third party: the register of news, and nobody who speaks of himself or asks for anything."""
    reporting = sum(1 for _ in reading.starts(cues["news"]))
    return reporting >= 1 and not reading.has(cues["first_person"] | cues["ask_help"]) and not reading.has(cues["report"])


def _by_headline(reading: Reading, cues: Cues) -> str | None:
    head = reading.text[: reading.head_end] if reading.headline else ""
    harmed = any(word in reading.text for word in cues["own_harm"])
    if "举报" in head and not harmed:
        return "举报"
    if "投诉" in head:
        return "投诉"
    if "建议" in head:
        return "建议"
    if "咨询" in head or head.startswith("请问"):
        return "咨询"
    if any(word in head for word in ("求助", "请求", "恳请", "求帮")) and not reading.has(cues["blame_official"]):
        return "求助"
    return None


def _by_text(reading: Reading, cues: Cues) -> str:
    harmed, complaining = reading.has(cues["own_harm"]), sum(1 for word in cues["complain"] if word in reading.hits)
    if reading.has(cues["report"]) and reading.has(cues["illegal"]) and not harmed:
        return "举报"
    if reading.has(cues["suggest"]) and complaining <= 1:
        return "建议"
    if reading.has(cues["consult"]) and complaining == 0 and len(reading.text) < _CONSULT_LENGTH:
        return "咨询"
    if complaining == 0 and reading.has(cues["ask_help"]):
        return "求助"
    return "投诉"
