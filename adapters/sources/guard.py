"""The border guard of all fetching: no private network is reached, at no hop, unless its host is allowed by name."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv6Address, ip_address

import httpx

from monitoring.errors import SourceError
from prompts import say

PRIVATE_HOSTS = "private_hosts"
"""Key of the request extension that names hosts which may lie in a private network; it follows redirects."""
RETRY_SECONDS = 60.0

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves the host itself, checks every address, and connects to the one it has checked: a name cannot change in between.

    Args:
        inner: makes the connection.
        resolve: host and port -> addresses.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, resolve: Resolve | None = None) -> None:
        self._inner, self._resolve = inner, resolve or resolve_by_system

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        addresses = await self._resolve(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        if host not in request.extensions.get(PRIVATE_HOSTS, ()) and not all(is_public(address) for address in addresses):
            raise SourceError(say("sources.address_private", host=host))
        pinned = httpx.Request(
            request.method, request.url.copy_with(host=addresses[0]), headers=request.headers, stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )  # fmt: skip
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()


def is_public(address: str) -> bool:
    """Whether an address lies in the open Internet; one that wraps another (IPv4 in IPv6) is judged by what it wraps."""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address):
        wrapped = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
        if wrapped is not None:
            return wrapped.is_global and not wrapped.is_multicast
    return number.is_global and not number.is_multicast


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """The addresses of a host. Raises SourceError where the name is unknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(say("sources.address_unknown", host=host), retry_after_seconds=RETRY_SECONDS) from error
    return [str(entry[4][0]) for entry in found]
