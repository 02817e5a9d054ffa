"""What a person reads when a database cannot be used: one line that names it and says what to do."""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from monitor.errors import StoreCorrupt, StoreError, StoreUnavailable
from monitor.storage import trials
from monitor.storage.failures import DatabaseName, explain
from monitor.storage.store import Store, migrate
from monitor.storage.trials import Trial
from tests.storage.documents import HIP, REGISTRY, history

PASSWORD = "tr0ub4dor"


def refusal(url: str) -> StoreError:
    with pytest.raises(StoreError) as refused:
        Store.open(url)
    assert "\n" not in str(refused.value)
    assert PASSWORD not in str(refused.value)
    return refused.value


def test_a_database_and_its_folder_are_made_on_first_use(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/of/mine/monitor.sqlite3"
    store = Store.open(url)
    with store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP)])
    store.close()

    again = Store.open(url)
    with again.read() as tx:
        assert trials.known(tx, REGISTRY, [HIP])
    again.close()


def test_migrating_makes_a_database_and_leaves_one_of_today_alone(store_url: str) -> None:
    migrate(store_url)
    migrate(store_url)

    Store.open(store_url).close()


@pytest.mark.parametrize("is_there", [True, False], ids=["up to date", "new"])
def test_a_database_opens_without_alembic(sqlite_url: str, is_there: bool) -> None:
    """Loading it takes longer than everything else that a start does."""
    if is_there:
        migrate(sqlite_url)
    program = f"import sys; from monitor.storage.store import Store; Store.open({sqlite_url!r}).close()"
    check = "sys.exit(any(name.split('.')[0] in ('alembic', 'psycopg') for name in sys.modules))"

    subprocess.run([sys.executable, "-c", f"{program}; {check}"], check=True)


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="read-only"), store.read() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP)])

    with store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP)])


def test_reading_sees_one_state_of_the_database(postgres_url: str) -> None:
    """Between two statements of a reader a writer may commit; on SQLite with a rollback journal it has to wait."""
    store = Store.open(postgres_url)
    with store.read() as reader:
        assert trials.known(reader, REGISTRY, [HIP]) == {}
        with store.begin() as writer:
            trials.record(writer, [Trial(REGISTRY, HIP)])
        assert trials.known(reader, REGISTRY, [HIP]) == {}
    store.close()


