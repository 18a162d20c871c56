"""外泄: personal data and addresses that a public text must not carry."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from language.masking import mask_personal_data

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。；、）)】”]+"
    r"|(?<![@\w.])[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\.(?:com|cn|net|org|gov|top|xyz|cc|io|me|site|club|vip)(?:/[^\s，。；、）)】”]*)?"
)


def links(text: str, allowed: Collection[str] = ()) -> tuple[str, ...]:
    """The addresses in a text whose host is not on the list, nor below a host of it."""
    hosts = {_host(entry) for entry in allowed}
    return tuple(link[0] for link in _LINK.finditer(text) if not _is_below(_host(link[0]), hosts))


def personal_data(text: str, verified: Collection[str] = ()) -> tuple[str, ...]:
    """The pieces of personal data in a text, except what stands in a verified fact (the duty phone)."""
    spans = (text[piece.start : piece.end] for piece in mask_personal_data(text).found)
    return tuple(span for span in spans if not any(span in value for value in verified))


def _host(address: str) -> str:
    return (urlsplit(address if "//" in address else f"//{address}").hostname or address).removeprefix("www.")


def _is_below(host: str, allowed: Collection[str]) -> bool:
    return any(host == entry or host.endswith(f".{entry}") for entry in allowed)
