"""What was edited since a moment, whole records as they came, so that none of them is asked for again in a pass."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.errors import AnswerUnreadable
from monitor.ports import Answer, Unreadable
from monitor.registries.isrctn.client import Client
from monitor.registries.isrctn.documents import digest_of, document_of, trial_id_of
from monitor.registries.isrctn.listing import moment_of, read_all
from monitor.registries.isrctn.markup import Element, children, written

MOST_KEPT = 2_000
MOST_BYTES = 64 * 1024 * 1024
"""Records that are kept for the pass, and their bytes; others are asked for once more."""


class Kept:
    """Answers that came unasked for in this pass."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._bytes = 0

    def keep(self, records: Iterable[Element]) -> None:
        """Keep what these records are, as far as there is space."""
        for record in records:
            trial_id = trial_id_of(record)
            if trial_id and len(self._answers) < MOST_KEPT and self._bytes < MOST_BYTES:
                self._answers[trial_id], size = answer_of(record, trial_id)
                self._bytes += size

    def get(self, trial_id: str) -> Answer | None:
        """The answer for a trial; None where none is kept."""
        return self._answers.get(trial_id)


@dataclass(slots=True)
class Edited:
    """The trials that were edited since a moment, and where each of them stands by its marks."""

    since: datetime
    marks: dict[str, bytes | None] = field(default_factory=dict)
    newest: datetime | None = None
    is_complete: bool = True
    """Whether every record said whose it is: else nothing can be said of those that are not here."""

    @classmethod
    def read(cls, client: Client, since: datetime, kept: Kept) -> "Edited":
        """Ask for them. Raise RegistryError where they cannot be listed."""
        found = cls(since)
        for records in read_all(client, "", since):
            kept.keep(records)
            for record in records:
                found._note(record)
        return found

    def _note(self, record: Element) -> None:
        trial_id, edit = trial_id_of(record), moment_of(record)
        if trial_id is None:
            self.is_complete = False
            return
        trial = children(record, "trial")[0]
        self.marks[trial_id] = digest_of(trial.get("version", "").strip(), trial.get("lastUpdated", "").strip())
        if edit and (self.newest is None or edit > self.newest):
            self.newest = edit


def answer_of(record: Element, trial_id: str, raw: bytes | None = None) -> tuple[Answer, int]:
    """What a record is as an answer for a trial, and how many bytes that takes. *raw* is how it came."""
    try:
        document = document_of(record, trial_id)
    except AnswerUnreadable as error:
        bytes_ = error.raw or raw or written(record)
        return Unreadable(trial_id, str(error), bytes_), len(bytes_)
    return document, len(document.content)
