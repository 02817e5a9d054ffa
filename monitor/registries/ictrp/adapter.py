"""The adapters of the registries that files alone feed: one class each, which differ in what their source says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, cast

from monitor.model import Document, Record
from monitor.ports import Oddity
from monitor.registries.adapter import FedByFiles
from monitor.registries.ictrp.sources import SOURCES, Source


class OfThePortal(FedByFiles):
    """A registry whose records come in exports of the WHO's portal."""

    source: ClassVar[Source]

    def identify(self, text: str) -> str | None:
        """The one trial id that *text* names; None where it names none or several."""
        return self.source.identify(text)

    def ids_in(self, text: str) -> list[str]:
        """Every trial id that *text* names, in its order, as often as it does."""
        return self.source.ids_in(text)

    def page(self, trial_id: str) -> str:
        """The address of the trial's page, for people."""
        return self.source.page(trial_id)

    def from_row(self, trial_id: str, row: Mapping[str, str], *, build: str | None) -> Document:
        """The document that a row of an export is."""
        from monitor.registries.ictrp.documents import document_of  # only an import makes documents

        return document_of(row, registry=self.key, trial_id=trial_id, build=build)

    def prove(self, trial_id: str, raw: bytes) -> Document:
        """The document of which *raw* is the content. Raise AnswerUnreadable where it is none of this trial."""
        from monitor.registries.ictrp.documents import kept_document  # as above

        return kept_document(self.key, trial_id, raw)

    def parse(self, document: Document, as_of: datetime) -> Record:  # noqa: ARG002 - no field depends on the day
        """What a LISTED document says, which is the same on every day."""
        from monitor.registries.ictrp.record import record_of  # every command loads this module, and few read records

        return record_of(document, url=self.page(document.trial_id))

    def unknown(self, document: Document) -> Sequence[Oddity]:
        """Columns that nobody knows here, and a status in other words than the portal's."""
        from monitor.registries.ictrp.drift import unknown  # only an import looks for them

        return unknown(document.content)


def _adapter(source: Source) -> type[OfThePortal]:
    names = {"key": source.key, "name": source.name, "example_id": source.example_id, "source": source}
    made = type(
        source.name.replace("-", ""), (OfThePortal,), {"__module__": __name__, "__doc__": f"{source.name}.", **names}
    )
    return cast("type[OfThePortal]", made)


ADAPTERS = tuple(_adapter(source) for source in SOURCES)
