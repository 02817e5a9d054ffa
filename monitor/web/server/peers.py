"""Who is at the other end of a connection, noted before the word of a proxy changes who asks."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
_PEER = "peer"


class NotingPeers:
    """An application that notes the peer of each request, and hands it on."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "http" and scope.get("client"):
            scope.setdefault("state", {})[_PEER] = scope["client"][0]
        await self._application(scope, receive, send)


def networks_of(texts: Sequence[str]) -> Sequence[Network]:
    """The networks that are written so."""
    return [ip_network(text) for text in texts]


def is_from(request: Request, networks: Sequence[Network]) -> bool:
    """Whether the peer itself, whoever it speaks for, is in one of these networks."""
    try:
        address = ip_address(str(request.scope.get("state", {}).get(_PEER, "")).partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks if network.version == address.version)
