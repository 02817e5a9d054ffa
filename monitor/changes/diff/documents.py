"""Protocols, statistical analysis plans and consent forms that the registry publishes. Pure.

A document with another name or date is another document; the former one was removed. Where many came or went at once,
as with a registry that publishes each in all languages, they are told together.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import cancel
from monitor.changes.spelling import fold_spelling
from monitor.model import Difference, StudyDocument
from monitor.text import fold_name, natural_list, quote

_MOST_TOLD = 5
"""Documents that are told one by one."""
_KINDS_NAMED = 4


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each document that went, then each that came."""
    gone, come = cancel(pair.before.documents, pair.after.documents, _identity)
    if len(gone) > _MOST_TOLD:
        yield pair.difference(
            "documents", "document.removed", before=gone, after=None, summary=f"{_counted(gone, 'removed')}."
        )
        gone = []
    if len(come) > _MOST_TOLD:
        yield pair.difference(
            "documents", "document.added", before=None, after=come, summary=f"{_counted(come, 'added')}."
        )
        come = []
    for document in gone:
        yield pair.difference(
            "documents",
            "document.removed",
            before=document,
            after=None,
            summary=f"Study document removed: {_shown(document)}.",
        )
    for document in come:
        yield pair.difference(
            "documents",
            "document.added",
            before=None,
            after=document,
            summary=f"Study document added: {_shown(document)}.",
        )


def _counted(documents: Sequence[StudyDocument], how: str) -> str:
    """How many of each kind, the most numerous first."""
    kinds = Counter(document.label for document in documents).most_common()
    named = natural_list([f"{count:,} {quote(label)}" for label, count in kinds], _KINDS_NAMED)
    return f"{len(documents):,} study documents {how}: {named}"


def _identity(document: StudyDocument) -> tuple[str, ...]:
    return (fold_name(fold_spelling(document.label)), fold_name(document.filename), fold_name(document.date))


def _shown(document: StudyDocument) -> str:
    if document.date:
        return f"{quote(document.label)}, dated {document.date}"
    return f"{quote(document.label)} ({quote(document.filename)})" if document.filename else quote(document.label)
