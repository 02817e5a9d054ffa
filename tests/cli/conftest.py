"""Commands run in processes of their own, which look at the real clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import asking, command
from tests.program import WITHDRAWN_LATER, of_today


@pytest.fixture
def sandbox(present: Sandbox) -> Sandbox:
    return present


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Sandbox]]:
    """A folder where 13 trials are watched and one has just been withdrawn, and the registry that it asks."""
    folder = tmp_path_factory.mktemp("prepared")
    with of_today(trials=12) as running:
        run = command(folder, **asking(running))
        assert run("watch", "add", *running.trial_ids()).returncode == 0
        assert run("check").returncode == 0
        running.next_state(WITHDRAWN_LATER)
        assert run("check").returncode == 0
        yield folder, running
