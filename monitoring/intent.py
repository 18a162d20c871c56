"""What the writer wants: 投诉, 求助, 咨询, 建议, 表扬, 举报, or nothing of anybody."""

from monitoring.cues import Cues
from monitoring.item import Attitude, Relevance
from monitoring.pressure import is_hot_title
from monitoring.reading import Reading
from monitoring.relevance import RelevanceVerdict

_REPORTED_LINES = frozenset({"违法建设", "证照与无照经营", "产品质量与特种设备", "食品安全", "广告与不正当竞争"})
"""Where somebody else's breach of law is denounced more often than one's own harm."""
_HEAD_INTENTS = {"举报": "举报", "投诉": "投诉", "建议": "建议", "咨询": "咨询", "请问": "咨询", "求助": "求助", "表扬": "表扬"}


def judge_intent(reading: Reading, cues: Cues, business: RelevanceVerdict, attitude: Attitude) -> str:
    """The strongest intent. The rubric's order: 举报 > 投诉 > 求助 > 建议 > 咨询; who is harmed himself complains, even where he reports.

    Whether something is untrue cannot be read off a post, so 谣言或不实 is never the answer.
    """
    if is_hot_title(reading):
        return "中性资讯"
    if business.relevance is Relevance.NOISE:
        return "中性资讯" if reading.has(cues["news"]) and not reading.has(cues["first_person"]) else "情绪宣泄"
    if attitude is Attitude.POSITIVE:
        return "表扬"
    if business.line in _REPORTED_LINES and reading.has(cues["illegal"]) and not reading.has(cues["own_harm"]):
        return "举报"
    return _by_headline(reading) or _by_text(reading, cues)


def _by_headline(reading: Reading) -> str | None:
    """What the headline names it itself."""
    head = reading.headline.text if reading.headline else ""
    return next((intent for word, intent in _HEAD_INTENTS.items() if word in head), None)


def _by_text(reading: Reading, cues: Cues) -> str:
    asking = reading.has(cues["demand"] | cues["ask_help"] | cues["suggest"] | cues["complain"] | cues["report"])
    if reading.has(cues["news"]) and not reading.has(cues["first_person"] | cues["ask_help"] | cues["suggest"] | cues["report"]):
        return "中性资讯"
    if reading.has(cues["suggest"]) and not reading.has(cues["complain"]):
        return "建议"
    if reading.has(cues["consult"]) and not (asking and reading.has(cues["grievance"])):
        return "咨询"
    if (
        reading.has(cues["help_plea"])
        and not reading.has(cues["blame_official"])
        and "投诉" not in reading.hits
        and "扰民" not in reading.hits
    ):
        return "求助"
    return "投诉"
