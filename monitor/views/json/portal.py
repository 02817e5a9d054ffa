"""What an import of the portal's export came to, with --json. Pure."""

from typing import TYPE_CHECKING, Protocol

from monitor.views.json.checks import checked_json

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from monitor.model import Checked, Json
    from monitor.model.checked import Result
    from monitor.operate.transfer.portal import PortalExport
    from monitor.watching.watches import Added


class Taken(Protocol):
    """What came of the records of an export."""

    results: "Counter[Result]"
    news: "list[Checked]"
    older: int


def portal_import_json(
    export: "PortalExport", taken: Taken, added: "Sequence[Added]", *, alerted: bool
) -> "dict[str, Json]":
    """One object: what was taken by registry, what each result counts, what changed, and what was not taken."""
    return {
        "file": export.name,
        "day": export.day.isoformat(),
        "trials": {key: len(trials) for key, trials in export.fed.items()},
        "results": {str(result): count for result, count in taken.results.items()},
        "older": taken.older,
        "news": [checked_json(each) for each in taken.news],
        "alerted": alerted,
        "not_taken": {key: len(trials) for key, trials in export.asked.items()},
        "unknown": dict(export.strangers),
        "watches": {each.registry: each.watch.id for each in added},
        "left": [*export.left],
    }
