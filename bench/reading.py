"""Pages, searches and feeds over 100,000 trials, asked for by twenty readers at once of one `monitor serve`.

The trials are copies of a few hundred, with ids, sponsors and conditions of their own; of one in four there are three
snapshots and two events, of the others one snapshot. Each reader asks for a page a second: for what the filters beside
the changes lead to, or for what nobody else asks for. Times are those that a reader waits, from the request to the last
byte; processor time is the server's own, a page.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from threading import local
from time import monotonic, perf_counter, sleep

import orjson
from requests import Session

from bench.figures import Figure, seconds
from bench.installed import Installed, command, installed
from bench.owing import KEY, SECRET
from bench.studies import SEED, Study, document, studies
from bench.wanted import Wanted
from monitor.changes.events import changes_between, event_after
from monitor.clock import utc_now
from monitor.http.polite import PoliteSession
from monitor.model import Change, Document, Snapshot, State
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve
from monitor.storage import events, snapshots, trials, unindexed, watches
from monitor.storage.statements import chunks
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.watching.indexing import index_missing

ORIGINALS, TRIALS = 300, 100_000
CHANGED = 4
"""One trial in so many has events."""
SPONSORS, CONDITIONS = 8_000, 6_000
READERS, REQUESTS = 20, 200
"""Requests for each kind of page, of all readers together."""
EVERY = 1.0
"""Seconds from one page of a reader to the next."""
ABOUT = ("psoriasis", "colorectal", "malaria", "vitiligo", "hemophilia", "asthma", "myasthenia", "crohn")
BY = ("phase", "sessions", "bowel", "disease", "cancer", "gravis", "treatment", "placebo")
"""Words of synthetic trials, and others."""
P95 = 100
_AT_ONCE = 1_000
_LONGEST = 120
PORT = 18631

History = list[tuple[Document, tuple[Change, ...]]]


@dataclass(frozen=True, slots=True)
class Original:
    """A history that is copied, and what is replaced in the copies."""

    history: History
    sponsor: bytes
    condition: bytes


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Fill a database, and read it."""
    wanted.say("making histories")
    originals = [_original(made) for made in studies(ORIGINALS)]
    address = f"127.0.0.1:{PORT}"
    environment = {
        "MONITOR_SECRET_KEY": SECRET,
        "MONITOR_WEB__BIND": address,
        "MONITOR_WEB__PUBLIC": "true",
        "MONITOR_WEB__PUBLIC_URL": f"http://{address}",
        "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL": "http://127.0.0.1:9",
    }
    with installed(environment=environment) as ours:
        wanted.say(f"keeping {TRIALS:,} trials")
        kept = _fill(ours, originals)
        wanted.say(f"indexing them, with {kept:,} events")
        yield Figure(f"index: {TRIALS:,} trials, each", seconds(lambda: _index(ours)) * 1000 / TRIALS, "ms")
        yield from _read(ours, f"http://{address}", wanted)


def _read(ours: Installed, root: str, wanted: Wanted) -> Iterator[Figure]:
    with (ours.folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command("serve"), cwd=ours.folder, env=ours.environment, stderr=log)
        try:
            _wait_for(root, process)
            for name, paths in _kinds(Random(SEED)).items():
                wanted.say(name)
                before = _processor_seconds(process.pid)
                waited = _asked(root, paths)
                worked = _processor_seconds(process.pid) - before
                yield Figure(f"{name}: 95 of 100 within", quantiles(waited, n=20)[-1] * 1000, "ms", P95)
                yield Figure(f"{name}: processor time", worked * 1000 / len(paths), "ms")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_LONGEST)


def _kinds(chance: Random) -> dict[str, Sequence[str]]:
    """Addresses of each kind of page; but for the filters of changes, no two of them are the same."""
    least = ("min=minor", "min=major", "min=critical", "min=administrative")
    topics = ("", "&topic=dates", "&topic=sites", "&topic=status", "&topic=eligibility", "&topic=enrollment")
    spans = ("", "&since=90d", "&since=all")
    day = utc_now().date()
    conditions = chance.sample(range(1, CONDITIONS), REQUESTS)
    return {
        "changes, filtered": [
            f"/?{chance.choice(least)}{chance.choice(topics)}{chance.choice(spans)}" for _ in range(REQUESTS)
        ],
        "changes, page by page": [f"/?since=all&before={day - timedelta(days=number)}" for number in range(REQUESTS)],
        "changes, of a sponsor": [f"/?since=all&sponsor=sponsor-{number + 1}-hospital" for number in range(REQUESTS)],
        "trials, of a sponsor": [f"/trials?sponsor=sponsor-{1 + number}-hospital" for number in range(REQUESTS)],
        "trials, searched": [f"/trials?q=condition+{number}" for number in conditions],
        "search": [f"/search?q={chance.choice(ABOUT)}+{chance.choice(BY)}+{number}" for number in range(REQUESTS)],
        "feed": [f"/changes.atom?since={14 + number}d" for number in range(REQUESTS)],
    }


