"""The one way out: connections of connectors lead only to their source's host, and to addresses allowed.

A host is resolved once, its address is judged, and the connection goes to that very address, so that a name
that is answered differently the next time (DNS rebinding) leads nowhere else. Proxies of the environment are
not used: they would resolve names for us.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from sync.errors import SourceRefused

SETTING = "ALLOWED_PRIVATE_TARGETS"
T = TypeVar("T")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Where clouds tell machines their secrets, besides the link-local addresses.
METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")))


@dataclass(frozen=True)
class Outgoing:
    """Which addresses that are not public may be reached, and who is trusted to vouch for a host.

    Args:
        anywhere: all may be, which is for tests of a connector alone.
        allowed: networks (``10.1.0.0/16``), addresses, and names of hosts. Link-local addresses and those
            of clouds' metadata only by an entry for just them.
        ca_file: certificates (PEM) that are trusted besides the system's.
    """

    allowed: Collection[str] = ()
    ca_file: str = ""
    anywhere: bool = False

    def way(self, *urls: str) -> "Way":
        """To the hosts of these addresses, and no other."""
        return Way(self, frozenset(host for url in urls if (host := host_of(url))))

    def judge(self, host: str, address: Address) -> None:
        """Raise SourceRefused for an address that may not be reached; the message names the setting."""
        kind = kind_of(address)
        if not kind or self.anywhere:
            return
        if kind == "unusable":
            raise SourceRefused(f"{host} is at {address}, which is no address of a machine.")
        if not any(self._allows(entry, host, address, kind) for entry in self.allowed):
            raise SourceRefused(
                f"{host} is at {address}, which is a {kind} address. To read it, an administrator of the "
                f"server adds {address}, its network, or the host's name to {SETTING}."
                if kind != "link-local"
                else f"{host} is at {address}, which is a link-local or metadata address. To read it, an "
                f"administrator of the server adds just {address} to {SETTING}."
            )

    def _allows(self, entry: str, host: str, address: Address, kind: str) -> bool:
        network = network_of(entry)
        if kind == "link-local":
            return network is not None and network.num_addresses == 1 and plain(address) in network
        if network is None:
            return entry.strip().lower() == host.lower()
        return plain(address) in network


UNBOUND = Outgoing(anywhere=True)


@dataclass(frozen=True)
class Way:
    """To some hosts under the rules of ``outgoing``. Keeps the address that a host was found at."""

    outgoing: Outgoing
    hosts: frozenset[str]
    found: dict[tuple[str, int], list[str]] = field(default_factory=dict, compare=False)

    @cached_property
    def context(self) -> ssl.SSLContext:
        return context_of(self.outgoing.ca_file, _changed_at(self.outgoing.ca_file))

    def addresses(self, host: str, port: int) -> list[str]:
        """Where the host is; all of it must be allowed.

        Raises:
            SourceRefused: it is another host than the source's, or is where we may not go.
            OSError: it has no address.
        """
        if host.lower() not in self.hosts:
            raise SourceRefused(f"We are sent on to another host than the source's: {host}")
        if (host, port) not in self.found:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(where[0]) for *_, where in told))
            for address in addresses:
                self.outgoing.judge(host, ipaddress.ip_address(address))
            self.found[host, port] = addresses
        return self.found[host, port]

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """A connection to the first of the host's addresses that answers."""
        return first_answer(
            self.addresses(host, port),
            lambda address: socket.create_connection((address, port), timeout),
            OSError,
        )

    def client(
        self, timeout: float | httpx.Timeout, headers: Mapping[str, str] | None = None
    ) -> httpx.Client:
        """An HTTP client that goes only this way, and follows no redirect."""
        return httpx.Client(
            transport=_Pinned(self), timeout=timeout, headers=headers, follow_redirects=False, trust_env=False
        )


class _Pinned(httpx.BaseTransport):
    """Connects to the judged address; the host's name stays in the request, and in what TLS verifies."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._inner: httpx.HTTPTransport | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"{request.url.scheme} is no protocol of ours")
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            addresses = self._way.addresses(host, port)
        except OSError as unknown:
            raise httpx.ConnectError(str(unknown), request=request) from unknown
        return first_answer(addresses, lambda address: self._send(request, host, address), httpx.ConnectError)

    def _send(self, request: httpx.Request, host: str, address: str) -> httpx.Response:
        if self._inner is None:
            self._inner = httpx.HTTPTransport(verify=self._way.context, trust_env=False)
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._inner.handle_request(pinned)

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()


def first_answer(addresses: Sequence[str], ask: Callable[[str], T], silent: type[Exception]) -> T:
    """What the first of the addresses says that answers; raises what the last one raises.

    Args:
        silent: raised by ``ask`` where nobody answers.
    """
    *first, last = addresses
    for address in first:
        with suppress(silent):
            return ask(address)
    return ask(last)


def host_of(url: str) -> str:
    """The host of an address, as a request for it will name it; "" when it has none."""
    try:
        return httpx.URL(url).raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, UnicodeError):
        return (urlsplit(url).hostname or "").lower()


def kind_of(address: Address) -> str:
    """loopback, link-local (metadata, too), private or unusable; "" for a public address."""
    address = plain(address)
    if address in METADATA or address.is_link_local:
        return "link-local"
    if address.is_loopback:
        return "loopback"
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return "unusable"
    return "" if address.is_global else "private"


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def network_of(entry: str) -> Network | None:
    """The network or address that an allowance names; None: it names a host."""
    try:
        return ipaddress.ip_network(entry.strip(), strict=False)
    except ValueError:
        return None


def _changed_at(ca_file: str) -> float:
    if not ca_file:
        return 0
    try:
        return Path(ca_file).stat().st_mtime
    except OSError as missing:
        raise SourceRefused(f"The file of certificates to trust cannot be read: {missing}") from missing


@lru_cache(maxsize=16)
def context_of(ca_file: str, changed_at: float) -> ssl.SSLContext:
    """Verifies hosts by the system's certificates, those that come with httpx, and the file's."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as unfit:
            raise SourceRefused(f"{ca_file} holds no certificates (PEM) to trust: {unfit}") from unfit
    return context
