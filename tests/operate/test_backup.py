"""A backup is everything at one moment, proved; a restore replaces nothing before that, and repeats no alert unseen."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.channels.webhook.transport import WebhookTransport
from monitor.clock import utc_now
from monitor.errors import NothingFound, StoreCorrupt, StoreUnavailable
from monitor.http.guarded import GuardedSession
from monitor.operate.backup import Backup, Consent, Restored, back_up, restore
from monitor.operate.transfer.exporting import export
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import copying, endpoints, gathered, leases, snapshots, trials, watches
from monitor.storage.holders import own_name
from monitor.storage.leases import Lease
from monitor.storage.store import Store
from monitor.storage.tables import metadata
from monitor.storage.trials import Trial
from monitor.vault import Vault
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, history, snapshot
from tests.storage.migrated import migrated
from tests.storage.subscribers import AMARA, VAULT, owe, subscribed, tell

ON_POSTGRESQL = SLOW

NO, YES = Consent(), Consent(replaced=True)


def quiet(_done: int, _total: int) -> None:
    pass


def backed_up(url: str, file: Path) -> Backup:
    return back_up(url, file, now=NOON, report_progress=quiet)


def restored(file: Path, url: str, *, vault: Vault = VAULT, consent: Consent = NO) -> Restored:
    return restore(file, url, vault=vault, consent=consent, now=NOON, report_progress=quiet)


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(Store.open(url)) as store, store.read() as tx:
        return {table.name: sorted(map(tuple, tx.execute(select(table))), key=repr) for table in metadata.sorted_tables}


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL held goes aside into the data directory of the current folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def furnished(store_url: str) -> str:
    """The address of a database with something of every kind in it."""
    with closing(Store.open(store_url)) as store:
        owe(store, HIP, [2, 3], subscribed(store))
        with store.begin() as tx:
            snapshots.add(tx, history(KNEE, 4))
            trials.record(tx, [Trial(REGISTRY, KNEE, verified_at=NOON)])
            watches.add(tx, registry=REGISTRY, trial_ids=[HIP, KNEE], origin="command", name="joints", at=NOON)
    return store_url


def test_a_backup_holds_everything_and_says_how_much(furnished: str, tmp_path: Path) -> None:
    made = backed_up(furnished, tmp_path / "b.sqlite3")

    assert everything(f"sqlite:///{made.file}") == everything(furnished)
    assert (made.contents.snapshots, made.contents.watches, made.contents.owed, made.damaged) == (7, 1, 2, ())
    assert made.file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob(".b*")] == []


def test_a_backup_says_how_much_waits_for_digests(store_url: str, tmp_path: Path) -> None:
    with closing(Store.open(store_url)) as store:
        reader = subscribed(store)
        told = tell(store, HIP, 2, 3)
        with store.begin() as tx:
            gathered.add(tx, [(reader.id, each) for each in told])

    made = backed_up(store_url, tmp_path / "b.sqlite3")

    assert (made.contents.owed, made.contents.gathered) == (0, 2)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_of_either_store_can_be_restored_to_either(
    furnished: str, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = backed_up(furnished, tmp_path / "b.sqlite3").file
    before = everything(furnished)
    url = f"sqlite:///{tmp_path}/new/monitor.sqlite3" if target == "sqlite" else request.getfixturevalue("postgres_url")

    done = restored(file, url, consent=YES)

    assert everything(url) == before
    assert (done.aside is None) == (url != furnished)
    with closing(Store.open(url)) as store, store.begin() as tx:
        made, _ = watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name="new", at=NOON)
    assert made.id > 1


def test_a_folder_gets_a_file_named_by_the_moment(furnished: str, tmp_path: Path) -> None:
    assert backed_up(furnished, tmp_path).file.name == "monitor-20261122T120000Z.sqlite3"


def test_a_file_that_is_there_is_never_overwritten(furnished: str, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("precious")

    with pytest.raises(StoreUnavailable, match="is there already"):
        backed_up(furnished, tmp_path / "b")

    assert (tmp_path / "b").read_text() == "precious"


def test_no_database_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NothingFound, match="there is no database at"):
        backed_up(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path / "b")

    assert list(tmp_path.iterdir()) == []


def test_a_database_that_holds_something_is_replaced_only_with_consent(furnished: str, tmp_path: Path) -> None:
    file = backed_up(furnished, tmp_path / "b.sqlite3").file
    with closing(Store.open(furnished)) as store:
        owe(store, KNEE, [2], subscribed(store, KNEE, address="bengt@clinic.example"))
    later = everything(furnished)

    with pytest.raises(StoreUnavailable, match="--force replaces it, and keeps it aside"):
        restored(file, furnished)
    assert everything(furnished) == later

    done = restored(file, furnished, consent=YES)
    assert done.aside is not None
    assert everything(f"sqlite:///{done.aside}") == later
    assert everything(furnished) == everything(f"sqlite:///{file}") != later
    done.aside.unlink()


def test_a_backup_of_an_older_version_is_migrated(tmp_path: Path) -> None:
    old = f"sqlite:///{tmp_path}/old.sqlite3"
    with closing(migrated(old, "0001")) as store, store.begin() as tx:
        snapshots.add(tx, history(HIP, 3))
    made = backed_up(old, tmp_path / "b.sqlite3")
    with closing(sqlite3.connect(made.file)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)

    done = restored(made.file, f"sqlite:///{tmp_path}/new.sqlite3")

    assert (made.contents.snapshots, done.contents.snapshots) == (3, 3)
    assert everything(f"sqlite:///{tmp_path}/new.sqlite3")["snapshots"]


def test_a_key_that_does_not_fit_is_noticed_before_anything_is_replaced(furnished: str, tmp_path: Path) -> None:
    file = backed_up(furnished, tmp_path / "b.sqlite3").file
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    for other, words in (
        (Vault.open(key="t" * 43 + "=", file=tmp_path / "none"), "does not open 1 of the addresses"),
        (Vault.open(key=None, file=tmp_path / "none"), "is missing: put it back"),
    ):
        with pytest.raises(StoreUnavailable, match=f"{words}.*--without-key"):
            restored(file, url, vault=other)
        assert not (tmp_path / "new.sqlite3").exists()

    done = restored(file, url, vault=other, consent=Consent(lost=True))

    assert done.locked
    assert everything(url) == everything(furnished)


def _flip(file: Path, table: str, column: str) -> None:
    with closing(sqlite3.connect(file)) as copy:
        copy.execute(f"UPDATE {table} SET {column} = CAST(X'00' || substr({column}, 2) AS BLOB) WHERE rowid = 1")
        copy.commit()


def test_a_damaged_snapshot_is_named_in_a_backup_and_refused_by_a_restore(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    with closing(Store.open(url)) as store, store.begin() as tx:
        snapshots.add(tx, [snapshot(HIP), snapshot(KNEE)])
    _flip(tmp_path / "monitor.sqlite3", "snapshots", "body")

    made = backed_up(url, tmp_path / "b.sqlite3")

    assert len(made.damaged) == 1
    assert f"snapshot 1 of {HIP} is damaged" in made.damaged[0]
    with pytest.raises(StoreCorrupt, match=r"1 such snapshots; --force restores the others"):
        restored(made.file, f"sqlite:///{tmp_path}/new.sqlite3")
    assert restored(made.file, f"sqlite:///{tmp_path}/new.sqlite3", consent=YES).damaged == made.damaged


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, b"SQLite format 3\0" + b"\0" * 5000])
def test_what_is_no_backup_is_refused_and_replaces_nothing(content: bytes, furnished: str, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(content)
    before = everything(furnished)

    with pytest.raises((StoreUnavailable, StoreCorrupt), match=f"^{tmp_path}/b "):
        restored(tmp_path / "b", furnished, consent=YES)

    assert everything(furnished) == before


def test_a_broken_database_can_be_restored_over(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    with closing(Store.open(url)) as store, store.begin() as tx:
        snapshots.add(tx, history(HIP, 3))
    good = everything(url)
    file = backed_up(url, tmp_path / "b.sqlite3").file
    (tmp_path / "monitor.sqlite3").write_bytes(b"the disk's last words" * 500)
    (tmp_path / "monitor.sqlite3-journal").write_bytes(b"a journal of something else")
    (tmp_path / "monitor.sqlite3-wal").write_bytes(b"a log of something else")

    done = restored(file, url, consent=YES)

    assert everything(url) == good
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"the disk")
    assert list(tmp_path.glob("monitor.sqlite3-*")) == []


def test_a_database_that_others_write_to_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    with closing(Store.open(url)) as store, store.begin() as tx:
        snapshots.add(tx, history(HIP, 3))
    file = backed_up(url, tmp_path / "b.sqlite3").file
    monkeypatch.setattr("monitor.storage.copying.LOCK_SECONDS", 0.1)
    with closing(sqlite3.connect(tmp_path / "monitor.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable, match="is in use: end the other processes"):
            restored(file, url, consent=YES)


def test_two_restores_and_two_backups_of_one_second_both_work_and_keep_what_was_there(
    furnished: str, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    files = [backed_up(furnished, tmp_path / "kept").file for _ in range(2)]
    before = everything(furnished)

    asides = [restored(file, furnished, consent=YES).aside for file in files]

    assert [file.name for file in files] == ["monitor-20261122T120000Z.sqlite3", "monitor-20261122T120000Z-2.sqlite3"]
    assert len(set(asides)) == 2
    assert all(everything(f"sqlite:///{aside}") == before for aside in asides)
    assert everything(furnished) == before


def held_by(url: str, holder: str) -> Lease:
    with closing(Store.open(url)) as store, store.begin() as tx:
        leases.take(tx, leases.SCHEDULER, holder, seen=None)
        lease = leases.get(tx, leases.SCHEDULER)
    assert lease
    return lease


def test_nothing_is_replaced_under_a_service_that_is_active(furnished: str, tmp_path: Path) -> None:
    file = backed_up(furnished, tmp_path / "b.sqlite3").file
    held_by(furnished, own_name())
    before = everything(furnished)

    with pytest.raises(StoreUnavailable, match=f"is at work in the database .process {os.getpid()} on .*: stop it"):
        restored(file, furnished, consent=YES)

    assert everything(furnished) == before


def test_a_service_that_is_gone_or_silent_is_no_hindrance(furnished: str, tmp_path: Path) -> None:
    file = backed_up(furnished, tmp_path / "b.sqlite3").file
    for holder in (own_name().replace(f" {os.getpid()} ", " 1 "), "far-away 1a2b/pid 7 1234 beef"):
        with closing(Store.open(furnished)) as store, store.begin() as tx:
            leases.clear(tx)
        held_by(furnished, holder)

        restore(file, furnished, vault=VAULT, consent=YES, now=NOON, report_progress=quiet, silence=0.05)

        with closing(Store.open(furnished)) as store, store.read() as tx:
            assert leases.get(tx, leases.SCHEDULER) is None


def test_a_service_on_another_machine_is_known_by_the_moving_lease(furnished: str, tmp_path: Path) -> None:
    file = backed_up(furnished, tmp_path / "b.sqlite3").file
    held_by(furnished, "far-away 1a2b/pid 7 1234 beef")

    def beat() -> None:
        while not done.wait(0.2):
            with closing(Store.open(furnished)) as store, store.begin() as tx:
                leases.renew(tx, leases.SCHEDULER, "far-away 1a2b/pid 7 1234 beef")

    done = threading.Event()
    beating = threading.Thread(target=beat)
    beating.start()
    try:
        with pytest.raises(StoreUnavailable, match="process 7 on far-away"):
            restore(file, furnished, vault=VAULT, consent=YES, now=NOON, report_progress=quiet, silence=30)
    finally:
        done.set()
        beating.join()


def test_who_had_the_database_open_finds_the_restored_one(tmp_path: Path) -> None:
    """A service that stands by must not become active in the file that a restore has set aside."""
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    with closing(Store.open(url)) as standby:
        with standby.begin() as tx:
            snapshots.add(tx, [snapshot(HIP)])
        file = backed_up(url, tmp_path / "b.sqlite3").file
        with standby.begin() as tx:
            snapshots.add(tx, [snapshot(KNEE)])

        restored(file, url, consent=YES)

        with standby.begin() as tx:
            assert snapshots.listing(tx, REGISTRY, KNEE) == []
            snapshots.add(tx, [snapshot(HIP, 2)])
    assert len(everything(url)["snapshots"]) == 2


def test_a_writer_that_waited_for_a_restore_writes_nothing_into_what_was_set_aside(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    refused: list[StoreUnavailable] = []

    def write() -> None:
        begun.set()
        try:
            with store.begin() as tx:
                snapshots.add(tx, [snapshot(KNEE)])
        except StoreUnavailable as error:
            refused.append(error)

    with closing(Store.open(url)) as store:
        with store.begin() as tx:
            snapshots.add(tx, [snapshot(HIP)])
        other = backed_up(url, tmp_path / "b.sqlite3").file
        begun, writer = threading.Event(), threading.Thread(target=write)
        with copying.exclusively(tmp_path / "monitor.sqlite3"):
            writer.start()
            begun.wait()
            time.sleep(0.3)  # it waits for the lock by now; were it later, it would find the new file, and no harm done
            (tmp_path / "aside").hardlink_to(tmp_path / "monitor.sqlite3")
            other.rename(tmp_path / "monitor.sqlite3")
        writer.join()

    assert all("was replaced by a restore just now: try again" in str(error) for error in refused)
    with closing(Store.open(f"sqlite:///{tmp_path}/aside")) as aside, aside.read() as tx:
        assert snapshots.listing(tx, REGISTRY, KNEE) == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_made_is_its_owners_alone_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    """Folders that were there, such as those of systemd or a container, stay as they are."""
    (tmp_path / "mine").mkdir(mode=0o755)
    (tmp_path / "mine").chmod(0o755)
    former = os.umask(umask)
    try:
        for place in ("mine", "a/b"):
            url = f"sqlite:///{tmp_path}/{place}/monitor.sqlite3"
            with closing(Store.open(url)) as store:
                vault = Vault.open(key=None, file=tmp_path / place / "keys" / "secret.key")
                with store.begin() as tx:
                    endpoints.put(tx, vault, channel="email", address=AMARA, shown=AMARA, at=NOON)
                export(store, tmp_path / place / "export", secrets=None, now=NOON, report_progress=quiet)
                with store.begin() as tx:
                    snapshots.add(tx, [snapshot(HIP)])
                    modes = modes_in(tmp_path / place)
            backed_up(url, tmp_path / place / "backups" / "b.sqlite3")
            restored(tmp_path / place / "backups" / "b.sqlite3", url, consent=Consent(replaced=True, lost=True))
            modes |= modes_in(tmp_path / place)
            assert modes == {0o700, 0o600}
    finally:
        os.umask(former)
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in ("mine", "a", "a/b")] == [
        "0o755",
        "0o700",
        "0o700",
    ]


def modes_in(folder: Path) -> set[int]:
    """The modes of all that is in a folder; within an export, whose folder is closed, those of the private files."""
    return {
        file.stat().st_mode & 0o777
        for file in folder.rglob("*")
        if "export" not in file.parts or file.suffix == ".jsonl" or file.is_dir()
    }


def test_alerts_sent_again_after_a_restore_carry_their_old_ids(present: Sandbox, tmp_path: Path) -> None:
    """The receiver tells the second time from the first by it, as the ids are derived."""
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    with closing(Store.open(url)) as store, WebhookReceiver() as hook:
        program = OutboxHarness(store, present, tmp_path)
        channel = WebhookTransport(GuardedSession(user_agent="test", allow_networks=["127.0.0.0/8"]))
        program.clock.now = utc_now()
        program.delivering = replace(program.delivering, transports={"webhook": channel})
        program.watch(WITHDRAWN_LATER)
        program.check()
        hook.secret = program.subscribe(hook.url, WITHDRAWN_LATER).secret
        file = backed_up(url, tmp_path / "b.sqlite3").file
        present.next_state(WITHDRAWN_LATER)
        program.check()
        program.deliver()
        store.close()

        restored(file, url, vault=program.subscribe_context.vault, consent=YES)
        program.check()
        program.deliver()

        program.registry.close()
        channel.close()
    first, again = hook.deliveries
    assert first.verified
    assert again.verified
    assert first.id == again.id
    assert json.loads(first.body)["data"]["snapshot"] == json.loads(again.body)["data"]["snapshot"] == 2


WRITER = """
import sys, time
from tests.storage.documents import snapshot
from monitor.storage import snapshots
from monitor.storage.store import Store
store, number = Store.open(sys.argv[1]), 0
while True:
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(f"NCT93{number:06d}")])
    number += 1
    print(number, flush=True)
    time.sleep(0.012)
