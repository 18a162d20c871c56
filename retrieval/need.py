"""What kind of answer a question asks for: a fine, a term, a length in metres, whether something is allowed."""

import re
from dataclasses import dataclass
from functools import cache

_COUNTED = "条|只|个|名|人|户|张|瓶|罐|辆|台|家|种|项|件"
_NUMBER = r"[一二两三四五六七八九十百千万零〇\d]+"


@dataclass(frozen=True)
class Need:
    """One kind of answer.

    Attributes:
        official: words in which rules give this kind of answer; searched for beside the question.
        asked: how a question asks for it.
        met: how a sentence gives it.
        is_number: the answer is a number; a clause without one of this kind does not answer.
    """

    name: str
    official: str
    asked: re.Pattern[str]
    met: re.Pattern[str]
    is_number: bool = False

    def is_met_by(self, sentence: str) -> bool:
        return self.met.search(sentence) is not None


def _measured(name: str, asked: str, unit: str, official: str = "") -> Need:
    """A need of a number with a unit: asked for by what fits `asked`, met by a number before `unit`."""
    return Need(
        name, official, re.compile(asked), re.compile(rf"(?<![第一二两三四五六七八九十百千万零〇\d]){_NUMBER}多?(?:{unit})"), is_number=True
    )


NEEDS = (
    Need(
        "compensation", "要求赔偿 增加赔偿 支付赔偿金",
        re.compile(r"赔|退一|假一|索赔"),
        re.compile(r"赔偿.{0,30}(?:倍|元)|(?:倍|元).{0,20}赔偿|退(?:回|还|货)|赔偿|补偿|侵权责任"),
    ),
    _measured("decibels", r"分贝", "分贝"),
    _measured("weight", r"多重|几斤|多少(?:斤|公斤|千克|克|毫克)|几(?:克|毫克|公斤)", "毫克|克|公斤|千克|斤"),
    _measured("area", r"(?:几|多少)个?平|多大(?:面积|的?(?:店|门店|地方))|面积.{0,6}(?:多少|多大|几)|多大一?[个块]|多大的", "平方米|平米"),
    _measured("length", r"多远|多高|多宽|多少(?:米|公分|厘米)|几(?:米|公分|厘米)|(?:最长|绳|有)多长|距离.{0,4}(?:多少|几)", "米|厘米"),
    _measured("minutes", r"(?:几|多少)分钟", "分钟"),
    _measured("hours", r"(?:几|多少)个?(?:小时|钟头)", "个?小时", "小时内"),
    _measured("years", r"(?:几|多少)年", "年", "年内"),
    _measured("months", r"(?:几|多少)个月", "个月", "个月内"),
    _measured("age", r"(?:几|多少|多大)(?:周?岁|年龄)|年龄.{0,4}(?:多少|几|限制)", "周岁|岁"),
    _measured("times", r"(?:几|多少)(?:次|回|遍)", "次"),
    _measured("percentage", r"百分之(?:多少|几)|率.{0,6}(?:多少|几)|几成|比例.{0,4}(?:多少|几)|最多扣多少", r"%|成|分之|倍") ,
    Need(
        "share", "过半数 三分之二以上 同意 表决",
        re.compile(r"多少(?:户|业主)|多少.{0,6}同意|过半"),
        re.compile(r"过半数|分之"),
        is_number=True,
    ),
    Need(
        "clock", "是指 时至次日 时段",
        re.compile(r"几[点时]"),
        re.compile(rf"(?<!小){_NUMBER}(?:点|时)(?!间|段|期)"),
        is_number=True,
    ),
    Need(
        "procedure", "执法人员应当先 责令改正 步骤 程序",
        re.compile(r"(?:执法[人队]?[员伍]?|队员|协管员?|城管|我们)[^，。？?]{0,4}?(?:应当|应该|该|要|得)?(?:怎么|如何|怎样)(?:处理|处置|办|做|执法|纠正)|按什么程序|什么流程|分几步|第一步|先做什么"),
        re.compile(r"应当先|先行|步骤|程序|经(?:提醒|劝导|责令)|不得以"),
    ),
    Need(
        "penalty", "责令改正 处 元以上 元以下罚款",
        re.compile(r"罚|什么后果|怎么办他|追究|依据哪条|怎么处分"),
        re.compile(r"罚款|没收|吊销|责令.{0,12}(?:停业|关闭)|警告|处罚|处分"),
    ),
    Need(
        "ground", "禁止 不得 应当",
        re.compile(r"违反.{0,6}哪|犯了?哪条|有没有规定"),
        re.compile(r"禁止|不得|应当|严禁"),
    ),
    Need(
        "amount", "元 标准 不得超过",
        re.compile(r"多少钱|多少元|(?:标准|上限|下限|票价|价格|费用?|总量|数量|限额)(?:是|为|收)?多少|几块钱?|几元|(?:收|充|交|扣|补贴)多少|封顶"),
        re.compile(rf"(?:^|[。；\n])(?![^。；\n]*罚)[^。；\n]*(?:{_NUMBER}(?:元|辆|倍)|百分之|%|不收取|免收|免费(?!时长|时间|时段))"),
        is_number=True,
    ),
    Need(
        "term", "日内 期限 工作日内",
        re.compile(r"(?:几|多少)个?工?作?[天日]|多久|时限|期限|什么时候|多长时间|何时|管几天|有效期"),
        re.compile(rf"{_NUMBER}个?(?:工作)?(?:日|天|个月|月|年|小时|分钟)|立即|及时|当场|当日"),
        is_number=True,
    ),
    _measured("count", rf"(?:几|多少)(?:{_COUNTED})|留多少", _COUNTED),
    Need(
        "permission", "禁止 不得 应当",
        re.compile(r"能不能|可不可以|可以|能.{0,16}吗|能.{0,10}不|允许|行不行|让不让|合法|违法吗|违反|要不要|必须|要.{0,14}吗|该不该|算不算|有效吗|是不是|对吗"),
        re.compile(r"禁止|不得|应当|可以|有权|不予|必须|不能|无效|严禁|免收|不收取"),
    ),
    Need(
        "handling", "应当 责令改正 处罚款",
        re.compile(r"(?:怎么|如何|怎样)(?:处理|处置|清理|办|算|扔|弄|投诉|申请|管)|该怎么"),
        re.compile(r"应当|可以|罚款|责令|由.{1,20}(?:负责|处理)"),
    ),
    Need(
        "who", "由 负责 部门",
        re.compile(r"谁|哪个部门|哪家|归.{0,4}管|找哪|归哪|哪个科"),
        re.compile(r"由.{1,40}(?:负责|承担|受理|处理|查|签发|管理|给予|先行|查处|组织)|归.{1,6}所有|属于.{1,12}共有|承担|负责"),
    ),
    Need(
        "list", "下列 情形",
        re.compile(r"哪些|哪几|什么情况|有什么要求|包括什么|什么(?:材料|条件|手续|样的)|怎么认定|什么限制"),
        re.compile(r"[（(][一二三四五六七八九十]+[）)]|材料|条件|应当"),
    ),
    _measured("number", r"多少|几[个块]", r"\w"),
)  # fmt: skip
"""In order: the first that a question asks for decides."""
_BROAD = frozenset({"number", "permission", "handling"})
"""Needs that a unit in the question makes narrower."""
_UNIT = re.compile(r"(?:多少|几)(?P<unit>[升针遍次趟步级层辆头盏株棵颗份批组排包箱桶袋度瓦伏毫寸里亩顿餐项款页字票])")
_UNITS_OF_RULES = {"遍": "次", "趟": "次", "餐": "餐|顿"}


def asked_for(question: str) -> Need | None:
    """The kind of answer that a question asks for; None where it shows none."""
    need = next((need for need in NEEDS if need.asked.search(question)), None)
    unit = _UNIT.search(question)
    return _of_unit(unit["unit"]) if unit and (need is None or need.name in _BROAD) else need


@cache
def _of_unit(unit: str) -> Need:
    """A number of a unit that the question itself names (多少升)."""
    return _measured("unit", rf"(?:多少|几){unit}", _UNITS_OF_RULES.get(unit, unit))
