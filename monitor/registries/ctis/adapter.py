"""The adapter of CTIS: what it is called, and what it can be asked."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.model import Document, Record, Search
from monitor.ports import Answer, Oddity, ProbeResult, RegistryVersion, SearchPage, Unmoved
from monitor.registries.adapter import Adapter
from monitor.registries.ctis.ids import KEY, PAGE, trial_id_in, trial_ids_in
from monitor.registries.ctis.settings import CtisSettings

if TYPE_CHECKING:
    from monitor.registries.ctis.client import Client
    from monitor.registries.ctis.listing import Listing

# What asks and what reads is loaded where it is needed: every command loads this module, and few have trials of CTIS.

QUIET_FOR = timedelta(days=14)
"""For how long no trial of it may move, as over Christmas and the New Year."""


class Ctis(Adapter):
    """The port `monitor.ports.Registry` for CTIS. It closes *session* with itself."""

    key = KEY
    name = "CTIS"
    example_id = "2023-505613-24-00"
    quiet_for = QUIET_FOR
    settings = CtisSettings

    @cached_property
    def _client(self) -> "Client":
        from monitor.registries.ctis.client import Client

        return Client(base_url=self.address, session=self._session)

    @cached_property
    def _listing(self) -> "Listing":
        from monitor.registries.ctis.listing import Listing

        return Listing(self._client)

    def identify(self, text: str) -> str | None:
        """The trial id that *text* names; None where it names none, or several."""
        return trial_id_in(text)

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, in its order, as often as it does."""
        return trial_ids_in(text)

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""
        return PAGE + trial_id

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The version of all data now: two requests where nothing moved, a few more to list what did."""
        return self._listing.version(known)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unmoved]]:
        """Who moved, by what `version` listed. Nothing is asked."""
        return self._listing.probe(trial_ids)

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Documents, one a request. Every id asked for is answered exactly once."""
        from monitor.registries.ctis import fetching

        return fetching.fetch(self._client, self._listing, trial_ids)

    def find(
        self,
        search: Search,
        *,
        updated_since: date | None = None,
        stopped: bool = False,
        token: str | None = None,
    ) -> Iterator[SearchPage]:
        """Pages of the trials that *search* covers, 100 a request; an expression is words that all have to be there."""
        from monitor.registries.ctis import searching

        return searching.find(self._client, search, updated_since=updated_since, stopped=stopped, token=token)

    def answers_at_all(self) -> bool:
        """Whether a page of one trial, whichever, comes as it should."""
        return self._client.is_healthy()

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that an answer which was kept proves to be. Raise AnswerUnreadable where it is none."""
        from monitor.registries.ctis.documents import kept_document

        return kept_document(trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:  # noqa: ARG002 - no field depends on the day
        """What a LISTED document says, which is the same on every day. Pure; raises for none that `fetch` gave."""
        from monitor.registries.ctis import record

        return record.parse(document)

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not known here."""
        from monitor.registries.ctis import drift

        return drift.unknown(document.content)


ADAPTER = Ctis
