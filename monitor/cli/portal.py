"""What `monitor import` does with an export of the WHO's portal, and says of it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.cli.checked import writer
from monitor.cli.progress import progress
from monitor.cli.session import complain, console, write_json
from monitor.model.checked import MANY, Checked, Result
from monitor.text import counted, natural_list
from monitor.views.json.portal import portal_import_json

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.operate.transfer.portal import PortalExport
    from monitor.watching.watches import Added


WATCH = "ICTRP"
"""What the watch is called that grows with each file, unless it is given a name."""


@dataclass(slots=True)
class Taken:
    """What came of the records of an export."""

    results: Counter[Result] = field(default_factory=Counter)
    news: list[Checked] = field(default_factory=list)
    """Those that changed, or could not be believed."""
    older: int = 0
    """Trials of which there was a record of a later day."""


def take_portal_export(
    program: "App", export: "PortalExport", name: str | None, *, alert: bool, as_json: bool
) -> list[str]:
    """Take in the records of an export, watch its trials, and say what came of both; give what cannot be used."""
    from monitor.clock import utc_now
    from monitor.watching.watches import add_trials

    taken = Taken()
    with progress("Importing", shown=not as_json) as report_progress:
        for one in program.feed(export.documents(report_progress), day=export.day, alerts=alert):
            if not isinstance(one, Checked):
                taken.older += 1
                continue
            taken.results[one.result] += 1
            if one.changes or one.error:
                taken.news.append(one)
    watched = name or (WATCH if export.fed else None)
    added = [*add_trials({**export.fed, **export.asked}, store=program.store, name=watched, now=utc_now())]
    if as_json:
        write_json(portal_import_json(export, taken, added, alerted=alert))
        return export.left
    show = writer(MANY, finds_more=True, as_json=False)
    for one in taken.news:
        show(one)
    out = console()
    for line in _lines(export, taken, added, alert=alert):
        out.print(line, soft_wrap=True, markup=False)
    for key, trials in export.asked.items():
        complain(
            f"{counted(len(trials), 'trial')} of {key}: watched, but no record is taken from the file. "
            "That registry is asked itself, and what it says does not compare with the portal's words"
        )
    for source, rows in export.strangers.most_common(10):
        complain(f"{counted(rows, 'row')} of {source} not taken: no registry known here has such trial ids")
    return export.left


def _lines(export: "PortalExport", taken: Taken, added: "list[Added]", *, alert: bool) -> list[str]:
    came = ", ".join(
        f"{taken.results[result]:,} {words}"
        for result, words in (
            (Result.BASELINE, "new here"),
            (Result.CHANGED, "changed"),
            (Result.HELD, "changed and held back"),
            (Result.UNCHANGED, "as before"),
            (Result.FAILED, "not believed"),
        )
        if taken.results[result]
    )
    trials = counted(sum(map(len, export.fed.values())), "trial")
    lines = [f"{export.name}, of {export.day}: {trials} of {_registries(export)}{': ' if came else ''}{came}."]
    if taken.older:
        stays = "it is" if taken.older == 1 else "they are"
        lines.append(f"{counted(taken.older, 'trial')} left as {stays}: there is a record of a later day.")
    if taken.results[Result.CHANGED]:
        told = "`monitor deliver` sends what is owed" if alert else "nobody is alerted, as --alert was not given"
        lines.append(f"{counted(taken.results[Result.CHANGED], 'change')} kept: {told}.")
    for number in dict.fromkeys(each.watch.id for each in added):
        those = [each for each in added if each.watch.id == number]
        held, before = sum(len(each.trial_ids) for each in those), sum(len(each.already) for each in those)
        lines.append(f"{counted(held, 'trial')} in watch {number}, {before:,} watched before.")
    return lines


def _registries(export: "PortalExport") -> str:
    return natural_list(sorted(export.fed), 6) or "no registry that files feed"
