"""All words: sentences for staff, reply frames, model prompts. Read from files, each with a version hash. Imports nothing of ours."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent


class MissingText(KeyError):
    """A sentence that no file holds, or one whose fields were not all given. A defect; the message names the key."""


def say(key: str, /, **fields: object) -> str:
    """One sentence for staff.

    Args:
        key: `file.name`, the file being one of `texts/zh-CN/` (`case.claimed_already`).
        fields: values of the `{fields}` in it.

    Raises:
        MissingText: no such sentence, or a field was not given.
    """
    area, _, name = key.partition(".")
    try:
        return str(_texts(area)[name]).format(**fields)
    except (KeyError, FileNotFoundError) as error:
        raise MissingText(f"texts/zh-CN/{area}.toml: {name}: {error}") from error


def words(key: str, /) -> dict[str, str]:
    """A table of words (`alert.deadline_names`). Raises MissingText."""
    area, _, name = key.partition(".")
    table = _texts(area).get(name)
    if not isinstance(table, dict):
        raise MissingText(key)
    return table


@cache
def frames(name: str) -> dict[str, Any]:
    """The reply frames of one strategy: the parsed `frames/<name>.toml`."""
    return tomllib.loads((_ROOT / "frames" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def model_prompt(name: str) -> str:
    """A prompt for a language model: `models/<name>.md`."""
    return (_ROOT / "models" / f"{name}.md").read_text(encoding="utf-8")


@cache
def version(folder: str) -> str:
    """First twelve digits of the SHA-256 over all files of `frames` or `models`; stored with every draft."""
    digest = hashlib.sha256()
    for path in sorted((_ROOT / folder).glob("*.*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@cache
def _texts(area: str) -> dict[str, Any]:
    return tomllib.loads((_ROOT / "texts" / "zh-CN" / f"{area}.toml").read_text(encoding="utf-8"))
