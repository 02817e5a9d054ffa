"""Jobs: what tells workers of what there is to do, deferred in the transaction that makes it due. PostgreSQL alone.

A job carries ids and nothing else. The truth about what is due is in its own row, so a job that is lost or comes twice
is harmless: whoever takes it claims the row, and `monitor.worker` dispatches again what is due and no job carries.

Where no worker has been alive lately, nothing is deferred: nobody would ever take it, and who starts finds what is due.

The functions of the database that this calls are Procrastinate's; see `monitor.storage.jobs_schema`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import orjson
from sqlalchemy import Connection, Engine, text

from monitor.storage.statements import chunks

FETCH, DELIVER, DIGEST, UPKEEP = QUEUES = ("fetch", "deliver", "digest", "upkeep")
IDS_A_JOB = 100
ALIVE_FOR = 30
"""Seconds without a heartbeat after which a worker counts as gone, and what it had begun as stalled."""
_KNOWN_FOR = 600
"""Seconds for which jobs are deferred for workers that show no sign of life: they may be starting anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A task with its arguments."""

    queue: str
    task: str
    args: Mapping[str, Any]
    lock: str | None = None
    """At any moment, one job with it runs."""
    queueing_lock: str | None = None
    """At any moment, one job with it waits: where there is one already, no other is deferred."""
    after: float = 0
    """Seconds before it may be begun."""


_DEFER = text(f"""
SELECT procrastinate_defer_jobs_v1(array_agg(
    ROW(job->>'queue', job->>'task', 0, job->>'lock', job->>'queueing_lock', job->'args',
        nullif(now() + (job->>'after')::float * interval '1 second', now())
)::procrastinate_job_to_defer_v1 ORDER BY number))
FROM jsonb_array_elements(CAST(:jobs AS jsonb)) WITH ORDINALITY AS jobs (job, number)
WHERE EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '{_KNOWN_FOR} seconds')
AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = job->>'queueing_lock' AND status = 'todo')
HAVING count(*) > 0""")  # noqa: S608 - a number of ours

_IS_THERE = text("SELECT to_regclass('procrastinate_jobs')")
_KNOWN: "WeakSet[Engine]" = WeakSet()
_WAITING = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo'")


def deliver(tx: Connection, delivery_ids: Iterable[str]) -> None:
    """Have these deliveries sent."""
    _defer_ids(tx, DELIVER, "deliver", delivery_ids)


def compose(tx: Connection, subscription_ids: Iterable[str]) -> None:
    """Have the digests of these subscriptions composed."""
    _defer_ids(tx, DIGEST, "digest", subscription_ids)


def check(tx: Connection, registry: str, *, pause: float = 0) -> None:
    """Have what is watched of a registry checked, by one worker at a time, after a *pause* of so many seconds."""
    args = {"registry": registry, "pause": pause}
    defer(tx, [Job(queue=FETCH, task="check", args=args, lock=registry, queueing_lock=registry, after=pause)])


def dispatch(tx: Connection) -> None:
    """Have it looked at now what is due."""
    defer(tx, [Job(queue=UPKEEP, task="dispatch", args={"timestamp": 0}, queueing_lock="dispatch")])


def defer(tx: Connection, jobs: Iterable[Job]) -> None:
    """Defer jobs, once this transaction is committed; nothing on SQLite, or where no worker has been alive lately."""
    if tx.dialect.name != "postgresql" or not _are_known(tx):
        return
    for chunk in chunks(jobs):
        tx.execute(_DEFER, {"jobs": orjson.dumps(chunk).decode()})


@dataclass(frozen=True, slots=True)
class Queued:
    """The jobs of a queue that may be taken now."""

    queue: str
    waiting: int
    oldest: int | None
    """The number of the one that waits longest; None where none does."""
    seconds: float
    """For how long it has waited."""
    stalled: int
    """Jobs whose worker is gone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is with jobs, by the database's own clock."""

    queues: Sequence[Queued]
    """Each of QUEUES."""
    workers: int
    """How many queues are served, by all processes together: those that have shown a sign of life."""


_QUEUED = text(f"""
SELECT queue, coalesce(waiting, 0), oldest, coalesce(extract(epoch FROM now() - coalesce(
    (SELECT max(at) FROM procrastinate_events WHERE job_id = oldest AND at <= now()), now())), 0), coalesce(stalled, 0)
FROM unnest(CAST(:queues AS text[])) WITH ORDINALITY AS queues (queue, number)
LEFT JOIN (SELECT queue_name, count(*) FILTER (WHERE waits) AS waiting, min(id) FILTER (WHERE waits) AS oldest,
        count(*) FILTER (WHERE NOT waits AND stalls) AS stalled
    FROM (SELECT id, queue_name, jobs.status = 'todo' AS waits,
            NOT EXISTS (SELECT FROM procrastinate_workers AS workers WHERE workers.id = jobs.worker_id
                AND last_heartbeat > now() - interval '{ALIVE_FOR} seconds') AS stalls
        FROM procrastinate_jobs AS jobs
        WHERE jobs.status IN ('todo', 'doing') AND (scheduled_at IS NULL OR scheduled_at <= now())) AS jobs
    GROUP BY queue_name) AS counts ON queue_name = queue
ORDER BY number""")  # noqa: S608 - a number of ours
_WORKERS = text(f"""
SELECT count(*) FROM procrastinate_workers
WHERE last_heartbeat > now() - interval '{ALIVE_FOR} seconds'""")  # noqa: S608 - as above


def _are_known(tx: Connection) -> bool:
    """Whether there are tables of jobs; once there are, there always are."""
    if tx.engine not in _KNOWN and tx.scalar(_IS_THERE):
        _KNOWN.add(tx.engine)
    return tx.engine in _KNOWN


def standing(tx: Connection) -> Standing | None:
    """How it is with jobs; None on SQLite, and where there are no tables of jobs."""
    if tx.dialect.name != "postgresql" or not _are_known(tx):
        return None
    rows = tx.execute(_QUEUED, {"queues": list(QUEUES)})
    found = [Queued(queue, count, oldest, float(age), stalled) for queue, count, oldest, age, stalled in rows]
    return Standing(found, workers(tx))


def workers(tx: Connection) -> int:
    """How many queues are served by a process that lives; 0 on SQLite, and where there are no jobs yet."""
    if tx.dialect.name != "postgresql" or not _are_known(tx):
        return 0
    return tx.scalar(_WORKERS) or 0


def waiting(tx: Connection, queue: str) -> int:
    """How many jobs of a queue wait for a worker."""
    return tx.scalar(_WAITING, {"queue": queue}) or 0


def _defer_ids(tx: Connection, queue: str, task: str, ids: Iterable[str]) -> None:
    defer(tx, (Job(queue=queue, task=task, args={"ids": chunk}) for chunk in chunks(ids, IDS_A_JOB)))
