"""How often somebody may do what costs something: counted in memory, by network, in a bounded space."""

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from time import monotonic as system_monotonic

MOST_KNOWN = 4096
"""Networks; the one that was heard of longest ago is forgotten first."""


class Rate:
    """Lets each network do something *most* times within so many *seconds*."""

    def __init__(self, most: int, seconds: float, *, monotonic: Callable[[], float] = system_monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._monotonic = monotonic
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, network: str) -> bool:
        """Whether it may once more; then it has."""
        now = self._monotonic()
        with self._lock:
            times = self._times.setdefault(network, deque(maxlen=self._most))
            self._times.move_to_end(network)
            if len(self._times) > MOST_KNOWN:
                self._times.popitem(last=False)
            if len(times) == self._most and now - times[0] < self._seconds:
                return False
            times.append(now)
            return True


def network_of(host: str) -> str:
    """The network that an address is counted in: of IPv4 its /24, of IPv6 its /64; one for all that are no address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))
