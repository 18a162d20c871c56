"""What can already be read of a JSON answer that is still being said."""

import json
from typing import Any

_DECODER = json.JSONDecoder()


def finished_items(said: str, field: str) -> list[dict[str, Any]]:
    """The objects of the list `field` that are said to their end; none where the list has not begun.

    Args:
        said: the beginning of an answer; words or a code fence before its object do not matter.
    """
    begins = said.find("[", said.find(f'"{field}"') + len(field)) if f'"{field}"' in said else -1
    items: list[dict[str, Any]] = []
    at = begins + 1
    while begins >= 0 and (start := _next_object(said, at)) is not None:
        try:
            item, at = _DECODER.raw_decode(said, start)
        except (ValueError, RecursionError):
            break
        items.append(item)
    return items


def _next_object(said: str, at: int) -> int | None:
    """Where the next object of a list begins; None where the list ends, or nothing more was said."""
    rest = said[at:].lstrip(" \t\r\n,")
    return len(said) - len(rest) if rest.startswith("{") else None
