"""JSON-lines files, plain or gzipped."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a `.jsonl` or `.jsonl.gz` file; blank lines are skipped.

    Raises:
        ValueError: a line is no JSON object; the message names file and line.
    """
    with _open(path, "rt") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _row(line, f"{path.name} 第 {number} 行")


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write one row a line, gzipped where the name ends in `.gz`."""
    with _open(path, "wt") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _open(path: Path, mode: str) -> IO[Any]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    file: IO[Any] = opener(path, mode, encoding="utf-8")
    return file


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{where}不是 JSON：{error.msg}") from error
    if not isinstance(row, dict):
        raise ValueError(f"{where}不是 JSON 对象")
    return row
