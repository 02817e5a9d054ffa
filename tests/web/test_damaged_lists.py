"""One damaged row harms one thing: no page or list of the API fails that has others, and a line stands in its place."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.model.access import Permission
from monitor.model.report import Bounce, BounceEffect, ReportKind
from monitor.ports import Oddity
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import bounces, deliveries, drift, health, subscriptions, users
from monitor.storage.health import Health
from monitor.storage.store import Store
from monitor.storage.tables import metadata
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.web.api.program import Api
from tests.web.browser.full_site import fill
from tests.web.reading_site import OPERATOR

NOBODY = "NCT99999999"
NO_TIME, NO_WORD, NO_JSON = "2026-13-01", "scribble", "["
LISTS = {
    "denials.latest_at": (NO_TIME, ("/watches/1", "/health", f"/trials/{NOBODY}"), ("/watches/1/trials", "/health")),
    "registries.checked_at": (NO_TIME, ("/health", "/", "/trials"), ("/health", "/changes")),
    "health.next_check_at": (NO_TIME, ("/health", "/", "/trials"), ("/health",)),
    "watches.created_at": (NO_TIME, ("/watches",), ("/watches",)),
    "holds.held_at": (NO_TIME, ("/held", "/health"), ("/held",)),
    "holds.fields": (NO_JSON, ("/held", "/held/1"), ("/held", "/held/1")),
    "drift.first_seen_at": (NO_TIME, ("/drift", "/health"), ("/drift",)),
    "notices.occurred_at": (NO_TIME, ("/notices", "/health", "/deliveries"), ("/notices",)),
    "quarantine.latest_at": (NO_TIME, ("/quarantine",), ("/quarantine",)),
    "bounces.kind": (NO_WORD, ("/bounces", "/subscriptions", "{subscription}", "{delivery}"), ("/subscriptions",)),
    "bounces.read_at": (NO_TIME, ("/bounces", "/subscriptions", "{subscription}", "{delivery}"), ("{delivery}",)),
    "subscriptions.state": (NO_WORD, ("/subscriptions",), ("/subscriptions",)),
    "subscriptions.topics": (NO_JSON, ("/subscriptions", "{subscription}"), ("/subscriptions", "{subscription}")),
    "users.created_at": (NO_TIME, ("/users",), ()),
    "deliveries.created_at": (NO_TIME, ("/deliveries",), ("/deliveries",)),
    "attempts.at": (NO_TIME, ("/deliveries",), ("/deliveries",)),
    "events.changes": (NO_JSON, ("/", "/trials", f"/trials/{WITHDRAWN_LATER}"), ("/changes", "/trials")),
    "snapshots.body": (NO_JSON, ("/", "/trials", f"/trials/{WITHDRAWN_LATER}"), (f"/trials/{WITHDRAWN_LATER}",)),
    "trial_plans.plan": (NO_JSON, ("/trials", "/watches/1", f"/trials/{WITHDRAWN_LATER}"), ("/trials",)),
    "trial_index.names": (NO_JSON, ("/trials", f"/trials/{WITHDRAWN_LATER}"), ("/trials",)),
}
"""By column, what a damaged disk may hold there, and the pages and lists of the API that show its rows."""
SAID = {"drift.first_seen_at": "/drift", "notices.occurred_at": "/notices", "holds.held_at": "/held"} | {
    "watches.created_at": "/watches",
    "bounces.kind": "/bounces",
    "denials.latest_at": "/watches/1",
    "users.created_at": "/users",
}
"""Where a line stands in the place of the row."""


@dataclass(frozen=True, slots=True)
class Damageable:
    """A site with something in every list."""

    api: Api
    outbox: OutboxHarness
    subscription: str
    delivery: str

    def where(self, path: str, *, of_api: bool) -> str:
        named = {"{subscription}": f"/subscriptions/{self.subscription}", "{delivery}": f"/deliveries/{self.delivery}"}
        return named.get(path, path)

    def page(self, path: str) -> tuple[int, str]:
        site = self.api.answering.site
        self.api.answering.kept.clear()
        site.proof.forget()
        site.counted.forget()
        answer = self.api.page(self.where(path, of_api=False))
        return answer.status_code, answer.text

    def list(self, path: str) -> tuple[int, str]:
        answer = self.api.ask(self.where(path, of_api=True))
        return answer.status_code, answer.text


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Damageable]:
    folder = tmp_path_factory.mktemp("damageable")
    shutil.copy(sqlite_template, folder / "monitor.sqlite3")
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=25, day=BUILD_DAY) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        outbox.watch(NOBODY)
        fill(outbox)
        outbox.check(NOBODY)
        with store.begin() as tx:
            delivery = deliveries.listing(tx)[-1]
            to = subscriptions.known(tx, [delivery.subscription_id], damaged={})[delivery.subscription_id]
            bounce = Bounce(
                digest=b"1" * 32,
                endpoint_id=to.endpoint.id,
                kind=ReportKind.HARD,
                status="5.1.1",
                read_at=outbox.clock(),
                diagnostic="550 no such mailbox",
                delivery_id=delivery.id,
            )
            bounces.add(tx, bounce)
            bounces.heed(tx, bounce, BounceEffect.ENDED, [to.id])
            users.add(tx, "rita", Permission.READ, "no hash", at=outbox.clock())
            health.record(tx, Health(outbox.registry.key, outbox.clock()))
            drift.add(tx, outbox.registry.key, [(Oddity("a.b", "X"), WITHDRAWN_LATER)], at=outbox.clock())
        with Api(outbox) as api:
            api.answering.visitor_of = lambda _: OPERATOR
            yield Damageable(api, outbox, to.id, delivery.id)
        outbox.registry.close()
    store.close()


@pytest.mark.parametrize("column", LISTS)
def test_a_damaged_row_spoils_no_list(site: Damageable, column: str) -> None:
    scribble, pages, lists = LISTS[column]
    table, _, name = column.partition(".")
    key = " AND ".join(f"{each.name} = :{each.name}" for each in metadata.tables[table].primary_key)
    named = ", ".join(each.name for each in metadata.tables[table].primary_key)
    with site.outbox.store.begin() as tx:
        row = tx.execute(
            text(f"SELECT {named}, {name} AS kept FROM {table} WHERE {name} IS NOT NULL ORDER BY {named} LIMIT 1")
        ).one()
        which = {**row._mapping}
        kept = which.pop("kept")
        bad = scribble.encode() if isinstance(kept, bytes) else scribble
        tx.execute(text(f"UPDATE {table} SET {name} = :bad WHERE {key}"), {**which, "bad": bad})
    try:
        shown = {path: site.page(path) for path in pages}
        listed = {path: site.list(path) for path in lists}
    finally:
        with site.outbox.store.begin() as tx:
            tx.execute(text(f"UPDATE {table} SET {name} = :kept WHERE {key}"), {**which, "kept": kept})

    assert {path: status for path, (status, _) in shown.items() if status not in (200, 404)} == {}
    assert {path: status for path, (status, _) in listed.items() if status != 200} == {}
    if column in SAID:
        assert "cannot be read" in shown[SAID[column]][1]
        assert all('"unreadable":[{"id":' in told for path, (_, told) in listed.items() if path == SAID[column])


@pytest.mark.parametrize(("table", "column"), [("registries", "checked_at"), ("health", "next_check_at")])
def test_a_damaged_row_of_a_registry_is_a_line_in_its_place(site: Damageable, table: str, column: str) -> None:
    with site.outbox.store.begin() as tx:
        kept = tx.execute(text(f"SELECT {column} FROM {table}")).scalar_one()
        tx.execute(text(f"UPDATE {table} SET {column} = '{NO_TIME}'"))
    try:
        status, told = site.page("/health")
    finally:
        with site.outbox.store.begin() as tx:
            tx.execute(text(f"UPDATE {table} SET {column} = :kept"), {"kept": kept})

    assert status == 200
    assert re.search(f"ClinicalTrials.gov.*damaged.*This row cannot be read: [^<]*{NO_TIME}", told, re.DOTALL)
    assert "Last read in full" in told, "and all else stands there"
    assert "This row cannot be read" not in site.page("/health")[1]


def test_a_page_of_one_thing_that_is_damaged_says_so_and_others_are_as_ever(site: Damageable) -> None:
    of_trial = f"WHERE trial_id = '{WITHDRAWN_LATER}'"
    with site.outbox.store.begin() as tx:
        kept = tx.execute(text(f"SELECT verified_at FROM trials {of_trial}")).scalar_one()
        tx.execute(text(f"UPDATE trials SET verified_at = '{NO_TIME}' {of_trial}"))
    try:
        status, told = site.page(f"/trials/{WITHDRAWN_LATER}")
        others = [site.page(path)[0] for path in ("/", "/trials", "/watches/1")]
    finally:
        with site.outbox.store.begin() as tx:
            tx.execute(text(f"UPDATE trials SET verified_at = :kept {of_trial}"), {"kept": kept})

    assert (status, others) == (503, [200, 200, 200])
    assert "What is stored for this page is damaged" in told
    assert NO_TIME in told
