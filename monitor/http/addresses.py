"""Which addresses other people's URLs may lead to: global unicast, and the networks that the operator allows. Pure.

The rule to keep: an address is refused unless it is known to be on the public internet. `ip.is_global` alone
is not that: it depends on Python's version, and says yes to multicast, to `::/96` and `fec0::/10`, and to addresses
that gateways translate into IPv4 ones of a private network.
"""

import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

GLOBAL_V6 = ip_network("2000::/3")
"""All of IPv6 that IANA gives out as global unicast. IPv4 in IPv6, NAT64 and what was once site-local lie outside."""

DENIED = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's wire server
            "192.0.0.0/24",  # IETF protocol assignments; Oracle's metadata service at 192.0.0.192
            "192.88.99.0/24",  # 6to4 relays
            "2001::/23",  # IETF protocol assignments: Teredo, ORCHID; global in parts to newer Pythons
            "2002::/16",  # 6to4: any IPv4 address
            "3fff::/20",  # documentation, global to Python before 3.13
        ),
    )
)


PORTS = frozenset({80, 443, *range(8000, 10_000)})
"""Where web servers listen: a POST to a mail server or a database is nothing that a receiver of ours wants."""


def refusal(address: str, port: int, allowed: Sequence[Network] = ()) -> str | None:
    """Why no connection may be made to *address*, an IP address as `getaddrinfo` returns it; None if one may.

    In the *allowed* networks every port may be reached.
    """
    ip = ip_address(address)
    if _within(ip, allowed):
        return None
    if not is_public(ip):
        return f"{ip} is not a public address"
    return None if port in PORTS else f"{port} is not a web server's port: 80, 443 and 8000 to 9999 are"


def refusal_of_name(host: str, port: int, allowed: Sequence[Network] = ()) -> str | None:
    """Why *host* can never be reached, as far as that is clear without a name look-up; None if it may be.

    This allows an early message; what counts is the address that a name has when it is called.
    """
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return refusal("127.0.0.1", port, allowed)
    with suppress(OSError, ValueError):
        # The system's own reading of an address, in whichever spelling.
        for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST):
            return refusal(str(address[0]), port, allowed)
    return None


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether the address is a single machine's on the public internet."""
    unicast = ip.is_global and not ip.is_multicast and (ip.version == 4 or ip in GLOBAL_V6)
    return unicast and not _within(ip, DENIED)


def _within(ip: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(ip in network for network in networks)
