"""Study type, phase, allocation, masking, intervention model and primary purpose. Pure."""

from collections.abc import Iterator

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.wording import change_sentence
from monitor.changes.fields import FIELDS
from monitor.model import Coded, Difference

_CODED = ("study_type", "allocation", "masking", "intervention_model", "primary_purpose")


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell the phase, then every coded value of the design."""
    yield from _phase(pair)
    for field in _CODED:
        yield from coded_difference(pair, field)


def coded_difference(pair: Comparison, field: str) -> Iterator[Difference]:
    """Tell a field that holds one coded value."""
    before: Coded | None = getattr(pair.before, field)
    after: Coded | None = getattr(pair.after, field)
    if before != after:
        summary = change_sentence(FIELDS[field].label, before.words if before else None, after.words if after else None)
        yield pair.difference(field, before=before, after=after, summary=summary)


def _phase(pair: Comparison) -> Iterator[Difference]:
    before, after = pair.before.phases, pair.after.phases
    if sorted(phase.code for phase in before) != sorted(phase.code for phase in after):
        summary = change_sentence("Phase", _joined(before), _joined(after))
        yield pair.difference("phases", before=before, after=after, summary=summary)


def _joined(phases: tuple[Coded, ...]) -> str | None:
    return "/".join(phase.words for phase in phases) or None
