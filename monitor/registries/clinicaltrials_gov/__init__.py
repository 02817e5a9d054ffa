"""ClinicalTrials.gov, through its API version 2.

ids        what a registration number looks like
client     one request each, and what errors mean
batches    many trials in few requests; one bad record never spoils its batch
documents  proof that an answer is the record asked for; the canonical form; what a probe sees
record     what a document says
labels     words for the registry's codes
"""

from collections.abc import Iterator, Sequence

from monitor.http import PoliteSession
from monitor.model import Document, Record
from monitor.ports import Answer, RegistryVersion, Sighting, Unanswered
from monitor.registries.clinicaltrials_gov import batches, record
from monitor.registries.clinicaltrials_gov.client import Client
from monitor.registries.clinicaltrials_gov.documents import KEY
from monitor.registries.clinicaltrials_gov.ids import trial_id_in


class ClinicalTrialsGov:
    """The port `monitor.ports.Registry` for ClinicalTrials.gov. It closes *session* with itself."""

    key = KEY

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        self.traffic = session.traffic
        self._session = session
        self._client = Client(base_url=base_url, session=session)
        self._probing = batches.Probing(self._client)

    def identify(self, text: str) -> str | None:
        """The trial id that *text* names; None where it names none, or several."""
        return trial_id_in(text)

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now; *known* itself where nothing is newer. One request."""
        return self._client.version(known)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Sighting | Unanswered]]:
        """Who is where, 400 trials a request."""
        return self._probing.probe(trial_ids)

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Documents, 100 a request. Every id asked for is answered exactly once."""
        return batches.fetch(self._client, trial_ids)

    def answers_at_all(self) -> bool:
        """Whether a page of one record, whichever, comes as it should."""
        return self._client.is_healthy()

    def parse(self, document: Document) -> Record:
        """What a LISTED document says. Pure; never raises for a document that `fetch` gave."""
        return record.parse(document)

    def close(self) -> None:
        """Give up connections."""
        self._session.close()
