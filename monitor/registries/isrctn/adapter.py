"""The adapter of ISRCTN: what it is called, and what it can be asked.

One query lists all that was edited since the day before the last known edit, whole records as they are. Whoever is not
on it stands as before; whoever is needs no other request. So a watch list of any length costs one request a pass.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.clock import utc_now
from monitor.http.polite import PoliteSession
from monitor.model import Document, Record, Search
from monitor.model.stamps import built_at
from monitor.ports import Answer, Oddity, ProbeResult, RegistryVersion, SearchPage, Unmoved
from monitor.registries.adapter import Adapter
from monitor.registries.isrctn.ids import KEY, PAGE, trial_id_in, trial_ids_in
from monitor.registries.isrctn.settings import IsrctnSettings

if TYPE_CHECKING:
    from monitor.registries.isrctn.client import Client
    from monitor.registries.isrctn.edited import Edited, Kept

# What asks and what reads is loaded where it is needed: every command loads this module, and few have trials of ISRCTN.

OVERLAP = timedelta(days=1)
"""How long before the last known edit a list begins."""
AT_FIRST = timedelta(days=7)
"""How far back the first list goes: some edit is in it, which is the version."""

QUIET_FOR = timedelta(days=14)
"""For how long nobody may edit any trial of it, as over Christmas and the New Year."""


class Isrctn(Adapter):
    """The port `monitor.ports.FetchedRegistry` for ISRCTN. It closes *session* with itself."""

    key = KEY
    name = "ISRCTN"
    example_id = "ISRCTN12949496"
    quiet_for = QUIET_FOR
    settings = IsrctnSettings

    def __init__(self, *, base_url: str, session: PoliteSession, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(base_url=base_url, session=session)
        self._clock = clock
        self._edited: Edited | None = None

    @cached_property
    def _client(self) -> "Client":
        from monitor.registries.isrctn.client import Client

        return Client(base_url=self.address, session=self._session)

    @cached_property
    def _kept(self) -> "Kept":
        from monitor.registries.isrctn.edited import Kept

        return Kept()

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
        """The moment of the last edit; *known* itself where nothing was edited since. One request, mostly.

        An edit that the registry shows later than others made after it is in one of the next lists all the same, since
        each begins a day before the last edit that is known.
        """
        from monitor.registries.isrctn.edited import Edited, Kept

        last = built_at(known.stamp) if known else None
        begin = _midnight(last - OVERLAP if last else self._clock() - AT_FIRST)
        self._edited, self._kept = None, Kept()
        self._edited = Edited.read(self._client, begin, self._kept)
        newest = self._edited.newest or begin
        return known if known and last and newest <= last else RegistryVersion(_stamp(newest))

    def probe(self, trial_ids: Sequence[str]) -> Iterator[Sequence[ProbeResult | Unmoved]]:
        """Who is on the list of the edited that came with the version, and where; of the others that they are not."""
        edited = self._edited
        if edited is None or not edited.is_complete:
            return
        since = _stamp(edited.since)
        unlisted = [Unmoved(each, since) for each in trial_ids if each not in edited.marks]
        listed = [ProbeResult(each, mark, is_of_version=True) for each in trial_ids if (mark := edited.marks.get(each))]
        yield [*unlisted, *listed]

    def fetch(self, trial_ids: Sequence[str]) -> Iterator[Sequence[Answer]]:
        """Documents: those that came with a list of this pass at no cost, the others one a request."""
        from monitor.registries.isrctn import fetching

        return fetching.fetch(self._client, trial_ids, self._kept)

    def find(
        self,
        search: Search,
        *,
        updated_since: date | None = None,
        stopped: bool = False,
        token: str | None = None,  # noqa: ARG002 - there is one page, so nothing to go on behind
    ) -> Iterator[SearchPage]:
        """One page of the trials that *search* covers, by sponsor and condition; 500 a request.

        Raise AnswerUnreadable where the registry lists others than it counts, or a record that cannot be read.
        """
        from monitor.registries.isrctn import searching

        day = self._clock().date()
        return searching.find(self._client, search, day=day, since=updated_since, stopped=stopped, kept=self._kept)

    def answers_at_all(self) -> bool:
        """Whether some trial, whichever, is found and comes as it should."""
        return self._client.is_healthy()

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document that an answer which was kept proves to be. Raise AnswerUnreadable where it is none."""
        from monitor.registries.isrctn.documents import kept_document

        return kept_document(trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:
        """What a LISTED document says on the day of *as_of*. Pure; raises for none that `fetch` gave."""
        from monitor.registries.isrctn import record

        return record.parse(document, _day(as_of))

    def reads_otherwise_on(self, document: Document, as_of: datetime) -> date | None:
        """The next day on which a LISTED document says something else, as its status goes by dates. Pure."""
        from monitor.registries.isrctn import record

        return record.next_move(document, _day(as_of))

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """What a LISTED document holds that is not known here."""
        from monitor.registries.isrctn import drift

        return drift.unknown(document.content)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat()


def _day(as_of: datetime) -> date:
    return as_of.astimezone(UTC).date()


ADAPTER = Isrctn