def test_an_exception_rolls_back(store: Store) -> None:
    def record_and_fail() -> None:
        with store.begin() as tx:
            trials.record(tx, [Trial(REGISTRY, HIP)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        record_and_fail()

    with store.read() as tx:
        assert trials.known(tx, REGISTRY, [HIP]) == {}


def _under_a_file(folder: Path) -> str:
    (folder / "notes.txt").write_text("not a folder")
    return f"{folder}/notes.txt/monitor.sqlite3"


def _a_folder(folder: Path) -> str:
    return str(folder)


def _a_text(folder: Path) -> str:
    (folder / "notes.txt").write_text("this is no database, but it is long enough to be looked at " * 20)
    return f"{folder}/notes.txt"


def _of_another_program(folder: Path) -> str:
    connection = sqlite3.connect(folder / "music.sqlite3")
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    return f"{folder}/music.sqlite3"


def _from_the_future(folder: Path) -> str:
    migrate(f"sqlite:///{folder}/monitor.sqlite3")
    connection = sqlite3.connect(folder / "monitor.sqlite3", isolation_level=None)
    connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    return f"{folder}/monitor.sqlite3"


def _without_a_table(folder: Path) -> str:
    migrate(f"sqlite:///{folder}/monitor.sqlite3")
    connection = sqlite3.connect(folder / "monitor.sqlite3", isolation_level=None)
    connection.execute("DROP TABLE alembic_version")
    connection.execute("CREATE TABLE alembic_version (something)")
    connection.close()
    return f"{folder}/monitor.sqlite3"


def _with_a_hole(folder: Path) -> str:
    migrate(f"sqlite:///{folder}/monitor.sqlite3")
    file = folder / "monitor.sqlite3"
    data = file.read_bytes()
    file.write_bytes(data[:100] + bytes(3996) + data[4096:])
    return str(file)


def _with_a_scribbled_schema(folder: Path) -> str:
    migrate(f"sqlite:///{folder}/monitor.sqlite3")
    file = folder / "monitor.sqlite3"
    file.write_bytes(file.read_bytes().replace(b"TABLE registries", b"TABLE \xe5\xe5\xe5\xe5 \xe5\xe5\xe5\xe5\xe5"))
    return str(file)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (_under_a_file, StoreUnavailable, r"cannot be created .*: choose another with store\.url"),
        (_a_folder, StoreUnavailable, r"cannot be opened: .* choose another with store\.url"),
        (_a_text, StoreUnavailable, r"is not a SQLite database: choose another .* or restore a backup"),
        (_of_another_program, StoreUnavailable, r"holds tables of another program: choose another"),
        (_from_the_future, StoreUnavailable, r"newer version \(schema 0999.*: run that version, or restore a backup"),
        (_without_a_table, StoreCorrupt, r"is damaged \(.*version_num.*\): restore a backup"),
        (_with_a_scribbled_schema, StoreCorrupt, r"is damaged \(.*\): restore a backup"),
        (_with_a_hole, StoreCorrupt, r"is damaged \(.*\): restore a backup"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_remedy(
    tmp_path: Path, make: Callable[[Path], str], kind: type[StoreError], words: str
) -> None:
    name = make(tmp_path)

    error = refusal(f"sqlite:///{name}")

    assert type(error) is kind
    assert str(error).startswith(f"{name} ")
    assert re.search(words, str(error))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"postgresql:/me:{PASSWORD}@host/db", "store.url is not a database URL: write sqlite:///FILE or postgresql"),
        (f"mysql://me:{PASSWORD}@host/db", "store.url names mysql, which is not a store of this program: write"),
        (f"postgresql+asyncpg://me:{PASSWORD}@host/db", "names postgresql+asyncpg, which is not a store"),
        (f"postgresql://me:{PASSWORD}@host:port/db", "store.url is not a database URL"),
        ("sqlite://", "names no file: write sqlite:///FILE"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:x?nolock=1&uri=true", "names no file"),
    ],
)
def test_an_address_that_is_none_of_ours_is_refused(url: str, words: str) -> None:
    error = refusal(url)

    assert isinstance(error, StoreUnavailable)
    assert words in str(error)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that any user can walk into; pytest's own are this user's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (0o644, "is read-only: allow writing"),
        (0o600, "belongs to another user, who alone may read it: run as that user"),
        (None, "its folder must exist and be writable"),
    ],
)
def test_a_read_only_folder_is_named_with_the_remedy(open_to_all: Path, mode: int | None, words: str) -> None:
    """Root may write anywhere, so this gives up being root where it is."""
    url = f"sqlite:///{open_to_all}/monitor.sqlite3"
    if mode is not None:
        migrate(url)
        (open_to_all / "monitor.sqlite3").chmod(mode)
    open_to_all.chmod(0o555)
    program = f"""
import os
from monitor.errors import StoreUnavailable
from monitor.storage import trials
from monitor.storage.store import Store
from alembic import command
if os.getuid() == 0:
    os.setuid(65534)
try:
    with Store.open({url!r}).begin() as tx:
        trials.record(tx, [trials.Trial("a", "b")])
except StoreUnavailable as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    open_to_all.chmod(0o755)

    assert done.stdout.startswith(f"{open_to_all}/monitor.sqlite3 ")
    assert words in done.stdout or os.getuid() != 0


def test_a_full_disk_is_named_and_loses_nothing(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    with store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP)])
        pages = tx.scalar(text("PRAGMA page_count"))
    event.listen(store._engine, "begin", lambda tx: tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))

    with pytest.raises(StoreUnavailable, match="its disk is full: free some space and try again"), store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP, title="T" * 100_000)])

    with store.read() as tx:
        assert trials.known(tx, REGISTRY, [HIP]) == {HIP: Trial(REGISTRY, HIP)}
    store.close()


def test_a_file_that_must_not_grow_is_named(sqlite_url: str) -> None:
    """A quota or a limit on files: SQLite sees a write that fails, and no full disk."""
    migrate(sqlite_url)
    program = f"""
