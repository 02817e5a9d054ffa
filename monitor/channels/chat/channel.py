"""Chat rooms, as `monitor.channels` declares them."""

from collections.abc import Sequence

from monitor.channels.channel import Channel, Configuration, Digest, Envelope, EventContext, EventRenderer
from monitor.channels.chat.settings import ChatSettings
from monitor.channels.webhook.settings import WebhookSettings
from monitor.model import Change, Message, Notice
from monitor.ports import Transport
from monitor.text import one_line
from monitor.vault import Vault


class Chat(Channel):
    """A room of a chat service."""

    name = "chat"

    def checked(self, address: str, config: Configuration) -> str:
        """The Apprise address that it is, or stands for."""
        from monitor.channels.chat.transport import checked_chat_url  # loads Apprise

        allow_networks = config.section(WebhookSettings).allow_networks
        return checked_chat_url(address, config.section(ChatSettings).schemas, allow_networks=allow_networks)

    def shown(self, address: str) -> str:
        """Its schema, and no more."""
        from monitor.channels.chat.transport import shown_chat  # as above

        return shown_chat(address)

    def taken_for(self, address: str) -> str | None:
        """The service whose URL was pasted."""
        from monitor.channels.chat.pasted import pasted  # only those who subscribe somebody need it

        found = pasted(address)
        return found.words if found else None

    def transport(self, config: Configuration, vault: Vault) -> Transport:  # noqa: ARG002 - nothing comes back
        """Apprise, under the guard and the deadline that webhooks have."""
        from monitor.channels.chat.transport import ANSWER_CAP, ChatTransport
        from monitor.channels.guarding import guarded_session

        timeout = config.section(WebhookSettings).timeout.total_seconds()
        session = guarded_session(config, deadline=timeout, answer_cap=ANSWER_CAP)
        return ChatTransport(config.section(ChatSettings).schemas, session=session)

    def event_renderer(
        self,
        context: EventContext,
        changes: Sequence[Change],
        config: Configuration,  # noqa: ARG002 - no setting changes the words
    ) -> EventRenderer:
        """Text."""
        from monitor.channels.chat.rendering import EventMessage  # a check that tells nobody renders nothing

        message = EventMessage(
            context.event,
            title=context.title,
            url=context.url,
            changes=changes,
            registry=context.registry_name if context.has_siblings else "",
            background=context.background,
        )
        return lambda envelope: message.for_subscriber(envelope.subscription)

    def render_digest(self, digest: Digest, envelope: Envelope) -> bytes:
        """Text, a line a trial."""
        from monitor.channels.chat.rendering import digest_chat  # as above

        return digest_chat(digest, envelope.subscription)

    def render_notice(self, notice: Notice, envelope: Envelope) -> bytes:  # noqa: ARG002 - a room needs no more
        """Plain text."""
        from monitor.channels.chat.rendering import notice_chat  # as above

        return notice_chat(notice)

    def recognised_by(self, body: bytes) -> str:
        """Its first line."""
        return one_line(body.decode().partition("\n")[0])

    def where_to_look(self, message: Message) -> str:
        """In the room."""
        mark, shown = self.recognised_by(message.body), one_line(message.endpoint.shown)
        return f"Look in the channel that the address {shown} belongs to for a message that begins with “{mark}”."


CHANNEL = Chat()