"""


@pytest.mark.slow
def test_a_backup_taken_under_50_writes_a_second_is_whole(store_url: str, tmp_path: Path) -> None:
    """What was committed before it began is in it; what comes after is as if it had not been; the writer lives on."""
    with closing(Store.open(store_url)) as store, store.begin() as tx:
        snapshots.add(tx, (snapshot(f"NCT94{number:06d}", sites=200) for number in range(3000)))
    written: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, store_url], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as writer:
        assert writer.stdout is not None
        reader = threading.Thread(
            target=lambda lines: [written.append(time.monotonic()) for _ in lines], args=(writer.stdout,)
        )
        reader.start()
        while len(written) < 50:
            time.sleep(0.05)
        before = len(written)
        made = backed_up(store_url, tmp_path / "b.sqlite3")
        reached = len(written)
        while len(written) < reached + 20:
            time.sleep(0.05)
            assert writer.poll() is None
        writer.kill()
        reader.join()

    assert made.damaged == ()
    assert 3000 + before <= made.contents.snapshots <= 3000 + reached + 1
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    assert restored(made.file, url).contents == made.contents
    assert before / (written[before - 1] - written[0]) > 20


def test_backup_and_restore_say_what_there_is_and_where_the_key_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/monitor.sqlite3"
    (tmp_path / "data").mkdir()
    with closing(Store.open(url)) as store:
        subscribed(store)

    made = _monitor(tmp_path, url, "backup", str(tmp_path / "b.sqlite3"))
    refused = _monitor(tmp_path, f"sqlite:///{tmp_path}/new/m.sqlite3", "restore", str(tmp_path / "b.sqlite3"))
    done = _monitor(
        tmp_path,
        f"sqlite:///{tmp_path}/new/m.sqlite3",
        "restore",
        str(tmp_path / "b.sqlite3"),
        "--without-key",
        "--json",
    )

    assert "1 subscription; no check yet; 0 deliveries owed." in made.stdout
    assert f"keep a copy of {tmp_path}/data/secret.key in another place" in made.stdout
    assert AMARA not in made.stdout
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert json.loads(done.stdout)["subscriptions"] == 1


def _monitor(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "MONITOR_STORE__URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
