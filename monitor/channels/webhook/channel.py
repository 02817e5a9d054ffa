"""Webhooks, as `monitor.channels` declares them."""

from collections.abc import Sequence

from monitor.channels.channel import Channel, Configuration, Digest, Envelope, EventContext, EventRenderer
from monitor.channels.webhook.settings import WebhookSettings
from monitor.model import Change, Message, Notice
from monitor.ports import Transport
from monitor.text import one_line
from monitor.vault import Vault


class Webhook(Channel):
    """A URL that somebody's program answers at."""

    name = "webhook"
    has_signing_secret = True

    def checked(self, address: str, config: Configuration) -> str:
        """As it is, if it can be called."""
        from monitor.channels.webhook.transport import checked_webhook_url

        return checked_webhook_url(address, allow_networks=config.section(WebhookSettings).allow_networks)

    def shown(self, address: str) -> str:
        """Up to where a secret may begin."""
        from monitor.channels.webhook.transport import shown_url  # as above

        return shown_url(address)

    def refuse_mistaken(self, address: str) -> None:
        """A chat service would refuse our JSON, for days."""
        from monitor.channels.chat.pasted import refuse_chat_as_webhook  # as above

        refuse_chat_as_webhook(address)

    def transport(self, config: Configuration, vault: Vault) -> Transport:  # noqa: ARG002 - nothing comes back
        """Under the guard."""
        from monitor.channels.guarding import guarded_session  # a check that tells nobody calls nobody
        from monitor.channels.webhook.transport import WebhookTransport

        timeout = config.section(WebhookSettings).timeout.total_seconds()
        return WebhookTransport(guarded_session(config, deadline=timeout))

    def event_renderer(
        self,
        context: EventContext,
        changes: Sequence[Change],
        config: Configuration,  # noqa: ARG002 - no setting changes the JSON
    ) -> EventRenderer:
        """JSON."""
        from monitor.channels.webhook.rendering import EventBody  # a check that tells nobody renders nothing

        body = EventBody(
            context.event,
            title=context.title,
            url=context.url,
            lead_sponsor=context.lead_sponsor,
            changes=changes,
            facts=context.facts,
            background=context.background,
        )
        return lambda envelope: body.for_subscriber(envelope.subscription, sequence=envelope.sequence)

    def render_digest(self, digest: Digest, envelope: Envelope) -> bytes:
        """JSON."""
        from monitor.channels.webhook.digest import digest_webhook  # as above

        return digest_webhook(digest, envelope.subscription, sequence=envelope.sequence)

    def render_notice(self, notice: Notice, envelope: Envelope) -> bytes:
        """JSON."""
        from monitor.channels.webhook.rendering import notice_webhook  # as above

        return notice_webhook(notice, sequence=envelope.sequence)

    def recognised_by(self, body: bytes) -> str:
        """Its type."""
        import json  # only a sample is read back

        return str(json.loads(body)["type"])

    def where_to_look(self, message: Message) -> str:
        """In the receiver's log."""
        import json  # as above

        mark, shown = self.recognised_by(message.body), one_line(message.endpoint.shown)
        about = json.loads(message.body)["data"]["trial_id"]
        return (
            f"Look in the log of the receiver at {shown} for a POST of type {mark} about {about} with "
            f"webhook-id {message.delivery_id}, and whether it found the signature right."
        )


CHANNEL = Webhook()
