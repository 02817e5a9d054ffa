"""Processes that share the work at one database: real ones, beside a real service."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from bench.owing import SECRET
from monitor.config import load
from monitor.operate.doctor.database import waiting_jobs
from monitor.operate.doctor.findings import DatabaseContext, Level
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from monitor.storage import events, jobs, leases
from monitor.storage.store import Store
from monitor.vault import Vault
from monitor.web.machines.metrics import Metrics
from tests.cli.commands import command
from tests.faulty_program import dying
from tests.program import WITHDRAWN_LATER
from tests.service.processes import Serving, eventually
from tests.service.test_serving import watching
from tests.test_crash import renamed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEAVES_IT = {"MONITOR_WORKER__IN_SERVE": "false"}


@pytest.fixture
def serving(tmp_path: Path, shared_url: str, present: Sandbox) -> Iterator[Serving]:
    with Serving(tmp_path, shared_url.replace("postgresql://", "postgresql+psycopg://"), present) as running:
        yield running


def test_workers_check_and_send_while_the_service_only_answers(serving: Serving) -> None:
    with Mailbox() as mailbox:
        serving.configure(watching(mailbox))
        served = serving.start(**LEAVES_IT)
        eventually(lambda: "no worker is alive" in served.asked("/healthz")[1])
        workers = [serving.start_worker() for _ in range(2)]
        eventually(lambda: checked(*workers))
        serving.sandbox.next_state(WITHDRAWN_LATER)
        serving.make_due()

        eventually(lambda: mailbox.messages)
        eventually(lambda: checked(*workers) == 2)

        assert served.asked("/healthz")[0] == 200, served.asked("/healthz")
        assert [mail.email["To"] for mail in mailbox.messages] == ["anna@example.org"]
        assert checked(served) == 0, "the service leaves it to them"
        with serving.store.read() as tx:
            assert len(leases.of_workers(tx)) == 2
        for each in workers:
            each.signal(15)
            assert each.ended() == 0
        with serving.store.read() as tx:
            assert leases.of_workers(tx) == []
            assert jobs.workers(tx) == 0


def checked(*processes: object) -> int:
    """How many passes these have made."""
    return sum(line["event"] == "registry checked" for each in processes for line in each.lines)  # type: ignore[attr-defined]


def test_sqlite_has_no_workers_and_says_what_does_the_work_there(tmp_path: Path) -> None:
    refused = command(tmp_path, MONITOR_STORE__URL=f"sqlite:///{tmp_path}/monitor.sqlite3")("worker")

    assert refused.returncode == 2
    assert "as SQLite lets one process write at a time: `monitor serve` does all the work" in refused.stderr
    assert not (tmp_path / "monitor.sqlite3").exists()


def test_doctor_says_whether_jobs_are_taken(shared_store: Store, shared_url: str) -> None:
    config = load(None, {"MONITOR_STORE__URL": shared_url})
    vault = Vault.open(key=SECRET, file=Path("none"))

    def found() -> tuple[Level, str]:
        with shared_store.read() as tx:
            (finding,) = waiting_jobs(DatabaseContext(config, (), vault, NOW, tx))
        return finding.level, finding.text

    assert found() == (Level.FINE, "0 waiting, 1 queue served")
    with shared_store.begin() as tx:
        jobs.deliver(tx, ["1"])
        tx.exec_driver_sql("UPDATE procrastinate_events SET at = at - interval '400 seconds'")
    assert found()[0] is Level.PROBLEM
    assert found()[1].startswith("1 job of the queue deliver, the oldest for 40")


def test_how_jobs_stand_is_among_the_figures(shared_store: Store) -> None:
    metrics = Metrics(shared_store, registries=list, active=lambda: True, clock=lambda: NOW)
    with shared_store.begin() as tx:
        jobs.deliver(tx, map(str, range(250)))

    text = metrics.text().decode()

    assert 'monitor_jobs_waiting{queue="deliver"} 3.0' in text
    assert 'monitor_jobs_stalled{queue="fetch"} 0.0' in text
    assert "monitor_workers 1.0" in text


def acronyms(store: Store) -> set[object]:
    """Those that the trial is known to have had."""
    with store.read() as tx:
        told = events.of_trial(tx, ClinicalTrialsGov.key, WITHDRAWN_LATER)
    return {change.after for event in told for change in event.changes if change.field == "acronym"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_alert_is_lost_where_checks_die_beside_three_workers_and_a_service(
    serving: Serving, present: Sandbox, tmp_path: Path
) -> None:
    """At every fifth step of a check that finds a change and delivers, while all of them may do the same work."""
    shared = {"MONITOR_SECRET_KEY": SECRET, "MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]'}
    with WebhookReceiver() as hook:
        places = [f"{hook.url}/{number}" for number in range(3)]
        blocks = "".join(f'[[subscription]]\nwebhook = "{place}"\nall = true\n' for place in places)
        serving.configure(f'[[watch]]\ntrials = ["{WITHDRAWN_LATER}"]\n{blocks}')
        variables = shared | {"MONITOR_CONFIG": str(tmp_path / "config.toml")}
        present.edit(WITHDRAWN_LATER, renamed(0))
        dying(serving.store_url, present.base_url, "check", step=0, **variables)
        present.edit(WITHDRAWN_LATER, renamed(1))
        whole = dying(serving.store_url, present.base_url, "check", "--deliver", step=0, **variables).steps
        running = [serving.start(**shared), *(serving.start_worker(**shared) for _ in range(3))]
        for each in running:
            each.says("workers have begun")
        steps = range(1, whole, 5)
        for step in steps:
            present.edit(WITHDRAWN_LATER, renamed(1 + step))
            if step % 2:
                serving.make_due()
            dying(serving.store_url, present.base_url, "check", "--deliver", step=step, **variables)
        serving.make_due()
        with psycopg.connect(serving.store_url.replace("+psycopg", ""), autocommit=True) as connection:

            def count(what: str) -> int:
                found = connection.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()
                return found[0] if found else 0

            eventually(lambda: f"STEP-{1 + steps[-1]}" in acronyms(serving.store))
            eventually(lambda: count("deliveries WHERE standing = 'owed'") == 0)
            owed = count("deliveries WHERE event_id IS NOT NULL")
            assert owed == 3 * count("events")
        came = [each.id for each in hook.deliveries]

    assert len(set(came)) == owed
    assert len(came) - owed <= len(steps)
