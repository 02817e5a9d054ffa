"""The files that come with the program and are no code: the commented configuration, the unit and the compose file.

Their one source is the top of the checkout. A wheel carries copies of them in this folder (pyproject.toml says which);
in a checkout the folder holds nothing, and they are read from where they are kept.
"""

from importlib.resources import files
from pathlib import Path

CONFIGURATION = "config.toml"
UNIT = "deploy/registry-monitor.service"
COMPOSE = "deploy/compose.yaml"
ALL = (CONFIGURATION, UNIT, COMPOSE)

_CHECKOUT = Path(__file__).parents[3]


def text_of(name: str) -> str:
    """Give one of these files as it was shipped."""
    beside = files(__name__).joinpath(*name.split("/"))
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    return (_CHECKOUT / name).read_text(encoding="utf-8")
