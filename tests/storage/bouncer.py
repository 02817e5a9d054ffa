"""A PgBouncer in transaction mode in front of the tests' PostgreSQL, with fewer sessions than there are askers."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.service.processes import eventually

SESSIONS = 2
CONFIG = """
[databases]
* = host={server}
[pgbouncer]
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
listen_addr =
unix_socket_dir = {folder}
auth_type = any
logfile = {folder}/log
"""


@contextmanager
def pgbouncer(address: str, *, sessions: int = SESSIONS) -> Iterator[str]:
    """The same database by way of PgBouncer, until the block ends. Where there is none, the test is skipped."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("there is no PgBouncer (apt-get install pgbouncer)")
    direct = make_url(address)
    folder = Path(tempfile.mkdtemp(prefix="pgb-"))
    text = CONFIG.format(server=direct.query["host"], sessions=sessions, folder=folder)
    if os.geteuid() == 0:  # as whom it refuses to run
        shutil.chown(folder, "nobody")
        text += "user = nobody\n"
    # The database of the server's own user, whatever a client calls itself.
    text = text.replace(f"* = host={direct.query['host']}", f"* = host={direct.query['host']} user=postgres")
    (folder / "pgbouncer.ini").write_text(text, encoding="utf-8")
    running = subprocess.Popen([program, "-q", folder / "pgbouncer.ini"], stderr=subprocess.PIPE)
    pooled = direct.update_query_dict({"host": str(folder)}).set(port=6432).render_as_string(hide_password=False)
    try:
        eventually(lambda: _answers(pooled))
        yield pooled
    finally:
        running.terminate()
        running.communicate(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address.replace("postgresql+psycopg", "postgresql")).close()
    except psycopg.OperationalError:
        return False
    return True
