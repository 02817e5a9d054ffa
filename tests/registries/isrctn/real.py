"""Records that were read from the registry in 2022, 2023 and 2026, where their data are at hand.

They were XML, and became JSON: attributes are lost. Here they become XML again, so that the whole adapter reads them.
"""

import json
import os
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

FOLDER = Path(os.environ.get("MONITOR_REGISTRY_DATA", Path(__file__).parents[4] / "shared/data/registries"))
PAIRS = FOLDER / "golden_pairs.json"
NAMESPACE = 'xmlns="http://www.67bricks.com/isrctn"'
_ADDED = ("ctrname", "record_last_import")
"""What whoever read them put in."""


def read(name: str) -> dict[str, Any]:
    """A record, without what was put in."""
    tree: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return {key: value for key, value in tree.items() if key not in _ADDED}


def as_xml(trial: dict[str, Any], beside: str = "") -> bytes:
    """A trial as the registry would answer with it, *beside* what stands beside it in the answer."""
    attributes = "".join(f' {name[1:]}="{escape(str(value))}"' for name, value in trial.items() if name[0] == "@")
    members = {name: value for name, value in trial.items() if name[0] != "@"}
    inside = "".join(_elements(name, value) for name, value in members.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><allTrials {NAMESPACE} totalCount="1"><fullTrial>'
        f"<trial{attributes}>{inside}</trial>{beside}</fullTrial></allTrials>"
    ).encode()


def _elements(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_elements(name, each) for each in value) or f"<{name}/>"
    if isinstance(value, dict):
        return f"<{name}>{''.join(_elements(each, inner) for each, inner in value.items())}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>" if value is not None else f"<{name}/>"
