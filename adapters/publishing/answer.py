"""What a platform answers: its beginning, read as JSON."""

import json
from typing import Any

import httpx

LONGEST_ANSWER_BYTES = 1_048_576
"""Forty statuses of the longest kind; whatever is longer is no answer to us."""


async def beginning(response: httpx.Response) -> Any:
    """The answer as JSON; None where it is none, or endless."""
    start = b""
    async for chunk in response.aiter_bytes():
        start += chunk
        if len(start) > LONGEST_ANSWER_BYTES:
            return None
    try:
        return json.loads(start)
    except ValueError:
        return None


def is_address(link: object) -> bool:
    """Whether it can be where a text stands."""
    return isinstance(link, str) and link.startswith(("https://", "http://"))
