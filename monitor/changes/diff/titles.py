"""Brief title, official title and acronym. Pure."""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.wording import told_spelling, told_text
from monitor.changes.fields import FIELDS
from monitor.changes.spelling import respelled
from monitor.model import Difference
from monitor.text import fold

_KINDS = {"brief_title": "title.brief", "official_title": "title.official", "acronym": "title.acronym"}


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each title that says something else."""
    for field, told_as in _KINDS.items():
        before: str | None = getattr(pair.before, field)
        after: str | None = getattr(pair.after, field)
        if fold(before) != fold(after):
            same = respelled(before, after)
            summary = (told_spelling if same else told_text)(FIELDS[field].label, before, after)
            kind = "title.respelled" if same else told_as
            yield pair.difference(field, kind, before=before, after=after, summary=summary)
