"""A site with some changes to read, for several modules of tests: they leave it as it was."""

from collections.abc import Iterator
from pathlib import Path

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from monitor.watching.indexing import index_missing
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.studies import edited, led_by, titled, together, verified_a_year_later
from tests.web.reading_site import ReadingSite

HOSTILE = "<script>alert(1)</script> & \u202eRTL\u2028"
SLIPS = {"statusModule__completionDateStruct": {"date": "2031-05", "type": "ESTIMATED"}}


def site_with_changes(folder: Path) -> Iterator[ReadingSite]:
    """Six trials, of which one is withdrawn, one slips, one gets a title that is an attack, two are led by another."""
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    with Sandbox(trials=6, day=BUILD_DAY) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        ids = sorted(sandbox.trial_ids())
        outbox.watch(*ids)
        outbox.subscribe("https://hooks.example.org/all")
        outbox.check()
        sandbox.next_state(WITHDRAWN_LATER)
        for trial_id in ids[1:3]:
            sandbox.edit(trial_id, together(led_by("Halden & Söhne"), verified_a_year_later), refresh=False)
        sandbox.refresh()
        outbox.clock.advance(days=1)
        outbox.check()
        sandbox.edit(ids[3], together(edited(**SLIPS), verified_a_year_later), refresh=False)
        sandbox.edit(ids[4], together(titled(HOSTILE), verified_a_year_later), refresh=False)
        sandbox.refresh()
        outbox.clock.advance(days=1)
        outbox.check()
        index_missing(store, [outbox.registry])
        with ReadingSite(outbox) as running:
            yield running
        outbox.registry.close()
    store.close()
