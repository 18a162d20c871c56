"""What a question asks for."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of questions that are understood."""

    CASE = "case"
    FIGURES = "figures"
    PAST = "past"
    HELP = "help"
    POLICY = "policy"


@dataclass(frozen=True)
class Question:
    """One question. `case_number` is set for CASE; `topic` is the question without its cue words."""

    kind: Kind
    text: str
    case_number: str = ""
    topic: str = ""


_CASE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,3}\d{1,2})(?![A-Za-z0-9])")
_CASE_CUES = re.compile(r"怎么样|进展|到哪|状态|处理|什么情况|谁在|结果|办到")
_PAST_CUES = re.compile(r"以前|之前|过去|历史|上次|上回|往常|找案例")
_ANSWER_CUES = re.compile(r"回复|答复|回应|怎么答|怎么回|怎么说|案例")
_FIGURES_CUES = re.compile(r"多少|几[条件起个宗]|数量|统计|排名|占比|最多|最少|哪个条线|什么等级|哪些等级|走势|环比|比(?:上|前|去)")
_COUNTED = re.compile(r"[条件起宗]|投诉|举报|求助|咨询|信息|帖|预警|事件|舆情|工单|条线|等级")
_FOLLOW_UP = re.compile(r"^那(?:么)?.{1,14}呢[？?]?$|^.{1,10}呢[？?]$")
_HELP = re.compile(r"^(?:你)?(?:怎么用|会什么|能做什么|能干什么|有什么功能|使用说明|help)[？?]?$", re.IGNORECASE)
_NOISE = re.compile(r"我们|请问|一下|的|了|吗|呢|怎么|如何|是|[？?。，,！!]")


def read_question(text: str) -> Question:
    """Decide what is asked; whatever is none of the special kinds is a question of policy."""
    text = text.strip()
    if _HELP.match(text):
        return Question(Kind.HELP, text)
    case = _CASE.search(text)
    if case and (_CASE_CUES.search(text) or len(text) <= len(case[0]) + 3):
        return Question(Kind.CASE, text, case_number=case[1].upper())
    if _ANSWER_CUES.search(text) and _PAST_CUES.search(text):
        return Question(Kind.PAST, text, topic=_topic(text))
    if _FIGURES_CUES.search(text) and _COUNTED.search(text):
        return Question(Kind.FIGURES, text)
    return Question(Kind.POLICY, text)


def is_follow_up(text: str) -> bool:
    """Whether the text only changes one thing of the question before (那上个月呢？)."""
    return bool(_FOLLOW_UP.match(text.strip()))


def looks_like_question(text: str) -> bool:
    """Whether an unaddressed line in the staff room is a question to the bot rather than talk among people."""
    text = text.strip()
    return text.startswith(ASKED_FOR_CASES) or (text.endswith(("？", "?")) and len(text) >= MIN_QUESTION_CHARACTERS)


MIN_QUESTION_CHARACTERS = 6
ASKED_FOR_CASES = "找案例"
"""What a refused answer proposes to send."""


def _topic(text: str) -> str:
    return _NOISE.sub("", _ANSWER_CUES.sub("", _PAST_CUES.sub("", text))).strip()
