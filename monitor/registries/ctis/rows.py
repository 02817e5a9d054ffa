"""What a row of a search tells of a trial: days, status, and a digest of all of it. Pure."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from monitor.model import Json
from monitor.registries.ctis.codes import code_in
from monitor.registries.ctis.days import day_in
from monitor.registries.ctis.ids import is_trial_id

UPDATED, PUBLISHED = "lastUpdated", "lastPublicationUpdate"
"""The two days of a row. Either can be by far the later one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A trial in a search; *digest* covers the whole row, whose lists are in no order."""

    trial_id: str
    digest: bytes
    updated: str | None
    published: str | None
    status: int | None
    sponsor: str

    @property
    def day(self) -> str:
        """The later of its days."""
        return max(self.updated or "", self.published or "")


def row_in(item: Json) -> Row | None:
    """The row that *item* is; None where it names no trial."""
    if type(item) is not dict or not is_trial_id(item.get("ctNumber")):
        return None
    sponsor = item.get("sponsor")
    return Row(
        trial_id=item["ctNumber"],
        digest=_digest(item),
        updated=day_in(item.get(UPDATED)),
        published=day_in(item.get(PUBLISHED)),
        status=code_in(item.get("ctStatus")),
        sponsor=sponsor if type(sponsor) is str else "",
    )


def _digest(item: dict[str, Any]) -> bytes:
    kept = {name: _unordered(value) for name, value in item.items() if value not in (None, "", [], [""])}
    try:
        return sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).digest()
    except TypeError:
        return sha256(item["ctNumber"].encode()).digest()  # nested too deeply to be any row: its days tell


def _unordered(value: Json) -> Json:
    return sorted(value, key=str) if type(value) is list else value
