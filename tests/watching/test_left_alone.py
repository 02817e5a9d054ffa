"""A registry that asks to be left alone is, by every process, for as long as it asked."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import app
from monitor.app import open_app
from monitor.config import Config
from monitor.config.keys import RegistrySettings, StoreSettings
from monitor.model import Result
from monitor.registries.clinicaltrials_gov.settings import ClinicalTrialsGovSettings
from monitor.sandbox.clinicaltrials_gov import Sandbox

WITHDRAWN_LATER = "NCT02116634"


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Config:
    return configured(tmp_path, sandbox.base_url)


def configured(folder: Path, base_url: str) -> Config:
    settings = ClinicalTrialsGovSettings(base_url=base_url, requests_per_second=1000)
    return Config(
        store=StoreSettings(url=f"sqlite:///{folder}/monitor.sqlite3"),
        registries=RegistrySettings(**{"clinicaltrials.gov": settings}),
    )


def let_the_database_forget(config: Config) -> None:
    """What processes tell each other goes by the database's clock, which no test can set: its pause is over."""
    with sqlite3.connect(config.store.url.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM paces")
    connection.close()


def check(config: Config) -> tuple[Result, str | None]:
    """One process."""
    with open_app(config) as program:
        (checked,) = program.check([WITHDRAWN_LATER], program.registries[0])
    return checked.result, checked.error


def test_later_processes_leave_alone_a_registry_that_asked_for_it(config: Config, sandbox: Sandbox) -> None:
    """As `monitor check` is, called by cron every minute."""
    sandbox.misbehave("429", retry_after=3600, times=1)
    first = check(config)
    assert first[0] is Result.FAILED
    assert "asks to be left alone for 3600 s" in (first[1] or "")

    for _ in range(3):
        result, reason = check(config)
        assert result is Result.FAILED
        assert "asks to be left alone" in (reason or "")
        assert (reason or "").endswith(" s more; nothing is asked of it until then")

    assert len(sandbox.requests) == 1


def test_it_is_asked_again_when_the_time_has_come(
    config: Config, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.misbehave("429", retry_after=3600, times=1)
    check(config)

    let_the_database_forget(config)
    now = app.utc_now()
    monkeypatch.setattr(app, "utc_now", lambda: now + timedelta(minutes=61))

    assert check(config) == (Result.BASELINE, None)


def test_a_clock_that_was_set_back_by_years_keeps_nobody_waiting(
    config: Config, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.misbehave("429", retry_after=3600, times=1)
    check(config)

    let_the_database_forget(config)
    now = app.utc_now()
    monkeypatch.setattr(app, "utc_now", lambda: now - timedelta(days=400))

    assert check(config) == (Result.BASELINE, None)


def test_what_one_server_asked_for_says_nothing_of_another(config: Config, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.misbehave("429", retry_after=3600, times=1)
    check(config)

    with Sandbox() as relay:
        assert check(configured(tmp_path, relay.base_url)) == (Result.BASELINE, None)
