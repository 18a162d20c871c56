"""Small shelves written for the tests: rules of 云川, a town that exists nowhere, and of its country."""

from datetime import date

from knowledge_base.region import NATIONAL, Region
from retrieval.evidence import CaseHit, ClauseHit
from retrieval.library import Library
from retrieval.shelf import ShelvedCase, ShelvedClause

TODAY = date(2026, 3, 6)
CITY = Region("江屿", "云川")

RULES = (
    ("国家噪声法", "第四十三条", "在居民集中的区域，禁止夜间进行产生噪声的建筑施工作业，但抢修、抢险施工作业的除外。", NATIONAL),
    ("国家噪声法", "第七十七条", "违反本法规定，在夜间进行产生噪声的建筑施工作业的，责令改正，处一万元以上十万元以下的罚款。", NATIONAL),
    ("国家噪声法", "第八十八条", "夜间，是指晚上十点至次日早晨六点之间的期间。", NATIONAL),
    ("国家消费法", "第五十三条", "经营者以预收款方式提供服务的，应当按照约定提供。未按照约定提供的，应当退回预付款。", NATIONAL),
    ("江屿省市容条例", "第十条", "不得擅自占用城市道路、公共场地摆摊设点。违反的，处一百元以上一千元以下的罚款。", Region("江屿")),
    ("云川市养犬条例", "第九条", "携带犬只出户的，应当佩戴犬牌并采取系犬绳等措施。\n\n违反前款规定的，处五十元罚款。", CITY),
    ("山城市养犬条例", "第八条", "携带犬只出户的，应当佩戴犬牌并采取系犬绳等措施，犬绳不得超过一米。", Region("江屿", "山城")),
    ("海岸省市容条例", "第七条", "任何单位和个人不得擅自占用城市道路摆摊设点。", Region("海岸")),
)  # fmt: skip
CASES = (
    ("c1", "小区门口夜市太吵", "已要求夜市摊主晚上十点前收摊，并安排队员巡查。"),
    ("c2", "路灯坏了一个月", "已更换损坏的路灯灯头，当晚恢复照明。"),
    ("c3", "健身房关门不退卡", "已联系健身房经营者，退回剩余预付款。"),
)


def clause(
    number: int, title: str, article: str, text: str, region: Region = NATIONAL,
    effective_on: date | None = date(2020, 1, 1), ended_on: date | None = None,
) -> ShelvedClause:  # fmt: skip
    hit = ClauseHit(f"{title}|{article}|{number}", number, title, article, text, str(number), None, effective_on, 0.0, ended_on=ended_on)
    return ShelvedClause(number, hit, region)


def case(number: int, key: str, question: str, reply: str) -> ShelvedCase:
    return ShelvedCase(number, CaseHit(key, question, reply, "", "", None, 0.0))


def library() -> Library:
    """All rules and cases, in memory."""
    return Library.of(
        [clause(number, *rule) for number, rule in enumerate(RULES, 1)], [case(number, *told) for number, told in enumerate(CASES, 1)]
    )
