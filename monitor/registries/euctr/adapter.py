"""The adapter of the EU Clinical Trials Register: what it is called, and what it can be asked."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.http.polite import PoliteSession
from monitor.model import Document, Record
from monitor.ports import Answer, Oddity, ProbeResult, RegistryVersion, Unanswered, Unmoved
from monitor.registries.adapter import Adapter
from monitor.registries.euctr.codes import WORDS
from monitor.registries.euctr.ids import KEY, PAGE, WELL_KNOWN, trial_id_in, trial_ids_in
from monitor.registries.euctr.settings import EuctrSettings

if TYPE_CHECKING:
    from monitor.registries.euctr.client import Client
    from monitor.registries.euctr.feed import Feed


class Euctr(Adapter):
    """The port `monitor.ports.FetchedRegistry` for the EU Clinical Trials Register. It closes *session* with itself."""

    key = KEY
    name = "EU Clinical Trials Register"
    example_id = WELL_KNOWN
    settings = EuctrSettings
    words = WORDS

    def __init__(self, *, base_url: str, session: PoliteSession) -> None:
        super().__init__(base_url=base_url, session=session)
        self._feed: Feed | None = None

    @cached_property
    def _client(self) -> "Client":
        from monitor.registries.euctr.client import Client  # most commands ask nothing of this registry

        return Client(base_url=self.address, session=self._session)

    def identify(self, text: str) -> str | None:
        """The EudraCT number that *text* names; None where it names none, or several."""
        return trial_id_in(text)

    def ids_in(self, text: str) -> list[str]:
        """Every EudraCT number that *text* names, in its order, as often as it does."""
        return trial_ids_in(text)

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""
        return PAGE + trial_id

    def version(self, known: RegistryVersion | None) -> RegistryVersion:
        """The moment of the feed of what moved in the last seven days; *known* itself where that says the same."""
        self._feed = self._client.feed()
        return self._feed.version(known)

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unmoved | Unanswered]]:
        """Those that the feed does not name, which `version` read. Nothing is asked."""
        feed = self._feed
        if feed is not None:
            yield [Unmoved(each, feed.since) for each in trial_ids if each not in feed.trial_ids]

    def answers_at_all(self) -> bool:
        """Whether a trial that is known to be there is found."""
        return self._client.is_healthy()

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Documents, one after the other: a request for the summary, and one for each country."""
        return self._client.fetch(trial_ids)

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that *raw* proves to be. Raise AnswerUnreadable where it is none."""
        from monitor.registries.euctr.documents import kept_document  # as above

        return kept_document(trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:  # noqa: ARG002 - no field depends on the day
        """What a LISTED document says, which is the same on every day. Pure; raises for none that was proven."""
        from monitor.registries.euctr.record import parse  # as above

        return parse(document)

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds of statuses, countries and lines that are not known here."""
        from monitor.registries.euctr.drift import unknown  # as above

        return unknown(document.content)


ADAPTER = Euctr
