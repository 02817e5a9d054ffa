"""Which of the trials kept here a sponsor leads, or supports: by their latest records, asking no registry.

Most documents are not read for that: one without the longest word of the name in it cannot be of that sponsor.
"""

import re

from sqlalchemy import Connection

from monitor.model import Record, Role, Search, State
from monitor.ports import Registry
from monitor.storage import seen, snapshots
from monitor.storage.pages import Key
from monitor.storage.statements import chunks
from monitor.text import fold_organisation

_AT_ONCE = 200
"""Documents in memory."""
_ODDLY_SPELLED = re.compile(rb"\xc2\xad|\xe2\x80\x8b|\xe2\x81\xa0|\xef[\xac\xbb\xbc\xbd]")
"""Soft hyphens, characters without width, ligatures and wide letters in UTF-8: a name with one is still the same."""


def trials_of_sponsor(tx: Connection, registry: Registry, search: Search) -> list[Key]:
    """The trials of a search for a sponsor alone, as far as they were read, in order."""
    name = fold_organisation(search.sponsor)
    word = max(re.findall("[a-z0-9]+", name), key=len, default="").encode()
    found = []
    for ids in chunks(seen.read_trials(tx, registry.key), _AT_ONCE):
        latest = snapshots.latest_of(tx, registry.key, ids, state=State.LISTED, damaged={})
        for trial_id, taken in sorted(latest.items()):
            content = taken.document.content
            if word not in content.lower() and not _ODDLY_SPELLED.search(content):
                continue
            if _is_of(registry.parse(taken.document, taken.taken_at), name, search.role):
                found.append((registry.key, trial_id))
    return found


def _is_of(record: Record, name: str, role: Role) -> bool:
    sponsors = [record.lead_sponsor, *(record.collaborators if role is Role.ANY else ())]
    return any(each is not None and fold_organisation(each.name) == name for each in sponsors)
