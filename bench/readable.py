"""A database for readers: 100,000 trials with five snapshots each, of a registry that goes on to change.

The trials are copies of a few hundred histories, with ids, sponsors and conditions of their own; one in eight has an
event for each of its later snapshots. The first thousand are those that the registry of the benchmarks has, as it has
them, so that what it publishes later is a change as any other. It is watched as a whole, and asked what is new.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import orjson

from bench.installed import Installed
from bench.owing import KEY, settings, vault_of
from bench.registry import FIRST, BenchRegistry, Registry
from bench.studies import SEED, Study, document, studies
from monitor.alerts.subscribe import Asked, SubscribeContext, SubscriptionScope, subscribe
from monitor.changes.events import changes_between, event_after
from monitor.clock import utc_now
from monitor.config import load
from monitor.http.polite import PoliteSession
from monitor.model import Change, Document, Search, Snapshot, State
from monitor.ports import RegistryVersion
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve
from monitor.storage import events, registries, searches, snapshots, trials, unindexed, watches
from monitor.storage.statements import chunks
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.watching.indexing import index_missing

ORIGINALS, TRIALS, LIVE = 300, 100_000, 1_000
VERSIONS = 5
CHANGED = 8
"""One trial in so many has events."""
SPONSORS, CONDITIONS = 8_000, 6_000
_AT_ONCE = 1_000

History = list[tuple[Document, tuple[Change, ...]]]


@dataclass(frozen=True, slots=True)
class Original:
    """A history that is copied, and what is replaced in the copies."""

    history: History
    sponsor: bytes
    condition: bytes


def fill(ours: Installed, registry: Registry, *, count_of_trials: int = TRIALS) -> int:
    """Keep so many trials as of the registry's version; how many events there are then."""
    ours.run("migrate")
    adapter = ClinicalTrialsGov(
        base_url=registry.base_url, session=PoliteSession(requests_per_second=100, user_agent="bench")
    )
    version = adapter.version(None)
    originals = [_original(made, adapter) for made in studies(ORIGINALS)]
    live = BenchRegistry(LIVE)
    now, count, chance = utc_now(), 0, Random(SEED)
    store = Store.open(f"sqlite:///{ours.database}")
    for numbers in chunks(range(count_of_trials), _AT_ONCE):
        taken: list[tuple[Snapshot, tuple[Change, ...]]] = []
        rows = []
        for number in numbers:
            trial_id = f"NCT{FIRST + number}"
            copy = (
                [(document(live.study(trial_id)), ())]
                if number < LIVE
                else _copied(originals[number % len(originals)], trial_id, chance)
            )
            told = list(_taken(copy, now, chance))
            taken += told
            rows.append(_row(told[-1][0], now, version))
        with store.begin() as tx:
            snapshots.add(tx, (each for each, _ in taken))
            told_of = (each for each in taken if int(each[0].document.trial_id[3:]) % CHANGED == 0)
            count += len(events.add(tx, [event for each in told_of if (event := event_after(*each))]))
            trials.record(tx, rows)
            unindexed.note(tx, ((KEY, row.trial_id) for row in rows))
    with store.begin() as tx:
        whole, _ = watches.add_search(tx, registry=KEY, search=Search(), origin="command", name=None, at=now)
        searches.listed(tx, [whole.id], version.stamp, in_full_at=now)
        registries.remember(tx, KEY, version, now, behind=False)
    store.close()
    return count


def index(ours: Installed, registry: Registry) -> None:
    """Make the index of it."""
    store = Store.open(f"sqlite:///{ours.database}")
    adapter = ClinicalTrialsGov(
        base_url=registry.base_url, session=PoliteSession(requests_per_second=100, user_agent="bench")
    )
    index_missing(store, [adapter])
    store.close()


def tell_all(ours: Installed, port: int) -> None:
    """Have each change told to a webhook of this machine."""
    store = Store.open(f"sqlite:///{ours.database}")
    vault = vault_of(".")
    context = SubscribeContext(store=store, vault=vault, clock=utc_now, config=load(None, dict(settings())))
    subscribe("webhook", f"http://127.0.0.1:{port}/", Asked(scope=SubscriptionScope(everything=True)), context=context)
    store.close()


def publish(registry: Registry, place: int, count: int) -> None:
    """Publish a change of so many of the live trials, behind *place*, with the next data build."""
    day = registry.control("state")["dataTimestamp"][:10]
    for number in range(place, place + count):
        values = {
            "EnrollmentCount": 10_000 + place + number,
            "LastUpdateSubmitDate": day,
            "LastUpdatePostDate": day,
            "LastUpdatePostDateType": "ACTUAL",
        }
        registry.control("edit", nct_id=f"NCT{FIRST + number % LIVE}", set=values, refresh=False)
    registry.refresh()


def _original(made: Study, registry: ClinicalTrialsGov) -> Original:
    chance = Random(SEED)
    now = utc_now()
    history: History = [(document(made), ())]
    for _ in range(10 * VERSIONS):
        made = evolve(made, chance).study
        after = document(made)
        records = (registry.parse(each, now) for each in (history[-1][0], after))
        if changes := changes_between(*records, on=now.date()):
            history.append((after, changes))
        if len(history) == VERSIONS:
            break
    first = registry.parse(history[0][0], now)
    sponsor = first.lead_sponsor.name if first.lead_sponsor else "nobody"
    return Original(history, orjson.dumps(sponsor), orjson.dumps(first.conditions[0] if first.conditions else "none"))


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


def _taken(
    history: Sequence[tuple[Document, tuple[Change, ...]]], now: datetime, chance: Random
) -> Iterator[tuple[Snapshot, tuple[Change, ...]]]:
    """As of days in the past year, the last one at some time of it."""
    at = now - timedelta(days=chance.randrange(120, 365), minutes=chance.randrange(1440))
    for number, (each, changes) in enumerate(history, start=1):
        yield Snapshot(number, each, at), changes
        at += timedelta(days=chance.randrange(1, 30))


def _row(last: Snapshot, now: datetime, version: RegistryVersion) -> Trial:
    return Trial(
        registry=KEY,
        trial_id=last.document.trial_id,
        state=State.LISTED,
        snapshot=last.number,
        digest=last.document.digest,
        verified_version=version.stamp,
        verified_at=now,
        read_in_full_at=now,
    )
