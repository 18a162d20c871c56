"""The head of the audit chain, noted in a file outside the database."""

from datetime import datetime
from pathlib import Path

from storage.errors import StorageError


def note(path: Path, number: int, hash_: str, at: datetime) -> None:
    """Append the head of the chain to the anchor file; nothing is done when the chain has not grown.

    Raises:
        StorageError: the file cannot be written.
    """
    if number == 0 or number in read(path):
        return
    try:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(f"{number} {hash_} {at.isoformat()}\n")
    except OSError as error:
        raise StorageError(f"审计锚点文件 {path} 无法写入：{error.strerror}。请检查目录权限和磁盘空间。") from error


def read(path: Path) -> dict[int, str]:
    """Entry numbers and their hashes as they were noted; empty where there is no file yet. A line cut short is passed over."""
    if not path.exists():
        return {}
    parts = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {int(p[0]): p[1] for p in parts if len(p) == 3 and p[0].isdigit() and len(p[1]) == 64}
