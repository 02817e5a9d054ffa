"""The table [webhooks] of config.toml, and the key for the address of a webhook."""

from datetime import timedelta

from monitor.settings import Section, Setting, setting, values


class WebhookSettings(Section):
    """How webhooks are called."""

    timeout: timedelta = setting(values.deadline, default=timedelta(seconds=15), description=values.A_DEADLINE)
    allow_networks: tuple[str, ...] = setting(
        values.listed(values.network),
        default=(),
        description='a list of networks, such as ["127.0.0.0/8", "fd00::/8"]',
    )


TABLES = {"webhooks": WebhookSettings}
ADDRESS = Setting(
    values.hook_address,
    default=None,
    shown=False,
    description='an http(s) address without "#", such as "https://example.org/hooks/trials"',
)
