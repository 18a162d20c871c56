"""Personal data out of a text: overwritten by as many asterisks, so that every other span stays where it was.

What counts: docs/models/masking.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn
from stdnum.cn import ric

from language.persons import find_names, name_before
from language.script import to_simplified


class PersonalData(StrEnum):
    """What was found."""

    MOBILE = "mobile"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"
    NICKNAME = "nickname"
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

    Numbers are known in full width, spaced out and in Chinese figures, names in both scripts. Service numbers (12345, 110, 400-…)
    stay, and so does the building: someone must be sent there.
    """
    plain = text.translate(_HALF_WIDTH) if _WIDE.search(text) else text
    detectors = _DETECTORS if _DIGIT.search(plain) else _WITHOUT_DIGITS
    numbers = [piece for detector in detectors for piece in detector.find(plain)]
    found = _without_overlap([*numbers, *_names(to_simplified(plain), numbers)])
    if not found:
        return Masked(text)
    masked = list(text)
    for piece in found:
        masked[piece.start : piece.end] = "*" * (piece.end - piece.start)
    return Masked("".join(masked), tuple(found))


def _names(text: str, numbers: Iterable[Found]) -> Iterator[Found]:
    """Names by what stands around them, and those written before a telephone number."""
    yield from (Found(PersonalData.NAME, start, end) for start, end in find_names(text))
    for piece in numbers:
        if piece.kind in (PersonalData.MOBILE, PersonalData.PHONE, PersonalData.ID_NUMBER):
            link = _BEFORE_NUMBER.search(text, max(0, piece.start - _LONGEST_LINK), piece.start)
            if name := name_before(text, link.start() if link else piece.start, titled=False):
                yield Found(PersonalData.NAME, *name)


def _without_overlap(pieces: Iterable[Found]) -> list[Found]:
    """In order of place; where two overlap the earlier detector wins, since the surer ones come first."""
    kept: list[Found] = []
    for piece in pieces:
        if all(piece.end <= other.start or piece.start >= other.end for other in kept):
            kept.append(piece)
    return sorted(kept, key=lambda piece: piece.start)


def _always(_: str) -> bool:
    return True


class _Detector:
    """Finds `pattern`, or its group `it` where it has one, if `accepts` agrees. Most kinds hold a digit, and many posts have none."""

    def __init__(
        self, kind: PersonalData, pattern: str, accepts: Callable[[str], bool] = _always, flags: int = 0, *, needs_digit: bool = True
    ) -> None:
        self.pattern, self._kind, self._accepts = re.compile(pattern, flags), kind, accepts
        self._group = "it" if "it" in self.pattern.groupindex else 0
        self.needs_digit = needs_digit

    def find(self, text: str) -> Iterator[Found]:
        for match in self.pattern.finditer(text):
            if self._accepts(match[self._group]):
                yield Found(self._kind, *match.span(self._group))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text).upper()


def _is_id_number(text: str) -> bool:
    return ric.is_valid(_digits(text))


def _is_bank_card(text: str) -> bool:
    digits = _digits(text)
    return 16 <= len(digits) <= 19 and luhn.is_valid(digits)


def _is_mobile(text: str) -> bool:
    digits = text.translate(_FIGURES)
    return bool(_MOBILE_NUMBER.search(re.sub(r"\D", "", digits)))


def _is_plate(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_private(nickname: str) -> bool:
    return not _INSTITUTION.search(nickname)


_HALF_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), 0xFF20, 0xFF0D, 0xFF0B)
}
"""Full-width digits, letters, @, - and +."""
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ＠－＋]")
_DIGIT = re.compile(r"\d")
_FIGURES = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①②③④⑤⑥⑦⑧⑨⓪貳叄陸", "00123456789123456789" + "1" + "1234567890" + "236")
_FIGURE = "[0-9零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①②③④⑤⑥⑦⑧⑨⓪貳叄陸]"
_GAP = r"[ \-—–.·_/~]{0,3}"
_MOBILE_NUMBER = re.compile(r"^(?:(?:00)?86)?1[3-9]\d{9}$")
_LONGEST_LINK = 12
_BEFORE_NUMBER = re.compile(r"[ ,，:：（(]*(?:的?(?:联系|本人|我的)?(?:电话|手机|号码|身份证|tel|TEL)号?码?)?[:：是为 ]*$")
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE_SIGN = "[A-HJ-NP-Z0-9]"
_ENTRANCE = r"(?:[一二三四五六七八九十\d]{1,2}[ ]?(?:单元|門洞?|门洞?|梯|單元))"
_ROOM = r"[A-Za-z]?\d{3,4}|[一二三四五六七八九][零〇一二三四五六七八九]{2,3}"
_INSTITUTION = re.compile(
    "城管|市监|发布|政务|政府|公安|警|交管|新闻|日报|晚报|晨报|早报|电视|广播|[网报局委办]$|在线|官方|法院|检察|消防|医院|大学|学校|社区|街道|热线|平台|央视|人民|新华|中国|头条|消协|用户|^某"
)

