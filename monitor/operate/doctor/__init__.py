"""Check everything and report what is wrong, with remedies. Nothing is changed, and no mail is sent.

    machine    disk space, who can read the database file, the clock
    database   its pages, its journal, its key, and whether what it holds can be read back
    watching   the registry, whether it is checked, and the trials that are watched
    alerting   the mail server, receivers, deliveries, subscriptions, the operator
    access     users and tokens

A check is a function that takes a context and yields `findings`, and one line in CHECKS or, if it needs the database,
in DATABASE_CHECKS. A check that crashes is itself a finding.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

from monitor.channels.declared import CHANNELS
from monitor.errors import MonitorError
from monitor.operate.doctor import access, alerting, database, machine, watching
from monitor.operate.doctor.findings import DatabaseContext, DoctorContext, Finding, Level, fine, note, problem
from monitor.storage import condition
from monitor.storage.copying import sqlite_file
from monitor.storage.migrations import HEAD, works_with
from monitor.storage.store import Store
from monitor.text import one_line

__all__ = ["DatabaseContext", "DoctorContext", "Finding", "Level", "examine", "fine", "guarded", "note", "problem"]


def examine(context: DoctorContext) -> Iterator[tuple[str, Finding]]:
    """Run all checks, and yield each finding with the check's name."""
    for name, check in CHECKS.items():
        yield from guarded(name, lambda check=check: check(context))  # type: ignore[misc]
    try:
        store = _opened(context.config.store.url)
    except MonitorError as error:
        yield "database", problem(str(error), "until then nothing else about it can be said")
        return
    if store is None:
        yield "database", note("there is none yet", "begin with `monitor watch add TRIAL_ID`")
        return
    with closing(store), store.read() as tx:
        revision = condition.revision(tx) or ""
        if works_with(revision):
            words = f"a newer version has migrated it (schema {revision}); this one goes on with it (schema {HEAD})"
            yield "database", note(words, "start that version here, too; until then it alone examines the rest")
            return
        if revision != HEAD:
            yield "database", problem(f"it has schema {revision}, and this version {HEAD}", "run `monitor migrate`")
            return
        opened = DatabaseContext(context.config, context.registries, context.vault, context.now, tx)
        for name, check_database in DATABASE_CHECKS.items():
            yield from guarded(name, lambda check=check_database: check(opened))  # type: ignore[misc]


def guarded(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[tuple[str, Finding]]:
    """What a check finds, with its name; that it failed itself, where it does."""
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
    return None if file is not None and not file.exists() else Store.as_it_is(url, even_newer=True)


CHECKS: dict[str, Callable[[DoctorContext], Iterator[Finding]]] = {
    "disk": machine.disk,
    "privacy": machine.privacy,
    "registry": watching.registry,
    "operator": alerting.operator,
    "pages": alerting.pages,
    "bounces": alerting.mailbox,
}
DATABASE_CHECKS: dict[str, Callable[[DatabaseContext], Iterator[Finding]]] = {
    "database": database.database,
    "journal": database.journal,
    "jobs": database.waiting_jobs,
    "key": database.key,
    "clock": machine.clock,
    **{
        f"{channel.server_of} server": partial(alerting.server, name)
        for name, channel in CHANNELS.items()
        if channel.server_of
    },
    "operator": alerting.operator_told,
    "blocks": alerting.blocks,
    "receivers": alerting.receivers,
    "deliveries": alerting.outbox,
    "registries": watching.others,
    "looks": watching.looks,
    "snapshots": database.readable,
    "lists": database.lists,
    "outage": watching.outage,
    "trials": watching.watched,
    "history": watching.history,
    "subscriptions": alerting.silent,
    "unbelieved": watching.unbelieved,
    "notices": alerting.recent_notices,
    "access": access.access,
}
