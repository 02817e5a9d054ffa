"""Pages, feeds and lists of the API over 100,000 trials, while the service checks and delivers.

    a kind of address, one reader  ->  what an answer takes that nobody asked for before: the server's time
    a mix, twenty readers who ask  ->  how many answers a second there are, and how long a reader waits
      without a pause

Meanwhile the registry publishes changes, the service looks at it and tells each to a webhook. Times are those that a
reader waits, from the request to the last byte; processor time is the server's own. What others than readers have to
get counts, too: whether each look was made that was due, and each change told.
"""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from threading import Event, Thread
from time import monotonic, perf_counter, sleep

from requests import Session
from requests.adapters import HTTPAdapter

from bench import readable
from bench.figures import Figure, seconds
from bench.installed import Installed, command, installed
from bench.owing import settings
from bench.readable import CONDITIONS, LIVE, TRIALS
from bench.registry import FIRST, Registry, served
from bench.sinks import sink
from bench.studies import SEED
from bench.wanted import Wanted
from monitor.clock import utc_now
from monitor.model import DeliveryState
from monitor.storage import backlog, looks
from monitor.storage.store import Store

READERS, COLD = 20, 60
"""Addresses of each kind for one reader."""
LASTS = 60.0
"""Seconds of the mix."""
KEPT = 0.7
"""So much of the mix asks for one of a hundred addresses; the rest for what nobody else asks for."""
P95, A_SECOND = 100, 200
LOOKS_EVERY, PUBLISHED = 15, 10
"""Seconds from one look at the registry to the next, and changes that it publishes before each."""
_LONGEST = 120
PORT = 18631


