"""Sessions for servers whose addresses somebody else chose, as configured."""

from monitor import __version__
from monitor.channels.channel import Configuration
from monitor.channels.webhook.settings import WebhookSettings
from monitor.http.guarded import GuardedSession
from monitor.http.network import Network
from monitor.http.reading import ANSWER_CAP
from monitor.settings.network import NetworkSettings


def guarded_session(config: Configuration, *, deadline: float, answer_cap: int = ANSWER_CAP) -> GuardedSession:
    """What calls them: at public addresses, and in the networks that the operator allows."""
    network = config.section(NetworkSettings)
    return GuardedSession(
        user_agent=f"registry-monitor/{__version__}",
        deadline=deadline,
        allow_networks=[str(each) for each in config.section(WebhookSettings).allow_networks],
        network=Network(network.ca_bundle, network.proxy),
        answer_cap=answer_cap,
    )
