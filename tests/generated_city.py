"""A second city, made from a seed: other names, other places, other events than the sample city. No method may know either.

Posts are put together from phrases, each matter told in several ways, so that the label of every post is known.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitoring.post import RawPost
from storage.clock import CHINA

START = datetime(2026, 4, 6, 7, 0, tzinfo=CHINA)

_FIRST = "岚汐霁渚峄翎蘅岫砚湄缙珩沅菁邈樾岑澹栩蔚"
_SECOND = "川溪峰原湾桥塘陵屿坪畈渡岗泽岭浦"
_ESTATES = ("家园", "花苑", "雅居", "名邸", "新村", "公馆")
_ROADS = ("大道", "路", "街", "巷")
_MARKETS = ("农贸市场", "夜市", "生鲜市场")
_SCHOOLS = ("实验小学", "第三幼儿园", "中心小学")
_SOURCES = ("微博", "论坛", "12345工单", "贴吧", "短视频")
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈", "晓明志强丽娜建国芳敏静磊"


@dataclass(frozen=True)
class Matter:
    """One kind of trouble: the line it belongs to, and several ways to tell of it. `{place}` is filled in."""

    line: str
    tellings: tuple[str, ...]


MATTERS = (
    Matter("噪声油烟扬尘", (
        "{place}楼下的烧烤店油烟直排，家里窗户都不敢开，投诉了也没有用，请城管来看看。",
        "住在{place}，一到晚上烧烤店的油烟就往屋里灌，呛得人睡不着，什么时候能装油烟净化器？",
        "举报{place}一楼烧烤店没有专用烟道，油烟扰民严重，要求查处。",
        "{place}烧烤店油烟问题反映三次了，执法队来了就关火，走了又烧，能不能管一管。",
    )),
    Matter("噪声油烟扬尘", (
        "{place}旁边的工地凌晨两点还在打桩，噪音大得整栋楼都睡不着。",
        "{place}工地夜间施工扰民，昨晚又是通宵浇筑，孩子明天还要上学，请相关部门制止。",
        "请问{place}的工地有没有夜间施工许可？打桩机每天响到后半夜，居民无法休息。",
    )),
    Matter("市政设施", (
        "{place}路口的窨井盖不见了，昨晚有人骑车差点掉下去，太危险了。",
        "{place}的井盖缺失好几天没人补，只插了一根树枝，老人孩子走这里很不安全。",
        "求助：{place}井盖丢了，露着一个大洞，请尽快来装上。",
    )),
    Matter("环境卫生", (
        "{place}的垃圾桶满了一个星期没人清运，苍蝇乱飞，臭味熏天。",
        "{place}垃圾堆成山，保洁多日不来，夏天这个味道受不了，请环卫处理。",
        "投诉{place}垃圾清运不及时，污水流到人行道上，脏得没法走。",
    )),
    Matter("停车与共享单车", (
        "{place}人行道被共享单车堆满，盲道都占了，推婴儿车只能走机动车道。",
        "{place}门口单车乱停乱放没有人管，早高峰根本走不过去。",
        "建议在{place}划共享单车停车点，现在堆得人行道都走不了人。",
    )),
    Matter("食品安全", (
        "在{place}买的卤肉吃完上吐下泻，一家三口都去了医院，老板不承认，请市场监管查一查。",
        "{place}那家卤味店的肉发酸变质，家人吃了拉肚子，要求退款并查处。",
        "举报{place}卤味摊卖变质卤肉，已经有几个邻居吃坏肚子。",
    )),
    Matter("消费维权", (
        "{place}的健身房突然关门，办的年卡还剩八个月，老板电话打不通，钱怎么退？",
        "{place}健身房卷款跑路，会员卡退不了费，几十个人被坑，请工商帮忙。",
        "投诉{place}健身房停业不退预付卡余额，联系不上负责人。",
    )),
    Matter("违法建设", (
        "{place}顶楼业主私自加盖阳光房，承重墙都动了，楼下漏水严重。",
        "举报{place}顶层违建，正在加盖第二层，施工好几天了，请执法队拆除。",
        "{place}楼顶违章搭建没人管，物业说管不了，到底归谁管？",
    )),
    Matter("市容秩序", (
        "{place}的流动摊贩把路占了一半，车子都过不去，每天傍晚都这样。",
        "{place}占道经营严重，摊子摆到机动车道上，接送孩子非常危险。",
        "请城管整治{place}门口的占道摊贩，投诉多次依旧。",
    )),
    Matter("价格与收费", (
        "{place}的停车场不按公示收费，停两小时收了三十块，还不给发票。",
        "{place}停车乱收费，牌子写五元，出来要十五，问就是节假日价。",
        "投诉{place}停车场收费与标价牌不符，请物价部门核查。",
    )),
)  # fmt: skip

_GRAVE = (
    "刚刚在{place}看到城管队员掀翻摊位，还动手打人，摊主老人倒在地上流血，视频在这里。",
    "{place}城管打人了！摊主被推倒头破血流，围了几十个人，有视频为证。",
    "求证：网传{place}执法队员殴打摆摊老人，视频里清清楚楚，有没有人管？",
    "{place}掀摊打人的事要给个说法，老人还在医院，队员连工牌都没戴。",
)
_NOISE = (
    "今天的晚霞太好看了，随手拍一张。", "追完了这部剧，结局我真的会哭死。", "早起背单词第{n}天，继续加油！",
    "有没有一起拼奶茶的姐妹，差{n}杯起送。", "这首歌单曲循环了{n}遍还是听不腻。", "我家猫今天又把杯子推下去了，第{n}个。",
    "减肥第{n}天，体重没动，心态崩了。", "转发这条锦鲤，考试必过。",
)  # fmt: skip
_FRAMES = ("", "唉，", "家人们谁懂，", "忍了很久了。", "路过的都看看：", "实在没办法才来发帖。")
_ENDINGS = ("", "希望重视。", "谢谢！", "在线等回复。", "到底有没有人管？", "大家评评理。")


@dataclass(frozen=True)
class StaffPerson:
    """One staff member of the generated department."""

    name: str
    title: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class GeneratedPost:
    """One post with what is known of it. `label` is None for noise; `repeats` is the key of the post that it copies."""

    source: str
    post: RawPost
    label: str | None
    line: str | None
    place: str | None
    repeats: str | None = None


@dataclass(frozen=True)
class GeneratedCity:
    """A city and some days of its posts, in time order.

    Attributes:
        names: what citizens call the department.
        gazetteer: district -> places.
        event_of: key of a post -> label of its event; noise has none.
        grave: label of the one grave event.
    """

    province: str
    city: str
    names: tuple[str, ...]
    gazetteer: dict[str, tuple[str, ...]]
    staff: tuple[StaffPerson, ...]
    sources: tuple[str, ...]
    posts: tuple[GeneratedPost, ...]
    event_of: dict[str, str]
    grave: str


def generate_city(seed: int, *, events: int = 24, noise: int = 20) -> GeneratedCity:
    """The city of a seed; the same seed gives the same city.

    Args:
        events: ordinary events; one grave event comes on top. Some places have two matters, some matters two places.
        noise: posts that are nobody's business.
    """
    chance = random.Random(seed)
    city = _word(chance) + "市"
    gazetteer = _gazetteer(chance)
    places = [(district, place) for district, names in gazetteer.items() for place in names]
    posts = [post for number in range(events) for post in _event(chance, number, *_choose(places, number))]
    grave = _grave(chance, places[0])
    posts += [*grave, *(_noise(chance, number) for number in range(noise))]
    posts.sort(key=lambda each: (each.post.posted_at, each.post.key))
    short = city[:-1]
    return GeneratedCity(
        province=_word(chance) + "省", city=city, names=(f"{city}城市管理局", f"{short}城管", "城管", "市场监管局"), gazetteer=gazetteer,
        staff=_staff(chance), sources=tuple(f"{short}{kind}" for kind in _SOURCES), posts=tuple(_named(each, short) for each in posts),
        event_of={each.post.key: each.label for each in posts if each.label}, grave="grave",
    )  # fmt: skip


def repost(text: str, seed: int) -> str:
    """One text as it is posted again: cut, framed, decorated, its sentences moved, or in the other script."""
    from language.script import to_traditional

    chance = random.Random(seed)
    kind = chance.randrange(6)
    if kind == 0:
        return text[: max(14, int(len(text) * chance.uniform(0.6, 0.9)))] + "…"
    if kind == 1:
        places = sorted(chance.sample(range(len(text)), min(3, len(text))))
        return "".join(character + ("😡" if place in places else "") for place, character in enumerate(text))
    if kind == 2:
        return f"@{_word(chance)}日报 @{_word(chance)}发布 {text}"
    if kind == 3:
        return to_traditional(text)
    if kind == 4:
        clauses = [clause for clause in text.replace("。", "，").split("，") if clause]
        turn = chance.randrange(1, max(2, len(clauses)))
        return "，".join(clauses[turn:] + clauses[:turn])
    return f"转发微博：{text}//扩散"


def _choose(places: Sequence[tuple[str, str]], number: int) -> tuple[Matter, tuple[str, str]]:
    """Every fourth event happens at the place of the one before, every fourth tells the matter of the one before of another place."""
    matter, place = MATTERS[number % len(MATTERS)], places[(number * 7 + 1) % len(places)]
    if number % 4 == 1:
        return matter, places[((number - 1) * 7 + 1) % len(places)]
    if number % 4 == 3:
        return MATTERS[(number - 1) % len(MATTERS)], place
    return matter, place


def _event(chance: random.Random, number: int, matter: Matter, where: tuple[str, str]) -> list[GeneratedPost]:
    label, begin = f"e{number}", START + timedelta(minutes=chance.randrange(6 * 24 * 60))
    tellings = chance.sample(matter.tellings, chance.randint(1, len(matter.tellings)))
    found: list[GeneratedPost] = []
    for place_in_event, telling in enumerate(tellings):
        text = chance.choice(_FRAMES) + telling.format(place=_spoken(chance, where)) + chance.choice(_ENDINGS)
        when = begin + timedelta(minutes=chance.randrange(1, 36 * 60)) if place_in_event else begin
        found.append(_post(chance, f"{label}-{place_in_event}", text, when, label, matter.line, where[1]))
    if number % 3 == 0:
        copied = found[0]
        text = repost(copied.post.text, chance.randrange(1 << 30))
        again = _post(chance, f"{label}-r", text, copied.post.posted_at + timedelta(minutes=9), label, matter.line, where[1])
        found.append(replace(again, repeats=copied.post.key))
    return found


def _grave(chance: random.Random, where: tuple[str, str]) -> list[GeneratedPost]:
    begin = START + timedelta(days=2, hours=11)
    posts = []
    for number in range(12):
        text = chance.choice(_FRAMES) + _GRAVE[number % len(_GRAVE)].format(place=where[1]) + chance.choice(_ENDINGS)
        when = begin + timedelta(seconds=chance.randrange(720) if number else 0)
        posts.append(_post(chance, f"grave-{number}", text, when, "grave", "执法行为与作风", where[1], video=True))
    return posts


def _noise(chance: random.Random, number: int) -> GeneratedPost:
    text = chance.choice(_NOISE).format(n=chance.randint(2, 300))
    return _post(chance, f"n{number}", text, START + timedelta(minutes=chance.randrange(7 * 24 * 60)), None, None, None)


def _post(
    chance: random.Random,
    key: str,
    text: str,
    when: datetime,
    label: str | None,
    line: str | None,
    place: str | None,
    *,
    video: bool = False,
) -> GeneratedPost:
    author, likes, reposts = chance.choice(_SURNAMES) + chance.choice(_GIVEN), chance.randrange(20), chance.randrange(5)
    post = RawPost(key=key, text=text, posted_at=when, author=author, likes=likes, reposts=reposts, has_video=video)
    return GeneratedPost(chance.choice(_SOURCES), post, label, line, place)


def _named(each: GeneratedPost, city: str) -> GeneratedPost:
    return replace(each, source=f"{city}{each.source}")


def _spoken(chance: random.Random, where: tuple[str, str]) -> str:
    return "".join(where) if chance.random() < 0.4 else where[1]


def _gazetteer(chance: random.Random) -> dict[str, tuple[str, ...]]:
    kinds = (_ESTATES, _ESTATES, _ROADS, _MARKETS, _SCHOOLS, _ESTATES)
    return {_word(chance) + "区": tuple(_word(chance) + chance.choice(kind) for kind in kinds) for _ in range(4)}


def _staff(chance: random.Random) -> tuple[StaffPerson, ...]:
    roles = (("duty",), ("duty", "drafter"), ("duty", "approver"), ("approver", "admin"), ("auditor",))
    return tuple(StaffPerson(surname + chance.choice(_GIVEN), "值班员", role) for surname, role in zip(_SURNAMES, roles, strict=False))


def _word(chance: random.Random) -> str:
    return chance.choice(_FIRST) + chance.choice(_SECOND)
