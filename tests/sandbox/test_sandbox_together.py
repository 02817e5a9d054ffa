"""Every registry in one sandbox, and one check of a trial of each: real processes, told by the printed variables."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from monitor.registries.declared import ADAPTERS
from monitor.sandbox.declared import FOLDERS
from tests.cli.commands import Monitor, command

ASKED = tuple(adapter.key for adapter in ADAPTERS if adapter.key in FOLDERS)


@contextmanager
def running(*options: str) -> Iterator[dict[str, Any]]:
    """What a sandbox of its own process prints when all of it listens."""
    typed = [sys.executable, "-m", "monitor", "sandbox", "--port", "0", "--json", *options]
    with subprocess.Popen(typed, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def told() -> Iterator[dict[str, Any]]:
    options = [word for key in ASKED for word in ("--registry", key)]
    with running(*options, "--trials", "3", "--no-mailbox", "--no-receiver") as printed:
        yield printed


def post(page: str, control: str, **arguments: object) -> None:
    session = requests.Session()
    session.trust_env = False
    with session:
        assert session.post(f"{page}sandbox/{control}", json=arguments, timeout=30).status_code == 200


def post_to_all(told: dict[str, Any], control: str, **arguments: object) -> None:
    """Pull a control of every registry."""
    for registry in told["registries"].values():
        post(registry["page"], control, trial_id=registry["trial"], **arguments)


def checked(told: dict[str, Any], monitor: Monitor) -> tuple[int, dict[str, str]]:
    """The exit status of a check of the first trial of each registry, and what it finds, by registry."""
    ran = monitor("check", *(registry["trial"] for registry in told["registries"].values()), "--json")
    lines = map(json.loads, ran.stdout.splitlines())
    return ran.returncode, {line["registry"]: line["result"] for line in lines if "result" in line}


def test_one_check_asks_every_registry_and_finds_what_changed_in_each(told, tmp_path):
    monitor = command(tmp_path, **told["variables"])

    assert list(told["registries"]) == list(ASKED)
    assert checked(told, monitor) == (0, dict.fromkeys(ASKED, "baseline"))
    assert checked(told, monitor) == (0, dict.fromkeys(ASKED, "unchanged"))
    post_to_all(told, "next")
    assert checked(told, monitor) == (0, dict.fromkeys(ASKED, "changed"))


@pytest.mark.parametrize("kind", ["html", "cut", "403"])
def test_a_bad_answer_is_never_a_snapshot(told, tmp_path, kind):
    monitor = command(tmp_path, **told["variables"])
    post_to_all(told, "misbehave", kind=kind)

    found = checked(told, monitor)
    post_to_all(told, "behave")

    assert found == (3, dict.fromkeys(ASKED, "failed"))


def test_a_watch_follows_a_trial_into_the_other_registry_that_has_it(told, tmp_path):
    monitor = command(tmp_path, **told["variables"])

    monitor("watch", "add", "ISRCTN10000018", "--siblings")
    lines = map(json.loads, monitor("check", "--json").stdout.splitlines())

    found = {line["trial_id"]: line["result"] for line in lines if "result" in line}
    assert found == {"ISRCTN10000018": "baseline", "2024-510001-11-00": "baseline"}
