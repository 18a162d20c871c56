"""What the writer wants: 投诉, 求助, 咨询, 建议, 表扬, 举报, or nothing of anybody."""

from collections.abc import Iterator

from monitoring.attitude import PRAISE
from monitoring.cues import Cues
from monitoring.item import Attitude, Relevance
from monitoring.occurrence import is_debunk, is_elsewhere
from monitoring.pressure import is_hot_title
from monitoring.reading import Reading
from monitoring.tenor import Tenor

UNTRUE = "谣言或不实"
_NEWS = "中性资讯"


def judge_intent(reading: Reading, cues: Cues, relevance: Relevance, attitude: Attitude, tenor: Tenor) -> str:
    """The strongest intent. The rubric's order: 举报 > 投诉 > 求助 > 建议 > 咨询; who is harmed himself complains, even where he reports.

    What the form of a post settles, rules settle; the rest is the model's, but for praise and news without their words:
    a complaint mistaken for them would be lost. Whether something is untrue cannot be read off a post,
    so 谣言或不实 is only what a post says of its own matter.
    """
    if is_debunk(reading, cues):
        return UNTRUE
    if (is_hot_title(reading) and not _asks(reading, cues)) or (is_elsewhere(reading, cues) and not cues.occur(reading, "first_person")):
        return _NEWS
    if relevance is Relevance.NOISE and not _asks(reading, cues):
        return _NEWS if cues.occur(reading, "news") and not cues.occur(reading, "first_person") else "情绪宣泄"
    if attitude is Attitude.POSITIVE:
        return PRAISE
    return tenor.intent_but(*_barred(reading, cues))


def _barred(reading: Reading, cues: Cues) -> Iterator[str]:
    """The intents that a post cannot have: by its words, and because what is stronger goes before what is weaker."""
    yield PRAISE
    if _asks(reading, cues) or (cues.occur(reading, "demand", "complain") and not cues.occur(reading, "news")):
        yield _NEWS
    head = reading.text[: reading.head_end]
    if cues.occur(reading, "complain") and not any(word in head for word in cues["suggest"]):
        yield "建议"
    if cues.occur(reading, "grievance") and not cues.occur(reading, "consult"):
        yield "咨询"


def _asks(reading: Reading, cues: Cues) -> bool:
    """Whether a short line wants something of somebody, as no headline does."""
    return cues.occur(reading, "first_person", "consult", "suggest", "help_plea", "report", "praise")
