"""What a page's script sends: one small JSON object for one act of a person."""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY_BYTES = 256 * 1024


async def read_act(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body. Raises HTTPException: 413 when it is too long, 400 when it is no object."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    try:
        act = json.loads(body)
    except ValueError:
        act = None
    if not isinstance(act, dict):
        raise HTTPException(400)
    return act


def text_of(act: dict[str, Any], name: str, most: int) -> str:
    """One field as text of at most so many characters; "" where it is missing."""
    return str(act.get(name) or "").strip()[:most]
