"""链接: where a text stands, as a person pastes it."""

import re
from urllib.parse import SplitResult, urlsplit

from casework.desk import Desk
from casework.errors import Refused
from prompts import say

_ADDRESS = re.compile(r"https?://[^\s，。；、（）【】“”<>\"]+")


def link_in(told: str, number: str, channel: str, desk: Desk) -> str:
    """The first address in what a person pasted.

    Args:
        number: of the case, for the sentence.
        channel: where the text was to stand; its hosts, where the department names some, are the only ones taken.

    Raises:
        Refused: there is no address, or it is of another place.
    """
    found = _ADDRESS.search(told)
    parts = _parts(found[0]) if found else None
    if found is None or parts is None or not parts.hostname or "." not in parts.hostname:
        raise Refused(say("casework.link_needed", number=number))
    hosts = desk.channel_hosts.get(channel, ())
    if hosts and not is_below(parts.hostname, hosts):
        names = say("casework.comma").join(hosts)
        raise Refused(say("publishing.link_elsewhere", host=parts.hostname, channel=channel, hosts=names))
    return found[0]


def is_below(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a host is one of these or below one of them."""
    return any(host == entry or host.endswith(f".{entry}") for entry in hosts)


def _parts(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
