"""Invented records of DRKS, and files of all trials as it gives them."""

import json
from copy import deepcopy
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.registries.trials import GOLDEN

KNEE, HIP, HAND = "DRKS00035001", "DRKS00035002", "DRKS00035003"
Tree = dict[str, Any]
_WRITTEN: Tree = json.loads((GOLDEN / "drks.json").read_bytes())[0]


def record(trial_id: str = KNEE, **changes: Any) -> Tree:
    """A record like the golden one. *changes* are members by their paths, with `__` between names."""
    tree = deepcopy(_WRITTEN) | {"drksId": trial_id}
    for path, value in changes.items():
        *above, last = path.split("__")
        node = tree
        for name in above:
            node = node[name]
        node[last] = value
    return tree


def in_languages(list_name: str, **texts: dict[str, str]) -> dict[str, Any]:
    """A list with an item for each language: `in_languages("trialDescriptions", en={"title": "…"})`."""
    return {list_name: [{"idLocale": {"locale": locale}, **members} for locale, members in texts.items()]}


def listed(*trees: Tree) -> bytes:
    """The JSON of a list of records."""
    return json.dumps(trees, ensure_ascii=False).encode()


def zipped(*trees: Tree, apart: bool = False, **options: Any) -> bytes:
    """A zip of one list, or of a file for each record."""
    into = BytesIO()
    with ZipFile(into, "w", **{"compression": ZIP_DEFLATED} | options) as packed:
        if apart:
            for tree in trees:
                packed.writestr(f"{tree['drksId']}.json", json.dumps(tree))
        else:
            packed.writestr("DRKS_all.json", listed(*trees))
    return into.getvalue()
