"""Protocols, statistical analysis plans and consent forms that the registry publishes. Pure.

A document with another name or date is another document; the former one was removed.
"""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import cancel
from monitor.changes.spelling import fold_spelling
from monitor.model import Difference, StudyDocument
from monitor.text import fold_name, quote


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell each document that went, then each that came."""
    gone, come = cancel(pair.before.documents, pair.after.documents, _identity)
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


def _identity(document: StudyDocument) -> tuple[str, ...]:
    return (fold_name(fold_spelling(document.label)), fold_name(document.filename), fold_name(document.date))


def _shown(document: StudyDocument) -> str:
    return quote(document.label) + (f", dated {document.date}" if document.date else "")
