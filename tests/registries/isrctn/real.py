"""Records that were read from the registry in 2022, 2023 and 2026, where their data are at hand.

They were XML, and became JSON: attributes are lost. Here they become XML again, so that the whole adapter reads them.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[4] / "shared/data/registries"
PAIRS = FOLDER / "golden_pairs.json"
_ADDED = ("ctrname", "record_last_import")
"""What whoever read them put in."""


def read(name: str) -> dict[str, Any]:
    """A record, without what was put in."""
    tree: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return {key: value for key, value in tree.items() if key not in _ADDED}
