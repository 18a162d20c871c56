"""Questions that no rule answers, by their form: figures, persons, opinions, forecasts, single cases, tasks."""

import re
from enum import StrEnum


class Beyond(StrEnum):
    """What is asked for instead of a rule. The value names the sentence of the refusal (`knowledge.beyond_…`)."""

    FIGURES = "figures"
    PERSON = "person"
    OPINION = "opinion"
    FORECAST = "forecast"
    SINGLE_CASE = "single_case"
    TASK = "task"


_YEARS = r"去年|前年|今年|上半年|下半年|上个?月|本月|这个月|上周|本周|这周|最近|近年|目前|现在"
_FORMS = (
    (
        Beyond.TASK,
        r"^(?:请|麻烦|你)?(?:帮我|给我|替我|帮忙).{0,6}(?:写|翻译|讲|画|编|算|查天气|订)|笑话|一首.{0,8}(?:诗|歌)|怎么给.{1,6}写|翻译(?:成|一下)"
        r"|你(?:是谁|叫什么|是什么模型)|谁开发|密码|(?:忽略|无视|忘记).{0,8}(?:要求|指令|规则|限制|提示)|(?:天气|下雨|下雪)(?:吗|么|怎么样)"
        r"|今天.{0,4}吃什么|怎[么样](?:才能)?(?:不被罚|逃|躲|规避)|(?:钻|有什么)空子",
    ),
    (
        Beyond.OPINION,
        r"你(?:觉得|认为|看|喜欢|支持)|怎么看待?(?:这|城管|$|？|\?)|(?:合理|公平|值得|过分)吗|值不值|好不好|哪[个家种]?(?:更|最|比较)?好(?!几)|还是.{1,12}(?:更)?好"
        r"|什么牌子|哪个牌子|最好(?:吃|玩|看|用)|最好的|多少(?:比较)?合适|管得好|谁(?:更|最)(?:有理|厉害)|打起来",
    ),
    (
        Beyond.FORECAST,
        r"(?:明年|后年|将来|未来|今后|下半年|下个?月|以后).{0,14}(?:会不会|会|要|涨|跌|取消|取缔|修改|安排|开放|搬)|会不会(?!.{0,6}(?:罚|处|扣|没收|吊销|追究|违|影响))"
        r"|什么时候(?:会|能|才)?.{0,6}(?:跌|涨|修改|修订|取消|取缔|通车|开通|结束|恢复)|几号.{0,4}(?:开|放)",
    ),
    (
        Beyond.FIGURES,
        rf"(?:全市|全区|全省|全国|全县|本区|本市|我市|我区|{_YEARS}|一共|总共|共).{{0,14}}?(?:有)?(?:多少|几)(?:个|家|人|名|起|件|次|宗|户|条(?!绳)|处|所|城管|队员)"
        r"|^有多少(?:人|家|个|起|件|户|城管)|有(?:多少|几)(?:个|家|名|人|处|所|城管|队员)[^才同]{0,6}[？?]?$|比(?:去年|前年|上个?月|上周|同期).{0,6}(?:多|少|增|降|高|低)"
        r"|同比|环比|排名?第几|(?:罚了|立案|拆了|处罚了)多少",
    ),
    (
        Beyond.PERSON,
        r"(?:电话|手机号?|号码|微信|邮箱|地址|联系方式|住址|工资|待遇|奖金)(?:号码?)?(?:是|有|在)?(?:多少|什么|哪)|(?:电话|号码)[？?]?$|住(?:在)?哪|叫什么名|姓什么"
        r"|(?:人|局长|主任|所长|队长|书记|领导|站长|科长|律师)(?:是|叫)谁|谁(?:在)?值班|谁(?:起草|写的|制定的|当)|(?:局长|主任|领导|书记)(?:分管|多大|哪里人)|(?:招聘|考试|报名).{0,6}(?:什么时候|几号|条件)",
    ),
    (
        Beyond.SINGLE_CASE,
        r"(?:批|办|查|罚|拆|修|处理|整改|通过|出来|结)(?:好|完)?了(?:吗|没|么)|那[天次晚](?!之)|(?:昨天|前天|昨晚|今晚|今天|刚才).{0,10}(?:罚|谁|哪|吗|什么)|是不是(?:故意|有后台|真的)"
        r"|有没有(?:后台|关系|背景|猫腻)|是哪(?:家|个)(?:公司|店|单位|老板|人)[？?]?$|谁先动(?:的)?手|(?:检查|安排|验收|活动).{0,6}(?:哪天|几号|是什么)|哪天来",
    ),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _FORMS)


def beyond_rules(question: str) -> Beyond | None:
    """What a question asks for that no rule holds; None for a question that a rule may answer.

    Args:
        question: in its matching form.
    """
    return next((kind for kind, pattern in _COMPILED if pattern.search(question)), None)
