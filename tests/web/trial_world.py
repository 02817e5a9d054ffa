"""A site with trials of every kind, for tests of the pages of one trial: read once, changed by none of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from monitor.changes.events import changes_between, event_after
from monitor.errors import TrialIdInvalid
from monitor.model import Document, Snapshot
from monitor.ports import Registry, find_registry
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import archived, events, snapshots, trials
from monitor.storage.archived import ArchivedDocument
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.outbox import OutboxHarness
from tests.program import BUILD_DAY, WITHDRAWN_LATER
from tests.studies import Edit, Study, edited, status_becomes, titled, together, verified_a_year_later
from tests.web.reading_site import ReadingSite

HOSTILE = "A <script>alert(1)</script> “title” & \u202emore"
REASON = 'Because "<img src=x onerror=alert(2)>" economic problems'


def published(outbox: OutboxHarness, trial_id: str, *edits: Edit, days: float = 100) -> None:
    """Let the registry publish an edited record, and look at it some time later."""
    outbox.sandbox.edit(trial_id, together(*edits, verified_a_year_later))
    outbox.clock.advance(days=days)
    outbox.check(trial_id)


def planned(start: str, primary: str, completion: str) -> Edit:
    """Key dates that are still to come."""
    days = {"startDateStruct": start, "primaryCompletionDateStruct": primary, "completionDateStruct": completion}
    return edited(**{f"statusModule__{name}": {"date": day, "type": "ESTIMATED"} for name, day in days.items()})


def enrolling(count: int, kind: str = "ESTIMATED") -> Edit:
    return edited(designModule__enrollmentInfo={"count": count, "type": kind})


def other_criteria(study: Study) -> None:
    """One line that changed, and one that came."""
    module = study["protocolSection"]["eligibilityModule"]
    text = module["eligibilityCriteria"].replace("50%", "60%")
    module["eligibilityCriteria"] = text.replace("* Signed consent", "* Speaks <b>French</b>\n* Signed consent")


def moving(outbox: OutboxHarness, trial_id: str = WITHDRAWN_LATER) -> None:
    """Let a trial slip twice, be reworded, and be withdrawn: five snapshots."""
    published(outbox, trial_id, planned("2027-05", "2028-12", "2029-05"))
    published(outbox, trial_id, planned("2027-05", "2029-12", "2029-12"), enrolling(12))
    published(outbox, trial_id, other_criteria, titled(HOSTILE))
    published(outbox, trial_id, status_becomes("WITHDRAWN", REASON), enrolling(0, "ACTUAL"))


def import_page(outbox: OutboxHarness, trial_id: str, day: date, *, source: str, version: int | None = None) -> None:
    """The first record, with fewer participants, as somebody saved it earlier, or as the registry's history has it."""
    with outbox.store.begin() as tx:
        content = snapshots.get(tx, outbox.registry.key, trial_id, 1).document.content
        marked = content.replace(b'"count":', f'"count":{day.day}'.encode(), 1)
        document = Document(outbox.registry.key, trial_id, marked)
        archived.add(tx, [ArchivedDocument(document, day, source, outbox.clock(), version)])


def keep(store: Store, registry: Registry, taken: Sequence[tuple[Document, datetime]]) -> str:
    """Keep documents as the snapshots of their trial, with what they tell; the trial's id."""
    numbered = [Snapshot(number, document, at, None) for number, (document, at) in enumerate(taken, 1)]
    records = [registry.parse(each.document, each.taken_at) for each in numbered]
    last = numbered[-1]
    with store.begin() as tx:
        snapshots.add(tx, numbered)
        for before, after, snapshot in zip(records, records[1:], numbered[1:], strict=False):
            event = event_after(snapshot, changes_between(before, after, on=snapshot.taken_at.date()))
            events.add(tx, [event] if event else [])
        row = Trial(
            registry.key,
            last.document.trial_id,
            state=last.document.state,
            title=records[-1].brief_title,
            snapshot=last.number,
            digest=last.document.digest,
            verified_at=last.taken_at,
        )
        trials.record(tx, [row])
    return last.document.trial_id


def know(site: ReadingSite, registries: Sequence[Registry]) -> None:
    """Have the site know these registries besides its own."""
    every = [*site.site.registries, *registries]

    def identify(text: str) -> tuple[Registry, str]:
        if found := find_registry(every, text):
            return found
        raise TrialIdInvalid(f"“{text}” is not a trial id known here")

    site.answering.site = replace(site.site, registries=every, identify=identify)


@contextmanager
def reading_site(folder: Path) -> Iterator[ReadingSite]:
    """A public site over an empty store, whose sandbox has some trials."""
    store = Store.open(f"sqlite:///{folder / 'monitor.sqlite3'}")
    with Sandbox(trials=6, day=BUILD_DAY) as sandbox:
        outbox = OutboxHarness(store, sandbox, folder)
        with ReadingSite(outbox) as site:
            yield site
        outbox.registry.close()
    store.close()
