"""Every channel's declaration, loaded."""

from collections.abc import Mapping
from importlib import import_module

from monitor.channels import NAMES
from monitor.channels.channel import Channel

CHANNELS: Mapping[str, Channel] = {name: import_module(f"monitor.channels.{name}.channel").CHANNEL for name in NAMES}
"""The declarations, by the names that the database, JSON and config.toml have for them."""
