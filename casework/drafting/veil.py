"""遮名: personal data goes to a model as placeholders and comes back only where the reader may see it.

Posts are masked for good when they come in; what is left to hide are the things that staff wrote themselves: verified facts (the
duty phone, who was there) and earlier replies. Of these a public reply may hold exactly what a verified fact says, because somebody
verified it for this reply and approvers see it. So a placeholder in a model's answer is lifted where its value stands in a verified
fact, and nowhere else; a sentence in which another one remains is taken out (`fitness`). The veil lies over every model, at home or
abroad: a model that is never told a number cannot repeat it, and nothing is lost by not telling.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from language.masking import PersonalData, mask_personal_data

KINDS = {
    PersonalData.MOBILE: "电话", PersonalData.PHONE: "电话", PersonalData.ID_NUMBER: "证件", PersonalData.BANK_CARD: "卡号",
    PersonalData.PLATE: "车牌", PersonalData.EMAIL: "邮箱", PersonalData.ACCOUNT: "账号", PersonalData.NICKNAME: "网名",
    PersonalData.NAME: "姓名", PersonalData.DOOR: "门牌",
}  # fmt: skip
_BRACKETS = str.maketrans("〔〕", "（）")
_PLACEHOLDER = re.compile("〔(?:" + "|".join(dict.fromkeys(KINDS.values())) + "|遮)[甲乙丙丁戊己庚辛壬癸]{1,4}〕")
_STEMS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Veil:
    """The placeholders of one request. `names` is value -> placeholder."""

    names: Mapping[str, str]

    def over(self, text: str) -> str:
        """The text with a placeholder for every piece of personal data; brackets that could feign one are changed."""
        text, parts, end = text.translate(_BRACKETS), [], 0
        for piece in mask_personal_data(text).found:
            parts += [text[end : piece.start], self.names.get(text[piece.start : piece.end], "〔遮甲〕")]
            end = piece.end
        return "".join([*parts, text[end:]])

    def lifted(self, text: str, allowed: Collection[str]) -> str:
        """The text with the values of those placeholders whose value stands in one of the allowed texts; the others stay."""
        values = {name: value for value, name in self.names.items() if any(value in told for told in allowed)}
        return _PLACEHOLDER.sub(lambda found: values.get(found[0], found[0]), text)


def veil_for(texts: Iterable[str]) -> Veil:
    """The veil over these texts: one placeholder for each value, named by its kind."""
    names: dict[str, str] = {}
    for text in texts:
        plain = text.translate(_BRACKETS)
        for piece in mask_personal_data(plain).found:
            names.setdefault(plain[piece.start : piece.end], f"〔{KINDS[piece.kind]}{_ordinal(len(names))}〕")
    return Veil(names)


def veiled(text: str) -> bool:
    """Whether a placeholder stands in the text."""
    return _PLACEHOLDER.search(text) is not None


def _ordinal(number: int) -> str:
    """甲, 乙 … 癸, 甲甲 …: no digits, which would look like stated numbers."""
    digits = ""
    while True:
        digits = _STEMS[number % 10] + digits
        number = number // 10 - 1
        if number < 0:
            return digits
