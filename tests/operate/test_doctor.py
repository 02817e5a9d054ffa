"""The doctor finds each thing that is wrong, says what to do about it, and changes nothing."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from monitor.alerts.notices import configuration_bad
from monitor.alerts.subscribe import SubscribeContext
from monitor.channels.email.settings import BounceSettings, SmtpSettings
from monitor.cli.render.doctor import finding_line
from monitor.config import Config
from monitor.config.keys import OperatorSettings, StoreSettings, WebSettings
from monitor.errors import TrialIdInvalid
from monitor.http.polite import PoliteSession
from monitor.model import EventCause, Notice, Rhythm, Settlement, State, SubscriptionState
from monitor.model.rhythm import Every
from monitor.operate import doctor
from monitor.operate.configured import apply_subscriptions
from monitor.operate.doctor import DoctorContext, Finding, Level, examine, fine, machine
from monitor.ports import Registry
from monitor.ports.registry import find_registry
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.registries.clinicaltrials_gov.drift import Oddity
from monitor.registries.drks.adapter import Drks
from monitor.sandbox.bouncing import put_into
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox, Stage
from monitor.storage import (
    backfills,
    drift,
    endpoints,
    health,
    notices,
    quarantine,
    rhythms,
    settlements,
    snapshots,
    subscriptions,
    trials,
    watches,
)
from monitor.storage.health import Health
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.vault import Vault
from tests.loopback import closed_port
from tests.program import Clock
from tests.storage.documents import HIP, REGISTRY, snapshot
from tests.storage.migrated import migrated
from tests.storage.subscribers import VAULT, owe, subscribed

NOW = Clock().now
OPERATOR = OperatorSettings(email="ops@clinic.example")
LATE = "late@clinic.example"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def context(store: Store, store_url: str, sandbox: Sandbox, mailbox: Mailbox) -> Iterator[DoctorContext]:
    """In good health, on both stores."""
    session = PoliteSession(requests_per_second=1000, user_agent="test", sleep=lambda _: None)
    registry = ClinicalTrialsGov(base_url=sandbox.base_url, session=session)
    config = Config(
        store=StoreSettings(url=store_url), smtp=SmtpSettings(host="127.0.0.1", port=mailbox.port), operator=OPERATOR
    )
    yield DoctorContext(config, (registry,), VAULT, NOW)
    registry.close()


def found(context: DoctorContext, level: Level) -> list[tuple[str, Finding]]:
    return [(name, finding) for name, finding in examine(context) if finding.level is level]


def hearing(store: Store) -> None:
    """Somebody is subscribed to a trial that is watched and known."""
    with store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOW)
        snapshots.add(tx, [replace(snapshot(HIP), taken_at=NOW)])
        trials.record(tx, [Trial(REGISTRY, HIP, State.LISTED, snapshot=1, verified_at=NOW)])
    subscribed(store)


def test_a_healthy_one_is_told_so_and_nothing_is_sent(context: DoctorContext, store: Store, mailbox: Mailbox) -> None:
    hearing(store)

    every = list(examine(context))

    assert {finding.level for _, finding in every} == {Level.FINE}
    assert {name for name, _ in every} >= {"disk", "registry", "operator", "database", "key", "clock", "mail server"}
    assert mailbox.messages == []


def _watch_unread(store: Store) -> None:
    with store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOW)


def _watch_nothing(store: Store) -> None:
    with store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[], origin="command", name="empty", at=NOW)


def _disable(store: Store, *, wholly: bool) -> None:
    endpoint = subscribed(store).endpoint
    with store.begin() as tx:
        endpoints.update_failures(tx, succeeded=[], failed=[endpoint.id], at=NOW)
        if wholly:
            endpoints.disable(tx, endpoint.id, NOW)


def _hold(store: Store) -> None:
    (delivery,) = owe(store, HIP, [2], subscribed(store))
    assert isinstance(delivery.cause, EventCause)
    with store.begin() as tx:
        settlements.pend(tx, REGISTRY, {delivery.cause.id: 1})
        settlements.record(tx, [delivery.cause.id], Settlement.HELD, at=None)


def _write(add: Callable[..., object], *arguments: Any, **named: Any) -> Callable[[Store], None]:
    def write(store: Store) -> None:
        with store.begin() as tx:
            add(tx, *arguments, **named)

    return write


def _watch_one_behind_and_one_unread(store: Store) -> None:
    with store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=["NCT01000000", HIP], origin="command", name=None, at=NOW)
        snapshots.add(tx, [replace(snapshot("NCT01000000"), taken_at=NOW)])
        trials.record(tx, [Trial(REGISTRY, "NCT01000000", State.LISTED, snapshot=1, verified_version="of old")])


def _wait_for_a_digest(store: Store) -> None:
    """Of three, one is paused and one is not due yet."""
    daily = Rhythm(every=Every.DAILY)
    due, paused, early = (subscribed(store, address=f"{name}@clinic.example") for name in ("due", "paused", "early"))
    with store.begin() as tx:
        for each in (due, paused, early):
            rhythms.add(tx, each.id, daily, at=NOW)
        rhythms.expect(tx, [(due.id, NOW - timedelta(hours=2)), (paused.id, NOW - timedelta(hours=2))])
        rhythms.expect(tx, [(early.id, NOW - timedelta(minutes=2))])
        subscriptions.set_state(tx, paused.id, SubscriptionState.PAUSED, at=NOW)


LATER = NOW + timedelta(days=1)
WRONG: dict[str, tuple[Callable[[Store], object], str, Level, str]] = {
    "unread": (_watch_unread, "trials", Level.PROBLEM, f"1 watched trial of clinicaltrials.gov: not read yet: {HIP}"),
    "behind": (
        _watch_one_behind_and_one_unread,
        "trials",
        Level.NOTE,
        "1 watched trial of clinicaltrials.gov: the registry was not read of late",
    ),
    "unread beside one that is behind": (
        _watch_one_behind_and_one_unread,
        "trials",
        Level.PROBLEM,
        f"1 watched trial of clinicaltrials.gov: not read yet: {HIP}",
    ),
    "empty": (_watch_nothing, "trials", Level.NOTE, "watch 1 holds no trial"),
    "failing": (lambda store: _disable(store, wholly=False), "receivers", Level.NOTE, "has failed since"),
    "disabled": (lambda store: _disable(store, wholly=True), "receivers", Level.PROBLEM, "is disabled since"),
    "overdue": (
        lambda store: owe(store, HIP, [2], subscribed(store)),
        "deliveries",
        Level.PROBLEM,
        "1 delivery overdue",
    ),
    "a digest not composed": (_wait_for_a_digest, "deliveries", Level.PROBLEM, "1 digest overdue"),
    "held": (_hold, "unbelieved", Level.PROBLEM, "1 event held"),
    "quarantined": (
        _write(quarantine.add, REGISTRY, HIP, reason="a login page", raw=b"<html>", at=NOW),
        "unbelieved",
        Level.NOTE,
        "1 answer not believed",
    ),
    "drifted": (
        _write(drift.add, REGISTRY, [(Oddity("a.b"), HIP)], at=NOW),
        "unbelieved",
        Level.NOTE,
        "1 unknown field or value",
    ),
    "told": (
        _write(notices.notify_operator, Notice(id="n", kind="k", occurred_at=NOW, subject="It broke", text="Mend it.")),
        "notices",
        Level.NOTE,
        "It broke",
    ),
    "outage": (
        _write(health.record, Health(REGISTRY, LATER, 3, NOW, "connection refused")),
        "outage",
        Level.PROBLEM,
        "could not be read since",
    ),
    "clock": (_write(trials.record, [Trial(REGISTRY, HIP, verified_at=LATER)]), "clock", Level.PROBLEM, "knows of"),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_thing_that_is_wrong_in_the_database_is_found_with_its_remedy(
    what: str, context: DoctorContext, store: Store
) -> None:
    break_it, check, level, words = WRONG[what]
    break_it(store)

    (finding,) = [one for name, one in found(context, level) if name == check]

    assert words in finding.text
    assert finding.remedy
    assert "\n" not in finding.text + finding.remedy


def test_in_an_outage_nobody_is_sent_to_start_what_runs(context: DoctorContext, store: Store) -> None:
    _watch_one_behind_and_one_unread(store)

    def remedy() -> str:
        (finding,) = [one for name, one in found(context, Level.NOTE) if name == "trials"]
        return finding.remedy

    assert "start `monitor serve`" in remedy()
    with store.begin() as tx:
        health.record(tx, Health(REGISTRY, LATER, 3, NOW, "connection refused"))
    assert "serve" not in remedy()
    with store.begin() as tx:
        health.record(tx, Health(REGISTRY, NOW - timedelta(hours=3), 3, NOW - timedelta(hours=9), "connection refused"))
    assert "start `monitor serve`" in remedy(), "nobody asks any more"


UNUSABLE = {
    "a group that there is not": (
        {"email": "ops@clinic.example", "group": "none such"},
        "config.toml: subscription 1: group: there is no group of watches “none such”",
    ),
    "a watch that there is not": (
        {"name": "wards", "email": "ops@clinic.example", "watch": "third"},
        "config.toml: subscription “wards”: watch: there is no watch named “third”; known: none",
    ),
    "a webhook within": (
        {"webhook": "http://10.0.0.1/in", "all": True},
        "config.toml: subscription 1: webhook: the webhook's URL cannot be used: ",
    ),
    "no trial": (
        {"email": "ops@clinic.example", "trials": ["7"]},
        "config.toml: subscription 1: trials: “7” is not a trial id",
    ),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_block_that_cannot_be_used_is_found_as_it_is_refused(what: str, context: DoctorContext, store: Store) -> None:
    block, words = UNUSABLE[what]
    healthy = context.config
    blocks = Config.read({"subscription": [block]}).subscription
    config = Config(store=healthy.store, smtp=healthy.smtp, operator=OPERATOR, subscription=blocks)
    subscribing = SubscribeContext(store=store, vault=VAULT, clock=lambda: NOW, config=config)

    (refused,) = apply_subscriptions(
        config, store, lambda text: _identified(text, context), context=lambda: subscribing
    )
    ((name, finding),) = found(replace(context, config=config), Level.PROBLEM)

    assert (name, finding.text.startswith(words)) == ("blocks", True)
    assert str(refused).startswith(words)


def _identified(text: str, context: DoctorContext) -> tuple[Registry, str]:
    if known := find_registry(context.registries, text):
        return known
    raise TrialIdInvalid(f"“{text}” is not a trial id known here")


def test_a_notice_of_a_block_that_was_corrected_is_told_no_more(context: DoctorContext, store: Store) -> None:
    with store.begin() as tx:
        notices.notify_operator(tx, configuration_bad("it was odd", now=NOW))

    assert found(context, Level.NOTE) == []


def test_a_key_that_is_missing_open_to_all_or_another_is_found(
    context: DoctorContext, store: Store, tmp_path: Path
) -> None:
    hearing(store)
    (tmp_path / "open.key").write_text("k" * 43 + "=")
    (tmp_path / "open.key").chmod(0o644)
    for vault, words in (
        (Vault.open(key=None, file=tmp_path / "none.key"), "is missing"),
        (Vault.open(key=None, file=tmp_path / "open.key"), "can be read by others"),
        (Vault.open(key="k" * 43 + "=", file=tmp_path), "does not open 1 of 1 address"),
    ):
        ((name, finding),) = found(replace(context, vault=vault), Level.PROBLEM)
        assert (name, words in finding.text) == ("key", True)


def test_an_address_that_alone_does_not_open_is_named_with_its_own_remedy(context: DoctorContext, store: Store) -> None:
    """The key is right, as it opens the other."""
    hearing(store)
    with store.begin() as tx:
        endpoints.put(
            tx, Vault.open(key="k" * 43 + "=", file=Path()), channel="email", address=LATE, shown=LATE, at=NOW
        )

    ((name, finding),) = found(context, Level.PROBLEM)

    assert name == "key"
    assert finding.text == f"it does not open 1 of 2 addresses, and opens the others: {LATE}"
    assert finding.remedy.startswith("subscribe these again, or put back the secret.key")


def test_a_mail_server_that_does_not_let_us_in_is_found(context: DoctorContext, mailbox: Mailbox) -> None:
    mailbox.answer(Stage.HELLO, "550 5.7.1 Not you")

    ((name, finding),) = found(context, Level.PROBLEM)

    assert name == "mail server"
    assert "Not you" in finding.text


def test_a_registry_that_is_gone_old_or_in_the_future_is_found(
    context: DoctorContext, sandbox: Sandbox, mailbox: Mailbox
) -> None:
    old = replace(context, now=NOW + timedelta(days=9))
    early = replace(context, now=NOW - timedelta(days=9))

    assert "days old" in dict(found(old, Level.PROBLEM))["registry"].text
    assert "still to come" in dict(found(early, Level.PROBLEM))["registry"].text
    sandbox.stop()
    assert "gives no answer" in dict(found(context, Level.PROBLEM))["registry"].text


def test_a_registry_that_is_gone_leaves_the_others_examined(context: DoctorContext) -> None:
    session = PoliteSession(requests_per_second=1000, user_agent="test", sleep=lambda _: None)
    with closed_port() as port:
        gone = ClinicalTrialsGov(base_url=f"http://127.0.0.1:{port}", session=session)
        both = replace(context, registries=(gone, *context.registries))

        told = [(finding.level, finding.text) for name, finding in examine(both) if name == "registry"]

    gone.close()
    assert [level for level, _ in told] == [Level.PROBLEM, Level.FINE]
    assert "gives no answer" in told[0][1]
    assert "answers: data of" in told[1][1]


def test_no_operator_is_worth_a_note(context: DoctorContext) -> None:
    config = context.config.replace(operator=OperatorSettings())

    ((name, _),) = found(replace(context, config=config), Level.NOTE)

    assert name == "operator"


@pytest.mark.parametrize("state", [SubscriptionState.PAUSED, SubscriptionState.ENDED])
def test_an_operator_whose_subscription_was_paused_or_ended_hears_of_nothing(
    context: DoctorContext, store: Store, state: SubscriptionState
) -> None:
    own = subscribed(store)
    with store.begin() as tx:
        tx.exec_driver_sql("UPDATE subscriptions SET origin = 'operator', name = 'config.toml, operator email'")
    before = [each.text for name, each in examine(context) if name == "operator"]
    with store.begin() as tx:
        subscriptions.set_state(tx, own.id, state, NOW)
    told = [each for name, each in found(context, Level.PROBLEM) if name == "operator"]

    assert before == ["hears of trouble by email"]
    assert [each.text.partition(": ")[0] for each in told] == ["hears of no trouble by email"]
    assert told[0].remedy


@pytest.mark.parametrize(
    ("url", "level"), [("https://trials.example.org", Level.FINE), ("http://127.0.0.1:8080", Level.NOTE)]
)
def test_pages_that_nobody_else_can_reach_are_worth_a_note(context: DoctorContext, url: str, level: Level) -> None:
    config = context.config.replace(web=WebSettings(public_url=url, self_service=True))

    told = [finding for name, finding in examine(replace(context, config=config)) if name == "pages"]

    assert [each.level for each in told] == [level]
    assert url in told[0].text


def test_the_mailbox_of_bounces_is_tried_and_nothing_in_it_marked(context: DoctorContext, tmp_path: Path) -> None:
    folder = tmp_path / "Maildir"
    config = context.config.replace(bounces=BounceSettings(maildir=str(folder)))
    context = replace(context, config=config)

    missing = [finding.text for name, finding in found(context, Level.PROBLEM) if name == "bounces"]
    put_into(folder, b"Subject: hello")
    good = [finding.text for name, finding in found(context, Level.FINE) if name == "bounces"]

    assert len(missing) == 1
    assert missing[0].startswith(f"bounces cannot be read: the Maildir {folder} cannot be read (No such file")
    assert good == ["bounces can be read"]
    assert len(list((folder / "new").iterdir())) == 1


def test_a_check_that_crashes_is_a_finding_and_the_others_go_on(
    context: DoctorContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: DoctorContext) -> Iterator[Finding]:
        yield from [fine(str(1 // 0))]

    monkeypatch.setitem(doctor.CHECKS, "disk", crash)

    ((name, finding),) = found(context, Level.PROBLEM)

    assert name == "disk"
    assert "ZeroDivisionError" in finding.text


def test_an_older_database_is_not_migrated_by_looking_at_it(context: DoctorContext, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.sqlite3"
    migrated(url, "0001").close()
    config = context.config.replace(store=StoreSettings(url=url))

    for _ in range(2):
        ((name, finding),) = found(replace(context, config=config), Level.PROBLEM)
        assert (name, finding.remedy) == ("database", "run `monitor migrate`")


def test_a_damaged_database_and_none_at_all_are_told_apart(context: DoctorContext, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"x" * 5000)
    for name, level, words in (("broken", Level.PROBLEM, "is not a SQLite database"), ("none", Level.NOTE, "none yet")):
        store = StoreSettings(url=f"sqlite:///{tmp_path}/{name}.sqlite3")
        config = context.config.replace(store=store)
        assert words in dict(found(replace(context, config=config), level))["database"].text
    assert not (tmp_path / "none.sqlite3").exists()


def test_sqlite_in_wal_mode_with_the_reset_bug_is_a_problem(
    context: DoctorContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "wal.sqlite3"
    Store.open(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
    monkeypatch.setattr("monitor.operate.doctor.database.sqlite3.sqlite_version_info", (3, 40, 1))
    config = context.config.replace(store=StoreSettings(url=f"sqlite:///{file}"))

    ((name, finding),) = found(replace(context, config=config), Level.PROBLEM)

    assert name == "journal"
    assert "WAL-reset bug" in finding.text


def test_a_full_disk_is_a_problem(context: DoctorContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.operate.doctor.machine.NO_SPACE", 10**18)

    ((name, _),) = found(context, Level.PROBLEM)

    assert name == "disk"


@pytest.mark.parametrize(("level", "sign"), [("fine", "✓ fine"), ("note", "! note"), ("problem", "✗ problem")])
def test_a_finding_says_its_level_in_a_sign_and_a_word(level: str, sign: str) -> None:
    out = Console(width=60, record=True, file=StringIO())

    out.print(finding_line("disk", Finding(Level(level), "so it is [red]", "do this")))

    shown = out.export_text()
    assert shown.startswith(sign)
    assert "so it is [red]" in shown
    assert "→ do this" in shown


def test_the_command_ends_with_1_where_something_is_wrong(tmp_path: Path, present: Sandbox) -> None:
    environ = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL": present.base_url,
    }

    def run(**variables: str) -> tuple[int, list[dict[str, str]]]:
        ran = subprocess.run(
            [sys.executable, "-m", "monitor", "doctor", "--json"],
            cwd=tmp_path,
            env={**environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.stderr == ""
        return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]

    healthy, findings = run()
    assert healthy == 0
    assert {finding["level"] for finding in findings} == {"fine", "note"}
    for variables in ({"MONITOR_SMTP__PORT": "many"}, {"MONITOR_STORE__URL": "sqlite:///."}):
        sick, findings = run(**variables)
        assert (sick, findings[-1]["level"]) == (1, "problem")


@pytest.mark.parametrize(
    ("mode", "level", "remedy"), [(0o600, Level.FINE, ""), (0o640, Level.NOTE, "600"), (0o644, Level.PROBLEM, "600")]
)
def test_a_database_that_others_can_read_is_found(mode: int, level: Level, remedy: str, tmp_path: Path) -> None:
    file = tmp_path / "monitor.sqlite3"
    file.touch()
    file.chmod(mode)
    config = Config(store=StoreSettings(url=f"sqlite:///{file}"))

    (found,) = machine.privacy(DoctorContext(config, (), VAULT, NOW))

    assert found.level is level
    assert remedy in found.remedy
    assert str(file) in found.text


def test_another_registry_is_asked_where_something_of_it_is_watched(context: DoctorContext, store: Store) -> None:
    session = PoliteSession(requests_per_second=1000, user_agent="test", sleep=lambda _: None)
    with closed_port() as port:
        drks = Drks(base_url=f"http://127.0.0.1:{port}", session=session)
        both = replace(context, registries=(*context.registries, drks))
        before = [finding.text for name, finding in examine(both) if name == "registries"]
        with store.begin() as tx:
            watches.add(tx, registry=drks.key, trial_ids=[drks.example_id], origin="command", name=None, at=NOW)

        (told,) = [finding for name, finding in examine(both) if name == "registries"]

    drks.close()
    assert before == []
    assert told.level is Level.PROBLEM
    assert "gives no answer" in told.text


def test_a_history_that_could_not_be_had_is_worth_knowing_where_it_is_asked_for(
    context: DoctorContext, store: Store
) -> None:
    hearing(store)
    with store.begin() as tx:
        backfills.put_off(tx, REGISTRY, [HIP], until=LATER, reason="403 Forbidden")
    assert found(context, Level.NOTE) == []

    context.registries[0].asks_history = True  # type: ignore[attr-defined]

    ((name, finding),) = found(context, Level.NOTE)
    assert (name, finding.text) == ("history", f"the history of 1 trial not fetched, such as {HIP}: 403 Forbidden")
    assert f"monitor backfill {HIP}" in finding.remedy
