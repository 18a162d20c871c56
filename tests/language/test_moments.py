"""Moments as web pages write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.moments import EARLIEST_YEAR, LATEST_YEAR, read_moment
from storage.clock import CHINA

NOW = datetime(2026, 3, 6, 18, 42, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("刚刚", NOW),
        ("30秒前", NOW - timedelta(seconds=30)),
        ("3 分钟前", NOW - timedelta(minutes=3)),
        ("半小时前", NOW - timedelta(minutes=30)),
        ("两小时前", NOW - timedelta(hours=2)),
        ("1个半小时前", NOW - timedelta(hours=1.5)),
        ("3天前", NOW - timedelta(days=3)),
        ("一周前", NOW - timedelta(weeks=1)),
        ("3 minutes ago", NOW - timedelta(minutes=3)),
        ("an hour ago", NOW - timedelta(hours=1)),
        ("昨天 18:42", NOW - timedelta(days=1)),
        ("前天 08:05", NOW.replace(day=4, hour=8, minute=5)),
        ("昨天", NOW.replace(day=5, hour=0, minute=0)),
        ("今天 下午3:05", NOW.replace(hour=15, minute=5)),
        ("18:40", NOW.replace(minute=40)),
        ("19:40", NOW.replace(day=5, hour=19, minute=40)),
        ("3月5日 12:00", NOW.replace(day=5, hour=12, minute=0)),
        ("11月3日", datetime(2025, 11, 3, tzinfo=CHINA)),
        ("11-03 18:42", datetime(2025, 11, 3, 18, 42, tzinfo=CHINA)),
        ("2026-03-06 18:42:00.0", NOW),
        ("2026年3月6日 星期五 18时42分", NOW),
        ("二〇二六年三月六日", NOW.replace(hour=0, minute=0)),
        ("２０２６／３／６　１８：４２", NOW),
        ("发布时间：2026-03-06 18:42", NOW),
        ("2026-03-06T10:42:00Z", NOW),
        ("2026-03-06T05:42:00-0500", NOW),
        ("Fri, 06 Mar 2026 10:42:00 GMT", NOW),
        ("Fri, 06 Mar 2026 18:42:00", NOW),
        ("Fri Mar 06 18:42:00 CST 2026", NOW),
        ("1772793720", NOW),
        ("1772793720000", NOW),
    ],
)
def test_moments(written: str, moment: datetime) -> None:
    assert read_moment(written, NOW) == moment


@pytest.mark.parametrize(
    "written",
    ["", "昨天吧", "三月", "NaN", "inf", "99999-01-01", "0000-01-01", "2026-13-01", "2026-02-30", "1", "99999999999999", "25:00",
     "0001-01-01T00:00:00+14:00", "Sat, 31 Dec 9999 23:59:59 -1200", "9" * 5_000, "9999999999天前"],
)  # fmt: skip
def test_what_is_no_moment_of_a_post(written: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        read_moment(written, NOW)


@given(st.text(alphabet="0123456789年月日时分秒天前:-/. T+Z上下午刚昨今", max_size=30) | st.text(max_size=90))
def test_whatever_is_written_is_a_storable_moment_or_refused(written: str) -> None:
    try:
        moment = read_moment(written, NOW)
    except (ValueError, OverflowError):
        return
    assert EARLIEST_YEAR <= moment.year < LATEST_YEAR
    assert moment.astimezone(UTC).tzinfo is UTC
