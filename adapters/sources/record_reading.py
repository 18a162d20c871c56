"""Posts from the JSON that an API answers. Runs in the reading child."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.sources.charset import decode
from adapters.sources.mapping import FieldMapping, records_at, value_at
from adapters.sources.record import plain_post
from monitoring.errors import SourceError
from prompts import say

_SHOWN_CHARACTERS = 60


def read_records(body: bytes, *, content_type: str, items: str, fields: Mapping[str, str], following: str, now: str) -> dict[str, Any]:
    """The posts of an answer as plain values, a sentence for each record that makes none, and where the next page begins.

    Args:
        items: dotted path of the list of records.
        fields: field of a post -> dotted path within a record.
        following: dotted path of the next page's cursor; empty where there is none.
        now: ISO 8601; the time of records that name none.

    Raises:
        SourceError: it is no JSON, or not of the form that the settings describe.
    """
    document = read_json(body, content_type)
    posts, errors = FieldMapping.of(fields).posts(records_at(document, items), datetime.fromisoformat(now))
    follows = value_at(document, following) if following else None
    return {
        "posts": [plain_post(post) for post in posts], "errors": list(errors),
        "following": str(follows) if isinstance(follows, str | int) and not isinstance(follows, bool) else "",
    }  # fmt: skip


def read_json(body: bytes, content_type: str) -> Any:
    """The document. Raises SourceError for what is none, with its beginning where that is readable."""
    text = decode(body, content_type).strip("\ufeff\0 \t\r\n")
    try:
        return json.loads(text, strict=False)  # many an API writes line breaks into its strings as they are
    except ValueError as error:
        beginning = " ".join(text[:_SHOWN_CHARACTERS].split())
        raise SourceError(say("sources.api_not_json", beginning=beginning)) from error
