"""12345 tickets as offices export them: columns by their names, 办理时限 in all its forms, nobody's number in the text."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.table import TablePosts
from adapters.sources.ticket_columns import find_header
from adapters.sources.time_limit import read_limit
from monitoring.errors import SourceError
from monitoring.post import Batch, PostSource, RawPost
from storage.clock import CHINA
from tests.adapters.sources.post_source_contract import NOW, TEXTS, PostSourceContract, read_all, texts
from tests.adapters.sources.site import READING

ARRIVED = datetime(2026, 3, 6, 10, tzinfo=CHINA)
"""A Friday."""


def table(path: Path, **more: Any) -> TablePosts:
    return TablePosts("12345工单", path, READING, **more)


def written(folder: Path, rows: Sequence[Sequence[Any]], name: str = "t.csv", encoding: str = "utf-8-sig") -> TablePosts:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    (folder / name).write_bytes(out.getvalue().encode(encoding))
    return table(folder / name)


def booked(folder: Path, *sheets: Sequence[Sequence[Any]]) -> TablePosts:
    from openpyxl import Workbook

    workbook = Workbook()
    for number, rows in enumerate(sheets):
        sheet = workbook.worksheets[0] if number == 0 else workbook.create_sheet()
        for row in rows:
            sheet.append(list(row))
    workbook.save(folder / "t.xlsx")
    return table(folder / "t.xlsx")


def posts(batches: list[Batch]) -> list[RawPost]:
    return [post for batch in batches for post in batch.posts]


def errors(batches: list[Batch]) -> list[str]:
    return [error for batch in batches for error in batch.errors]


class TestCsv(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        rows = [[f"GD{number:04d}", text, "2026-03-06 10:00"] for number, text in enumerate(records)]
        rows[3:3] = [["GD9999", "有内容", "昨天吧"]] if broken else []
        return written(folder, [["工单编号", "诉求内容", "来电时间"], *rows], encoding="gb18030")


class TestXlsx(PostSourceContract):
    def make(self, folder: Path, records: tuple[str, ...], *, broken: bool = False) -> PostSource:
        rows: list[list[Any]] = [
            [float(20260000 + number), None, text, datetime(2026, 3, 6, 10, number)]  # noqa: DTZ001  # as spreadsheets hold it
            for number, text in enumerate(records)
        ]
        rows[3:3] = [[99, None, None, datetime(2026, 3, 6)]] if broken else []  # noqa: DTZ001
        return booked(folder, [["2026 年 3 月工单汇总"], ["工单编号", "标题", "内容", "时间"], *rows])


async def test_a_table_that_has_grown_is_read_again_with_the_same_keys(tmp_path: Path) -> None:
    contract = TestCsv()
    before = await read_all(contract.make(tmp_path, TEXTS[:4]))
    after = await read_all(contract.make(tmp_path, TEXTS), before[-1].cursor)
    assert [post.key for post in after[0].posts][:4] == [post.key for post in before[0].posts]
    assert texts(after) == list(TEXTS)


@pytest.mark.parametrize(
    ("written_limit", "due"),
    [
        ("2026-03-11 18:00", "03-11 18:00"),
        ("2026/3/11", "03-11 18:00"),
        ("2026年3月11日前", "03-11 18:00"),
        ("2026-03-11 00:00:00", "03-11 18:00"),
        (datetime(2026, 3, 11, tzinfo=CHINA), "03-11 18:00"),
        ("46092", "03-11 18:00"),
        ("3月11日17:30前", "03-11 17:30"),
        ("1月4日", "27-01-04 18:00"),
        ("18:00", "03-06 18:00"),
        ("9:30前", "03-07 09:30"),
        (time(18, 0), "03-06 18:00"),
        ("下午5点前", "03-06 17:00"),
        ("次日12:00前", "03-07 12:00"),
        ("24小时", "03-07 10:00"),
        ("48h", "03-08 10:00"),
        ("30分钟内", "03-06 10:30"),
        ("半天", "03-06 22:00"),
        ("3天", "03-09 10:00"),
        ("三日内办结", "03-09 10:00"),
        ("15个自然日", "03-21 10:00"),
        ("1周", "03-13 10:00"),
        ("5个工作日", "03-13 18:00"),
        ("五个工作日内", "03-13 18:00"),
        ("1-3个工作日", "03-11 18:00"),
        ("自受理之日起2个工作日内答复", "03-10 18:00"),
        ("5", "03-13 18:00"),
        (5.0, "03-13 18:00"),
        ("即办", "03-06 18:00"),
        ("即办件", "03-06 18:00"),
        ("当日办结", "03-06 18:00"),
        ("", ""),
        ("无", ""),
        (None, ""),
        ("—" * 2, "?"),
        ("按规定", "?"),
        ("9999天", "?"),
        ("尽快", "?"),
        ("25:61", "?"),
        ("2月30日", "?"),
        ("99999工作日", "?"),
    ],
)
def test_time_limits(written_limit: Any, due: str) -> None:
    if due == "?":
        with pytest.raises(ValueError):  # noqa: PT011  # whatever says that it cannot be understood
            read_limit(written_limit, ARRIVED)
        return
    found = read_limit(written_limit, ARRIVED)
    assert (found.strftime("%y-%m-%d %H:%M").removeprefix("26-") if found else "") == due


def test_the_header_says_what_a_bare_number_counts() -> None:
    assert read_limit("3", ARRIVED, "天") == ARRIVED + timedelta(days=3)
    assert read_limit(24, ARRIVED, "小时") == ARRIVED + timedelta(hours=24)
    header = find_header(iter([["诉求内容*", "办理时限（小时）"]]), {})
    assert header is not None
    assert header.unit == "小时"


def test_what_is_to_be_done_at_once_after_hours_is_due_on_the_next_working_day() -> None:
    assert read_limit("即办", ARRIVED.replace(hour=19)) == datetime(2026, 3, 9, 18, tzinfo=CHINA)


@given(st.text(max_size=30), st.sampled_from(["", "天", "小时", "工作日"]))
def test_any_words_are_a_limit_or_none(words: str, unit: str) -> None:
    try:
        found = read_limit(words, ARRIVED, unit)
    except (ValueError, OverflowError):
        return
    assert found is None or found.tzinfo


async def test_a_ticket_whose_limit_cannot_be_understood_is_taken_and_told_of(tmp_path: Path) -> None:
    batches = await read_all(written(tmp_path, [["工单号", "内容", "时间", "办理时限"], ["1", "井盖不见了", "2026/3/6 10:00", "按规定"]]))
    assert [(post.text, post.due_at) for post in posts(batches)] == [("井盖不见了", None)]
    assert errors(batches) == ["第 2 行的办理时限“按规定”看不懂，工单已收，按没有写时限处理。"]


EXPORT = [
    ["某市 12345 工单导出表"],
    ["导出时间：2026-03-06 18:00"],
    ["序号", "诉求信息", None, None, None, "来电人", None, "办理信息", None, None],
    [None, "工单编号", "诉求标题", "诉求内容（必填）", "事发地址", "联系人", "联系电话", "受理时间", "办理时限(工作日)", "承办单位"],
    [
        1,
        "GD-1",
        "占道",
        "王小明称北门路口有人占道，电话13800138000。",
        "河东区北门路3号",
        "王小明",
        "13800138000",
        datetime(2026, 3, 6, 10),  # noqa: DTZ001  # as spreadsheets hold it
        5,
        "城管局",
    ],
]


async def test_title_lines_merged_headers_and_personal_columns(tmp_path: Path) -> None:
    source = booked(tmp_path, [["说明"], ["本表供内部使用"]], EXPORT)
    (post,) = posts(await read_all(source))
    assert (post.key, post.title, post.author) == ("GD-1", "占道", "王小明")
    assert post.text == "***称北门路口有人占道，电话***********。\n地点：河东区北门路3号"
    assert (post.posted_at, post.due_at) == (ARRIVED, datetime(2026, 3, 13, 18, tzinfo=CHINA))
    columns = await source.columns(NOW)
    assert {"text": "诉求内容（必填）", "due": "办理时限(工作日)", "phone": "联系电话", "place": "事发地址"}.items() <= dict(
        columns.fields
    ).items()
    assert set(columns.unused) == {"序号", "承办单位"}


async def test_a_header_that_goes_on_in_a_second_row(tmp_path: Path) -> None:
    rows = [["工单编号", "诉求内容", "时间", None], [None, None, "受理时间", "办理时限"], ["7", "井盖不见了", "2026-03-06 10:00", "24小时"]]
    (post,) = posts(await read_all(written(tmp_path, rows)))
    assert (post.key, post.posted_at, post.due_at) == ("7", ARRIVED, ARRIVED + timedelta(hours=24))


async def test_a_longer_name_is_known_by_the_one_within(tmp_path: Path) -> None:
    (post,) = posts(await read_all(written(tmp_path, [["市民诉求内容", "最新办理时限"], ["井盖不见了", "2026-03-11"]])))
    assert (post.text, post.due_at) == ("井盖不见了", datetime(2026, 3, 11, 18, tzinfo=CHINA))


async def test_a_running_number_is_no_key_and_a_changed_state_no_new_post(tmp_path: Path) -> None:
    head = ["序号", "诉求内容", "受理时间", "状态", "满意度"]
    monday = await read_all(
        written(tmp_path, [head, ["1", "甲事", "2026-03-02 10:00", "办理中", ""], ["2", "乙事", "2026-03-02 11:00", "办理中", ""]])
    )
    tuesday = await read_all(
        written(tmp_path, [head, ["1", "乙事", "2026-03-02 11:00", "已办结", "满意"], ["2", "丙事", "2026-03-03 11:00", "", ""]])
    )
    keys = {post.text: post.key for post in posts(monday)}
    assert {post.text: post.key for post in posts(tuesday)}["乙事"] == keys["乙事"]
    assert posts(tuesday)[1].key not in keys.values()


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16", "utf-8", "utf-8-sig"])
async def test_encodings_of_old_systems(tmp_path: Path, encoding: str) -> None:
    assert texts(await read_all(written(tmp_path, [["诉求内容"], ["井盖不见了"]], encoding=encoding))) == ["井盖不见了"]


async def test_other_separators_below_a_title_line(tmp_path: Path) -> None:
    for number, separator in enumerate("\t;|"):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"三月工单，汇总\n工单号{separator}内容\n7{separator}甲，乙\n", encoding="utf-8")
        assert texts(await read_all(table(path))) == ["甲，乙"]
    (tmp_path / "sep.csv").write_text("sep=;\r\n工单号;内容\r\n7;甲\r\n", encoding="utf-8")
    assert texts(await read_all(table(tmp_path / "sep.csv"))) == ["甲"]


async def test_a_quote_that_never_closes_swallows_nothing(tmp_path: Path) -> None:
    lines = ["工单号,内容", '1,"甲', "2,乙", '3,"丙,丁"', "4,戊"]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    assert texts(await read_all(table(tmp_path / "t.csv"))) == ["甲", "乙", "丙,丁", "戊"]


async def test_a_cell_of_several_lines_stays_one(tmp_path: Path) -> None:
    assert texts(await read_all(written(tmp_path, [["内容"], ['第一行\n第二行"引"'], ["乙"]]))) == ['第一行\n第二行"引"', "乙"]


async def test_columns_of_ones_own_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("Nr\tWas\n7\t井盖不见了\n", encoding="utf-8")
    found = posts(await read_all(table(tmp_path / "t.tsv", columns={"key": "Nr", "text": "Was"})))
    assert [(post.key, post.text) for post in found] == [("7", "井盖不见了")]


async def test_a_large_table_is_read_in_parts_without_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.sources.table.ROWS_PER_JOB", 3)
    wanted = [f"第{number}件事" for number in range(10)]
    source = written(tmp_path, [["内容"], *([text] for text in wanted)])
    batches = await read_all(source)
    assert texts(batches) == wanted
    for batch in batches:
        assert (
            texts([batch]) + texts(await read_all(source, batch.cursor)) == wanted[wanted.index(texts([batch])[0]) :]
            if batch.posts
            else True
        )


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("none.csv", None, "找不到文件"), ("odd.doc", b"x", "类型不认识"), ("empty.csv", b"", "没有“内容”一栏"),
        ("cut.xlsx", b"PK\x03\x04rubbish", "无法打开"), ("names.csv", "甲,乙\n1,2\n".encode(), "没有“内容”一栏"),
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_read_gives_one_clear_sentence(tmp_path: Path, name: str, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=words):
        await read_all(table(tmp_path / name))
