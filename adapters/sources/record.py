"""What the readers of files share: the time and the counts of a record as people write them."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from language.moments import plausible, read_moment
from storage.clock import CHINA

_FULL_DATE = re.compile(r"\d{4}\D")
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=CHINA)
_EXCEL_DAYS = range(20_000, 80_000)
"""Serial numbers of the years 1954 to 2119; other numbers are no dates."""


def read_time(value: Any, now: datetime | None = None) -> datetime | None:
    """A moment from a cell, a page or a JSON field; without a zone it is China Standard Time. None for an empty value.

    Args:
        now: what 3分钟前 and 昨天 are counted from; without it only full dates are moments.

    Raises:
        ValueError: the value is no moment of a public post.
    """
    if isinstance(value, datetime):
        return plausible(value if value.tzinfo else value.replace(tzinfo=CHINA))
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
    if now is None and not _FULL_DATE.match(text):
        raise ValueError("no full date")
    return read_moment(text, (now or _EXCEL_EPOCH).astimezone(CHINA))


def read_count(value: Any) -> int | None:
    """A count as platforms write it (1,204; 1.2万); None where there is none or it is no number."""
    written = re.fullmatch(r"(\d{1,15}(?:\.\d+)?)\s*([万wW亿]?)\+?", str(value if value is not None else "").replace(",", "").strip())
    if not written:
        return None
    return round(float(written[1]) * {"": 1, "亿": 100_000_000}.get(written[2], 10_000))


def content_key(*parts: str) -> str:
    """A key for a record that has none of its own: the same content has the same key."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
