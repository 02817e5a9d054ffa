"""No table of config.toml: these registries are never asked."""

from monitor.registries.settings import PoliteSettings

TABLES: dict[str, type[PoliteSettings]] = {}
