"""`monitor prune` gives up what the configuration does not keep, and says how much that is."""

import json
from pathlib import Path

from tests.cli.commands import command


def test_it_says_what_would_go_and_what_went(tmp_path: Path) -> None:
    monitor = command(tmp_path)

    shown = monitor("prune", "--dry-run", MONITOR_STORE__KEEP="730d")
    done = monitor("prune", "--json", MONITOR_STORE__KEEP="104w")

    assert shown.stdout == "0 documents of snapshots and 0 messages would go: 0.0 MB.\n"
    assert json.loads(done.stdout) == {"snapshots": 0, "messages": 0, "bytes": 0, "dry_run": False}


def test_without_a_span_it_says_where_one_is_set(tmp_path: Path) -> None:
    ran = command(tmp_path)("prune")

    assert ran.returncode == 2
    assert ran.stderr == 'monitor: store.keep is "all", so nothing is given up: set it to a span such as "730d"\n'


def test_a_span_of_some_days_is_refused(tmp_path: Path) -> None:
    ran = command(tmp_path)("prune", MONITOR_STORE__KEEP="2d")

    assert ran.returncode == 2
    assert 'at least "30d"' in ran.stderr
