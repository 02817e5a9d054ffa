"""The adapter of DRKS: what it is called, and what it can be asked.

There is one question: the file of all trials, once a day. What is asked of single trials is looked up in it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.clock import utc_now
from monitor.errors import AnswerUnreadable, RegistryError, RegistryUnreachable
from monitor.http.polite import PoliteSession
from monitor.model import Document, Record, Snapshot
from monitor.ports import Answer, Missing, Oddity, ProbeResult, RegistryVersion, Unanswered, Unreadable
from monitor.registries.adapter import Adapter
from monitor.registries.drks import codes, rhythm
from monitor.registries.drks.ids import trial_id_in, trial_ids_in
from monitor.registries.drks.settings import DrksSettings
from monitor.text import counted

if TYPE_CHECKING:
    from monitor.registries.drks.download import BulkFile

FETCHED_AT_ONCE = 100
PROBED_AT_ONCE = 400
NOT_IN_FILE = "not in the file of all trials"
KEPT_WITH_EACH = 4 * 1024
"""Bytes of a file that is not believed which are kept for each trial."""


class Drks(Adapter):
    """The port `monitor.ports.Registry` for DRKS. It closes *session* with itself.

    The file that was downloaded is kept until there is another one, and answers everything until then, in the processes
    to come as well.
    """

    key = "drks.de"
    name = "DRKS"
    example_id = "DRKS00038775"
    settings = DrksSettings
    words = codes.WORDS

    @classmethod
    def connect(cls, settings: DrksSettings, session: PoliteSession) -> "Drks":
        """The registry as *settings* say."""
        return cls(base_url=settings.base_url, session=session, once_a_day=settings.once_a_day)

    def __init__(
        self,
        *,
        base_url: str,
        session: PoliteSession,
        once_a_day: bool = True,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(base_url=base_url, session=session)
        self._once_a_day = once_a_day
        self._clock = clock
        self._file: BulkFile | None = None
        self._version: RegistryVersion | None = None
        """The one that was named last. Its file may be one that another process had."""
        self._of_file = ""
        """The stamp of the file's version."""
        self._expected = 0
        self._refused: AnswerUnreadable | None = None
        """Why the last file was not believed."""
        self._asked_at: datetime | None = None

    def identify(self, text: str) -> str | None:
        """The trial id that *text* names; None where it names none, or several."""
        return trial_id_in(text)

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, in its order, as often as it does."""
        return trial_ids_in(text)

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""
        return f"https://drks.de/search/en/trial/{trial_id}/details"

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The day of the file's data: *known* itself, and no request, while there can be no newer file."""
        seen = rhythm.seen_in(known)
        if known and seen:
            self._expected = seen.trials
            if self._once_a_day and not rhythm.may_be_newer(seen, self._clock()):
                self._version = known
                return known
        found = self._download(known)
        # From an older file than there was, nothing is read.
        self._version = known if known and found.stamp < known.stamp else found
        return found

    def answers_at_all(self) -> bool:
        """Whether the file is there, and has about as many trials as the one before."""
        try:
            file = self._current()
        except RegistryError:
            return False
        return not self._lacks_many(file)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unanswered]]:
        """Digests of the records in the file, without another look at it."""
        try:
            held = self._current().contents
        except AnswerUnreadable:
            return
        except RegistryError as error:
            yield [Unanswered(trial_id, str(error)) for trial_id in trial_ids]
            return
        for start in range(0, len(trial_ids), PROBED_AT_ONCE):
            yield [
                ProbeResult(trial_id, held.digests[trial_id])
                for trial_id in trial_ids[start : start + PROBED_AT_ONCE]
                if trial_id in held.digests and trial_id not in held.twice
            ]

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Documents, found by going through the file once. Every id asked for is answered exactly once."""
        wanted = dict.fromkeys(trial_ids)
        if not wanted:
            return
        try:
            file = self._current()
            yield from self._found(file, wanted)
        except AnswerUnreadable as error:
            yield [Unreadable(trial_id, str(error), error.raw[:KEPT_WITH_EACH]) for trial_id in wanted]
        except RegistryError as error:
            yield [Unanswered(trial_id, str(error)) for trial_id in wanted]
        else:
            yield [self._absent(file, trial_id) for trial_id in wanted]

    def _found(self, file: "BulkFile", wanted: dict[str, None]) -> Iterator[Sequence[Answer]]:
        """Answers for those in the file, who are wanted no more."""
        from monitor.registries.drks import bulk, documents  # a command that asks DRKS nothing reads no files of it

        batch: list[Answer] = []
        for trial_id, raw in bulk.records(file.file):
            if trial_id not in wanted:
                continue
            del wanted[trial_id]
            if trial_id in file.contents.twice:
                batch.append(Unreadable(trial_id, "the file has two records of it that differ", raw))
                continue
            try:
                batch.append(documents.document_of(trial_id, raw))
            except AnswerUnreadable as error:
                batch.append(Unreadable(trial_id, str(error), raw))
            if len(batch) == FETCHED_AT_ONCE:
                yield batch
                batch = []
            if not wanted:
                break
        yield batch

    def _absent(self, file: "BulkFile", trial_id: str) -> Missing | Unanswered:
        """What is said of a trial that the file does not hold: that it is gone, where the file can be whole."""
        if unreadable := file.contents.unreadable:
            return Unanswered(trial_id, f"{NOT_IN_FILE}, in which {counted(unreadable, 'record')} cannot be read")
        if self._lacks_many(file):
            held = len(file.contents.digests)
            return Unanswered(trial_id, f"{NOT_IN_FILE}, which has {held:,} of {self._expected:,}: it cannot be whole")
        return Missing(trial_id, NOT_IN_FILE)

    def _lacks_many(self, file: "BulkFile") -> bool:
        return rhythm.is_short(len(file.contents.digests), self._expected)

    def _current(self) -> "BulkFile":
        """The file of the version that was named last, or a newer one. Raise a RegistryError where there is none."""
        needed = self._version.stamp if self._version else ""
        is_here = self._file is not None or self._is_kept()
        if not is_here or (self._of_file < needed and not self._asked_just_now()):
            self._download(self._version)
        assert self._file  # noqa: S101 - what downloading leaves
        if self._of_file < needed:
            raise RegistryUnreachable(f"{self.key} gives its file of {self._of_file}, although that of {needed} is out")
        return self._file

    def _is_kept(self) -> bool:
        """Whether the file of the version was there from another process, while it is the newest: then take it."""
        from monitor.registries.drks.keeping import kept  # as in `_download`

        seen = rhythm.seen_in(self._version)
        if self._version is None or seen is None or not self._once_a_day or rhythm.may_be_newer(seen, self._clock()):
            return False
        self._file, self._of_file = kept(seen.digest), self._version.stamp
        return self._file is not None

    def _asked_just_now(self) -> bool:
        return self._once_a_day and self._asked_at is not None and rhythm.is_kept(self._asked_at, self._clock())

    def _download(self, known: RegistryVersion | None) -> RegistryVersion:
        """Have the file as it is now in place of the former one, and return its version.

        One that was not believed is not asked for again while it would be the same.
        """
        from monitor.registries.drks.download import download  # a command that asks DRKS nothing downloads no files
        from monitor.registries.drks.keeping import keep

        if self._refused and self._asked_just_now():
            raise self._refused
        now = self._asked_at = self._clock()
        try:
            file = download(self._session, self.address)
        except AnswerUnreadable as error:
            self._refused = error
            raise
        self._close_file()
        self._refused, self._file = None, file
        held = file.contents
        seen = rhythm.Seen(now, rhythm.expected_after(len(held.digests), self._expected), held.digest)
        version = rhythm.version_of(rhythm.day_of_data(file.name, newest=held.newest, at=now), seen, known=known)
        self._of_file = version.stamp
        if self._once_a_day:
            keep(file.file, seen.digest)
        return version

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that an answer which was kept proves to be. Raise AnswerUnreadable where it is none."""
        from monitor.registries.drks.documents import kept_document  # as in `_found`

        return kept_document(trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:  # noqa: ARG002 - no field depends on the day
        """What a LISTED document says, which is the same on every day. Pure; raises for none that `fetch` gave."""
        from monitor.registries.drks.record import parse  # as in `_found`

        return parse(document)

    def parse_pair(self, before: Snapshot, after: Document, as_of: datetime) -> tuple[Record, Record]:  # noqa: ARG002
        """What two LISTED documents of one trial say, each text in one language in both where that can be."""
        from monitor.registries.drks.record import parse_both  # as in `_found`

        return parse_both(before.document, after)

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not in the registry's schema."""
        from monitor.registries.drks.drift import unknown  # as in `_found`

        return unknown(document.content)

    def _close_file(self) -> None:
        """Remove the file that was downloaded."""
        if self._file:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Give up connections, and the file."""
        self._close_file()
        super().close()


ADAPTER = Drks
