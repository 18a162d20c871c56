"""What kind of answer a question asks for: a fine, a term, a share of votes, whether something is allowed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """One kind of answer.

    Attributes:
        official: words in which rules give this kind of answer; searched for beside the question.
        asked: how a question asks for it.
        met: how a sentence gives it.
        is_number: the answer is a number; a clause without one does not answer.
    """

    name: str
    official: str
    asked: re.Pattern[str]
    met: re.Pattern[str]
    is_number: bool = False

    def is_met_by(self, sentence: str) -> bool:
        return self.met.search(sentence) is not None


NEEDS = (
    Need(
        "compensation", "要求赔偿 增加赔偿 支付赔偿金",
        re.compile(r"赔|退一|假一|索赔"),
        re.compile(r"赔偿.{0,30}(?:倍|元)|(?:倍|元).{0,20}赔偿|退(?:回|还|货)"),
    ),
    Need(
        "amount", "元 标准 不得超过",
        re.compile(r"多少钱|多少元|(?:标准|上限|下限|票价|价格|费用|总量|数量)(?:是|为)?多少|几块钱|几元"),
        re.compile(r"(?:^|[。；\n])(?![^。；\n]*罚)[^。；\n]*(?:[一二三四五六七八九十百千万\d](?:%|元|倍|辆|平方米|分贝)|百分之)"),
        is_number=True,
    ),
    Need(
        "procedure", "执法人员应当先 责令改正 步骤 程序",
        re.compile(r"(?:执法[人队]?[员伍]?|队员|协管员?|城管|我们)[^，。？?]{0,4}?(?:应当|应该|该|要|得)?(?:怎么|如何|怎样)(?:处理|处置|办|做|执法|纠正)|按什么程序|什么流程|分几步"),
        re.compile(r"应当先|先行|步骤|程序|经(?:提醒|劝导|责令)|不得以"),
    ),
    Need(
        "penalty", "责令改正 处 元以上 元以下罚款",
        re.compile(r"罚|处理|什么后果|怎么办他|追究|依据哪条"),
        re.compile(r"罚款|没收|吊销|责令.{0,12}(?:停业|关闭)|警告"),
    ),
    Need(
        "clock", "是指 时至次日 夜间",
        re.compile(r"几点"),
        re.compile(r"[一二两三四五六七八九十\d]+(?:点|时)[半整]?至|是指.{0,12}[点时]至"),
        is_number=True,
    ),
    Need(
        "term", "日内 期限 工作日内",
        re.compile(r"几天|多久|多少天|几日|时限|期限|什么时候|多长时间|几个工作日"),
        re.compile(r"[一二两三四五六七八九十百\d]+(?:个)?(?:工作)?(?:日|天|个月|年|小时)(?:内|以内)"),
        is_number=True,
    ),
    Need(
        "share", "过半数 三分之二以上 同意 表决",
        re.compile(r"多少(?:人|户|业主)|几成|过半|比例|多少.{0,6}同意"),
        re.compile(r"过半数|分之"),
        is_number=True,
    ),
    Need(
        "permission", "禁止 不得 应当",
        re.compile(r"能不能|可不可以|可以.{0,16}吗|能.{0,12}吗|允许|行不行|让不让|合法吗|违法吗|违反|要不要|必须"),
        re.compile(r"禁止|不得|应当|可以|有权|不予"),
    ),
    Need(
        "list", "下列 情形",
        re.compile(r"哪些|哪几|什么情况|有什么要求|包括什么"),
        re.compile(r"（[一二三四五六七八九十]+）"),
    ),
)  # fmt: skip
"""In order: the first that a question asks for decides."""


def asked_for(question: str) -> Need | None:
    """The kind of answer that a question asks for; None where it shows none."""
    return next((need for need in NEEDS if need.asked.search(question)), None)
