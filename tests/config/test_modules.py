"""Every process reads the configuration first, so it loads no more than that takes."""

import subprocess
import sys
from pathlib import Path

from monitor.registries import FOLDERS

DEFAULT_FILE = Path(__file__).parents[2] / "config.toml"

OURS = {
    "monitor",
    "monitor.config",
    "monitor.config.complaints",
    "monitor.config.keys",
    "monitor.config.loading",
    "monitor.config.places",
    "monitor.config.timing",
    "monitor.errors",
    "monitor.files",
    "monitor.settings",
    "monitor.settings.network",
    "monitor.settings.refused",
    "monitor.settings.rhythms",
    "monitor.settings.values",
    "monitor.channels",
    "monitor.channels.chat",
    "monitor.channels.chat.settings",
    "monitor.channels.email",
    "monitor.channels.email.settings",
    "monitor.channels.webhook",
    "monitor.channels.webhook.settings",
    "monitor.registries",
    "monitor.registries.settings",
    *(f"monitor.registries.{folder}{module}" for folder in FOLDERS for module in ("", ".settings")),
}

PYTHONS = set(sys.stdlib_module_names) - {"dataclasses", "difflib", "inspect", "email", "http", "logging", "socket"}
"""What Python brings, but for what takes long to load and has no part in a configuration without mistakes."""


def loaded_by(code: str) -> set[str]:
    """The modules that the code adds to those of a Python that has just started."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; before = set(sys.modules); {code}; print(*set(sys.modules) - before)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(told.stdout.split())


def test_the_configuration_loads_neither_other_peoples_packages_nor_other_parts_of_ours() -> None:
    """Of registries and channels their settings, of the kinds and words of changes nothing."""
    loaded = loaded_by(
        f"import pathlib, monitor.config; monitor.config.load(pathlib.Path({str(DEFAULT_FILE)!r}), {{}})"
    )

    assert {module for module in loaded if module.partition(".")[0] == "monitor"} == OURS
    assert {module.partition(".")[0] for module in loaded} - PYTHONS == {"monitor"}
