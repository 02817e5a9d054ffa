"""Checks of the database: its pages, its journal, the key of its secrets, and whether what it holds can be read."""

import sqlite3
from collections.abc import Iterator, Sequence
from time import monotonic

from monitor.operate.doctor.findings import DatabaseContext, Finding, fine, is_sqlite, note, problem
from monitor.storage import condition, endpoints, jobs, jobs_schema, list_counts
from monitor.storage.inspection import damaged_subscriptions, inspect
from monitor.storage.jobs import Standing
from monitor.storage.journals import choose_journal
from monitor.storage.migrations import HEAD
from monitor.text import counted, one_line

LATE = 300.0
"""Seconds for which a job may wait."""
READS_FOR = 60.0
"""Seconds, in which a few hundred thousand snapshots are read."""


def database(context: DatabaseContext) -> Iterator[Finding]:
    """Whether the database is intact."""
    if disorder := condition.disorder(context.tx):
        yield problem(f"it is damaged: {one_line(disorder)}", "restore a backup: `monitor restore FILE --force`")
    else:
        yield fine(f"opened, schema {HEAD}" + (", every page in order" if is_sqlite(context) else ""))


def journal(context: DatabaseContext) -> Iterator[Finding]:
    """Whether this SQLite can be trusted with the journal that the database has."""
    if not is_sqlite(context):
        return
    mode, wanted = condition.journal_mode(context.tx), choose_journal(sqlite3.sqlite_version_info)
    if mode == "wal" and wanted.mode != "wal":
        yield problem(f"the database is in WAL mode. {wanted.reason}", "end all other processes, and run any command")
    else:
        yield fine(f"{mode}. {wanted.reason}")


def waiting_jobs(context: DatabaseContext) -> Iterator[Finding]:
    """Whether jobs are taken, on PostgreSQL, and whether their tables are those of the package that is installed."""
    if is_sqlite(context):
        return
    if not jobs_schema.is_installed():
        yield note("Procrastinate is not installed, so one process does all the work", jobs_schema.INSTALL)
        return
    if not jobs_schema.are_there(context.tx) or jobs_schema.is_old(context.tx):
        yield problem(
            "the tables of jobs are not those of the Procrastinate that is installed", "run `monitor migrate`"
        )
        return
    standing = jobs.standing(context.tx)
    if standing and standing.workers:
        yield from _taken(standing)
    elif standing and any(each.waiting for each in standing.queues):
        yield note("jobs wait, and no process takes them", "run `monitor serve` or `monitor worker`")
    else:
        yield fine("none waits")


def _taken(standing: Standing) -> Iterator[Finding]:
    late = [each for each in standing.queues if each.waiting and each.seconds > LATE]
    for each in late:
        words = f"{counted(each.waiting, 'job')} of the queue {each.queue}, the oldest for {each.seconds:.0f} s"
        yield problem(words, "see whether the workers live; add some, if they have too much to do")
    if not late:
        waiting = sum(each.waiting for each in standing.queues)
        yield fine(f"{waiting:,} waiting, {counted(standing.workers, 'queue')} served")


def key(context: DatabaseContext) -> Iterator[Finding]:
    """Whether the vault's key is there, is kept to its owner, and opens what is sealed."""
    every = endpoints.listing(context.tx)
    if not every:
        yield fine("nothing is sealed yet")
    elif closed := endpoints.locked(context.tx, context.vault):
        yield _closed([each.shown for each in closed], of=len(every))
    else:
        yield fine(f"opens {counted(len(every), 'address', 'addresses')}")


def _closed(shown: Sequence[str], *, of: int) -> Finding:
    """A finding that the key does not open some addresses: if it opens others, these are damaged or older than it."""
    put_back = "put back the secret.key, or the MONITOR_SECRET_KEY, that was used when they were subscribed"
    words = f"it does not open {len(shown):,} of {counted(of, 'address', 'addresses')}"
    if len(shown) == of:
        return problem(words, put_back)
    named = one_line(", ".join(shown[:3])) + (" …" if len(shown) > 3 else "")
    return problem(f"{words}, and opens the others: {named}", f"subscribe these again, or {put_back}")


def lists(context: DatabaseContext) -> Iterator[Finding]:
    """Whether lists of trials and changes count what there is."""
    if wrong := list_counts.wrong(context.tx):
        yield problem(f"{counted(wrong, 'count')} of lists wrong", "run `monitor migrate`, which counts again")


def readable(context: DatabaseContext) -> Iterator[Finding]:
    """Whether snapshots, events and subscriptions can be read back, as far as there is time to try."""
    until = monotonic() + READS_FOR
    found = inspect(context.tx, is_over=lambda: monotonic() > until)
    if found.standing:
        remedy = "restore a backup that has it; without one, the next change of each begins a new baseline"
        yield problem(_and_others(found.standing), remedy)
    if found.past:
        yield note(_and_others(found.past), "what can be read is shown, compared and exported")
    for words in damaged_subscriptions(context.tx):
        yield problem(f"{words}; until then nothing is filtered", "make it again: `monitor subscriptions list`")
    if found.read < found.total:
        words = f"{found.read:,} of {counted(found.total, 'snapshot')} read back in {READS_FOR:.0f} s"
        yield note(words, "`monitor backup FILE` reads all of them")
    elif not (found.standing or found.past):
        yield fine(f"{counted(found.total, 'snapshot')} read back")


def _and_others(reasons: Sequence[str]) -> str:
    others = len(reasons) - 1
    return one_line(reasons[0]) + (f" (and {others:,} more)" if others else "")
