"""An export is all there is, the same bytes every time; an import believes nothing unproved and alerts nobody."""

import json
import os
import shutil
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.opting_in import Request, ask
from monitor.alerts.subscribe import Asked, SubscribeContext, SubscriptionScope, subscribe
from monitor.alerts.teams import subscribe_team
from monitor.errors import ConfigurationInvalid, StoreUnavailable
from monitor.http.polite import PoliteSession
from monitor.model import Filters, Rhythm, State, SubscriptionState
from monitor.model.rhythm import Every
from monitor.operate.transfer.exporting import export
from monitor.operate.transfer.importing import Imported, read_export
from monitor.ports import Registry
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import (
    deliveries,
    endpoints,
    groups,
    links,
    notices,
    questions,
    snapshots,
    subscriptions,
    trials,
    watches,
)
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.vault import Vault
from monitor.watching.grouping import put
from tests.databases import SLOW
from tests.outbox import CONFIG, OutboxHarness
from tests.program import WITHDRAWN_LATER, Clock
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, history, snapshot, tombstone
from tests.storage.subscribers import owe, subscribed

ON_POSTGRESQL = SLOW


def quiet(_done: int, _total: int) -> None:
    pass


def exported(store: Store, folder: Path, vault: Vault | None = None) -> dict[str, bytes]:
    """Every file, by its path in the export."""
    export(store, folder, secrets=vault, now=NOON, report_progress=quiet)
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def context(store: Store, vault: Vault) -> SubscribeContext:
    return SubscribeContext(store=store, vault=vault, clock=Clock(NOON), config=CONFIG)


@pytest.fixture
def lived(outbox: OutboxHarness, sandbox: Sandbox) -> OutboxHarness:
    """A database in which something of every kind has happened, on both stores."""
    outbox.watch(*sandbox.trial_ids())
    outbox.check()
    outbox.subscribe("https://hooks.example.org/secret-path", WITHDRAWN_LATER)
    sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(hours=1)
    outbox.check()
    return outbox


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Store]:
    """Another database, empty."""
    with closing(Store.open(f"sqlite:///{tmp_path}/elsewhere.sqlite3")) as store:
        yield store


@pytest.fixture
def registries() -> Mapping[str, Registry]:
    """To tell what a trial id is; nobody is asked."""
    session = PoliteSession(requests_per_second=1, user_agent="test")
    return {REGISTRY: ClinicalTrialsGov(base_url="http://127.0.0.1:9/api/v2", session=session)}


def test_exporting_twice_gives_the_same_bytes_and_importing_gives_them_back(
    lived: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    vault = lived.subscribe_context.vault
    first = exported(lived.store, tmp_path / "a", vault)
    assert exported(lived.store, tmp_path / "b", vault) == exported(lived.store, tmp_path / "a", vault) == first

    done = read_export(tmp_path / "a", registries, context(elsewhere, vault), quiet)
    again = read_export(tmp_path / "a", registries, context(elsewhere, vault), quiet)

    assert (done.left, done.aside) == ([], [])
    assert (done.trials, done.snapshots, done.events, done.subscriptions) == (13, 14, 1, 1)
    assert (again.trials, again.snapshots, again.events, again.subscriptions) == (0, 0, 0, 0)
    assert exported(elsewhere, tmp_path / "c", vault) == first


def test_an_import_alerts_nobody_and_the_next_check_goes_on_from_it(
    lived: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], sandbox: Sandbox, tmp_path: Path
) -> None:
    exported(lived.store, tmp_path / "a", lived.subscribe_context.vault)
    read_export(tmp_path / "a", registries, context(elsewhere, lived.subscribe_context.vault), quiet)
    with elsewhere.read() as tx:
        assert deliveries.listing(tx) == []
        (kept,) = subscriptions.listing(tx)
        opened = endpoints.get(tx, lived.subscribe_context.vault, kept.endpoint.id, at=NOON)
    assert opened.address == "https://hooks.example.org/secret-path"
    assert opened.secrets[0].startswith("whsec_")

    lived.store = elsewhere

    assert {str(result) for result in lived.results().values()} == {"unchanged"}
    assert lived.snapshot_numbers(WITHDRAWN_LATER) == [1, 2]


def test_secrets_are_exported_only_when_asked_for(lived: OutboxHarness, tmp_path: Path) -> None:
    without = exported(lived.store, tmp_path / "a")
    shown = b"".join(without.values())

    assert b"hooks.example.org" not in shown
    assert b"whsec_" not in shown
    assert b"secret-path" in b"".join(exported(lived.store, tmp_path / "a", lived.subscribe_context.vault).values())
    assert (tmp_path / "a" / "subscriptions.jsonl").stat().st_mode & 0o077 == 0


