import pytest

from monitor.http.polite import PoliteSession
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from tests.registries.clinicaltrials_gov.fake import FakeRegistry


@pytest.fixture
def adapter_for(monkeypatch):
    """Make adapters that ask as fast as they can and pause for nothing."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = []

    def make(base_url: str, *, adapter=ClinicalTrialsGov, **options):
        settings = {"user_agent": "registry-monitor/0 (tests)", "sleep": lambda seconds: None} | options
        session = PoliteSession(requests_per_second=1e6, **settings)
        made.append(adapter.connect(adapter.settings(base_url=base_url), session))
        return made[-1]

    yield make
    for adapter in made:
        adapter.close()


@pytest.fixture
def registry():
    with FakeRegistry() as fake:
        yield fake


@pytest.fixture
def adapter(adapter_for, registry):
    return adapter_for(registry.base_url)
