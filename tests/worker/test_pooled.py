"""Workers behind PgBouncer in transaction mode, where nobody can listen: jobs are looked for."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from tests.program import WITHDRAWN_LATER
from tests.service.processes import Serving, eventually
from tests.storage.bouncer import pgbouncer

CONFIG = """
[[watch]]
trials = ["{trial_id}"]
[[subscription]]
email = "anna@example.org"
all = true
[smtp]
port = {port}
[worker]
listen = false
in_serve = false
"""


@pytest.fixture
def pooled(postgres: str, tmp_path: Path, present: Sandbox) -> Iterator[Serving]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE pooled_workers")
    with (
        pgbouncer(postgres.replace("/postgres?", "/pooled_workers?"), sessions=8) as address,
        Serving(tmp_path, address, present) as running,
    ):
        yield running
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE pooled_workers WITH (FORCE)")


@pytest.mark.slow
def test_two_workers_and_the_service_find_a_change_and_tell_it_once(pooled: Serving) -> None:
    with Mailbox() as mailbox:
        pooled.configure(CONFIG.format(trial_id=WITHDRAWN_LATER, port=mailbox.port))
        served = pooled.start()
        workers = [pooled.start_worker(), pooled.start_worker()]
        eventually(lambda: any(line["event"] == "registry checked" for each in workers for line in each.lines))
        pooled.sandbox.next_state(WITHDRAWN_LATER)
        pooled.make_due()
        eventually(lambda: mailbox.messages)
        eventually(lambda: any(line["event"] == "delivery delivered" for each in workers for line in each.lines))

        assert len(mailbox.messages) == 1
        eventually(lambda: served.asked("/healthz")[0] == 200, within=30)
        lines = [line for each in (served, *workers) for line in each.lines]
        assert [line for line in lines if line["level"] == "error"] == []
