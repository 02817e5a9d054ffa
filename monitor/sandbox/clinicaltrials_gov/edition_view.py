"""The studies of an edition as one request sees them, honest or tampered with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.sandbox.clinicaltrials_gov.editions import Edition
from monitor.sandbox.clinicaltrials_gov.listing import Finder, StudiesQuery
from monitor.sandbox.clinicaltrials_gov.projection import Projection
from monitor.sandbox.clinicaltrials_gov.rendering import Renderer
from monitor.sandbox.clinicaltrials_gov.spoiling import tampered
from monitor.sandbox.misbehaviour import Fault, Misbehaviour


@dataclass(frozen=True)
class EditionView:
    """An edition, and the caches for answering from it quickly."""

    edition: Edition
    renderer: Renderer
    finder: Finder
    tampering: Misbehaviour | None = field(default=None)
    """What is wrong with some or all studies, for this one request."""

    def find(self, query: StudiesQuery) -> Sequence[str]:
        """The ids of the trials that match a query."""
        found = self.finder.find(self.edition, query)
        if self.tampering and self.tampering.kind is Fault.UNKNOWN:
            return [trial_id for trial_id in found if not self.tampering.concerns(trial_id)]
        if self.tampering and self.tampering.kind is Fault.COVERAGE:
            return found[1::2]
        return found

    def holds(self, trial_id: str) -> bool:
        """Whether the trial exists, as far as this request may see."""
        denied = self.tampering and self.tampering.kind is Fault.UNKNOWN and self.tampering.concerns(trial_id)
        return trial_id in self.edition and not denied

    def study(self, trial_id: str, projection: Projection | None) -> bytes:
        """One study's bytes."""
        if self.tampering and self.tampering.concerns(trial_id):
            return self._tampered(self.tampering.kind, trial_id, projection)
        return self.renderer.render(self.edition, trial_id, projection)

    def _tampered(self, kind: Fault, trial_id: str, projection: Projection | None) -> bytes:
        if kind is Fault.STALE:
            return self.renderer.render_former(self.edition, trial_id, projection)
        if kind is Fault.EMPTY:
            return b"{}"
        if kind is Fault.WRONG_ID:
            other = next((other for other in self.edition.trial_ids() if other != trial_id), trial_id)
            return self.renderer.render(self.edition, other, projection)
        if kind in (Fault.FUTURE, Fault.HUGE):
            return tampered(kind, self.renderer.render(self.edition, trial_id, projection))
        return self.renderer.render(self.edition, trial_id, projection)