_DETECTORS = (
    _Detector(PersonalData.EMAIL, r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", needs_digit=False),
    _Detector(PersonalData.ID_NUMBER, r"(?<![0-9A-Za-z])\d{6}[ ]?\d{8}[ ]?\d{3}[0-9Xx](?![0-9A-Za-z])", _is_id_number),
    _Detector(
        PersonalData.ID_NUMBER, r"身份[证證](?:号码?|號碼?)?[:：是为为 ]{0,3}(?P<it>\d{6}[ ]?\d{8}[ ]?\d{3}[0-9Xx]|\d{15})(?![0-9A-Za-z])"
    ),
    _Detector(PersonalData.BANK_CARD, r"(?<!\d)[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)", _is_bank_card),
    _Detector(PersonalData.BANK_CARD, r"(?:卡[号號]|银行卡|銀行卡|[账帐賬帳][号號户戶])[:：是为 ]{0,3}(?P<it>\d(?:[ -]?\d){11,18})(?!\d)"),
    _Detector(
        PersonalData.MOBILE, rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?[1一壹幺①](?:{_GAP}{_FIGURE}){{10}}(?!\d)", _is_mobile, needs_digit=False
    ),
    _Detector(PersonalData.PHONE, r"(?<!\d)[(（]?0(?:10|2\d|[3-9]\d{2})[)）]?[ \-.]?[2-8]\d{6,7}(?!\d)"),
    _Detector(
        PersonalData.PHONE, r"(?:电话|電話|座机|座機|致电|手机|手機)[号码號碼]{0,2}[:： 是为]{0,2}(?P<it>[2-8]\d{2,3}[ -]?\d{4})(?!\d)"
    ),
    _Detector(
        PersonalData.PLATE,
        rf"{_PROVINCE}[A-HJ-NP-Z][·•. ]?{_PLATE_SIGN}{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![A-Z0-9])",
        _is_plate,
        re.IGNORECASE,
    ),
    _Detector(PersonalData.PLATE, r"[车車]牌[号號]?码?[:：是为 ]{0,2}(?P<it>[A-HJ-NP-Z][·•. -]?[A-Z0-9]{5,6})(?![A-Z0-9])", _is_plate),
    _Detector(PersonalData.ACCOUNT, r"(?:QQ|qq|扣扣|企鹅)(?:号码?)?[:： 是]{0,2}(?P<it>[1-9]\d{4,10})(?!\d)"),
    _Detector(
        PersonalData.ACCOUNT,
        r"(?:[微薇威徽]信|[VvWw][Xx]|[Vv]信|加[vV微]|绿泡泡)(?:[号號]码?|同号)?[:： 是为]{0,3}"
        r"(?P<it>[A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{5,10})(?![A-Za-z0-9_-])",
        needs_digit=False,
    ),
    _Detector(
        PersonalData.NICKNAME,
        r"(?<![A-Za-z0-9._-])@(?P<it>[^\s@:：,，。.！!？?;；、()（）\[\]【】《》#“”\"'*/]{1,16})",
        _is_private,
        needs_digit=False,
    ),
    _Detector(
        PersonalData.DOOR,
        rf"(?:[栋幢座楼棟樓#]|号楼|號樓)[ \-]?{_ENTRANCE}?[ \-]?(?P<it>{_ROOM})(?=[ ]?(?:[室房号號]|[户戶](?![业居人住家村都多余業餘])))",
        needs_digit=False,
    ),
    _Detector(
        PersonalData.DOOR, rf"(?:[单單]元|[栋幢棟])[ \-]?(?P<it>{_ROOM})(?![\d年月米平个元人户栋幢层号期次多余家])", needs_digit=False
    ),
    _Detector(PersonalData.DOOR, r"(?<![\d\-])\d{1,3}[ ]?[栋幢棟]?[-－]\d{1,2}[-－](?P<it>\d{3,4})(?![\d\-])"),
)
"""Surer kinds first."""
_WITHOUT_DIGITS = tuple(detector for detector in _DETECTORS if not detector.needs_digit)
