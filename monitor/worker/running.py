"""The workers of one process: one for each queue, in an event loop of a thread of its own, started again for ever.

A worker of Procrastinate ends, with success, when the database goes away. So whatever ends one ends all of them, and
they begin anew after a pause, with connections that are new. A job that was under way then counts as stalled, and is
retried: by itself it did no harm, see `monitor.storage.jobs`.

They begin anew also where the wall clock was set: periodic jobs are reckoned by it, and after a step back none would
come before it is where it was.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic, time
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker
from structlog.typing import FilteringBoundLogger

from monitor.storage.jobs import ALIVE_FOR

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 2.0
"""Seconds before workers begin anew: what waits is to be sent soon after the database is back."""
LIVED_WELL = 30.0
"""Seconds after which what ended workers before does not count any more."""
POLL_EVERY = 2.0
"""Seconds between two looks for jobs that nothing has told of."""
STEP = 10.0
"""Seconds by which the wall clock must part from the monotonic one before it counts as set."""
BREAKS_OFF_WITHIN = 1.0
CONNECT_WITHIN = 5
CONNECTIONS = 8
_SILENT = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""A database whose machine is gone says nothing at all."""
_UNPREPARED = {"prepare_threshold": None}

Declare = Callable[[App], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A queue with as many jobs of it as run at once, and what its jobs are."""

    name: str
    concurrency: int
    declare: Declare


class Running:
    """Runs workers at the database of that *address* from `start` to `stop`."""

    def __init__(
        self,
        address: str,
        queues: Sequence[Queue],
        *,
        log: FilteringBoundLogger,
        grace: float,
        listens: bool = True,
    ) -> None:
        """*grace*: for how many seconds the end waits for jobs that run. *listens*: else new jobs are looked for."""
        self.trouble: str | None = "the workers have not begun yet"
        """Why no jobs are taken; None while they are."""
        self.restarts = 0
        self._address = address
        self._queues = queues
        self._log = log
        self._grace = grace
        self._listens = listens
        self._stopping = Event()
        self._workers: list[Worker] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more jobs, and end those that run. Any thread may call it."""
        self._stopping.set()
        if loop := self._loop:
            loop.call_soon_threadsafe(self._ended.set)

    def join(self, timeout: float) -> bool:
        """Wait for the end; give whether it has come in time."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        asyncio.run(self._forever())

    async def _forever(self) -> None:
        self._loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            self._ended.clear()
            began = monotonic()
            reason = await self._once()
            if self._stopping.is_set():
                return
            if self.trouble != reason:
                self._log.error("the workers ended, and start again", reason=reason)
            self.trouble = reason
            self.restarts += 1
            pause = FIRST_PAUSE if monotonic() - began > LIVED_WELL else min(2 * pause, LONGEST_PAUSE)
            await _first_of(self._ended.wait(), asyncio.sleep(pause))

    async def _once(self) -> str:
        """Run until something ends one of the workers; give what that was."""
        try:
            await self._reach()
            async with self._connector() as connector:
                return await self._work(connector)
        except (psycopg.Error, ConnectorException, OSError) as error:
            return f"the database cannot be reached: {type(error).__name__}"
        except Exception as error:
            self._log.error("workers failed as they never should", exc_info=True)
            return f"{type(error).__name__}, which is a fault of this program: see its log"

    async def _reach(self) -> None:
        """Connect once: a pool would wait ever longer between its tries."""
        connection = await psycopg.AsyncConnection.connect(self._address, connect_timeout=CONNECT_WITHIN)
        await connection.close()

    def _connector(self) -> "_Opened":
        return _Opened(
            PsycopgConnector(
                conninfo=self._address,
                min_size=1,
                max_size=CONNECTIONS,
                timeout=BREAKS_OFF_WITHIN * 5,
                reconnect_timeout=CONNECT_WITHIN,
                # Whoever does not listen has a pooler in between, which knows of no prepared statement.
                kwargs={"connect_timeout": CONNECT_WITHIN, **_SILENT, **({} if self._listens else _UNPREPARED)},
            )
        )

    async def _work(self, connector: PsycopgConnector) -> str:
        self._workers = [self._worker(queue, connector) for queue in self._queues]
        running = [asyncio.create_task(_run(worker)) for worker in self._workers]
        watching = asyncio.create_task(_clock_set())
        if self.trouble is not None:
            self._log.info("workers have begun", queues={each.name: each.concurrency for each in self._queues})
        self.trouble = None
        ending = asyncio.create_task(self._ended.wait())
        done, _ = await asyncio.wait({*running, watching, ending}, return_when=asyncio.FIRST_COMPLETED)
        for worker in self._workers:
            worker.shutdown_graceful_timeout = self._grace if self._stopping.is_set() else BREAKS_OFF_WITHIN
            worker.stop()  # type: ignore[no-untyped-call]
        for other in (watching, ending):
            other.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
        if watching in done:
            return "the clock was set"
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome
        return "the database went away"

    def _worker(self, queue: Queue, connector: PsycopgConnector) -> Worker:
        app = App(connector=connector)
        app.job_manager = _Jobs(connector, lost=self._ended.set)
        queue.declare(app)
        return Worker(
            app,
            queues=[queue.name],
            name=queue.name,
            concurrency=queue.concurrency,
            fetch_job_polling_interval=POLL_EVERY,
            listen_notify=self._listens,
            delete_jobs="successful",
            install_signal_handlers=False,
            stalled_worker_timeout=ALIVE_FOR,
        )


class _Opened:
    """A connector that is open within the block."""

    def __init__(self, connector: PsycopgConnector) -> None:
        self._connector = connector

    async def __aenter__(self) -> PsycopgConnector:
        await self._connector.open_async()
        return self._connector

    async def __aexit__(self, *_: object) -> None:
        await self._connector.close_async()


class _Jobs(JobManager):
    """A job whose end could not be noted would run for ever, for all that others know: *lost* ends its worker."""

    def __init__(self, connector: PsycopgConnector, *, lost: Callable[[], None]) -> None:
        super().__init__(connector)
        self._lost = lost

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Note the end of a job."""
        try:
            await super().finish_job(job, status, delete_job)
        except BaseException:
            self._lost()
            raise


async def _run(worker: Worker) -> None:
    await worker.run()  # type: ignore[no-untyped-call]


async def _clock_set() -> None:
    """Wait until somebody sets the wall clock."""
    lead = time() - monotonic()
    while abs(time() - monotonic() - lead) < STEP:
        await asyncio.sleep(1)
        # Slowly, as clocks are corrected, it may part from the other as far as it likes.
        lead += max(-0.1, min(0.1, time() - monotonic() - lead))


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(each) for each in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
