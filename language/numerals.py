"""Numbers as Chinese texts write them."""

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
NUMERAL = "零〇一二三四五六七八九十百千万亿两"

_COUNT = re.compile(
    rf"(?P<digits>\d+(?:\.\d+)?)(?P<scale>[万千百]?)|(?P<chinese>[{NUMERAL}]+)|(?P<vague>数|几|上|成)(?P<vague_unit>[十百千万])"
)
VAGUE_MINIMUM = 2
"""“数百” is at least two hundred."""


def to_int(numeral: str) -> int:
    """The value of a Chinese numeral (四十二, 二〇二四, 三百零五, 两万) or of Arabic digits.

    Raises:
        ValueError: not a numeral.
    """
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    if not numeral or any(character not in _DIGITS and character not in _UNITS and character not in _MYRIADS for character in numeral):
        raise ValueError(f"not a numeral: {numeral!r}")
    if all(character in _DIGITS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    return _sum_of_parts(numeral)


def _sum_of_parts(numeral: str) -> int:
    total = section = digit = 0
    last_unit = 1
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
            last_unit = 10 if character in "零〇" else last_unit
        elif character in _UNITS:
            last_unit = _UNITS[character]
            section += (digit or (1 if character == "十" or section == 0 else 0)) * last_unit
            digit = 0
        else:
            total = (
                (total + section + digit) * _MYRIADS[character]
                if character == "亿"
                else total + (section + digit or 1) * _MYRIADS[character]
            )
            section = digit = 0
            last_unit = _MYRIADS[character]
    return total + section + digit * (last_unit // 10 if last_unit > 10 and numeral[-1] in _DIGITS and _omits_unit(numeral) else 1)


def _omits_unit(numeral: str) -> bool:
    """Whether the last digit stands for a whole unit (三百五 = 350, 两万三 = 23,000), as in speech; 零 before it says that it does not."""
    return len(numeral) >= 3 and numeral[-2] in "百千万"


def from_int(value: int) -> str:
    """The Chinese numeral of 0 to 99,999,999, as laws number their articles (42 -> 四十二, 105 -> 一百零五).

    Raises:
        ValueError: out of range.
    """
    if not 0 <= value < 100_000_000:
        raise ValueError(value)
    myriads, rest = divmod(value, 10_000)
    if not myriads:
        return _below_myriad(rest)
    gap = "零" if 0 < rest < 1000 else ""
    return _below_myriad(myriads) + "万" + (gap + _below_myriad(rest, leading=False) if rest else "")


def _below_myriad(value: int, *, leading: bool = True) -> str:
    if value == 0:
        return "零"
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return text.removeprefix("一") if leading and text.startswith("一十") else text


def count(text: str) -> int | None:
    """The least number that a quantity tells (37人 -> 37, 三百多户 -> 300, 上千人 -> 1000, 数十家 -> 20); None if it tells none."""
    match = _COUNT.search(text)
    if match is None:
        return None
    if match["digits"]:
        return int(float(match["digits"]) * {"": 1, "百": 100, "千": 1000, "万": 10_000}[match["scale"]])
    if match["vague"]:
        unit = {**_UNITS, **_MYRIADS}[match["vague_unit"]]
        return unit if match["vague"] in "上成" else VAGUE_MINIMUM * unit
    return to_int(match["chinese"])


def article_number(heading: str) -> int | None:
    """The number of 第四十二条 or 第42条 at the start of `heading`; 之一 and the like do not change it. None if there is none."""
    match = re.match(rf"\s*第([{NUMERAL}]+|\d+)条", heading)
    return to_int(match[1]) if match else None