@dataclass(slots=True)
class Read:
    """What readers got."""

    waited: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Fill a database, and read it."""
    root = f"http://127.0.0.1:{PORT}"
    environment = {
        **settings(),
        "MONITOR_WEB__BIND": f"127.0.0.1:{PORT}",
        "MONITOR_WEB__PUBLIC": "true",
        "MONITOR_WEB__PUBLIC_URL": root,
        "MONITOR_SCHEDULE__CHECK_EVERY": f"{LOOKS_EVERY}s",
    }
    with served(LIVE) as registry, installed(registry, environment) as ours, sink("webhook") as ports:
        wanted.say(f"keeping {TRIALS:,} trials")
        kept = readable.fill(ours, registry)
        wanted.say(f"indexing them, with {kept:,} events")
        took = seconds(lambda: readable.index(ours, registry))
        yield Figure(f"index: {TRIALS:,} trials, each", took * 1000 / TRIALS, "ms")
        readable.tell_all(ours, ports[0])
        with serving(ours, root) as process, _publishing(registry):
            for name, paths in _kinds(Random(SEED)).items():
                wanted.say(name)
                yield from _one_reader(name, root, paths, process)
            wanted.say("twenty readers at once")
            yield from _twenty(ours, root, process)


def _one_reader(name: str, root: str, paths: Sequence[str], process: int) -> Iterator[Figure]:
    before, read = _processor_seconds(process), Read()
    session = session_of(0)
    for path in paths:
        ask(session, root + path, read)
    worked = _processor_seconds(process) - before
    yield Figure(f"{name}: 95 of 100 within", quantiles(read.waited, n=20)[-1] * 1000, "ms", P95)
    yield Figure(f"{name}: processor time of all that the service does", worked * 1000 / len(paths), "ms")


def _twenty(ours: Installed, root: str, process: int) -> Iterator[Figure]:
    began, at, before = monotonic(), utc_now(), _processor_seconds(process)
    read = [Read() for _ in range(READERS)]
    threads = [Thread(target=_read_on, args=(number, root, began + LASTS, read[number])) for number in range(READERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    took, worked = monotonic() - began, _processor_seconds(process) - before
    waited = [one for each in read for one in each.waited]
    statuses = sum((each.statuses for each in read), Counter[int]())
    yield Figure("mix: answers a second", statuses[200] / took, "", A_SECOND, at_least=True)
    yield Figure("mix: 95 of 100 waited at most", quantiles(waited, n=20)[-1] * 1000, "ms")
    yield Figure("mix: processor time an answer", worked * 1000 / len(waited), "ms")
    yield Figure("mix: told to come again", statuses[503] + statuses[429], "", 0)
    sleep(LOOKS_EVERY)  # a look that began meanwhile ends
    store = Store.open(f"sqlite:///{ours.database}")
    with store.read() as tx:
        made = [each for each in looks.latest(tx, 1000) if at <= each.ended_at <= at + timedelta(seconds=took)]
        deliveries = backlog.counts(tx)
    store.close()
    # A look is due so long after the one before it ended; one that ends with the minute counts for another.
    lasted = LOOKS_EVERY + sum(each.seconds for each in made) / max(len(made), 1)
    yield Figure("mix: looks at the registry that were not made", int(took // lasted) - len(made), "", 1)
    yield Figure("mix: looks that failed", sum(each.reason is not None for each in made), "", 0)
    yield Figure("mix: changes seen meanwhile", sum(each.changed for each in made), "", 1, at_least=True)
    yield Figure("mix: changes told by then", deliveries[DeliveryState.DELIVERED], "", 1, at_least=True)
    yield Figure("mix: changes not told by then", deliveries[DeliveryState.OWED], "", 2 * PUBLISHED)


def _read_on(number: int, root: str, until: float, read: Read) -> None:
    chance, session = Random(f"reader {number}"), session_of(number)
    everybody = _mixed(Random(SEED), 100)
    while monotonic() < until:
        path = chance.choice(everybody) if chance.random() < KEPT else _mixed(chance, 1)[0]
        ask(session, root + path, read)


def ask(session: Session, address: str, read: Read) -> None:
    began = perf_counter()
    answer = session.get(address, timeout=_LONGEST)
    read.waited.append(perf_counter() - began)
    read.statuses[answer.status_code] += 1
    if answer.status_code not in (200, 429, 503):
        raise RuntimeError(f"{address} was answered by {answer.status_code}:\n{answer.text[:500]}")


def _mixed(chance: Random, count: int) -> list[str]:
    """Addresses of all kinds."""
    kinds = [*_kinds(chance, count).values()]
    return [chance.choice(kinds)[place] for place in range(count)]


def _kinds(chance: Random, count: int = COLD) -> dict[str, list[str]]:
    """Addresses of each kind, by chance: of a hundred thousand trials, hardly any comes twice."""
    day = utc_now().date()
    least = ("minor", "major", "critical", "administrative")
    topics = ("", "&topic=dates", "&topic=sites", "&topic=status", "&topic=eligibility", "&topic=enrollment")
    statuses = ("RECRUITING", "COMPLETED", "TERMINATED", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING")

    def some(make: str, **values: Sequence[object] | range) -> list[str]:
        return [make.format(**{name: chance.choice(those) for name, those in values.items()}) for _ in range(count)]

    days = range(2, 365)
    trial = range(FIRST, FIRST + TRIALS)
    sponsor, condition = range(2, 1500), range(2, CONDITIONS // 4)
    known = [f"sponsor-{number}-hospital" for number in (1, 2, 3, 4, 5, 6, 7, 8)]
    return {
        "changes, filtered": some("/?min={least}{topic}&since={days}d", least=least, topic=topics, days=days),
        "changes, a later page": some(
            "/?since=all&before={day}", day=[day - timedelta(days=each) for each in range(200)]
        ),
        "changes, of a sponsor": some("/?since={days}d&sponsor={sponsor}", sponsor=known, days=days),
        "trials, filtered": some(
            "/trials?status={status}&phase=PHASE{phase}&sponsor={sponsor}",
            status=statuses,
            phase=range(1, 5),
            sponsor=known,
        ),
        "trials, searched": some("/trials?q=condition+{number}", number=condition),
        "a trial": some("/trials/NCT{trial}", trial=trial),
        "a sponsor": some("/sponsors/{sponsor}", sponsor=known),
        "search": some("/search?q=sponsor+{number}", number=sponsor),
        "feed": some("/changes.atom?min={least}&since={days}d", least=least, days=days),
        "API, changes": some("/api/v1/changes?limit={limit}&min={least}", limit=days[:99], least=least),
        "API, trials": some("/api/v1/trials?limit={limit}&status={status}", limit=days[:99], status=statuses),
        "API, a trial": some("/api/v1/trials/NCT{trial}", trial=trial),
        "API, sponsors": some("/api/v1/sponsors?limit={limit}&q=sponsor+{number}", limit=days[:99], number=sponsor),
    }


def session_of(number: int) -> Session:
    """From a network of its own: the API counts the requests of each."""

    class Own(HTTPAdapter):
        def init_poolmanager(self, *args: object, **options: object) -> None:
            super().init_poolmanager(*args, source_address=(f"127.0.{number + 1}.1", 0), **options)  # type: ignore[arg-type]

    session = Session()
    session.trust_env = False
    session.mount("http://", Own())
    return session


@contextmanager
def _publishing(registry: Registry) -> Iterator[None]:
    """Have the registry publish changes now and then."""
    ended = Event()

    def publish() -> None:
        place = 0
        while not ended.wait(LOOKS_EVERY):
            readable.publish(registry, place, PUBLISHED)
            place += PUBLISHED

    thread = Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def serving(ours: Installed, root: str) -> Iterator[int]:
    """`monitor serve`; the number of its process."""
    with (ours.folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command("serve"), cwd=ours.folder, env=ours.environment, stderr=log)
        try:
            _wait_for(root, process)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_LONGEST)


def _wait_for(root: str, process: "subprocess.Popen[bytes]") -> None:
    until, session = monotonic() + _LONGEST, session_of(0)
    while monotonic() < until and process.poll() is None:
        try:
            session.get(f"{root}/healthz", timeout=5)
        except OSError:
            sleep(0.2)
        else:
            return
    raise RuntimeError("monitor serve does not answer")


def _processor_seconds(process: int) -> float:
    """What a process has worked so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
