"""Personal data out of a text: overwritten by as many asterisks, so that every other span stays where it was."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn
from stdnum.cn import ric


class PersonalData(StrEnum):
    """What was found."""

    MOBILE = "mobile"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"
    NAME = "name"
    DOOR = "door"


@dataclass(frozen=True)
class Found:
    """One piece of personal data: its kind and the span that was overwritten."""

    kind: PersonalData
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text without personal data. `text` is as long as the original."""

    text: str
    found: tuple[Found, ...] = ()


def mask_personal_data(text: str) -> Masked:
    """Overwrite phones, ID and card numbers, plates, addresses of mail and chat accounts, names in context and door numbers.

    Service numbers (12345, 110, 400-…) stay, and so does the building: someone must be sent there.
    """
    found = _without_overlap(piece for look_for in _DETECTORS for piece in look_for(text))
    masked = list(text)
    for piece in found:
        masked[piece.start : piece.end] = "*" * (piece.end - piece.start)
    return Masked("".join(masked), tuple(found))


def _without_overlap(pieces: Iterable[Found]) -> list[Found]:
    """In order of place; where two overlap the earlier detector wins, since the surer ones come first."""
    kept: list[Found] = []
    for piece in pieces:
        if all(piece.end <= other.start or piece.start >= other.end for other in kept):
            kept.append(piece)
    return sorted(kept, key=lambda piece: piece.start)


def _always(_: str) -> bool:
    return True


def _detector(
    kind: PersonalData, pattern: str, accepts: Callable[[str], bool] = _always, flags: int = 0
) -> Callable[[str], Iterable[Found]]:
    """Finds `pattern`, or its group `it` where it has one, if `accepts` agrees."""
    compiled = re.compile(pattern, flags)
    group = "it" if "it" in compiled.groupindex else 0

    def detect(text: str) -> Iterable[Found]:
        return (Found(kind, *match.span(group)) for match in compiled.finditer(text) if accepts(match.group(group)))

    return detect


def _digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text).upper()


def _is_id_number(text: str) -> bool:
    return ric.is_valid(_digits(text))


def _is_bank_card(text: str) -> bool:
    digits = _digits(text)
    return 16 <= len(digits) <= 19 and luhn.is_valid(digits)


def _is_person(text: str) -> bool:
    return text[0] in _SURNAMES and not _NOT_NAMES.match(text)


_SEPARATOR = r"[ \-－.]?"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱"
    "江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧阳司马上官诸葛温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_NOT_NAMES = re.compile("方便|高兴|安全|时间|应该|明天|关于|向上|成为|和平|白天|周边|连续|全体|任何|温馨|万分|于是")
_NAME = r"(?P<it>[\u4e00-\u9fff]{2,4})"
_NAME_END = r"(?=[,，。.;；、:：!！?？\s()（）\[\]电手家住是今现在年男女，先女]|\d|$)"

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE_SIGN = "[A-HJ-NP-Z0-9]"
_ROLE = "我叫|我是叫|本人姓名|姓名|联系人|投诉人|举报人|反映人|申请人|来电人|当事人"
_INTRODUCED = "身份证|电话|手机|家住|住|系|现年|男|女"
_ENTRANCE = r"(?:[一二三四五六七八九十\d]{1,2}[ ]?(?:单元|门洞?|梯))"

_DETECTORS = (
    _detector(PersonalData.EMAIL, r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    _detector(PersonalData.ID_NUMBER, r"(?<![0-9A-Za-z])\d{6}[ ]?\d{8}[ ]?\d{3}[0-9Xx](?![0-9A-Za-z])", _is_id_number),
    _detector(PersonalData.BANK_CARD, r"(?<!\d)[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)", _is_bank_card),
    _detector(PersonalData.MOBILE, rf"(?<!\d)(?:(?:\+|00)?86{_SEPARATOR})?1[3-9]\d{_SEPARATOR}\d{{4}}{_SEPARATOR}\d{{4}}(?!\d)"),
    _detector(PersonalData.PHONE, rf"(?<!\d)[(（]?0(?:10|2\d|[3-9]\d{{2}})[)）]?{_SEPARATOR}[2-8]\d{{6,7}}(?!\d)"),
    _detector(PersonalData.PHONE, r"(?:电话|座机|致电|手机)[号码]{0,2}[:： 是为]{0,2}(?P<it>[2-8]\d{2,3}[ -]?\d{4})(?!\d)"),
    _detector(PersonalData.PLATE, rf"{_PROVINCE}[A-HJ-NP-Z][·•. ]?{_PLATE_SIGN}{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![A-Z0-9])"),
    _detector(PersonalData.ACCOUNT, r"(?:QQ|qq|扣扣|企鹅)(?:号码?)?[:： 是]{0,2}(?P<it>[1-9]\d{4,10})(?!\d)"),
    _detector(
        PersonalData.ACCOUNT,
        r"(?:微信号?|VX|vx|V信|威信|加[vV微])[:： 是]{0,2}(?P<it>[A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{5,10})(?![A-Za-z0-9_-])",
    ),
    _detector(PersonalData.NAME, rf"(?:{_ROLE})(?:是|为)?[:： ]{{0,2}}{_NAME}{_NAME_END}", _is_person),
    _detector(PersonalData.NAME, rf"本人[:： ]?{_NAME}(?=[,，、(（\s]|{_INTRODUCED})", _is_person),
    _detector(PersonalData.DOOR, rf"(?:[栋幢座楼#]|号楼)[ \-－]?{_ENTRANCE}?[ \-－]?(?P<it>[A-Za-z]?\d{{3,4}})(?=[ ]?[室房户号])"),
    _detector(PersonalData.DOOR, r"单元[ \-－]?(?P<it>\d{3,4})(?!\d)"),
    _detector(PersonalData.DOOR, r"(?<![\d\-])\d{1,3}[ ]?[栋幢]?[-－]\d{1,2}[-－](?P<it>\d{3,4})(?![\d\-])"),
)
"""Surer kinds first."""
