"""Every registry that there is an adapter for, as its settings say. Nothing is asked."""

from typing import Protocol

from monitor.http.asking import DEADLINE, user_agent
from monitor.http.network import Network
from monitor.http.pacing import Pace
from monitor.http.polite import PoliteSession
from monitor.http.response import AskedBefore
from monitor.ports import Registry
from monitor.registries.declared import ADAPTERS, FED_BY_FILES
from monitor.registries.settings import PoliteSettings


class SettingsByRegistry(Protocol):
    """Those of each registry, under its host name."""

    def __getitem__(self, key: str) -> PoliteSettings: ...


def connect(
    settings: SettingsByRegistry,
    network: Network,
    *,
    pace: Pace | None = None,
    asked: AskedBefore | None = None,
    deadline: float = DEADLINE,
) -> tuple[Registry, ...]:
    """The registries, each over a session of its own; the first is the default.

    *settings* are by registry. *pace*, *asked* and *deadline* are those of `monitor.http.polite`.
    """

    def session(of: PoliteSettings) -> PoliteSession:
        return PoliteSession(
            requests_per_second=of.requests_per_second,
            user_agent=user_agent(of.user_agent, of.contact),
            network=network,
            pace=pace,
            asked=asked,
            deadline=deadline,
        )

    wanted = ((adapter, settings[adapter.key]) for adapter in ADAPTERS)
    connected = (adapter.connect(own, session(own)) for adapter, own in wanted)
    return (*connected, *(adapter() for adapter in FED_BY_FILES))
