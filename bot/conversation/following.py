"""Follow-ups on a question of policy: 那中考期间呢？ 罚多少？ 依据是哪一条？ The subject stays, what is asked changes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from language.segmentation import tagged_words
from prompts import say
from retrieval.evidence import Answer
from retrieval.shortcut import mentioned
from retrieval.subject import telling_words

REMEMBERED_FOR = timedelta(minutes=30)
UNADDRESSED_FOR = timedelta(minutes=3)
"""In a group a line that is not addressed to the bot counts as a follow-up for so long only: people talk with each other there."""
LONGEST_FOLLOW_UP = 20
LONGEST_MATTER = 60
_MARKED = re.compile(r"^(?:那么?|如果是?|要是|换成)\s*(?P<first>[^？?]{1,14}?)\s*(?:的话)?呢?[？?]?$|^(?P<last>[^？?]{1,12}?)呢[？?]?$")
_BASIS = re.compile(
    r"^(?:那么?)?(?:这?个?的?)?(?:法律|法规|政策)?(?:依据|根据|出处|原文|全文|法条|条文)(?:是|在|出自)?(?:什么|哪一?[条部个里]|哪)?(?:呢|吗|发我|看看)?$"
    r"|^(?:那么?)?(?:是|在|出自)?(?:哪一?条|第几条|哪部法|哪个文件)(?:的?规定|写的|规定的)?(?:的|呢)?$"
)
_ASPECT_WORDS = (
    "罚款|处罚|怎么|如何|怎样|咋|多少|什么|哪些|哪个|哪里|哪|几点|几天|几日|几个月|几年|几次|几米|标准|金额|额度|幅度|后果|责任|需要|手续|材料|流程|程序|步骤"
    "|期限|时限|时间|多久|多长|多大|多远|多高|谁|部门|单位|管|负责|主管|审批|批准|批|许可证|许可|执照|办理|申请|办|找|去|来|到|拒不改正|不改|可以|可不可以|能不能|能|要不要|要|应该|应当"
    "|有没有|有|没有|不行|不能|不可以|不让|不|行|吗|呢|的|了|是|会|会不会|被|由|还|最多|最少|最高|最低|至少|例外|除外|情形|情况|特殊|钱|元|罚|投诉|举报|赔偿|赔|吊销|没收|扣押|强制"
    "|拘留|规定|条件|限制|以后|之后|以前|之前|以上|以下|开始|结束|就|才|都|又|再|另外|其他|别的|处理|解决|答复|公示|公开|备案|验收|复议|申诉|呀|啊|吧|么|嘛"
)
_ASKS = re.compile(r"[？?吗呢]|罚|多少|什么|怎么|如何|怎样|哪|谁|几|多[久长大远高]|能不能|要不要|可不可以|有没有|会不会")
_ASPECT = re.compile(rf"(?:{_ASPECT_WORDS}|[\s，,。？?！!、])+")
_ASPECT_BEHIND = re.compile(rf"(?:{_ASPECT_WORDS}|[\s，,。？?！!、])+$")
_CIRCUMSTANCE = re.compile(
    r"期间|时候|时段|周末|周[一二三四五六日天]|节假日|假期|春节|国庆|五一|晚上|白天|夜[里间]|凌晨|早上|中午|下午|地区|区域|小区|区$|路$|街$|情况|初犯|再犯|第[一二两三]次"
    r"|屡教|抢修|抢险|应急|个人|单位|企业|公司|学生|老人|残疾|未成年|冬天|夏天|暴雨|以前|以后|室内|室外"
)


class Asked(StrEnum):
    """What a follow-up changes."""

    BASIS = "basis"
    ASPECT = "aspect"
    CIRCUMSTANCE = "circumstance"
    SUBJECT = "subject"


@dataclass(frozen=True)
class Topic:
    """The last question of policy of a person in a chat, resolved, and the answer to it.

    `particular`: the answer about a circumstance of it (那中考期间呢), where that came later.
    """

    question: str
    answer: Answer
    at: datetime
    particular: Answer | None = None

    @property
    def matter(self) -> str:
        """What to search with for the subject: where a clause was named by its number, the words that were quoted from it."""
        mention = mentioned(self.question)
        if mention and mention.article and self.answer.quotes:
            return self.answer.quotes[0].text.partition("；")[0][:LONGEST_MATTER]
        return self.subject

    @property
    def subject(self) -> str:
        """What it is about: the question without what is asked of it (夜间施工几点以后不行 -> 夜间施工)."""
        return _bare(_ASPECT_BEHIND.sub("", self.question))

    @property
    def aspect(self) -> str:
        """What is asked of the subject (几点以后不行)."""
        return _bare(self.question)[len(self.subject) :]


@dataclass(frozen=True)
class FollowUp:
    """A follow-up, resolved.

    Attributes:
        shown: the resolved question as it is shown back.
        question: the whole question to search with; empty where only the basis is asked for.
        narrower: questions that leave a part of the subject out; only an answer from a rule that was quoted before counts.
        otherwise: the question in which what is new takes the place of the subject; it counts where nothing else speaks of it.
        told: what is new in it (中考期间); empty where the subject stays as it was.
    """

    asked: Asked
    shown: str
    question: str = ""
    narrower: tuple[str, ...] = ()
    otherwise: str = ""
    told: str = ""


def follow_up(text: str, before: Topic | None, now: datetime, *, addressed: bool) -> FollowUp | None:
    """What a line means after a question of policy; None where it stands for itself.

    Args:
        before: the last question of the same person in the same chat.
        addressed: whether the line was said to the bot.
    """
    text = text.strip()
    if before is None or now - before.at > (REMEMBERED_FOR if addressed else UNADDRESSED_FOR) or len(text) > LONGEST_FOLLOW_UP:
        return None
    if _BASIS.match(_bare(text)):
        return FollowUp(Asked.BASIS, say("conversation.basis_of", question=_bare(before.question)))
    if not before.subject:
        return None
    if _ASPECT.fullmatch(plain := re.sub(r"^那么?", "", text)) and _ASKS.search(plain):
        return FollowUp(Asked.ASPECT, f"{before.subject}{_bare(plain)}", f"{before.matter}{_bare(plain)}")
    match = _MARKED.match(text)
    told = _bare(match["first"] or match["last"]) if match else ""
    return _changed(told, before) if told else None


def _changed(told: str, before: Topic) -> FollowUp | None:
    """A follow-up that names something new: a circumstance of the subject, or another subject (乱扔垃圾) of which the same is asked."""
    if _ASPECT_BEHIND.search(told):
        return None
    other = f"{told}{before.aspect}"
    if before.aspect and not _CIRCUMSTANCE.search(told) and any(tag.startswith("v") for _, tag in tagged_words(told)):
        return FollowUp(Asked.SUBJECT, other, other, told=told)
    heads = telling_words(before.subject)[-1:]
    return FollowUp(
        Asked.CIRCUMSTANCE, f"{told}{before.subject}{before.aspect}", f"{told}{before.matter}{before.aspect}",
        tuple(f"{told}能不能{head}" for head in heads), other if before.aspect else "", told,
    )  # fmt: skip


def _bare(text: str) -> str:
    return text.strip(" \t，,。？?！!、；;")
