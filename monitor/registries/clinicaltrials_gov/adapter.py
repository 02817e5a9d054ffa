"""The adapter of ClinicalTrials.gov: what it is called, and what it can be asked."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from monitor.http.polite import PoliteSession
from monitor.model import Document, Record, Search, Snapshot
from monitor.ports import (
    Answer,
    FormerVersion,
    Oddity,
    ProbeResult,
    Registry,
    RegistryVersion,
    SavedPage,
    SearchPage,
    SharedPage,
    SponsorName,
    SweepPage,
    Unanswered,
)
from monitor.registries.adapter import Adapter
from monitor.registries.clinicaltrials_gov import batches, differing, drift, record, searching, sponsors, sweeping
from monitor.registries.clinicaltrials_gov.classic.content import is_classic, proved
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.documents import kept_document
from monitor.registries.clinicaltrials_gov.history import content as versions
from monitor.registries.clinicaltrials_gov.history.asking import HistoryClient
from monitor.registries.clinicaltrials_gov.ids import trial_id_in, trial_ids_in
from monitor.registries.clinicaltrials_gov.settings import ClinicalTrialsGovSettings
from monitor.registries.clinicaltrials_gov.version import KEY


class ClinicalTrialsGov(Adapter):
    """The port `monitor.ports.Registry` for ClinicalTrials.gov. It closes *session* with itself."""

    key = KEY
    name = "ClinicalTrials.gov"
    example_id = "NCT02116634"
    settings = ClinicalTrialsGovSettings

    @classmethod
    def connect(cls, settings: ClinicalTrialsGovSettings, session: PoliteSession) -> Registry:
        """The registry as its settings say. Nothing is asked."""
        return cls(base_url=settings.base_url, session=session, asks_history=settings.history)

    def __init__(self, *, base_url: str, session: PoliteSession, asks_history: bool = False) -> None:
        super().__init__(base_url=base_url, session=session)
        self.asks_history = asks_history
        self._client = Client(base_url=base_url, session=session)
        self._history = HistoryClient(base_url=base_url, session=session)

    def identify(self, text: str) -> str | None:
        """The trial id that *text* names; None where it names none, or several."""
        return trial_id_in(text)

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, in its order, as often as it does."""
        return trial_ids_in(text)

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""
        return record.PAGE + trial_id

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where nothing is newer. One request."""
        return self._client.version(known)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unanswered]]:
        """Who is where, 400 trials a request."""
        return batches.probe(self._client, trial_ids)

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Documents, 100 a request. Every id asked for is answered exactly once."""
        return batches.fetch(self._client, trial_ids)

    def find(
        self,
        search: Search,
        *,
        updated_since: date | None = None,
        stopped: bool = False,
        token: str | None = None,
    ) -> Iterator[SearchPage]:
        """Pages of the trials that *search* covers, 1,000 a request; sponsor, condition and expression narrow it down.

        *token* is good at the same version of the data, for the same search and day. A condition is looked for as a
        phrase. Raise AnswerUnreadable where the listing does not add up: the last page, the one without a token, only
        comes where all pages together name as many trials as the registry says, give or take 1 %.
        """
        return searching.find(self._client, search, updated_since=updated_since, stopped=stopped, token=token)

    def find_shared(self, searches: Collection[Search], *, updated_since: date | None = None) -> Iterator[SharedPage]:
        """Pages with all trials that these searches for sponsors cover, and which of them each one does.

        They are of all that was updated since a day, 1,000 a request; without one, of the trials of so many sponsors a
        question as ten words name, about three.

        A search is undecided where a name differs from the wanted one by more than capitals, but not in substance:
        whether the registry's phrase search finds that is not documented. A total that does not add up, and a page on
        which more than 1 % of the trials name no sponsor, is AnswerUnreadable.
        """
        return searching.find_shared(self._client, searches, updated_since=updated_since)

    def sweep(self, *, token: str | None = None) -> Iterator[SweepPage]:
        """Pages of all documents, 250 a request. A total that does not add up is AnswerUnreadable, as in `find`."""
        return sweeping.sweep(self._client, token=token)

    def sponsors(self, text: str) -> Sequence[SponsorName]:
        """The sponsors whose names are most like *text*: one request for most names, about sixteen at most."""
        return sponsors.sponsors(self._client, text)

    def answers_at_all(self) -> bool:
        """Whether a page of one record, whichever, comes as it should."""
        return self._client.is_healthy()

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that an answer which was kept proves to be. Raise AnswerUnreadable where it is none."""
        if is_classic(raw):
            return proved(trial_id, raw)
        return versions.proved(trial_id, raw) if versions.is_version(raw) else kept_document(trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:  # noqa: ARG002 - no field depends on the day
        """What a LISTED document says, which is the same on every day. Pure; raises for none that `fetch` gave."""
        if is_classic(document.content):
            from monitor.registries.clinicaltrials_gov.classic.record import parse_page  # few trials have old pages

            return parse_page(document)
        if versions.is_version(document.content):
            from monitor.registries.clinicaltrials_gov.history.record import parse_version  # as above

            return parse_version(document)
        return record.parse(document)

    def parse_pair(self, before: Snapshot, after: Document, as_of: datetime) -> tuple[Record, Record]:
        """What two LISTED documents of one trial say, without most of what both say."""
        if versions.is_version(before.document.content) and versions.is_version(after.content):
            from monitor.registries.clinicaltrials_gov.history.record import parse_versions  # as above

            return parse_versions(before.document, after)
        if not (_is_of_api(before.document) and _is_of_api(after)):
            return self.parse(before.document, before.taken_at), self.parse(after, as_of)
        return differing.parse_differing(before.document, after)

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not among the documented fields and codes."""
        if is_classic(document.content):
            from monitor.registries.clinicaltrials_gov.classic.record import unknown_in  # few trials have old pages

            return unknown_in(document)
        if versions.is_version(document.content):
            from monitor.registries.clinicaltrials_gov.history.record import unknown_in  # as above

            return unknown_in(document)
        return drift.unknown(document.content)

    def may_be_page(self, raw: bytes) -> bool:
        """Whether a file is a page of the site as it was until June 2024, or of today's; cheap."""
        from monitor.registries.clinicaltrials_gov.classic.pages import may_be_page  # only files that are imported

        return may_be_page(raw)

    def read_page(self, raw: bytes) -> SavedPage:
        """A page of the site as it was until June 2024. Raise ConfigurationInvalid for any other, with the remedy."""
        from monitor.registries.clinicaltrials_gov.classic.reading import read_page  # BeautifulSoup takes long to load

        return read_page(raw)

    def saved_record(self, raw: bytes) -> SavedPage | None:
        """A record as the API gives it, or a former version as the site does; None for any other file."""
        from monitor.registries.clinicaltrials_gov.history.saved import saved_record  # only files that are imported

        return saved_record(raw)

    def former_versions(self, trial_id: str) -> list[FormerVersion]:
        """All versions of a record, by an interface that is not documented. One request."""
        return self._history.versions(trial_id)

    def former_version(self, trial_id: str, number: int) -> Document:
        """A version as a document. One request."""
        return self._history.version(trial_id, number)


def _is_of_api(document: Document) -> bool:
    """Whether it is a record as the API gives it."""
    return not is_classic(document.content) and not versions.is_version(document.content)


ADAPTER = ClinicalTrialsGov
