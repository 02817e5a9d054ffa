"""The table [chat] of config.toml, and the key for the address of a room."""

from monitor.settings import Section, Setting, setting, values


class ChatSettings(Section):
    """Which chat services may be written to."""

    schemas: tuple[str, ...] = setting(
        values.listed(values.schema),
        default=("discord", "flock", "gchat", "ryver", "slack", "tgram", "webex", "workflows", "wxteams"),
        description='a list of beginnings of Apprise addresses, such as ["slack", "mmosts"]',
    )


TABLES = {"chat": ChatSettings}
ADDRESS = Setting(values.chat_address, default=None, shown=False, description=values.A_CHAT_ROOM)
