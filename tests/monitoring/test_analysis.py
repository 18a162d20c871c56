"""One post, read whole. All posts and places here are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.analysis import Analysis, analyse
from monitoring.item import Attitude, Relevance
from monitoring.lines import INTENTS, LINES
from monitoring.watch import build_watch

WATCH = build_watch(
    names=("霁城综管",),
    province="云泽省",
    city="霁城市",
    gazetteer={"东浦区": ["菱塘路", "锦鹭苑", "南码头夜市"], "西浦区": ["槐花巷"]},
)


def read(text: str, title: str = "", likes: int | None = None, reposts: int | None = None, has_video: bool = False) -> Analysis:
    return analyse(title, text, likes=likes, reposts=reposts, has_video=has_video, watch=WATCH)


def factors(text: str, **counts: int) -> set[str]:
    return {factor.name for factor in read(text, **counts).factors}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("每天傍晚一堆流动摊贩占道经营，人行道走不过去，请城管管一管。", "市容秩序"),
        ("楼下垃圾桶满溢三天没人清，臭气熏天，请尽快清运。", "环境卫生"),
        ("举报6栋顶楼业主私自搭建阳光房，属于违章建筑。", "违法建设"),
        ("菱塘路路口的窨井盖破损，路灯也不亮，请维修。", "市政设施"),
        ("行道树枯死了一排没人管护，希望园林部门补种。", "园林绿化"),
        ("共享单车乱停堵满盲道，请清理。", "停车与共享单车"),
        ("隔壁工地天天夜间施工，噪音大得没法睡觉，请制止。", "噪声油烟扬尘"),
        ("小区里有人遛狗不牵绳，还咬伤过人，请管管。", "养犬管理"),
        ("超市卖的牛奶已经过期变质，喝了拉肚子，投诉。", "食品安全"),
        ("健身房跑路了，预付卡里的钱要求退款。", "消费维权"),
        ("停车场乱收费，收费标准也不公示，请物价部门查处。", "价格与收费"),
        ("举报居民楼里有黑作坊无证经营，没有营业执照。", "证照与无照经营"),
        ("电梯三天两头故障困人，年检标志也过期了，请查处。", "产品质量与特种设备"),
        ("商家虚假宣传，误导消费者购买，请市场监管局处理。", "广告与不正当竞争"),
        ("物业不作为，业委会换届一拖再拖，请街道协调。", "物业与小区"),
        ("城管执法人员态度恶劣，还辱骂摊主，没有出示证件就没收东西。", "执法行为与作风"),
    ],
)
def test_every_line_is_recognised(text: str, line: str) -> None:
    found = read(text)
    assert found.relevance.is_ours
    assert found.line == line
    assert any(reason.startswith(line) for reason in found.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "今天心情真好，和朋友一起去看了电影，晚安。",
        "公积金断缴了还能贷款吗？请问怎么补缴。",
        "孩子小学入学的学区怎么划分，请教育局答复。",
        "拖欠工资三个月，请人社部门处理。",
        "高数作业写不完了，救命",
    ],
)
def test_what_is_not_the_departments_raises_no_alert(text: str) -> None:
    found = read(text)
    assert not found.relevance.is_ours
    assert (found.line, found.level, found.factors) == ("其他", 0, ())
    assert found.attitude is Attitude.NEUTRAL


def test_the_script_of_a_post_does_not_matter() -> None:
    plain, traditional = read("流动摊贩占道经营，请城管处理。"), read("流動攤販佔道經營，請城管處理。")
    assert (plain.relevance, plain.line, plain.level) == (traditional.relevance, traditional.line, traditional.level)


def test_a_word_broken_by_invisible_characters_is_still_read() -> None:
    assert read("流动\u200b摊贩占\u200b道经营，请城\u200b管处理").line == "市容秩序"


def test_the_departments_own_name_counts_as_the_departments() -> None:
    blame = "投诉了五次，霁城综管一直推诿不作为，夜市油烟还是老样子。"
    assert read(blame).attitude is Attitude.NEGATIVE


@pytest.mark.parametrize(
    ("text", "attitude"),
    [
        ("烧烤店油烟扰民，多次投诉，城管互相踢皮球，懒政不作为，到底有没有人管？", Attitude.NEGATIVE),
        ("烧烤店油烟扰民，老板态度恶劣，物业也推诿，请处理。", Attitude.NEUTRAL),
        ("请清理菱塘路的小广告，谢谢领导。", Attitude.NEUTRAL),
        ("表扬城管队员，占道的摊子很快就清走了，给力，点赞！", Attitude.POSITIVE),
    ],
)
def test_attitude_is_toward_the_department(text: str, attitude: Attitude) -> None:
    assert read(text).attitude is attitude


def test_blame_on_the_department_scores_above_blame_on_a_shop() -> None:
    toward_us = read("工地夜间施工噪音扰民，执法局不作为，一味敷衍。").attitude_score
    toward_shop = read("工地夜间施工噪音扰民，施工方不作为，一味敷衍。").attitude_score
    assert toward_us > 2 * toward_shop


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("菱塘路井盖缺失，昨晚一名男子掉进去当场死亡", "death"),
        ("学校食堂饭菜变质，二十多名学生集体食物中毒呕吐送医", "group_harm"),
        ("广告牌掉下来砸伤了五名行人，请查处", "several_injured"),
        ("店招掉落砸中路人，造成颅骨骨折，请查处", "severe_injury"),
        ("饭店液化气瓶爆炸，玻璃碎了一地，请查处", "explosion"),
        ("城管当街殴打摆摊的老人", "officer_violence"),
        ("城管掀翻了水果摊，秤都砸了", "officer_conduct"),
        ("城管收了夜宵店的好处费，通风报信，包庇占道经营", "officer_misconduct"),
        ("油烟扰民，三百多户居民联名投诉", "collective"),
        ("油烟扰民再不处理，我们就去上访、找媒体", "threat"),
        ("电梯昨天又掉层，业主被困，请处理", "hazard"),
        ("油烟呛得我家孩子一直咳嗽，去医院查出哮喘", "vulnerable_health"),
        ("业主昨天已经在售楼部拉横幅抗议物业乱收费", "petition"),
        ("预付卡跑路了，大家约好明天上午九点市政府门口集合维权退款", "petition"),
        ("村民和城管发生冲突，拆违现场已经堵路", "crowd_now"),
    ],
)
def test_a_grave_circumstance_is_found_with_its_words(text: str, name: str) -> None:
    found = {factor.name: factor for factor in read(text).factors}
    assert name in found
    assert found[name].span
    assert found[name].span in text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("公交站共享单车堵路\n市民来电反映：站台前后被单车堆满，行人走不了", "crowd_now"),
        ("井盖缺失没人管，就怕出人命，万一有人掉下去摔死谁负责", "death"),
        ("油烟太大，树都枯死了，吵死了，气死了", "death"),
        ("非要等摔死人才管井盖吗", "death"),
        ("广告牌掉下来，幸好没有人受伤，请查处", "injury"),
        ("如果液化气瓶漏气，引起爆炸，后果不堪设想", "explosion"),
        ("城管没有打人，是摊主自己摔倒的", "officer_violence"),
        ("城管把投诉当皮球踢来踢去，油烟没人管", "officer_violence"),
        ("夜宵店噪音影响老人小孩身心健康", "vulnerable_health"),
        ("十几户居民反映油烟", "collective"),
        ("希望平台曝光这家店的油烟", "threat"),
    ],
)
def test_what_is_denied_feared_or_said_in_a_figure_is_no_circumstance(text: str, name: str) -> None:
    assert name not in factors(text)


def test_waiting_in_vain_counts_only_with_blame() -> None:
    tried = "烧烤店油烟扰民，投诉了五次，至今没有解决。"
    assert "repeated" not in factors(tried)
    assert "repeated" in factors(tried + "城管推诿扯皮，懒政不作为！")


def test_counts_beside_the_text_weigh_too() -> None:
    assert read("烧烤店油烟扰民，请处理。", likes=49).level == 4
    assert read("烧烤店油烟扰民，请处理。", likes=50).level == 3
    assert read("城管当街殴打摆摊的老人").level == 2
    assert read("城管当街殴打摆摊的老人", has_video=True).level == 1
    assert read("城管当街殴打摆摊的老人", reposts=1000).level == 1


def test_a_bare_headline_is_a_hot_search_only_without_counts() -> None:
    title = "市监局回应餐馆菜里吃出老鼠"
    assert read(title).level == 3
    assert read(title).asks == ("是否属实", "调查处理结果")
    assert read(title, likes=3).level != 3


def test_an_ordinary_complaint_is_iv_and_a_mere_question_no_alert() -> None:
    assert read("商铺门前乱堆放杂物，请城管清理。").level == 4
    assert read("请问办个营业执照需要什么材料？").level == 0


@pytest.mark.parametrize(
    ("title", "text", "intent"),
    [
        ("", "举报6栋顶楼违规搭建，属于违法建筑", "举报"),
        ("", "我家楼下烧烤店油烟扰民，孩子没法睡", "投诉"),
        ("建议增设垃圾桶", "南码头夜市垃圾桶太少，建议多放几个。", "建议"),
        ("咨询夜市摊位", "请问南码头夜市摊位几点开放？", "咨询"),
        ("求助", "路灯坏了，麻烦帮忙修一下。", "求助"),
        ("", "点赞城管队员，帮我推车，占道的摊子也清走了", "表扬"),
    ],
)
def test_intents(title: str, text: str, intent: str) -> None:
    assert read(text, title).intent == intent


@pytest.mark.parametrize(
    ("text", "place", "district"),
    [
        ("菱塘路 41 号门前占道经营", "菱塘路 41 号门前", "东浦区"),
        ("锦鹭苑3栋楼下烧烤油烟", "锦鹭苑3栋楼下", "东浦区"),
        ("投诉清荷县白石路与柳岸街交叉口夜间施工", "清荷县白石路与柳岸街交叉口", None),
        ("位于星澜花园二期5栋的业主违建", "星澜花园二期5栋", None),
        ("我住在槐花巷，对面的望江小区太吵", "槐花巷", "西浦区"),
        ("小区门口乱停车没人管", None, None),
        ("霁城市的油烟没人管", "霁城市", None),
    ],
)
def test_the_place_is_the_posts_own_words(text: str, place: str | None, district: str | None) -> None:
    found = read(text)
    assert (found.place, found.district) == (place, district)


def test_asks_are_short_distinct_and_without_courtesy() -> None:
    found = read(
        "尊敬的领导您好！油烟从一楼直排，晚上开到两点。希望有关部门尽快督促店家安装净化器，请问夜间营业时间有没有规定？谢谢领导！",
        title="投诉锦鹭苑楼下烧烤店油烟扰民的问题",
    )
    assert found.asks == ("整治烧烤店油烟", "安装净化器", "夜间营业时间有没有规定")


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_is_read_without_failing_and_within_the_vocabulary(text: str, title: str) -> None:
    found = read(text, title)
    assert found.relevance in set(Relevance)
    assert found.line in LINES
    assert found.intent in INTENTS
    assert 0 <= found.level <= 4
    assert all(0 <= score <= 1 for score in (found.relevance_score, found.attitude_score, found.negativity))
    assert len(found.asks) <= 5
    assert found == read(text, title)


PIECES = (
    "城管",
    "队员",
    "掀翻",
    "摊位",
    "打人",
    "电梯",
    "困人",
    "孩子",
    "呕吐",
    "三百户",
    "菱塘路",
    "3栋",
    "油烟",
    "扰民",
    "，",
    "。",
    "\u200b",
    "請",
    "攤販",
)
WRITTEN = st.lists(st.sampled_from(PIECES), max_size=25)


@given(WRITTEN)
def test_every_quote_is_an_exact_span_of_the_post(words: list[str]) -> None:
    text = "".join(words)
    found = read(text)
    assert found.place is None or found.place in text
    assert all(factor.span in text for factor in found.factors)


def test_onlookers_are_no_victims_and_an_ambulance_for_one_is_one() -> None:
    seen = read("河口市场门口围了快两百人，摆摊的大爷坐在地上，有人喊救护车，城管队员在旁边打电话。")
    assert {factor.name for factor in seen.factors} & {"injury", "group_harm", "several_injured"} == {"injury"}


def test_ambulances_at_a_school_tell_how_many_fell_ill() -> None:
    many = read("河口小学门口来了四辆救护车，说是食堂中午的饭吃坏了，到底多少人还不知道。")
    one = read("河口小学门口来了一辆救护车，说是有个老师食堂吃坏了。")
    assert (many.level, one.level != 1) == (1, True)
