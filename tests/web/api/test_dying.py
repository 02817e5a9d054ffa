"""A program that dies anywhere while it makes a subscription makes it once, when it is asked again under its key."""

import signal
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.access.context import AccessContext
from monitor.alerts.links import Links
from monitor.alerts.subscribe import SubscribeContext
from monitor.http.polite import PoliteSession
from monitor.model.access import Permission, permissions_up_to
from monitor.ports import Registry
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.storage import once, subscriptions
from monitor.storage.once import Asked
from monitor.storage.store import Store
from monitor.vault import Vault
from monitor.watching.asking import SearchAsker
from monitor.web.api.call import Call
from monitor.web.api.doing import Doing
from monitor.web.api.sent_rules import SubscriptionSent
from monitor.web.api.subscriptions import create_subscription
from monitor.web.site.asked import Visitor
from monitor.web.site.proof import ProofReader
from monitor.web.site.rendering import Pages
from monitor.web.site.site import Site
from tests import faults
from tests.outbox import CONFIG
from tests.program import WITHDRAWN_LATER, Clock
from tests.web.served import StubHealth

SENT = SubscriptionSent(way="webhook", to="https://example.org/hook", trials=[WITHDRAWN_LATER], catch_up="30d")
PUBLIC_URL = "http://127.0.0.1"


def make(store_url: str, folder: Path, key: str) -> dict[str, Any]:
    """Make a subscription as the API does; give what is answered."""
    with closing(Store.open(store_url)) as store:
        registry = ClinicalTrialsGov(base_url=PUBLIC_URL, session=PoliteSession(requests_per_second=1, user_agent="x"))
        context = SubscribeContext(
            store=store, vault=Vault.open(key=None, file=folder / "secret.key"), clock=Clock(), config=CONFIG
        )

        def identify(text: str) -> tuple[Registry, str]:
            return registry, text

        site = Site(
            store=store,
            registries=[registry],
            subscribing=context,
            links=Links(context.vault, PUBLIC_URL),
            identify=identify,
            service=StubHealth(),
            committed=lambda: None,
            pages=Pages(PUBLIC_URL),
            proof=ProofReader(store, check_every=timedelta(hours=1), names={}),
            searches=SearchAsker(lambda: [registry], store),
            access=AccessContext(store, context.vault),
        )
        call = Call(
            owner=None,
            site=site,
            visitor=Visitor("program", permissions_up_to(Permission.SUBSCRIBE)),
            now=context.clock(),
            path="/api/v1/subscriptions",
            query=(),
            headers={},
            doing=Doing(),
            asked=Asked("token 1", key, b"digest"),
            run=run,
        )
        found: dict[str, Any] = orjson.loads(create_subscription(call, SENT).body)
        return found


async def run(step: Any) -> Any:
    return step()


@pytest.mark.slow
def test_a_program_that_dies_anywhere_makes_it_once(store_url: str, tmp_path: Path) -> None:
    """At every other step: on one store before, on the other behind each statement."""
    make(store_url, tmp_path, "first")
    status, (_, whole) = faults.run(make, store_url, tmp_path, "whole")
    assert status == 0
    assert whole > 15
    for made, step in enumerate(range(1 if store_url.startswith("sqlite") else 2, whole + 1, 2), 3):
        key = f"step {step}"

        assert faults.run(make, store_url, tmp_path, key, dies_at=step) == (-signal.SIGKILL, None)

        with closing(Store.open(store_url)) as store, store.read() as tx:
            before = {each.id for each in subscriptions.listing(tx)}
            done = once.find(tx, Asked("token 1", key, b"digest"))
        answer = make(store_url, tmp_path, key)
        assert answer == make(store_url, tmp_path, key)
        with closing(Store.open(store_url)) as store, store.read() as tx:
            now = {each.id for each in subscriptions.listing(tx)}
        assert answer["id"] in now
        assert len(now) == made, "each key has made one"
        assert (done is not None) == (now == before), "the key is there with what was made, or neither is"
