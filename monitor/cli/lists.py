"""Trials named on the command line and in files, by registry."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigurationInvalid, TrialIdInvalid

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.transfer.lists import Found


def named(program: "App", texts: Sequence[str]) -> "Found":
    """The trials that these texts name, and a complaint for each that names none."""
    from monitor.transfer.lists import Found  # PyYAML is not needed to show --help

    found = Found()
    for text in texts:
        try:
            registry, trial_id = program.identify(text)
        except TrialIdInvalid as error:
            found.left.append(str(error))
        else:
            found.add(registry.key, trial_id)
    return found


def listed(program: "App", file: Path) -> "Found":
    """The trials of a list. ConfigurationInvalid for a file that cannot be read or says nothing at all."""
    from monitor.transfer.lists import read_list  # PyYAML is not needed to show --help

    def identify(text: str) -> tuple[str, str] | None:
        try:
            registry, trial_id = program.identify(text)
        except TrialIdInvalid:
            return None
        return registry.key, trial_id

    found = read_list(file, identify, hosts=[registry.key for registry in program.registries])
    if not found.trials and not found.left:
        raise ConfigurationInvalid(f"{file} names no trial: write one trial id a line")
    return found