def _asked(root: str, paths: Sequence[str]) -> list[float]:
    """How long each of these took, READERS at a time."""
    own = local()

    def ask(path: str) -> float:
        session = own.__dict__.setdefault("session", Session())
        session.trust_env = False
        began = perf_counter()
        answer = session.get(root + path, timeout=_LONGEST)
        took = perf_counter() - began
        if answer.status_code != 200 and "is not" not in answer.text and "no trial here" not in answer.text:
            raise RuntimeError(f"{path} was answered by {answer.status_code}:\n{answer.text[:500]}")
        sleep(max(EVERY - took, 0))
        return took

    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(ask, paths))


def _processor_seconds(process: int) -> float:
    """What a process has worked so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_for(root: str, process: subprocess.Popen[bytes]) -> None:
    until = monotonic() + _LONGEST
    with Session() as session:
        session.trust_env = False
        while monotonic() < until and process.poll() is None:
            try:
                session.get(f"{root}/healthz", timeout=5)
            except OSError:
                sleep(0.2)
            else:
                return
    raise RuntimeError("monitor serve does not answer")


def _original(made: Study) -> Original:
    chance = Random(SEED)
    registry = _registry()
    now = utc_now()
    history: History = [(document(made), ())]
    for _ in range(20):
        made = evolve(made, chance).study
        after = document(made)
        records = (registry.parse(each, now) for each in (history[-1][0], after))
        if changes := changes_between(*records, on=now.date()):
            history.append((after, changes))
        if len(history) == 3:
            break
    first = registry.parse(history[0][0], now)
    sponsor = first.lead_sponsor.name if first.lead_sponsor else "nobody"
    return Original(history, orjson.dumps(sponsor), orjson.dumps(first.conditions[0] if first.conditions else "none"))


def _fill(ours: Installed, originals: Sequence[Original]) -> int:
    """Keep the trials; how many events there are then."""
    ours.run("migrate")
    now, count, chance = utc_now(), 0, Random(SEED)
    store = Store.open(f"sqlite:///{ours.database}")
    for numbers in chunks(range(TRIALS), _AT_ONCE):
        taken: list[tuple[Snapshot, tuple[Change, ...]]] = []
        rows = []
        for number in numbers:
            copy = _copied(originals[number % len(originals)], f"NCT{20_000_000 + number}", chance)
            told = list(_taken(copy if number % CHANGED == 0 else copy[:1], now, chance))
            taken += told
            rows.append(_row(told[-1][0], now))
        with store.begin() as tx:
            snapshots.add(tx, (each for each, _ in taken))
            count += len(events.add(tx, [event for each in taken if (event := event_after(*each))]))
            trials.record(tx, rows)
            unindexed.note(tx, ((KEY, row.trial_id) for row in rows))
            ids = [row.trial_id for row in rows]
            watches.add(tx, registry=KEY, trial_ids=ids, origin="command", name=None, at=now)
    store.close()
    return count


def _index(ours: Installed) -> None:
    store = Store.open(f"sqlite:///{ours.database}")
    index_missing(store, [_registry()])
    store.close()


def _copied(original: Original, trial_id: str, chance: Random) -> History:
    former = original.history[0][0].trial_id.encode()
    sponsor = f'"Sponsor {min(int(chance.paretovariate(0.6)), SPONSORS)} Hospital"'.encode()
    condition = f'"Condition {min(int(chance.paretovariate(0.6)), CONDITIONS)}"'.encode()
    return [
        (
            Document(
                KEY,
                trial_id,
                each.content.replace(former, trial_id.encode())
                .replace(original.sponsor, sponsor)
                .replace(original.condition, condition),
            ),
            changes,
        )
        for each, changes in original.history
    ]


def _taken(history: History, now: datetime, chance: Random) -> Iterator[tuple[Snapshot, tuple[Change, ...]]]:
    """As of days in the past year, the last one at some time of it."""
    at = now - timedelta(days=chance.randrange(60, 365), minutes=chance.randrange(1440))
    for number, (each, changes) in enumerate(history, start=1):
        yield Snapshot(number, each, at), changes
        at += timedelta(days=chance.randrange(1, 30))


def _row(last: Snapshot, now: datetime) -> Trial:
    return Trial(
        registry=KEY,
        trial_id=last.document.trial_id,
        state=State.LISTED,
        snapshot=last.number,
        digest=last.document.digest,
        verified_at=now,
    )


def _registry() -> ClinicalTrialsGov:
    return ClinicalTrialsGov(
        base_url="https://clinicaltrials.gov/api/v2",
        session=PoliteSession(requests_per_second=1, user_agent="bench"),  # which asks nothing
    )
