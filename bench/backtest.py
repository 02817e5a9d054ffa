"""Trying a rule on the past, as processes: what a thousand trials told in ten snapshots each, and a sponsor's events.

The trials are copies of a hundred, with ids of their own: their histories are made once.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from bench.figures import OURS, Figure, processor_figure
from bench.installed import Installed, installed
from bench.owing import KEY, SECRET
from bench.process import in_turn
from bench.studies import SEED, Study, document, studies
from bench.wanted import Wanted
from monitor.changes.events import changes_between, event_after
from monitor.clock import utc_now
from monitor.http.polite import PoliteSession
from monitor.model import Change, Document, Role, Search, Snapshot, State
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve
from monitor.storage import events, searches, snapshots, trials, watches
from monitor.storage.statements import chunks
from monitor.storage.store import Store
from monitor.storage.trials import Trial

ORIGINALS, SNAPSHOTS = 100, 10
TRIALS, TRIALS_OF_SPONSOR = 1_000, 10_000
EVENTS_OF_SPONSOR = 100_000
SPONSOR = "Alzahra Hospital"
EVERY = timedelta(days=70)
"""From one snapshot of a trial to the next: ten are kept within two years."""
_TRIALS_AT_ONCE = 200

History = list[tuple[Document, tuple[Change, ...]]]
"""The versions of a record, each with what it changed."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Whole processes, in turn: with events as checks leave them, without any, and those of a sponsor."""
    wanted.say("making histories")
    originals = [_history(made, SNAPSHOTS + 1) for made in studies(ORIGINALS)]
    environment = {"MONITOR_SECRET_KEY": SECRET}
    small = f"backtest: {TRIALS:,} trials of {SNAPSHOTS} snapshots"
    with installed(environment=environment) as ours:
        _fill(ours, [history[:SNAPSHOTS] for history in originals], trials_=TRIALS)
        yield _figure(f"{small}, everything", ours, wanted, "everything", 3)
    with installed(environment=environment) as ours:
        _fill(ours, [history[:SNAPSHOTS] for history in originals], trials_=TRIALS, with_events=False)
        yield _figure(f"{small}, imported without events", ours, wanted, "everything")
    with installed(environment=environment) as ours:
        wanted.say(f"keeping {EVENTS_OF_SPONSOR:,} events")
        assert _fill(ours, originals, trials_=TRIALS_OF_SPONSOR) == EVENTS_OF_SPONSOR
        large = f"backtest: {EVENTS_OF_SPONSOR:,} events of the {TRIALS_OF_SPONSOR:,} trials of a sponsor's watch"
        yield _figure(large, ours, wanted, "sponsor", 5)
        lead = _lead(originals[0][0][0])
        asked = ("subscribe", "email", "ops@example.org", "--sponsor", lead, "--dry-run", "--json")
        name = f"dry run: a sponsor of {TRIALS_OF_SPONSOR // ORIGINALS} among these trials, whom no watch looks for"
        yield processor_figure(name, in_turn({OURS: partial(ours.run, *asked)}, runs=wanted.runs, say=wanted.say), 5)


def _figure(name: str, ours: Installed, wanted: Wanted, which: str, bar: float | None = None) -> Figure:
    tried = partial(ours.run, "subscriptions", "backtest", which, "--json")
    return processor_figure(name, in_turn({OURS: tried}, runs=wanted.runs, say=wanted.say), bar)


def _history(made: Study, versions: int) -> History:
    """So many versions of a record, each of which tells something."""
    chance, registry = Random(SEED), _registry()
    history: History = [(document(made), ())]
    while len(history) < versions:
        made = evolve(made, chance).study
        after = document(made)
        records = (registry.parse(each, utc_now()) for each in (history[-1][0], after))
        if changes := changes_between(*records, on=utc_now().date()):
            history.append((after, changes))
    return history


def _registry() -> ClinicalTrialsGov:
    return ClinicalTrialsGov(
        base_url="https://clinicaltrials.gov/api/v2",
        session=PoliteSession(requests_per_second=1, user_agent="bench"),  # which asks nothing
    )


def _lead(of: Document) -> str:
    registry = _registry()
    sponsor = registry.parse(of, utc_now()).lead_sponsor
    assert sponsor is not None
    return sponsor.name


def _fill(ours: Installed, originals: list[History], *, trials_: int, with_events: bool = True) -> int:
    """Keep so many trials that a sponsor's watch holds, and two subscriptions; how many events there are then."""
    ours.run("migrate")
    now, count = utc_now(), 0
    store = Store.open(f"sqlite:///{ours.database}")
    with store.begin() as tx:
        watch, _ = watches.add_search(
            tx, registry=KEY, search=Search(sponsor=SPONSOR, role=Role.LEAD), origin="command", name="ours", at=now
        )
        searches.listed(tx, [watch.id], now.isoformat(), in_full_at=now)
    for numbers in chunks(range(trials_), _TRIALS_AT_ONCE):
        ids = [f"NCT{10_000_000 + number}" for number in numbers]
        copies = [_copied(originals[number % len(originals)], f"NCT{10_000_000 + number}") for number in numbers]
        with store.begin() as tx:
            taken = [list(_taken(history, now)) for history in copies]
            snapshots.add(tx, (each for history in taken for each, _ in history))
            if with_events:
                told = [event_after(*each) for history in taken for each in history]
                count += len(events.add(tx, [event for event in told if event]))
            trials.record(tx, [_row(history[-1][0], now) for history in taken])
            watches.join(tx, watch.id, KEY, ids, now)
    store.close()
    ours.run("subscribe", "email", "ops@example.org", "--all", "--name", "everything")
    ours.run("subscribe", "email", "ops@example.org", "--watch", "ours", "--name", "sponsor")
    return count


def _copied(history: History, trial_id: str) -> History:
    former = history[0][0].trial_id.encode()
    return [
        (Document(KEY, trial_id, each.content.replace(former, trial_id.encode())), changes) for each, changes in history
    ]


def _taken(history: History, now: datetime) -> Iterable[tuple[Snapshot, tuple[Change, ...]]]:
    begins = now - EVERY * (len(history) - 1) + timedelta(hours=1)
    for number, (each, changes) in enumerate(history, start=1):
        yield Snapshot(number, each, begins + EVERY * (number - 1)), changes


def _row(last: Snapshot, now: datetime) -> Trial:
    document_ = last.document
    return Trial(
        registry=KEY,
        trial_id=document_.trial_id,
        state=State.LISTED,
        snapshot=last.number,
        digest=document_.digest,
        verified_at=now,
    )