def test_a_document_is_in_the_export_as_the_registry_gave_it(lived: OutboxHarness, tmp_path: Path) -> None:
    folder = f"trials/{REGISTRY}/{WITHDRAWN_LATER}"
    file = json.loads(exported(lived.store, tmp_path / "a")[f"{folder}/snapshot-2.json"])

    with lived.store.read() as tx:
        kept = snapshots.get(tx, REGISTRY, WITHDRAWN_LATER, 2)
    assert file["document"] == json.loads(kept.document.content)
    assert file["sha256"] == kept.document.digest.hex()
    assert file["registry_version"] == kept.registry_version


def test_a_removal_and_what_is_no_json_come_back_as_they_were(
    store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    with store.begin() as tx:
        snapshots.add(tx, [*history(HIP, 3), tombstone(HIP, 4, "NCT number not found “…”")])
        trials.record(tx, [Trial(REGISTRY, HIP, State.REMOVED, snapshot=4, verified_at=NOON)])
    exported(store, tmp_path / "a")

    done = read_export(tmp_path / "a", registries, context(elsewhere, Vault.open(key=None, file=tmp_path / "k")), quiet)

    with elsewhere.read() as there, store.read() as here:
        assert done.left == []
        assert list(snapshots.histories(there, REGISTRY, [HIP])) == list(snapshots.histories(here, REGISTRY, [HIP]))


def imported(folder: Path, registries: Mapping[str, Registry], store: Store) -> Imported:
    return read_export(folder, registries, context(store, Vault.open(key=None, file=folder.parent / "k")), quiet)


def kept_alike(store: Store, trial_id: str, length: int) -> None:
    with store.begin() as tx:
        snapshots.add(tx, history(trial_id, length))
        trials.record(tx, [Trial(REGISTRY, trial_id, State.LISTED, snapshot=length, verified_at=NOON)])


def test_a_longer_history_goes_on_and_a_shorter_one_changes_nothing(
    store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    kept_alike(store, HIP, 4)
    kept_alike(store, KNEE, 2)
    kept_alike(elsewhere, HIP, 2)
    kept_alike(elsewhere, KNEE, 4)
    exported(store, tmp_path / "a")

    done = imported(tmp_path / "a", registries, elsewhere)

    with elsewhere.read() as tx:
        assert [row.number for row in snapshots.listing(tx, REGISTRY, HIP)] == [1, 2, 3, 4]
        assert {each.snapshot for each in trials.known(tx, REGISTRY, [HIP, KNEE]).values()} == {4}
    assert (done.snapshots, done.trials, done.left) == (2, 1, [])


def test_two_histories_are_not_mixed(
    store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    kept_alike(store, HIP, 3)
    with elsewhere.begin() as tx:
        snapshots.add(tx, [snapshot(HIP, 1), snapshot(HIP, 2, sites=3)])
    exported(store, tmp_path / "a")

    done = imported(tmp_path / "a", registries, elsewhere)

    assert len(done.left) == 1
    assert "another snapshot 2 of it" in done.left[0]
    with elsewhere.read() as tx:
        assert [row.number for row in snapshots.listing(tx, REGISTRY, HIP)] == [1, 2]


def test_an_export_becomes_as_the_database_is_and_touches_no_other_folder(store: Store, tmp_path: Path) -> None:
    kept_alike(store, HIP, 2)
    before = exported(store, tmp_path / "a")
    stray = tmp_path / "a" / "trials" / REGISTRY / "NCT91000099"
    stray.mkdir()
    (stray / "trial.json").write_text("{}")
    (tmp_path / "a" / "trials" / REGISTRY / HIP / "snapshot-9.json").write_text("{}")

    assert exported(store, tmp_path / "a") == before
    assert not stray.exists()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("dear")
    with pytest.raises(StoreUnavailable, match="holds something that is not an export"):
        exported(store, tmp_path / "home")


def test_an_export_that_was_broken_off_is_not_imported(
    store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    def break_off(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    kept_alike(store, HIP, 2)
    with pytest.raises(KeyboardInterrupt):
        export(store, tmp_path / "a", secrets=None, now=NOON, report_progress=break_off)

    with pytest.raises(ConfigurationInvalid, match="was not written to its end"):
        imported(tmp_path / "a", registries, elsewhere)


def _rewrite(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")


def _link_to_secret(folder: Path) -> None:
    (folder.parent / "outside.json").write_bytes((folder / "snapshot-1.json").read_bytes())
    (folder / "snapshot-1.json").unlink()
    (folder / "snapshot-1.json").symlink_to(folder.parent / "outside.json")


HOSTILE = {
    "another document": lambda f: _rewrite(f / "snapshot-1.json", document={"id": HIP}),
    "a wrong type": lambda f: _rewrite(f / "trial.json", misses="many"),
    "an unknown key": lambda f: _rewrite(f / "trial.json", note="hello"),
    "a trial of another folder": lambda f: _rewrite(f / "trial.json", trial_id="NCT91000099"),
    "a path for a name": lambda f: _rewrite(f / "trial.json", trial_id="../../../etc/passwd"),
    "a snapshot that is missing": lambda f: (f / "snapshot-2.json").unlink(),
    "a snapshot of another trial": lambda f: _rewrite(f / "snapshot-2.json", trial_id=KNEE),
    "a link": _link_to_secret,
    "a pipe": lambda f: ((f / "snapshot-1.json").unlink(), os.mkfifo(f / "snapshot-1.json")),
    "a gigabyte": lambda f: os.truncate(f / "snapshot-1.json", 10**9),
    "depth": lambda f: (f / "snapshot-1.json").write_text("[" * 100_000),
    "an event that is none": lambda f: (f / "events.json").write_text(
        '[{"snapshot": 2, "occurred_at": "2026-01-01T00:00:00Z", "changes": [{"kind": "x"}]}]'
    ),
    "an event of no snapshot": lambda f: (f / "events.json").write_text(
        '[{"snapshot": 9, "occurred_at": "2026-01-01T00:00:00Z", "changes": [{}]}]'
    ),
    "no JSON": lambda f: (f / "trial.json").write_bytes(b"\xff\x00"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_in_one_line_and_leave_the_others_be(
    what: str, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path}/here.sqlite3")) as store:
        kept_alike(store, HIP, 2)
        kept_alike(store, KNEE, 2)
        exported(store, tmp_path / "a")
    HOSTILE[what](tmp_path / "a" / "trials" / REGISTRY / HIP)
    tracemalloc.start()

    done = imported(tmp_path / "a", registries, elsewhere)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(done.left) == 1
    assert HIP in done.left[0]
    assert "\n" not in done.left[0]
    assert peak < 50_000_000
    with elsewhere.read() as tx:
        assert snapshots.listing(tx, REGISTRY, HIP) == []
        assert len(snapshots.listing(tx, REGISTRY, KNEE)) == 2


@pytest.mark.parametrize(
    ("file", "values", "words"),
    [
        ("trial.json", {"misses": "many"}, "misses"),
        ("trial.json", {"misses": True}, "misses"),
        ("trial.json", {"misses": 2**31}, "misses"),
        ("trial.json", {"digest": "0" * 64 + "\n"}, "digest"),
        ("trial.json", {"verified_at": "2026-11-27T12:00:00"}, "verified_at"),
        ("trial.json", {"state": "gone"}, "state"),
        ("trial.json", {"note\x1b[31m" + "x" * 5000: 1}, "unknown field"),
        ("snapshot-1.json", {"number": 1.5}, "number"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    file: str,
    values: Mapping[str, Any],
    words: str,
    store: Store,
    elsewhere: Store,
    registries: Mapping[str, Registry],
    tmp_path: Path,
) -> None:
    kept_alike(store, HIP, 2)
    exported(store, tmp_path / "a")
    _rewrite(tmp_path / "a" / "trials" / REGISTRY / HIP / file, **values)

    (told,) = imported(tmp_path / "a", registries, elsewhere).left

    assert f"{HIP}/{file}: " in told
    assert words in told
    assert len(told) <= len(str(tmp_path)) + 300


def test_a_folder_named_after_another_trial_is_left(
    store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    kept_alike(store, HIP, 2)
    exported(store, tmp_path / "a")
    folder = tmp_path / "a" / "trials" / REGISTRY
    (folder / HIP).rename(folder / KNEE)

    done = imported(tmp_path / "a", registries, elsewhere)

    assert len(done.left) == 1
    assert "about another trial than its folder" in done.left[0]
    assert (done.trials, done.snapshots) == (0, 0)


@pytest.mark.parametrize("name", ["watches", "subscriptions", "notices"])
def test_a_line_that_is_none_is_left_and_said(
    name: str, store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    owe(store, HIP, [2], subscribed(store))
    exported(store, tmp_path / "a")
    with (tmp_path / "a" / f"{name}.jsonl").open("ab") as stream:
        stream.write(b'{"id": "x"}\nnonsense\n')

    done = imported(tmp_path / "a", registries, elsewhere)

    assert len(done.left) == 2
    assert all(f"{name}.jsonl:" in line for line in done.left)


def test_what_belongs_to_a_configuration_and_has_no_address_is_said(
    store: Store, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    subscribed(store)
    with store.begin() as tx:
        watches.apply_config(tx, [("ours", REGISTRY, [HIP])], at=NOON)
    exported(store, tmp_path / "a")

    done = imported(tmp_path / "a", registries, elsewhere)

    assert len(done.aside) == 2
    with elsewhere.read() as tx:
        assert (watches.listing(tx), subscriptions.listing(tx), notices.listing(tx)) == ([], [], [])


def test_the_folder_of_an_export_can_be_moved(
    lived: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    exported(lived.store, tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")

    assert imported(tmp_path / "b", registries, elsewhere).trials == 13


def test_a_mailbox_comes_back_under_its_own_id_and_in_its_rhythm(
    lived: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    rhythm = Rhythm(every=Every.WEEKLY, at=time(7, 30), zone="Asia/Tokyo", breaks_through=True, all_quiet=True)
    made = lived.subscribe("ops@example.org", channel="email", rhythm=rhythm)
    quiet_hours = Rhythm(quiet_hours=(time(22), time(7)))
    other = lived.subscribe("ines@example.org", channel="email", rhythm=quiet_hours)
    exported(lived.store, tmp_path / "a", lived.subscribe_context.vault)

    read_export(tmp_path / "a", registries, context(elsewhere, lived.subscribe_context.vault), quiet)

    with elsewhere.read() as tx:
        assert subscriptions.get(tx, made.subscription.id).everything
        assert subscriptions.get(tx, made.subscription.id).rhythm == rhythm
        assert subscriptions.get(tx, other.subscription.id).rhythm == quiet_hours


def test_a_subscription_that_was_asked_for_on_a_page_comes_back_with_the_links_that_count(
    outbox: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    vault = outbox.subscribe_context.vault
    ask(
        Request(
            address="anna@example.org",
            scope=SubscriptionScope(everything=True),
            filters=Filters(),
            note=None,
            language="fr",
            network="203.0.113.0/24",
        ),
        outbox.subscribe_context,
    )
    with outbox.store.begin() as tx:
        (asked,) = subscriptions.listing(tx)
        links.renew(tx, asked.id, 7)
        questions.note_finished(tx, {asked.id: bytes(32)}, at=outbox.clock())
        before = questions.known(tx, [asked.id])
    exported(outbox.store, tmp_path / "a", vault)

    read_export(tmp_path / "a", registries, context(elsewhere, vault), quiet)

    with elsewhere.read() as tx:
        (kept,) = subscriptions.listing(tx)
        assert (kept.id, kept.origin, str(kept.state), kept.language) == (asked.id, "web", "pending", "fr")
        assert links.versions(tx, [kept.id]) == {kept.id: 7}
        assert questions.known(tx, [kept.id]) == before, "what it was asked is not asked again"
        assert notices.listing(tx) == []


def test_groups_and_teams_come_back_with_those_who_are_in_them(
    lived: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    put("rivals", ["1"], store=lived.store, now=NOON)
    people = ["amara@example.org", "bengt@example.org"]
    asked = Asked(scope=SubscriptionScope(group="rivals"))
    made = subscribe_team("email", people, asked, team="oncology", context=lived.subscribe_context)
    exported(lived.store, tmp_path / "export", lived.subscribe_context.vault)

    done = read_export(tmp_path / "export", registries, context(elsewhere, lived.subscribe_context.vault), quiet)

    assert done.left == []
    with elsewhere.read() as tx:
        members = subscriptions.of_team(tx, "oncology")
        assert [(each.id, each.name) for each in members] == [
            (each.subscription.id, f"oncology, {address}") for each, address in zip(made, people, strict=True)
        ]
        assert {each.group for each in members} == {groups.find(tx, "rivals")}
        assert len(groups.find(tx, "rivals").watches) == 1


def test_a_subscription_comes_back_under_its_name_unless_another_has_it(
    lived: OutboxHarness, elsewhere: Store, registries: Mapping[str, Registry], tmp_path: Path
) -> None:
    def named(of: SubscribeContext, address: str) -> str:
        scope = SubscriptionScope(everything=True)
        asked = Asked(scope=scope, filters=Filters(without=frozenset({"trial.left"})))
        made = subscribe("email", address, asked, context=of, name="rivals")
        return made.subscription.id

    there = context(elsewhere, lived.subscribe_context.vault)
    first = named(lived.subscribe_context, "ops@example.org")
    exported(lived.store, tmp_path / "a", lived.subscribe_context.vault)
    read_export(tmp_path / "a", registries, there, quiet)
    with elsewhere.begin() as tx:
        assert subscriptions.get(tx, "rivals").id == first
        assert subscriptions.get(tx, first).filters.without == {"trial.left"}
        subscriptions.set_state(tx, first, SubscriptionState.ENDED, NOON)
    second = named(there, "amara@example.org")
    with lived.store.begin() as tx:
        subscriptions.set_state(tx, first, SubscriptionState.ENDED, NOON)
    third = named(lived.subscribe_context, "bengt@example.org")
    exported(lived.store, tmp_path / "b", lived.subscribe_context.vault)

    read_export(tmp_path / "b", registries, there, quiet)

    with elsewhere.read() as tx:
        assert subscriptions.get(tx, "rivals").id == second
        assert subscriptions.get(tx, third).name is None
