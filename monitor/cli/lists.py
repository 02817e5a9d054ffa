"""Trials named on the command line and in files, by registry; and what was found there and not taken."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.session import complain
from monitor.errors import ConfigurationInvalid

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.operate.transfer.lists import TrialList
    from monitor.operate.transfer.lists.opening import Source

SHOWN = 10
"""Lines of a kind; the others are counted."""


def named(program: "App", texts: Sequence[str]) -> "TrialList":
    """The trials that these texts name, and a complaint for each that names none."""
    from monitor.operate.transfer.lists.typed import typed  # PyYAML is not needed to show --help

    return typed(texts, program.registries, program.identify)


def listed(program: "App", file: Path, source: "Source | None" = None) -> "TrialList":
    """The trials of a list, of its open *source* where there is one.

    ConfigurationInvalid for a file that cannot be read or says nothing at all.
    """
    from monitor.operate.transfer.lists import read_list, read_source  # PyYAML is not needed to show --help

    found = read_source(source, program.registries) if source else read_list(file, program.registries)
    if not found.trials and not found.left:
        where = "standard input" if str(file) == "-" else file
        raise ConfigurationInvalid(f"{where} names no trial: write one trial id a line")
    return found


def complain_of(lines: Sequence[str]) -> None:
    """The first of these lines on standard error, and how many more there are."""
    for line in lines[:SHOWN]:
        complain(line)
    if len(lines) > SHOWN:
        complain(f"and {len(lines) - SHOWN:,} more; --json gives them all")
