"""What a document holds that is not known here. Pure."""

import orjson

from monitor.ports import Oddity
from monitor.registries.ictrp import statuses

LONGEST = 200


def unknown(content: bytes) -> list[Oddity]:
    """Columns that nobody knows, and words for the status that the portal is not known to have."""
    fields = orjson.loads(content)
    columns = fields.get("unknown_columns")
    odd = [Oddity(name[:LONGEST]) for name in columns if isinstance(name, str)] if isinstance(columns, list) else []
    words = fields.get("recruitment_status")
    if isinstance(words, str) and not statuses.is_known(words):
        odd.append(Oddity("recruitment_status", words[:LONGEST]))
    return odd
