"""A number that its registry does not know, as readers, operators, programs and commands see it: the same for all."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage.store import Store
from tests.cli.commands import asking, command
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER, of_today
from tests.web.api.program import Api
from tests.web.reading_site import OPERATOR, ReadingSite
from tests.web.test_watching_pages import words

NOBODY = "NCT99999999"
SAYS = "the registry knows no trial of this number (asked "


@pytest.fixture
def denying(quick_store: Store, sandbox: Sandbox, tmp_path: Path) -> Iterator[OutboxHarness]:
    """One trial and one number are watched, and were asked for."""
    outbox = OutboxHarness(quick_store, sandbox, tmp_path)
    outbox.watch(WITHDRAWN_LATER, NOBODY)
    outbox.check(WITHDRAWN_LATER, NOBODY)
    yield outbox
    outbox.registry.close()


def test_pages_say_it_with_what_to_do(denying: OutboxHarness) -> None:
    with ReadingSite(denying, visitor=OPERATOR) as site:
        trial, watch, health = (site.get(path) for path in (f"/trials/{NOBODY}", "/watches/1", "/health"))
        preview = site.get(f"/subscriptions/new?about=trial&trial={NOBODY}").text
        removing = site.get(f"/watches/remove?trial={NOBODY}")

    assert (trial.status_code, watch.status_code, health.status_code, removing.status_code) == (404, 200, 200, 200)
    assert f"{NOBODY} is not in the registry" in words(trial.text)
    assert SAYS in words(trial.text).lower()
    assert f"{NOBODY} : {SAYS}" in words(watch.text)
    assert f'href="/watches/remove?trial={NOBODY}"' in watch.text
    assert "1 of 2 trials are seen; one number is not in its registry" in health.text
    assert re.search(r"the registry knows no trial of this number\.\s*" + NOBODY, words(health.text))
    assert f"{NOBODY} : {SAYS}" in words(preview)
    assert "never read" not in preview
    assert 'class="asof"' in health.text, "nothing can be missed of it, so the line is not late"


def test_the_api_says_it(denying: OutboxHarness) -> None:
    with Api(denying) as api:
        health, trials, trial, record = (
            api.ask(path) for path in ("/health", "/watches/1/trials", f"/trials/{NOBODY}", f"/trials/{NOBODY}/record")
        )

    assert [(each["reason"], each["trials"]) for each in health.json()["unseen"]] == [("denied", [NOBODY])]
    assert health.json()["sight"] == "whole"
    denied = {each["trial_id"]: each["denied_at"] for each in trials.json()["data"]}
    assert denied[WITHDRAWN_LATER] is None
    assert denied[NOBODY].startswith(f"{denying.clock():%Y-%m-%d}")
    assert [each.startswith(f"no record: {SAYS}") for each in trial.json()["troubles"]] == [True]
    assert record.status_code == 404
    assert SAYS in record.json()["detail"]


def test_commands_say_it_once_and_checks_succeed_from_then_on(tmp_path: Path) -> None:
    with of_today(trials=2) as sandbox:
        monitor = command(tmp_path, **asking(sandbox))
        monitor("watch", "add", NOBODY, WITHDRAWN_LATER)
        first, second, by_name = (monitor(*each) for each in (("check",), ("check",), ("check", NOBODY)))
        listed, status, shown = (
            monitor(*each) for each in (("watch", "list", "1"), ("status", "--json"), ("show", NOBODY))
        )
        monitor("subscribe", "webhook", "https://hooks.example.org/trials", "--all")
        why = monitor("why", NOBODY, "https://hooks.example.org/trials")
        summary = json.loads(monitor("check", "--json").stdout.splitlines()[-1])["summary"]

    assert first.returncode == 3
    assert "check the number; `monitor watch remove NCT99999999` ends asking for it" in " ".join(first.stderr.split())
    assert second.returncode == 0, second.stdout
    assert NOBODY not in second.stdout + second.stderr
    assert "1 number that the registry does not know" in " ".join(second.stdout.split())
    assert by_name.returncode == 3
    assert (summary["checked"], summary["denied"]) == (1, 1)
    assert SAYS in " ".join(listed.stdout.split())
    assert SAYS in status.stdout
    assert SAYS in " ".join(shown.stderr.split())
    assert f"{NOBODY}: {SAYS}" in " ".join(why.stdout.split())
