"""A site on which every page has something to show, with the addresses of all its pages."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.errors import DeliveryDeferred, DeliveryRejected
from monitor.model import Rhythm
from monitor.model.rhythm import Every
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import deliveries, holds, quarantine, subscriptions, terms, watches
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.studies import named, together, verified_in
from tests.web.reading_site import OPERATOR, ReadingSite
from tests.web.trial_world import import_page, moving

HOOK, MAIL, DEFERRED = "https://hooks.example.org/trials", "anna@example.org", "https://slow.example.org/trials"


@dataclass(frozen=True, slots=True)
class FullSite:
    """The site, and where its pages are."""

    site: ReadingSite
    addresses: Sequence[str]


def dated_ahead(study: Any) -> None:
    named("AHEAD")(study)
    study["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = "2999-01-01"


@contextmanager
def full_site(folder: Path, begins: Callable[[Sandbox], None] = lambda _: None) -> Iterator[FullSite]:
    """One trial with a history of five snapshots and a page from before, and an operator's day ahead.

    *begins* is done to the registry before anything is watched.
    """
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=25, day=BUILD_DAY) as sandbox:
        begins(sandbox)
        outbox = OutboxHarness(store, sandbox, folder)
        fill(outbox)
        with ReadingSite(outbox, visitor=OPERATOR) as running:
            yield FullSite(running, list(addresses_of(running)))
        outbox.registry.close()
    store.close()


def fill(outbox: OutboxHarness) -> None:
    """Subscribe, watch, and let things happen."""
    context, sandbox = outbox.subscribe_context, outbox.sandbox
    apply_config([Wanted(name="operator", channel="email", address="ops@example.org", origin="operator")], context)
    outbox.subscribe(HOOK)
    outbox.subscribe(MAIL, channel="email")
    outbox.subscribe(MAIL, WITHDRAWN_LATER, channel="email", rhythm=Rhythm(every=Every.WEEKLY, at=time(8)))
    outbox.subscribe(DEFERRED, WITHDRAWN_LATER)
    outbox.refuse(MAIL, DeliveryRejected("550 5.1.1 <anna@example.org> unknown", status=550, ends=False))
    outbox.refuse(DEFERRED, DeliveryDeferred("503 Service Unavailable", status=503))
    ids = list(sandbox.trial_ids())
    outbox.watch(*ids)
    outbox.check()
    import_page(outbox, WITHDRAWN_LATER, date(2015, 3, 1), source="a page.html")
    moving(outbox)
    outbox.deliver()
    others = [each for each in ids if each != WITHDRAWN_LATER]
    for trial_id in others[:23]:
        sandbox.edit(trial_id, together(named("RENAMED"), verified_in("2031-01")), refresh=False)
    sandbox.edit(others[23], dated_ahead, refresh=False)
    sandbox.refresh()
    outbox.clock.advance(hours=1)
    outbox.check()
    outbox.deliver()
    index_missing(outbox.store, [outbox.registry])


def addresses_of(running: ReadingSite) -> Iterator[str]:
    """Every page, with what it is about."""
    outbox = running.outbox
    with outbox.store.read() as tx:
        delivery = deliveries.listing(tx)[-1].id
        hold, answer = holds.listing(tx)[0].id, quarantine.listing(tx)[0].id
        subscription, watch = subscriptions.listing(tx)[0].id, watches.listing(tx)[0].id
        sponsor, condition = (terms.listing(tx, kind, limit=1)[0].slug for kind in ("sponsor", "condition"))
    own = running.site.links.manage(subscription).removeprefix(running.url)
    trial = f"/trials/{WITHDRAWN_LATER}"
    yield from ("/", "/?min=administrative&topic=status", "/trials", "/search?q=cancer", "/sponsors", "/conditions")
    yield from (f"/sponsors/{sponsor}", f"/conditions/{condition}", "/watches", f"/watches/{watch}")
    yield from (trial, f"{trial}/snapshots/2", f"{trial}/compare/1..5", f"{trial}/compare/1..5?view=all&in=text")
    yield from (f"{trial}/changes/5", "/health", "/deliveries", "/deliveries?state=rejected", f"/deliveries/{delivery}")
    yield from ("/held", f"/held/{hold}", f"/held/{hold}/release", "/quarantine", f"/quarantine/{answer}")
    yield from (
        "/drift",
        "/notices",
        "/bounces",
        "/watches/new",
        f"/watches/{watch}/remove",
        f"/watches/remove?trial={WITHDRAWN_LATER}",
    )
    yield from ("/subscriptions", f"/subscriptions/{subscription}", f"/subscriptions/new?trial={WITHDRAWN_LATER}")
    yield from (own, f"{own}/leave", f"{own}/keep", "/subscriptions/asked")
    yield from ("/login", "/keys", "/account", "/users", "/api", "/nowhere")
