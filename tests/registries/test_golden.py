"""What holds for every adapter: its golden document, as it is on the wire, becomes the golden record."""

from dataclasses import fields
from importlib import import_module
from itertools import chain

import pytest

from monitor.model import Document
from monitor.registries import ADAPTERS
from tests.loopback import Loopback, http
from tests.registries.trials import GOLDEN


def module_name(key: str) -> str:
    return ADAPTERS[key].__module__.rpartition(".")[2]


@pytest.mark.parametrize("key", ADAPTERS)
def test_the_golden_document_becomes_the_golden_record(key, adapter_for):
    name = module_name(key)
    wire = (GOLDEN / f"{name}.json").read_bytes()
    golden = import_module(f"tests.registries.golden.{name}")
    with Loopback(lambda request: http(wire)) as server:
        adapter = adapter_for(server.url, adapter=ADAPTERS[key])

        (document,) = chain(*adapter.fetch([golden.RECORD.trial_id]))

    assert isinstance(document, Document)
    assert document.build == golden.BUILD
    assert adapter.identify(golden.RECORD.trial_id) == golden.RECORD.trial_id
    assert adapter.identify(golden.RECORD.url) == golden.RECORD.trial_id
    record = adapter.parse(document)
    for field in fields(record):
        if field.compare:
            assert getattr(record, field.name) == getattr(golden.RECORD, field.name), field.name
    assert words_of(record) == words_of(golden.RECORD)


def words_of(record) -> list[str]:
    """Codes compare without their words, so those are compared here."""
    coded = ("overall_status", "study_type", "allocation", "intervention_model", "masking", "primary_purpose", "sex")
    return [str(getattr(record, name)) for name in coded] + [str(phase) for phase in record.phases]


@pytest.mark.parametrize("key", ADAPTERS)
def test_an_adapter_goes_by_its_registrys_host_name(key):
    assert ADAPTERS[key].key == key
    assert "." in key
