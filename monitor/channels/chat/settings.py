"""The table [chat] of config.toml."""

from typing import Annotated

from pydantic import Field

from monitor.settings import Section
from monitor.settings.values import Listed, Schema


class ChatSettings(Section):
    """Which chat services may be written to."""

    schemas: Annotated[tuple[Schema, ...], Listed] = Field(
        default=("discord", "flock", "gchat", "ryver", "slack", "tgram", "webex", "workflows", "wxteams"),
        description='a list of beginnings of Apprise addresses, such as ["slack", "mmosts"]',
    )
