"""How often a refreshed registry is asked where many sponsors are watched, whose trials were all listed before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice

from bench.figures import Figure
from bench.installed import Installed, installed, summary
from bench.owing import KEY
from bench.registry import Registry, served
from bench.studies import studies
from bench.wanted import Wanted
from monitor.model import Role, Search
from monitor.storage import searches, watches
from monitor.storage.store import Store

TRIALS = 500
SPONSORS = {60: 10, 10_000: 15}
"""How many are watched, and how many requests that may make."""
BUILDS = 2


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Watches of sponsors, some of whom have trials in the registry."""
    for sponsors, bar in SPONSORS.items():
        wanted.say(f"{sponsors:,} sponsors")
        with served(TRIALS) as registry, installed(registry) as ours:
            ours.watch(TRIALS)
            ours.check()
            _watch(sponsors, ours, registry)
            requests = []
            for _ in range(BUILDS):
                registry.refresh()
                requests.append(summary(ours.check())["requests"])
        name = f"check: {sponsors:,} sponsors watched, refreshed, nothing moved: requests"
        yield Figure(name, max(requests), "", bar)


def _watch(sponsors: int, ours: Installed, registry: Registry) -> None:
    """Watch them as if their trials had been listed before: the first time, each is asked for by itself."""
    version = registry.control("state")["dataTimestamp"]
    now = datetime.now(UTC)
    store = Store.open(f"sqlite:///{ours.database}")
    with store.begin() as tx:
        made = [
            watches.add_search(
                tx, registry=KEY, search=Search(sponsor=name, role=Role.ANY), origin="command", name=name, at=now
            )
            for name in islice(_names(), sponsors)
        ]
        searches.listed(tx, [watch.id for watch, _ in made], version, in_full_at=now)
    store.close()


def _names() -> Iterator[str]:
    """Sponsors of the trials, and then many that have none."""
    module = "sponsorCollaboratorsModule"
    leads = (study["protocolSection"][module]["leadSponsor"]["name"] for study in studies(TRIALS))
    yield from dict.fromkeys(leads)
    yield from (f"Institute {number} for Rare Diseases" for number in count(1))
