"""Checks at one pace and days of digests: measured, and predicted from smaller ones."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import monotonic

from bench.digests import Day, Size, pass_day
from bench.installed import Installed, installed, summary
from bench.registry import Registry, served
from bench.simulated.asking import checks_take
from bench.simulated.compared import Compared
from bench.simulated.costs import AskingCosts
from bench.simulated.measured import machine_seconds, process_seconds
from bench.wanted import Wanted

TRIALS = 1_000
PACES = ((1, 2.0), (2, 1.0), (3, 2.0))
"""Checks at once, and requests a second."""
SMALL_DAYS = (Size(changes=500, subscribers=60), Size(changes=1_500, subscribers=60))
DAY = Size(changes=2_000, subscribers=150)
_PER_SECOND = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND"


def checks_compared(wanted: Wanted) -> tuple[AskingCosts, list[Compared]]:
    """First checks of many trials, which make a dozen requests: alone at full speed, then at a pace."""
    compared = []
    with served(TRIALS) as registry, installed(registry) as ours:
        ours.watch(TRIALS)
        watched = Path(shutil.copy(ours.database, ours.folder / "watched.sqlite3"))
        wanted.say("checks: at full speed")
        started = median(ours.run("watch", "list").cpu for _ in range(3))
        alone, answering = [], process_seconds(registry.pid)
        for _ in range(wanted.runs):
            _again(ours, watched)
            alone.append(ours.check())
        requests = int(summary(alone[-1])["requests"])
        answer = (process_seconds(registry.pid) - answering) / (requests * wanted.runs)
        costs = AskingCosts(
            start=started, request=(median(each.cpu for each in alone) - started) / requests, answer=answer
        )
        for processes, per_second in PACES:
            wanted.say(f"checks: {processes} at once, {per_second:g} requests a second")
            _again(ours, watched)
            seconds, others = _together(ours, registry, processes, per_second)
            wanted.say(f"  {seconds:.1f} s, others used {others:.2f} cores; {costs}, {requests} requests")
            predicted = checks_take(processes, requests, per_second, costs, others=others)
            name = f"{processes} first checks of {TRIALS:,} trials at once, {per_second:g} requests a second"
            compared.append(Compared(name, seconds, predicted, "s"))
    return costs, compared


def _again(ours: Installed, watched: Path) -> None:
    for old in ours.database.parent.glob("*.sqlite3*"):
        old.unlink()
    shutil.copy(watched, ours.database)


def _together(ours: Installed, registry: Registry, processes: int, per_second: float) -> tuple[float, float]:
    """Seconds until all have ended, and the cores that others used."""
    busy, answering, began = machine_seconds(), process_seconds(registry.pid), monotonic()
    with ThreadPoolExecutor(processes) as pool:
        environment = {**ours.environment, _PER_SECOND: str(per_second)}
        paced = Installed(ours.folder, environment)
        ran = list(pool.map(lambda _: paced.check(), range(processes)))
    seconds = monotonic() - began
    ours_and_its = sum(each.cpu for each in ran) + process_seconds(registry.pid) - answering
    others = (machine_seconds() - busy - ours_and_its) / seconds
    return seconds, max(others, 0.0)


def digests_compared(wanted: Wanted) -> tuple[float, float, list[Compared]]:
    """Processor seconds of a mail and of a change told in it, by two small days; and a larger one, predicted."""
    small = [pass_day(size, wanted) for size in SMALL_DAYS]
    mail, change = _of_a_mail_and_a_change(*small)
    day = pass_day(DAY, wanted)
    name = f"a day of digests: {DAY.changes:,} changes, {day.mails:,} mails that tell {day.told:,}"
    return mail, change, [Compared(name, day.composing + day.making, day.mails * mail + day.told * change, "s")]


def _of_a_mail_and_a_change(first: Day, second: Day) -> tuple[float, float]:
    """Two equations with two unknowns; all of it by the mail where a change costs too little to be seen."""
    spent = [each.composing + each.making for each in (first, second)]
    whole = first.mails * second.told - second.mails * first.told
    mail = (spent[0] * second.told - spent[1] * first.told) / whole
    change = (first.mails * spent[1] - second.mails * spent[0]) / whole
    return (mail, change) if change > 0 else (sum(spent) / (first.mails + second.mails), 0.0)
