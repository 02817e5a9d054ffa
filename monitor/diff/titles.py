"""Brief title, official title and acronym. Pure."""

from collections.abc import Iterator

from monitor.diff.comparison import Comparison
from monitor.diff.text import fold
from monitor.diff.wording import told_text
from monitor.fields import FIELDS
from monitor.model import Difference

_KINDS = {"brief_title": "title.brief", "official_title": "title.official", "acronym": "title.acronym"}


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each title that says something else."""
    for field, kind in _KINDS.items():
        before: str | None = getattr(pair.before, field)
        after: str | None = getattr(pair.after, field)
        if fold(before) != fold(after):
            summary = told_text(FIELDS[field].label, before, after)
            yield pair.difference(field, kind, before=before, after=after, summary=summary)
