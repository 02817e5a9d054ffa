"""Commands run in processes of their own, which look at the real clock."""

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox


@pytest.fixture
def sandbox(present: Sandbox) -> Sandbox:
    return present
