"""Which column of a table holds what, by the names that offices use."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

Row = Sequence[Any]

TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm")
"""How the names of tables end."""
HEADER_ROWS = 20
"""The header stands in one of the first rows, below title lines perhaps."""
SHORTEST_PART = 4
"""A name of so many characters is also known within a longer one (市民诉求内容)."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "key": (
        "工单编号", "工单号", "受理编号", "诉求编号", "案件编号", "事件编号", "业务编号", "受理单号", "流水号", "单号", "编号", "id", "pid",
    ),
    "title": ("诉求标题", "工单标题", "事项标题", "标题", "主题", "title"),
    "text": (
        "诉求内容", "工单内容", "投诉内容", "反映内容", "来电内容", "事项内容", "诉求描述", "问题描述", "事项描述", "主要内容", "具体内容",
        "内容", "正文", "描述", "text", "content",
    ),
    "time": (
        "来电时间", "诉求时间", "受理时间", "登记时间", "创建时间", "反映时间", "工单生成时间", "接收时间", "派单时间", "发布时间",
        "来电日期", "受理日期", "登记日期", "时间", "日期", "time",
    ),
    "due": (
        "办理时限", "办结时限", "处理时限", "处置时限", "办理期限", "办结期限", "截止时间", "截止日期", "到期时间", "要求办结时间",
        "应办结时间", "限办时间", "时限要求", "时限", "due",
    ),
    "district": ("所属区域", "行政区划", "所属区县", "所属区", "区域", "区县", "辖区", "所属街道", "街道"),
    "place": ("诉求地址", "事发地址", "事发地点", "问题地址", "发生地点", "诉求地点", "反映地址", "详细地址", "地址", "地点"),
    "author": (
        "来电人姓名", "来电人", "投诉人姓名", "投诉人", "反映人", "诉求人", "申请人", "市民姓名", "联系人", "姓名", "市民", "作者",
        "author",
    ),
    "phone": ("联系电话", "来电号码", "来电电话", "联系方式", "手机号码", "手机号", "手机", "电话"),
    "url": ("链接", "网址", "url"),
    "likes": ("点赞数", "点赞", "likes"),
    "reposts": ("转发数", "转发", "reposts"),
    "comments": ("评论数", "评论", "comments"),
}  # fmt: skip
"""Field of a post -> the names by which its column is known, most telling first. A running number (序号) is no key: it begins anew in
every export. `author` and `phone` are read only to take them out of the text."""

_UNIT = re.compile(r"[(（\[【](?:单位[::]?)?(?P<unit>工作日|自然日|天|日|小时)[)）\]】]")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_BLANKS = re.compile(r"[\s*:：·、_]+")


@dataclass(frozen=True)
class Header:
    """Where the header ends and which column holds which field.

    Attributes:
        below: number of the first row below it, from 0.
        places: field -> column.
        names: field -> the column's own name.
        unit: what a bare number in the column of time limits counts, as its header says; empty where it does not.
        unused: names of the columns that hold no field.
    """

    below: int
    places: Mapping[str, int]
    names: Mapping[str, str]
    unit: str = ""
    unused: tuple[str, ...] = ()


def find_header(rows: Iterator[Row], named: Mapping[str, str]) -> Header | None:
    """The header among the first rows, also one of two rows whose upper cells are merged; None where no column holds the text.

    Args:
        named: field -> column name, for a table with names of its own.
    """
    first = [[_cell(cell) for cell in row] for row in islice(rows, HEADER_ROWS)]
    known = {field: (named[field],) if field in named else names for field, names in COLUMNS.items()}
    for number, row in enumerate(first):
        if "text" not in _places(row, known):
            continue
        above = first[number - 1] if number and _places(first[number - 1], known) else []
        under = first[number + 1] if number + 1 < len(first) and _is_second_row(first[number + 1], row, known) else []
        return _header(number + 1 + bool(under), above, row, under, known)
    return None


def _header(below: int, above: Sequence[str], row: Sequence[str], under: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> Header:
    """Each column is known by its own name, or where a merged cell left that empty by the one above or under it."""
    width = max(len(above), len(row), len(under))
    own, over, beneath = ([*line, *[""] * (width - len(line))] for line in (row, above, under))
    names = [beneath[place] or own[place] or over[place] for place in range(width)]
    places = _places(names, known)
    due = names[places["due"]] if "due" in places else ""
    found = _UNIT.search(due)
    unused = tuple(name for place, name in enumerate(names) if name and place not in places.values())
    return Header(below, places, {field: names[place] for field, place in places.items()}, found["unit"] if found else "", unused)


def _places(row: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    cells = [_bare(cell) for cell in row]
    places: dict[str, int] = {}
    for within in (False, True):
        for field, names in known.items():
            for name in names if field not in places else ():
                place = _place_of(_bare(name), cells, within, places.values())
                if place is not None:
                    places[field] = place
                    break
    return places


def _place_of(name: str, cells: Sequence[str], within: bool, taken: Any) -> int | None:
    if within and len(name) < SHORTEST_PART:
        return None
    fitting = (place for place, cell in enumerate(cells) if place not in taken and (name in cell if within else name == cell))
    return next(fitting, None)


def _is_second_row(row: Sequence[str], header: Sequence[str], known: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a row goes on with the header: it names columns, and has nothing under the text."""
    text = _places(header, known)["text"]
    return bool(_places(row, known)) and not (row[text] if text < len(row) else "")


def _cell(cell: Any) -> str:
    return str(cell if cell is not None else "").strip()


def _bare(name: str) -> str:
    """A column's name without blanks, stars, and what stands in brackets."""
    return _BLANKS.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", name))).lower()