import os, resource
from monitor.errors import StoreUnavailable
from monitor.storage import trials
from monitor.storage.store import Store
store = Store.open({sqlite_url!r})
size = os.stat({sqlite_url.removeprefix("sqlite:///")!r}).st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    with store.begin() as tx:
        trials.record(tx, [trials.Trial("a", str(number), title="T" * 5000) for number in range(100)])
except StoreUnavailable as error:
    print(error)
with store.read() as tx:
    assert not trials.known(tx, "a", ["1"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert re.search(r"monitor\.sqlite3 cannot be read or written \(.*\): look at its disk", done.stdout)


def test_a_database_that_stays_locked_is_named(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.storage.store.LOCK_SECONDS", 0.1)
    store, other = Store.open(store_url), Store.open(store_url)
    with other.begin() as holder:
        trials.record(holder, [Trial(REGISTRY, HIP)])
        with pytest.raises(StoreUnavailable, match="was locked by another process"), store.begin() as tx:
            trials.record(tx, [Trial(REGISTRY, HIP)])
    store.close()
    other.close()


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    error = refusal(f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:1/registry")

    assert isinstance(error, StoreUnavailable)
    assert str(error).startswith("PostgreSQL database 'registry' at 127.0.0.1:1 cannot be reached (")
    assert str(error).endswith("start the server, or correct store.url")


def test_an_option_that_postgresql_does_not_know_is_named_without_the_password() -> None:
    error = refusal(f"postgresql://me@127.0.0.1:1/registry?password={PASSWORD}&colour=blue")

    assert isinstance(error, StoreUnavailable)
    assert re.search(r"cannot be reached \(.*colour", str(error))


def test_a_database_that_is_not_on_the_server_is_named(postgres: str) -> None:
    error = refusal(postgres.replace("/postgres?", "/elsewhere?"))

    assert isinstance(error, StoreUnavailable)
    assert str(error).startswith("PostgreSQL database 'elsewhere' at ")


def test_a_server_that_ends_our_connection_is_named_and_the_next_transaction_works(postgres_url: str) -> None:
    store = Store.open(postgres_url)

    def record_on_a_connection_that_ends() -> None:
        with store.begin() as tx, store.begin() as other:
            own = tx.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            trials.record(tx, [Trial(REGISTRY, HIP)])

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        record_on_a_connection_that_ends()

    with store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP)])
    store.close()


def test_a_user_without_rights_is_told(postgres_url: str) -> None:
    store = Store.open(postgres_url)
    with store.begin() as tx:
        tx.execute(text(f"CREATE ROLE guest_{os.getpid()} LOGIN"))
    store.close()

    error = refusal(postgres_url.replace("postgres:@", f"guest_{os.getpid()}:{PASSWORD}@"))

    assert isinstance(error, StoreUnavailable)
    assert re.search(r"refuses this user \(.*alembic_version", str(error))


def test_a_password_that_a_driver_repeats_is_struck_out() -> None:
    error = psycopg.OperationalError(f"could not parse\n  {PASSWORD}@host")

    explained = explain(error, DatabaseName("the database", PASSWORD), connecting=True)

    assert str(explained).startswith("the database cannot be reached (could not parse ***@host): ")


def test_a_missing_driver_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    error = refusal(f"postgresql://me:{PASSWORD}@host/registry")

    assert "needs a driver that is not installed: pip install 'psycopg[binary]' beside the program" in str(error)


def test_a_bug_of_ours_is_not_dressed_up_as_a_store_that_fails(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as tx:
        tx.execute(text("INSERT INTO watches (origin) VALUES (NULL)"))


def test_a_time_without_zone_is_refused(store: Store) -> None:
    naive = history(HIP, 1)[0].taken_at.replace(tzinfo=None)

    with pytest.raises(Exception, match="has no time zone"), store.begin() as tx:
        trials.record(tx, [Trial(REGISTRY, HIP, verified_at=naive)])
