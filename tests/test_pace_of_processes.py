"""Processes that check at the same moment ask a registry no more often than one of them would."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox

INTERVAL = 0.5
"""Seconds between two requests: a busy machine may be late by half of it."""


def checked_at_once(config: Path, processes: int) -> list[str]:
    """What so many checks say in the end, all of which begin now."""
    command = [sys.executable, "-m", "monitor", "--config", str(config), "check"]
    began = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | {"NO_PROXY": "*"})
        for _ in range(processes)
    ]
    said = [process.communicate(timeout=120)[0].decode() for process in began]
    assert [process.returncode for process in began] == [0] * processes, said
    return [each.splitlines()[-1] for each in said]


@pytest.fixture
def config(store_url: str, present: Sandbox, tmp_path: Path) -> Path:
    """Some trials are watched, and nobody has asked for them yet."""
    file = tmp_path / "config.toml"
    file.write_text(
        f'[store]\nurl = "{store_url}"\n[registries."clinicaltrials.gov"]\nbase_url = "{present.base_url}"\n'
        f'requests_per_second = {1 / INTERVAL}\n[[watch]]\ntrials = ["{present.trial_ids()[0]}"]\n',
        encoding="utf-8",
    )
    return file


def gaps(sandbox: Sandbox) -> list[float]:
    """Seconds between two requests, since the last call."""
    starts = [request.at for request in sandbox.requests]
    sandbox.requests.clear()
    return [second - first for first, second in pairwise(starts)]


def test_checks_that_begin_together_keep_one_pace(config: Path, present: Sandbox, store_url: str) -> None:
    on_sqlite = store_url.startswith("sqlite")
    checked_at_once(config, 2 if on_sqlite else 3)
    first = gaps(present)
    assert len(first) > 3
    assert min(first) > INTERVAL / 2
    assert sum(first) > INTERVAL * (len(first) - 0.5)

    if on_sqlite:  # where a check that finds nothing new goes another way
        checked_at_once(config, 2)
        (gap,) = gaps(present)
        assert gap > INTERVAL / 2
