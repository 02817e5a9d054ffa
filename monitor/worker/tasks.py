"""The kinds of jobs, as Procrastinate knows them: their names, queues and rhythms. What each does is in `duties`.

| queue   | task     | carries                      | one at a time  | deferred by                                   |
|---------|----------|------------------------------|----------------|-----------------------------------------------|
| fetch   | check    | a registry                   | for a registry | `dispatch`, when it is due                    |
| deliver | deliver  | up to 100 deliveries         |                | the transaction that owes them, or `dispatch` |
| digest  | digest   | up to 100 subscriptions      |                | `dispatch`, when they are due                 |
| upkeep  | dispatch | what is due and none carries |                | the clock, every 5 seconds                    |
|         | stalled  | jobs whose worker is gone    |                | the clock, every 15 seconds                   |
|         | tidy     | settling, asking, resuming   | everywhere     | the clock, every 10 seconds                   |
|         | tell     | what concerns very many      | everywhere     | the clock, every 5 seconds                    |
|         | index    | rows of the index            | everywhere     | the clock, every 5 seconds                    |
|         | bounces  | mails that came back         | everywhere     | the clock, every minute                       |
|         | prune    | what is given up             | everywhere     | the clock, every hour                         |
|         | forget   | jobs that failed long ago    |                | the clock, every day                          |

The clock defers each of its jobs once, however many workers there are. A job that runs is a coroutine that waits for a
thread. Where all threads of a queue are at work, others of its jobs are for other processes.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status

from monitor.storage.jobs import ALIVE_FOR, DELIVER, DIGEST, FETCH, UPKEEP
from monitor.worker.duties import Duties
from monitor.worker.running import Queue

EVERY_5_SECONDS = "* * * * * */5"
EVERY_10_SECONDS = "* * * * * */10"
EVERY_15_SECONDS = "* * * * * */15"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "45 * * * *"
EVERY_DAY = "30 2 * * *"
KEPT_HOURS = 7 * 24
"""For how long a job is kept that failed, for whoever wants to know why."""


def queues(duties: Duties, concurrency: Mapping[str, int]) -> list[Queue]:
    """The queues, each with what its jobs do."""
    declared = {FETCH: _fetch, DELIVER: _deliver, DIGEST: _digest, UPKEEP: _upkeep}

    def made(name: str) -> Queue:
        pool = ThreadPoolExecutor(concurrency[name], thread_name_prefix=name)
        declare = partial(declared[name], duties, pool)
        return Queue(name=name, concurrency=concurrency[name], declare=declare)

    return [made(name) for name in declared]


async def _in_thread(pool: ThreadPoolExecutor, act: Callable[[], None]) -> None:
    await asyncio.get_running_loop().run_in_executor(pool, act)


def _fetch(duties: Duties, pool: ThreadPoolExecutor, app: App) -> None:
    @app.task(name="check", queue=FETCH)
    async def check(registry: str, pause: float) -> None:
        await _in_thread(pool, partial(duties.check, registry, pause))


def _deliver(duties: Duties, _pool: ThreadPoolExecutor, app: App) -> None:
    @app.task(name="deliver", queue=DELIVER)
    async def deliver(ids: list[str]) -> None:
        await asyncio.wrap_future(duties.deliver(ids))


def _digest(duties: Duties, pool: ThreadPoolExecutor, app: App) -> None:
    @app.task(name="digest", queue=DIGEST)
    async def digest(ids: list[str]) -> None:
        await _in_thread(pool, partial(duties.digest, ids))


def _upkeep(duties: Duties, pool: ThreadPoolExecutor, app: App) -> None:
    def again(cron: str, name: str, act: Callable[[], None], *, alone: bool = False) -> None:
        async def task(timestamp: int) -> None:  # noqa: ARG001 - every periodic job has it
            await _in_thread(pool, act)

        lock = name if alone else None
        app.periodic(cron=cron)(app.task(name=name, queue=UPKEEP, queueing_lock=name, lock=lock)(task))

    again(EVERY_5_SECONDS, "dispatch", duties.dispatch)
    again(EVERY_10_SECONDS, "tidy", duties.tidy, alone=True)
    again(EVERY_5_SECONDS, "index", duties.index, alone=True)
    again(EVERY_5_SECONDS, "tell", duties.tell, alone=True)
    again(EVERY_HOUR, "prune", duties.prune, alone=True)
    again(EVERY_MINUTE, "bounces", duties.read_bounces, alone=True)

    @app.periodic(cron=EVERY_15_SECONDS)
    @app.task(name="stalled", queue=UPKEEP, queueing_lock="stalled", pass_context=True)
    async def stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
        await retry_stalled(context.app)

    @app.periodic(cron=EVERY_DAY)
    @app.task(name="forget", queue=UPKEEP, queueing_lock="forget", pass_context=True)
    async def forget(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
        await context.app.job_manager.delete_old_jobs(
            KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


async def retry_stalled(app: App) -> None:
    """Have the jobs run again whose worker is gone."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=ALIVE_FOR):
        await _retry(app, job)


async def _retry(app: App, job: Job) -> None:
    """Have a job run again whose worker is gone; where the like of it waits already, that one is enough."""
    try:
        await app.job_manager.retry_job(job)
    except ConnectorException:
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
