"""Look at everything and say what is wrong, each finding with its remedy. Nothing is changed, and no mail is sent.

A check is a function of a `Case` that yields findings, and one line in CHECKS; one that crashes is itself a finding.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic

from sqlalchemy import Connection

from monitor.channels.configured import email_channel
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.model import Way
from monitor.model.stamps import DATA_OLD_AFTER, built_at
from monitor.ports import Registry
from monitor.storage import condition, drift, endpoints, health, notices, quarantine, silence
from monitor.storage.copying import sqlite_file
from monitor.storage.inspection import damaged_subscriptions, inspect
from monitor.storage.journals import choose_journal
from monitor.storage.migrations import HEAD
from monitor.storage.store import Store
from monitor.text import counted, moment, one_line, size, stamp
from monitor.vault import Vault

OVERDUE_AFTER = timedelta(hours=1)
RECENT = timedelta(days=7)
LITTLE_SPACE = 1_000_000_000
NO_SPACE = 100_000_000
"""Bytes."""
CLOCK_SLACK = timedelta(minutes=5)
SMTP_SECONDS = 15.0
READS_FOR = 60.0
"""Seconds, in which a few hundred thousand snapshots are read."""


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; everything works."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: *text* names the thing, *remedy* says what to do, empty where nothing is to be done."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at."""

    config: Config
    registries: Sequence[Registry]
    vault: Vault
    now: datetime


@dataclass(frozen=True, slots=True)
class Case(Patient):
    """The patient with its database open."""

    tx: Connection


def fine(text: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, text)


def note(text: str, remedy: str) -> Finding:
    """Worth knowing."""
    return Finding(Level.NOTE, text, remedy)


def problem(text: str, remedy: str) -> Finding:
    """Something does not work, or soon will not."""
    return Finding(Level.PROBLEM, text, remedy)


def examine(patient: Patient) -> Iterator[tuple[str, Finding]]:
    """Everything that the checks find, each with the check's name, as they find it."""
    for name, check in CHECKS.items():
        yield from _guarded(name, lambda check=check: check(patient))  # type: ignore[misc]
    try:
        store = _opened(patient.config.store.url)
    except MonitorError as error:
        yield "database", problem(str(error), "until then nothing else about it can be said")
        return
    if store is None:
        yield "database", note("there is none yet", "begin with `monitor watch add TRIAL_ID`")
        return
    with closing(store), store.read() as tx:
        if (revision := condition.revision(tx)) != HEAD:
            yield "database", problem(f"it has schema {revision}, and this version {HEAD}", "run `monitor migrate`")
            return
        case = Case(patient.config, patient.registries, patient.vault, patient.now, tx)
        for name, look in CHECKS_OF_THE_DATABASE.items():
            yield from _guarded(name, lambda look=look: look(case))  # type: ignore[misc]


