"""Checks of watching: the registry, whether it is checked, and which trials are out of date."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from monitor.alerts.unseen import unseen_words
from monitor.errors import MonitorError
from monitor.model.stamps import built_at
from monitor.model.unseen import UnseenReason
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
from monitor.ports import FetchedRegistry, HistoryReading, Registry, old_after
from monitor.storage import backfills, condition, coverage, drift, health, quarantine, trials
from monitor.storage.coverage import Unseen
from monitor.text import counted, moment, natural_list, one_line, stamp

_AWAITED = "`monitor import FILE` takes in an export of the WHO's portal that has it"
_REMEDIES = {
    UnseenReason.DENIED: "check the number; `monitor watch remove TRIAL_ID` ends asking for it",
    UnseenReason.NEVER_READ: "run `monitor check`; it says what is the matter with each",
    UnseenReason.NOT_BELIEVED: "`monitor quarantine` shows the answers with the reason",
    UnseenReason.MISSING: "they are asked for again with each look",
    UnseenReason.SILENT: "run `monitor check`, or start `monitor serve`, which looks by itself",
    UnseenReason.NOT_CONFIRMED: "run `monitor check`; of two data builds of a day, the second is told apart later",
}
_IN_AN_OUTAGE = {
    UnseenReason.SILENT: "the registry is asked, and cannot be read: they are seen again once it can",
}
"""Instead, where the registry cannot be read: to ask it once more by hand would change nothing."""


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
    if now - built > old_after(registry):
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
    fed = {each.key for each in context.registries if not isinstance(each, FetchedRegistry)}
    failing = _failing(context)
    since = coverage.seen_since(context.now, check_every=context.config.schedule.check_every)
    for each in coverage.unseen(context.tx, since=since):
        is_fed = each.registry in fed
        if each.reason is UnseenReason.SILENT and is_fed:
            continue
        words = f"{counted(each.count, 'watched trial')} of {each.registry}: {unseen_words(each.reason, is_fed=is_fed)}"
        say = problem if each.reason is UnseenReason.NEVER_READ and not is_fed else note
        remedies = {**_REMEDIES, **_IN_AN_OUTAGE} if each.registry in failing else _REMEDIES
        yield say(words + such_as(each), _AWAITED if is_fed else remedies[each.reason])
    for number in condition.empty_watches(context.tx):
        yield note(f"watch {number} holds no trial", f"`monitor watch remove {number}`, or wait for what it searches")


def _failing(context: DatabaseContext) -> set[str]:
    """The registries that were asked of late and could not be read: somebody looks, and it helps nothing."""
    asked_since = context.now - OVERDUE_AFTER
    return {each.registry for each in health.listing(context.tx) if each.failures and each.next_check_at >= asked_since}


def such_as(unseen: Unseen) -> str:
    """Examples of trials that are not seen, as they stand behind the words."""
    named = natural_list([*unseen.examples], coverage.EXAMPLES)
    if not named:
        return ""
    return f", such as {named}" if unseen.count > len(unseen.examples) else f": {named}"


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
