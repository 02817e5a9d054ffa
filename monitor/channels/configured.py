"""The channels that a configuration describes."""

from collections.abc import Callable
from functools import partial

from monitor import __version__
from monitor.channels.chat import transport as chat
from monitor.channels.chat.transport import ChatChannel
from monitor.channels.email.tokens import token_from_command, token_from_file
from monitor.channels.email.transport import EmailChannel
from monitor.channels.webhook.transport import WebhookChannel
from monitor.config import Config
from monitor.http import GuardedSession, Network
from monitor.http.reading import ANSWER_CAP
from monitor.model import Way
from monitor.ports import Channel


def channels_of(config: Config) -> dict[Way, Channel]:
    """One for every way to reach people."""
    timeout = config.webhooks.timeout.total_seconds()
    called_for_chat = guarded_session(config, deadline=timeout, answer_cap=chat.ANSWER_CAP)
    return {
        Way.EMAIL: email_channel(config),
        Way.WEBHOOK: WebhookChannel(guarded_session(config, deadline=timeout)),
        Way.CHAT: ChatChannel(config.chat.schemas, session=called_for_chat),
    }


def guarded_session(config: Config, *, deadline: float, answer_cap: int = ANSWER_CAP) -> GuardedSession:
    """What calls servers that somebody else chose."""
    return GuardedSession(
        user_agent=f"registry-monitor/{__version__}",
        deadline=deadline,
        allow_networks=[str(network) for network in config.webhooks.allow_networks],
        network=Network(config.network.ca_bundle, config.network.proxy),
        answer_cap=answer_cap,
    )


def email_channel(config: Config, **limits: float) -> EmailChannel:
    """The mail server."""
    return EmailChannel(
        host=config.smtp.host,
        port=config.smtp.port,
        security=config.smtp.security,
        username=config.smtp.username,
        password=config.smtp.password,
        sender=config.smtp.sender,
        fetch_token=_token_of(config),
        network=Network(config.network.ca_bundle, config.network.proxy),
        **limits,
    )


def _token_of(config: Config) -> Callable[[], str] | None:
    smtp = config.smtp
    if smtp.auth == "password":
        return None
    if smtp.token_file:
        return partial(token_from_file, smtp.token_file)
    return partial(token_from_command, smtp.token_command)
