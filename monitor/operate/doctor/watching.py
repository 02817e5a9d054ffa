"""Checks of watching: the registry, whether it is checked, and which trials are out of date."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from monitor.errors import MonitorError
from monitor.model.stamps import DATA_OLD_AFTER, built_at
from monitor.operate.doctor.findings import (
    OVERDUE_AFTER,
    DatabaseContext,
    DoctorContext,
    Finding,
    Reading,
    fine,
    note,
    problem,
)
from monitor.ports import FetchedRegistry, HistoryReading, Registry
from monitor.storage import backfills, condition, drift, health, quarantine, trials
from monitor.text import counted, moment, one_line, stamp


def registry(context: DoctorContext) -> Iterator[Finding]:
    """Whether the default registry answers, how old its data are, and whether our clock can be right."""
    default = context.registries[0].key
    yield from _all_answering((each for each in context.registries if each.key == default), context.now)


def others(context: DatabaseContext) -> Iterator[Finding]:
    """The same of the others of which something is watched: a look at one may cost it more than a few bytes."""
    default = context.registries[0].key
    watched = trials.watched_registries(context.tx) - {default}
    yield from _all_answering((each for each in context.registries if each.key in watched), context.now)


def _all_answering(registries: Iterable[Registry], now: datetime) -> Iterator[Finding]:
    for each in registries:
        if not isinstance(each, FetchedRegistry):
            continue
        try:
            yield _answering(each, now)
        except MonitorError as error:
            yield problem(str(error), "")


def _answering(registry: FetchedRegistry, now: datetime) -> Finding:
    version = registry.version(None)
    built = built_at(version.stamp)
    words = f"{registry.key} answers: data of {stamp(version.stamp)}"
    if built is None:
        return note(words, "its version stamp is not a time: see whether a newer version can read it")
    if now - built > DATA_OLD_AFTER:
        return problem(f"{words}, {(now - built).days} days old", f"see whether {registry.key} tells why")
    if built - now > timedelta(days=1):
        return problem(f"{words}, which is still to come", "set this machine's clock: `timedatectl` shows it")
    return fine(words)


def looks(context: Reading) -> Iterator[Finding]:
    """Registries that are due and not checked."""
    for name, due_at in condition.looks_missed(context.tx, context.now - OVERDUE_AFTER).items():
        words = f"a look at {name} has been due since {moment(due_at)}"
        yield problem(words, "start `monitor serve` and see its log, or run `monitor check`")


def outage(context: Reading) -> Iterator[Finding]:
    """Registries that could not be read."""
    for each in health.listing(context.tx):
        if each.failing_since:
            words = f"{each.registry} could not be read since {moment(each.failing_since)}"
            again = f"it is asked again at {moment(each.next_check_at)} by `monitor serve`"
            yield problem(f"{words}: {one_line(each.reason or 'no reason given')}", again)


def watched(context: DatabaseContext) -> Iterator[Finding]:
    """Trials that are out of date, and watches that watch nothing."""
    fed = [each.key for each in context.registries if not isinstance(each, FetchedRegistry)]
    unread = condition.unread(context.tx, fed)
    if unread.never:
        words = f"{counted(unread.never, 'watched trial')} never read, such as {unread.example}"
        yield problem(words, "run `monitor check`; it says what is the matter with each")
    if unread.behind:
        words = f"{counted(unread.behind, 'watched trial')} not verified in the registry's latest data"
        yield note(words, "run `monitor check`; of two data builds of a day, the second is told apart a day later")
    number, example = condition.awaited(context.tx, fed)
    if number:
        words = f"{counted(number, 'watched trial')} in no imported file yet, such as {example}"
        yield note(words, "`monitor import FILE` takes in an export of the WHO's portal that has it")
    for number in condition.empty_watches(context.tx):
        yield note(f"watch {number} holds no trial", f"`monitor watch remove {number}`, or wait for what it searches")


def history(context: DatabaseContext) -> Iterator[Finding]:
    """Trials whose former versions could not be had, where these are asked for."""
    for each in context.registries:
        if not isinstance(each, HistoryReading) or not each.asks_history:
            continue
        if failed := backfills.failed(context.tx, each.key):
            trial_id, reason = failed[0]
            words = (
                f"the history of {counted(len(failed), 'trial')} not fetched, such as {trial_id}: {one_line(reason)}"
            )
            yield note(words, f"it is asked for again later; `monitor backfill {trial_id}` does so now")


def unbelieved(context: DatabaseContext) -> Iterator[Finding]:
    """Answers in the quarantine, held events, and unknown fields and values."""
    if kept := quarantine.listing(context.tx):
        yield note(f"{counted(len(kept), 'answer')} not believed", "`monitor quarantine` shows them with the reason")
    held, behind = condition.held(context.tx)
    if held:
        remedy = "`monitor held list` shows them; release or discard them"
        also = f", and {counted(behind, 'later one')} of the same trials behind them" if behind else ""
        yield problem(f"{counted(held, 'event')} held{also}, kept back until you decide", remedy)
    if unknown := drift.listing(context.tx):
        yield note(
            f"{counted(len(unknown), 'unknown field or value', 'unknown fields or values')}", "see `monitor drift`"
        )
