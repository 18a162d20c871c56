"""The head of the audit chain, noted in a file outside the database."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from storage.errors import StorageError

_END_BYTES = 1_000
"""Enough for several lines."""


def note(path: Path, number: int, hash_: str, at: datetime) -> None:
    """Append the head of the chain to the anchor file; nothing is done when the chain has not grown.

    Raises:
        StorageError: the file cannot be written.
    """
    if number == 0 or number == (last := _last(path)) or (number < last and number in read(path)):
        return
    try:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(f"{number} {hash_} {at.isoformat()}\n")
    except OSError as error:
        raise StorageError(f"审计锚点文件 {path} 无法写入：{error.strerror}。请检查目录权限和磁盘空间。") from error


def read(path: Path) -> dict[int, str]:
    """Entry numbers and their hashes as they were first noted; empty where there is no file yet. A line cut short is passed over."""
    if not path.exists():
        return {}
    noted: dict[int, str] = {}
    for number, hash_ in _parsed(path.read_text(encoding="utf-8")):
        noted.setdefault(number, hash_)
    return noted


def _last(path: Path) -> int:
    """The highest number at the end of the file; 0 where there is none."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        return max((number for number, _ in _parsed(file.read().decode(errors="replace"))), default=0)


def _parsed(lines: str) -> Iterator[tuple[int, str]]:
    for parts in map(str.split, lines.splitlines()):
        if len(parts) == 3 and parts[0].isdigit() and len(parts[1]) == 64:
            yield int(parts[0]), parts[1]
