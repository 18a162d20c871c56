"""What the readers of files share: the time and the counts of a record as people write them."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from storage.clock import CHINA

_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<hour>\d{1,2})\s*[:：时]\s*(?P<minute>\d{1,2})?\s*(?:[:：分]\s*(?P<second>\d{1,2})?)?(?:\.\d+)?\s*秒?)?$"
)
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=CHINA)
_EXCEL_DAYS = range(20_000, 80_000)
"""Serial numbers of the years 1954 to 2119; other numbers are no dates."""


def read_time(value: Any) -> datetime | None:
    """A moment from a cell or a JSON field; without a zone it is China Standard Time. None for an empty value.

    Raises:
        ValueError: the value is no moment.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=CHINA)
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
    if written := _WRITTEN.fullmatch(text):
        return datetime(**{name: int(part or 0) for name, part in written.groupdict().items()}, tzinfo=CHINA)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def read_count(value: Any) -> int | None:
    """A count as platforms write it (1,204; 1.2万); None where there is none or it is no number."""
    written = re.fullmatch(r"(\d{1,15}(?:\.\d+)?)\s*([万wW亿]?)\+?", str(value if value is not None else "").replace(",", "").strip())
    if not written:
        return None
    return round(float(written[1]) * {"": 1, "亿": 100_000_000}.get(written[2], 10_000))


def content_key(*parts: str) -> str:
    """A key for a record that has none of its own: the same content has the same key."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
