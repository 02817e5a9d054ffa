"""A sample of what a subscription will send, sent while somebody waits: by a button of its page, or by the API."""

from datetime import timedelta

from monitor.alerts.deliver import send_sample
from monitor.alerts.wiring import outbox_for
from monitor.ports import Accepted
from monitor.web.site.site import Site


def send_sample_of(site: Site, subscription_id: str) -> Accepted:
    """Send a sample now, beside the outbox, and give what the receiver answered.

    DeliveryFailed says why it was not taken, ConfigurationInvalid why nothing may be sent.
    """
    context = site.subscribing
    outbox = outbox_for(
        context.config,
        settle=timedelta(0),
        store=context.store,
        vault=context.vault,
        registries=site.registries,
        clock=context.clock,
        links=site.links if site.has_self_service else None,
    )
    try:
        return send_sample(subscription_id, outbox)[1]
    finally:
        for transport in outbox.transports.values():
            transport.close()
