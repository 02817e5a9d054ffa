"""Whether a record lost anything of its document."""

from collections import Counter
from dataclasses import fields, is_dataclass
from typing import Any

import orjson

from monitor.model import Document, Record

RECKONED = {"estimatedResultsFirstSubmitDate", "mcpReleaseN", "stdAges"}
"""What the registry reckons from other members, and the parser drops."""
ABOUT = {"paths", "parts", "silent", "converted", "lost"}
"""Fields that tell of the document's form, not of the trial."""
IMPLIED = {"dateUnknown", "unreleaseDateUnknown"}
"""Said by a submission without a date."""


def lost(document: Document, record: Record) -> Counter[bytes]:
    """The values in the document that are neither in a field of the record nor in its rest."""
    missing = Counter(_values(orjson.loads(document.content))) - Counter(_values(record))
    # A submission that is told in two places is kept once, and a count that is written as text as the number it is.
    kept = [*_values(record.submissions), *(b'"%s"' % number for number in _values(record.enrollment))]
    return Counter({value: count for value, count in missing.items() if value not in kept})


def _values(tree: Any) -> list[bytes]:
    """Every value at the end of a path, as JSON, so that 1, 1.0 and true are three."""
    if isinstance(tree, dict):
        told = tree.keys() - {"citation"} if tree.get("pmid") else tree.keys()
        return [leaf for name in told if not _goes_without(name, tree[name]) for leaf in _values(tree[name])]
    if isinstance(tree, list | tuple):
        return [leaf for value in tree for leaf in _values(value)]
    if is_dataclass(tree):
        told = (field.name for field in fields(tree) if field.name not in ABOUT)
        return [leaf for name in told for leaf in _values(getattr(tree, name))]
    return [] if tree is None else [orjson.dumps(tree)]


def _goes_without(name: str, value: Any) -> bool:
    return name in RECKONED or (name in IMPLIED and isinstance(value, bool))
