"""Brief title, official title and acronym. Pure."""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.wording import respelling_sentence, text_change_sentence
from monitor.changes.fields import FIELDS
from monitor.changes.spelling import respelled
from monitor.model import Difference
from monitor.text import fold

_TITLES = ("brief_title", "official_title", "acronym")


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each title that says something else."""
    for field in _TITLES:
        before: str | None = getattr(pair.before, field)
        after: str | None = getattr(pair.after, field)
        if fold(before) != fold(after):
            same = respelled(before, after)
            summary = (respelling_sentence if same else text_change_sentence)(FIELDS[field].label, before, after)
            kind = "title.respelled" if same else None
            yield pair.difference(field, kind, before=before, after=after, summary=summary)
