"""While a new version takes the place of the former one, that goes on with the schema that the new one has made.

What a later version may do to the schema, is done here to all of it; and what migrations do, is held to that.
"""

import ast
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import StoreUnavailable
from monitor.model.rhythm import Every, Rhythm
from monitor.operate.backup import back_up
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import migrations
from monitor.storage.metadata import metadata
from monitor.storage.migrations import FROM, HEAD, REVISIONS, number_of, works_with
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Workers
from tests.storage.documents import NOON

VERSIONS = Path(migrations.__file__).parent / "versions"
HOOK, DAILY = "https://hooks.example.org/trials", "https://hooks.example.org/daily"
NEXT_BUT_ONE = f"{number_of(HEAD) + 2:04}{FROM}{number_of(HEAD):04}"
ADDING = {"create_table", "add_column", "create_index", "execute", "get_context"}
"""What a revision may do that code from before goes on with; of statements, those that begin as below."""
HARMLESS = re.compile(r"\s*(INSERT|UPDATE|COMMENT|ANALYZE|ALTER TABLE \w+ SET \(autovacuum_)", re.IGNORECASE)


def grown(url: str, revision: str = NEXT_BUT_ONE) -> str:
    """A database to which later versions have added two columns to each table, an index and a table."""
    with closing(Store.open(url)) as store, store.begin() as tx:
        for table in metadata.sorted_tables:
            tx.execute(text(f"ALTER TABLE {table.name} ADD COLUMN a_later_text TEXT"))
            tx.execute(text(f"ALTER TABLE {table.name} ADD COLUMN a_later_number INTEGER NOT NULL DEFAULT 7"))
        tx.execute(text("CREATE TABLE a_later_table (id INTEGER PRIMARY KEY)"))
        tx.execute(text("CREATE INDEX a_later_index ON events (a_later_number)"))
        tx.execute(text("UPDATE alembic_version SET version_num = :revision").bindparams(revision=revision))
    return url


def test_this_version_starts_and_works_on_the_schema_of_two_versions_later(
    store_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A pass, a change, what is told at once and in a digest, and the index: on tables that have grown."""
    with closing(Store.open(grown(store_url))) as store:
        outbox = OutboxHarness(store, sandbox, tmp_path)
        workers = Workers(outbox)
        outbox.watch(WITHDRAWN_LATER)
        workers.tick()
        outbox.subscribe(HOOK)
        outbox.subscribe(DAILY, rhythm=Rhythm(every=Every.DAILY))
        sandbox.next_state(WITHDRAWN_LATER)
        workers.pass_time(timedelta(hours=18), every=timedelta(hours=6))
        workers.index(stopping=lambda: False)

        assert sorted(message.endpoint.shown for message in outbox.channel.came) == [DAILY, HOOK]
        assert workers.checker.failing_since() is None
        assert [line for line in workers.lines() if line["level"] != "info"] == []
        with store.read() as tx:
            assert tx.scalar(text("SELECT version_num FROM alembic_version")) == NEXT_BUT_ONE
            assert tx.scalar(text("SELECT min(a_later_number) FROM events")) == 7
        outbox.registry.close()


@pytest.mark.parametrize(
    "revision",
    [f"{number_of(HEAD) + 1:04}", f"{number_of(HEAD) + 2:04}{FROM}{number_of(HEAD) + 1:04}", "9999_from_", "x"],
)
def test_a_schema_that_says_nothing_of_this_version_is_refused(sqlite_url: str, revision: str) -> None:
    url = grown(sqlite_url, revision)

    with pytest.raises(StoreUnavailable, match=f"written by a newer version .schema {revision}"):
        Store.open(url)


def test_what_would_leave_out_what_is_new_is_left_to_the_newer_version(sqlite_url: str, tmp_path: Path) -> None:
    url = grown(sqlite_url)

    with pytest.raises(StoreUnavailable, match="newer version"):
        back_up(url, tmp_path / "backup.sqlite3", now=NOON, report_progress=lambda *_: None)


def forbidden(source: str) -> list[str]:
    """What a revision does that code from before may stumble over."""
    found = []
    for call in ast.walk(ast.parse(source)):
        match call:
            case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id="op"))):
                if name not in ADDING or (name == "execute" and not _is_harmless(call)) or _is_strict(name, call):
                    found.append(ast.unparse(call))
    return found


def _is_harmless(call: ast.Call) -> bool:
    match call.args:
        case [ast.Constant(value=str(statement))]:
            return HARMLESS.match(statement) is not None
    return False


def _is_strict(name: str, call: ast.Call) -> bool:
    """Whether rows that code from before writes may be refused: a unique index, or a column that has to be given."""
    calls = [each for each in ast.walk(call) if isinstance(each, ast.Call)]
    said = {keyword.arg: ast.unparse(keyword.value) for each in calls for keyword in each.keywords}
    if name == "create_index":
        return said.get("unique") == "True"
    return name == "add_column" and said.get("nullable") == "False" and "server_default" not in said


def test_a_revision_that_says_that_it_only_adds_does() -> None:
    for path in VERSIONS.glob("r*.py"):
        source = path.read_text(encoding="utf-8")
        if FROM in source.partition("def upgrade")[0]:
            assert forbidden(source) == [], path.name


@pytest.mark.parametrize(
    ("does", "is_allowed"),
    [
        ("op.add_column('events', sa.Column('a', sa.Text))", True),
        ("op.add_column('events', sa.Column('a', sa.Text, nullable=False, server_default='x'))", True),
        ("op.create_table('a', sa.Column('b', sa.Text, nullable=False))", True),
        ("op.create_index('i', 'events', ['a'])", True),
        ("op.execute('INSERT INTO a SELECT 1')", True),
        ("op.execute('ALTER TABLE a SET (autovacuum_vacuum_threshold = 1)')", True),
        ("op.execute('ALTER TABLE a ADD b TEXT')", False),
        ("op.add_column('events', sa.Column('a', sa.Text, nullable=False))", False),
        ("op.create_index('i', 'events', ['a'], unique=True)", False),
        ("op.drop_column('events', 'a')", False),
        ("op.rename_table('events', 'a')", False),
        ("op.alter_column('events', 'a', nullable=False)", False),
        ("op.execute('DELETE FROM events')", False),
        ("op.execute(statement)", False),
    ],
)
def test_what_only_adds_is_told_from_what_does_not(does: str, is_allowed: bool) -> None:
    assert (forbidden(f"def upgrade():\n    {does}\n") == []) is is_allowed


def test_names_of_revisions_say_whom_they_go_with() -> None:
    assert works_with(NEXT_BUT_ONE)
    assert not works_with(HEAD), "which is no later one"
    broken = 0
    for revision in REVISIONS:
        oldest = number_of(revision.partition(FROM)[2]) or number_of(revision)
        assert broken <= oldest <= number_of(revision), f"{revision}: {broken:04} does not go with code from before it"
        broken = max(broken, oldest)
