"""The trials of a sponsor or a condition in figures, as programs read them. Pure."""

from typing import TYPE_CHECKING

from monitor.model import Json

if TYPE_CHECKING:
    from monitor.views.trial_sets import TrialSet


def figures_json(found: "TrialSet") -> dict[str, Json]:
    """How many of the trials stand how, how far their dates slipped in days, and which key dates come next."""
    figures = found.figures
    statuses: list[Json] = [{"code": code, "trials": number} for (code, _), number in figures.by_status.items()]
    due: list[Json] = [
        {
            "registry": each.trial.registry,
            "trial_id": each.trial.trial_id,
            "title": each.trial.title,
            "field": each.field,
            "day": each.day.isoformat(),
            "type": each.written.type,
        }
        for each in found.due
    ]
    return {
        "recruiting": figures.recruiting,
        "stopped_early": figures.stopped,
        "median_slip_days": figures.median_slip,
        "changes_in_90_days": figures.changes_lately,
        "statuses": statuses,
        "due_next": due,
    }
