"""The border guard of all fetching: no private network is reached, at no hop, unless its host is allowed by name."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from monitoring.errors import SourceError
from prompts import say

PRIVATE_HOSTS = "private_hosts"
"""Key of the request extension that names hosts, or host:port, which may lie in a private network."""
RETRY_SECONDS = 60.0
USUAL_PORTS = frozenset({80, 443})
_ADDRESSES_TRIED = 4
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""Networks whose last 32 bits are an IPv4 address (RFC 6052, RFC 4291)."""

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
        addresses = await self._resolve(host, port_of(request.url))
        if not is_allowed(request.url, request.extensions.get(PRIVATE_HOSTS, ())) and not all(map(is_public, addresses)):
            raise SourceError(say("sources.address_private", host=host))
        refusal: Exception = SourceError(say("sources.address_unknown", host=host), retry_after_seconds=RETRY_SECONDS)
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except httpx.ConnectError as error:
                refusal = error
        raise refusal

    async def aclose(self) -> None:
        await self._inner.aclose()


def refuse_address(url: httpx.URL, configured: httpx.URL) -> None:
    """Refuse what no source has to fetch: other schemes, names and passwords in the address, odd ports that the settings do not name.

    Args:
        configured: the address of the settings; a redirect may use its port.

    Raises:
        SourceError: with the reason.
    """
    if url.scheme not in ("http", "https") or not url.host:
        raise SourceError(say("sources.address_scheme", address=str(url)[:80]))
    if url.userinfo:
        raise SourceError(say("sources.address_userinfo", host=url.host))
    if port_of(url) not in USUAL_PORTS | {port_of(configured)}:
        raise SourceError(say("sources.address_port", host=url.host, port=port_of(url)))


def port_of(url: httpx.URL) -> int:
    """The port that an address leads to."""
    return url.port or (443 if url.scheme == "https" else 80)


def is_allowed(url: httpx.URL, private_hosts: Sequence[str]) -> bool:
    """Whether the settings allow this host, or this port of it, to lie in a private network."""
    return url.host in private_hosts or f"{url.host}:{port_of(url)}" in private_hosts


def is_public(address: str) -> bool:
    """Whether an address lies in the open Internet; one that wraps another (IPv4 in IPv6) is judged by what it wraps."""
    try:
        number = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, IPv6Address):
        number = _wrapped(number) or number
    return number.is_global and not number.is_multicast and not number.is_reserved


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """The addresses of a host. Raises SourceError where the name is unknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(say("sources.address_unknown", host=host), retry_after_seconds=RETRY_SECONDS) from error
    return [str(entry[4][0]) for entry in found]


def _wrapped(number: IPv6Address) -> IPv4Address | None:
    if any(number in network for network in _TRANSLATED):
        return IPv4Address(int(number) & 0xFFFF_FFFF)
    return number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to a checked address, with the name for the certificate and the Host header kept."""
    return httpx.Request(
        request.method, request.url.copy_with(host=address), headers=request.headers, stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )  # fmt: skip
