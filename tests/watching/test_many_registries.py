"""Registries of which nothing is watched cost nothing: no statement is sent for each that is known."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.alerts.deliver import deliver
from monitor.app import App, open_app
from monitor.clock import utc_now
from monitor.config import Config
from monitor.config.keys import RegistrySettings, StoreSettings
from monitor.registries.clinicaltrials_gov.settings import ClinicalTrialsGovSettings
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import watches
from tests.databases import counted_statements
from tests.program import WITHDRAWN_LATER

Work = Callable[[App], object]


def checked(program: App) -> object:
    return program.watched(), program.unchecked_siblings(), list(program.patrol(program.registries[0]))


def delivered(program: App) -> object:
    """What a run does that something is due for."""
    outbox = program.outbox()
    results = list(deliver(outbox))
    for transport in outbox.transports.values():
        transport.close()
    return results


@pytest.mark.parametrize("work", [checked, delivered])
def test_a_check_asks_the_database_no_more_where_more_registries_are_known(
    work: Work, store_url: str, sandbox: Sandbox
) -> None:
    settings = ClinicalTrialsGovSettings(base_url=sandbox.base_url, requests_per_second=1000)
    config = Config(store=StoreSettings(url=store_url), registries=RegistrySettings(**{"clinicaltrials.gov": settings}))
    with open_app(config) as program:
        with program.store.begin() as tx:
            watches.add(
                tx,
                registry="clinicaltrials.gov",
                trial_ids=[WITHDRAWN_LATER],
                origin="command",
                name=None,
                at=utc_now(),
            )
        work(program)  # takes the baseline
        sent = []
        for known in (program, replace(program, registries=program.registries[:1])):
            with counted_statements() as statements:
                work(known)
            sent.append(list(statements))

    assert len(program.registries) > 20
    assert len(sent[0]) == len(sent[1])
