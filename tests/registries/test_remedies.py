"""What people are told to do where a registry gives no answer, which is the same for all of them."""

import pytest

from monitor.errors import RegistryUnreachable
from monitor.http.polite import PoliteSession
from monitor.registries.adapter import Adapter
from monitor.registries.declared import ADAPTERS
from tests.loopback import RESET, Loopback, http

REMEDIES = {
    "too many requests": (http(status=429), 'lower registries."{key}".requests_per_second in config.toml'),
    "a server that failed": (http(status=503), 'if that lasts, check registries."{key}".base_url in config.toml'),
    "no answer at all": ([RESET], 'check the network, or registries."{key}".base_url in config.toml'),
}


@pytest.mark.parametrize("what", REMEDIES)
@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.key)
def test_each_registry_says_what_to_do_where_it_gives_no_answer(adapter: type[Adapter], what: str) -> None:
    answer, remedy = REMEDIES[what]
    session = PoliteSession(requests_per_second=1e6, user_agent="test", sleep=lambda _: None)
    with Loopback(lambda _: answer) as server:
        registry = adapter.connect(adapter.settings(base_url=server.url), session)
        with pytest.raises(RegistryUnreachable) as refused:
            registry.version(None)
        registry.close()

    assert "gives no answer" in str(refused.value)
    assert remedy.format(key=adapter.key) in str(refused.value)