def _guarded(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[tuple[str, Finding]]:
    try:
        for finding in check():
            yield name, finding
    except MonitorError as error:
        yield name, problem(str(error), "")
    except Exception as error:  # whatever it is, the other checks go on
        words = f"this check itself failed: {type(error).__name__}: {one_line(str(error))[:200]}"
        yield name, problem(words, "report it; the other checks are not concerned")


def _opened(url: str) -> Store | None:
    """The database as it is; None where there is none."""
    file = sqlite_file(url)
    return None if file is not None and not file.exists() else Store.as_it_is(url)


# Without a database


def disk(patient: Patient) -> Iterator[Finding]:
    """Space for the database, and for a copy of it."""
    file = sqlite_file(patient.config.store.url)
    folder = (file or Path("snapshots") / "any").absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    held = file.stat().st_size if file and file.exists() else 0
    words = f"{size(free)} free in {folder}"
    if free < NO_SPACE:
        yield problem(words, "free some space before the database can no longer grow")
    elif free < max(LITTLE_SPACE, held):
        yield note(words, "free some space: a backup needs as much as the database")
    else:
        yield fine(words)


def privacy(patient: Patient) -> Iterator[Finding]:
    """Whether anybody else on this machine can read the database: which trials somebody watches is private."""
    file = sqlite_file(patient.config.store.url)
    if file is None or not file.exists():
        return
    mode = file.stat().st_mode & 0o777
    words = f"{file} has mode {mode:o}"
    if mode & 0o007:
        yield problem(f"{words}: anybody on this machine can read it", f"chmod 600 {file}")
    elif mode & 0o070:
        yield note(f"{words}: its group can read it", f"if that is not meant: chmod 600 {file}")
    else:
        yield fine(f"{words}: its owner's alone")


def registry(patient: Patient) -> Iterator[Finding]:
    """Whether it answers, how old its data are, and whether our clock can be right."""
    for each in patient.registries:
        version = each.version(None)
        built = built_at(version.stamp)
        words = f"{each.key} answers: data of {stamp(version.stamp)}"
        if built is None:
            yield note(words, "its version stamp is not a time: see whether a newer version can read it")
        elif patient.now - built > DATA_OLD_AFTER:
            yield problem(f"{words}, {(patient.now - built).days} days old", f"see whether {each.key} tells why")
        elif built - patient.now > timedelta(days=1):
            yield problem(f"{words}, which is still to come", "set this machine's clock: `timedatectl` shows it")
        else:
            yield fine(words)


def operator(patient: Patient) -> Iterator[Finding]:
    """Who hears of trouble."""
    if ways := patient.config.operator.addresses:
        yield fine(f"hears of trouble by {' and '.join(ways)}")
    else:
        yield note("nobody hears of trouble", "give [operator] an email, webhook or chat in config.toml")


# In the database


def database(case: Case) -> Iterator[Finding]:
    """Whether it is in order."""
    if disorder := condition.disorder(case.tx):
        yield problem(f"it is damaged: {one_line(disorder)}", "restore a backup: `monitor restore FILE --force`")
    else:
        yield fine(f"opened, schema {HEAD}" + (", every page in order" if _is_sqlite(case) else ""))


def journal(case: Case) -> Iterator[Finding]:
    """Whether this SQLite can be trusted with the journal that the database has."""
    if not _is_sqlite(case):
        return
    mode, wanted = condition.journal_mode(case.tx), choose_journal(sqlite3.sqlite_version_info)
    if mode == "wal" and wanted.mode != "wal":
        yield problem(f"the database is in WAL mode. {wanted.reason}", "end all other processes, and run any command")
    else:
        yield fine(f"{mode}. {wanted.reason}")


def key(case: Case) -> Iterator[Finding]:
    """Whether the vault's key is there, is kept to its owner, and opens what is sealed."""
    every = endpoints.listing(case.tx)
    if not every:
        yield fine("nothing is sealed yet")
    elif closed := endpoints.locked(case.tx, case.vault):
        yield _closed([each.shown for each in closed], of=len(every))
    else:
        yield fine(f"opens {counted(len(every), 'address', 'addresses')}")


def _closed(shown: Sequence[str], *, of: int) -> Finding:
    """That the key does not open some addresses: where it opens others, these are damaged, or older than the key."""
    put_back = "put back the secret.key, or the MONITOR_SECRET_KEY, that was used when they were subscribed"
    words = f"it does not open {len(shown):,} of {counted(of, 'address', 'addresses')}"
    if len(shown) == of:
        return problem(words, put_back)
    named = one_line(", ".join(shown[:3])) + (" …" if len(shown) > 3 else "")
    return problem(f"{words}, and opens the others: {named}", f"subscribe these again, or {put_back}")


def clock(case: Case) -> Iterator[Finding]:
    """Whether time went back."""
    newest = condition.newest_moment(case.tx)
    if newest is not None and newest - case.now > CLOCK_SLACK:
        yield problem(
            f"it is {moment(case.now)} here, and the database knows of {moment(newest)}",
            "set this machine's clock: `timedatectl` shows it",
        )
    else:
        yield fine(f"{moment(case.now)}, not behind what the database holds")


def smtp(case: Case) -> Iterator[Finding]:
    """Whether the mail server lets us in, where somebody is told by mail."""
    if Way.EMAIL not in condition.told_by(case.tx) and not case.config.operator.email:
        return
    settings = case.config.smtp
    channel = email_channel(case.config, timeout=SMTP_SECONDS, deadline=SMTP_SECONDS)
    try:
        channel.greet()
    except MonitorError as error:
        yield problem(f"no mail can be sent: {error}", "correct [smtp] in config.toml, or start the server")
    else:
        yield fine(f"{settings.host}:{settings.port} lets us in")


def receivers(case: Case) -> Iterator[Finding]:
    """Endpoints that fail."""
    for each in endpoints.listing(case.tx):
        where = f"{each.way} {one_line(each.shown)}"
        if each.disabled_at:
            remedy = "once it works again, `monitor subscriptions resume SUBSCRIPTION` sends what waited"
            yield problem(f"{where} is disabled since {moment(each.disabled_at)}", remedy)
        elif each.failing_since:
            remedy = "`monitor deliveries list` shows what waits, and `monitor deliveries show D` why"
            yield note(f"{where} has failed since {moment(each.failing_since)}", remedy)


def outbox(case: Case) -> Iterator[Finding]:
    """Deliveries that nobody makes."""
    if late := condition.overdue(case.tx, case.now - OVERDUE_AFTER):
        yield problem(
            f"{counted(late, 'delivery', 'deliveries')} overdue", "start `monitor serve`, or run `monitor deliver`"
        )
    else:
        yield fine("nothing is overdue")


def looks(case: Case) -> Iterator[Finding]:
    """Registries that nobody looks at, though they are due."""
    for name, due_at in condition.looks_missed(case.tx, case.now - OVERDUE_AFTER).items():
        words = f"a look at {name} has been due since {moment(due_at)}"
        yield problem(words, "start `monitor serve` and see its log, or run `monitor check`")


def readable(case: Case) -> Iterator[Finding]:
    """Whether snapshots, events and subscriptions can be read back, as far as there is time to try."""
    until = monotonic() + READS_FOR
    found = inspect(case.tx, is_over=lambda: monotonic() > until)
    if found.standing:
        remedy = "restore a backup that has it; without one, the next change of each begins a new baseline"
        yield problem(_and_others(found.standing), remedy)
    if found.past:
        yield note(_and_others(found.past), "what can be read is shown, compared and exported")
    for words in damaged_subscriptions(case.tx):
        yield problem(f"{words}; until then nothing is filtered", "make it again: `monitor subscriptions list`")
    if found.read < found.total:
        words = f"{found.read:,} of {counted(found.total, 'snapshot')} read back in {READS_FOR:.0f} s"
        yield note(words, "`monitor backup FILE` reads all of them")
    elif not (found.standing or found.past):
        yield fine(f"{counted(found.total, 'snapshot')} read back")


def _and_others(reasons: Sequence[str]) -> str:
    others = len(reasons) - 1
    return one_line(reasons[0]) + (f" (and {others:,} more)" if others else "")


def outage(case: Case) -> Iterator[Finding]:
    """Registries that could not be read."""
    for each in health.listing(case.tx):
        if each.failing_since:
            words = f"{each.registry} could not be read since {moment(each.failing_since)}"
            again = f"it is asked again at {moment(each.next_check_at)} by `monitor serve`"
            yield problem(f"{words}: {one_line(each.reason or 'no reason given')}", again)


def watched(case: Case) -> Iterator[Finding]:
    """Trials that are not known as they are, and watches that watch nothing."""
    unread = condition.unread(case.tx)
    if unread.never:
        words = f"{counted(unread.never, 'watched trial')} never read, such as {unread.example}"
        yield problem(words, "run `monitor check`; it says what is the matter with each")
    if unread.behind:
        words = f"{counted(unread.behind, 'watched trial')} not read since the registry renewed its data"
        yield note(words, "run `monitor check`, unless a pass is under way")
    for number in condition.empty_watches(case.tx):
        yield note(f"watch {number} holds no trial", f"`monitor watch remove {number}`, or wait for what it searches")


def silent(case: Case) -> Iterator[Finding]:
    """Subscriptions that can hear of nothing."""
    for subscription_id, reason in silence.reasons(case.tx).items():
        why, _, remedy = reason.partition(": ")
        yield problem(f"subscription {subscription_id[:8]} cannot hear of everything: {why}", remedy)


def unbelieved(case: Case) -> Iterator[Finding]:
    """Answers in the quarantine, events that are held, and what registries serve that is unknown."""
    if kept := quarantine.listing(case.tx):
        yield note(f"{counted(len(kept), 'answer')} not believed", "`monitor quarantine` shows them with the reason")
    held, behind = condition.held(case.tx)
    if held:
        remedy = "`monitor held list` shows them; release or discard them"
        also = f", and {counted(behind, 'later one')} of the same trials behind them" if behind else ""
        yield problem(f"{counted(held, 'event')} held{also}, kept back until you decide", remedy)
    if unknown := drift.listing(case.tx):
        yield note(
            f"{counted(len(unknown), 'unknown field or value', 'unknown fields or values')}", "see `monitor drift`"
        )


def told(case: Case) -> Iterator[Finding]:
    """What the operator was told lately."""
    for each in notices.listing(case.tx):
        if case.now - each.occurred_at < RECENT:
            yield note(f"{moment(each.occurred_at)}: {one_line(each.subject)}", one_line(each.text))


CHECKS: dict[str, Callable[[Patient], Iterator[Finding]]] = {
    "disk": disk,
    "privacy": privacy,
    "registry": registry,
    "operator": operator,
}
CHECKS_OF_THE_DATABASE: dict[str, Callable[[Case], Iterator[Finding]]] = {
    "database": database,
    "journal": journal,
    "key": key,
    "clock": clock,
    "mail server": smtp,
    "receivers": receivers,
    "deliveries": outbox,
    "looks": looks,
    "snapshots": readable,
    "outage": outage,
    "trials": watched,
    "subscriptions": silent,
    "unbelieved": unbelieved,
    "notices": told,
}


def _is_sqlite(case: Case) -> bool:
    return sqlite_file(case.config.store.url) is not None
