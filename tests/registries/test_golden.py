"""What holds for every adapter: its golden document, as it is on the wire, becomes the golden record."""

from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from itertools import chain

import pytest

from monitor.changes.diff.wording import code_words
from monitor.config import Config
from monitor.model import Document, vocabulary
from monitor.registries.declared import ADAPTERS
from monitor.render.words import code_label
from tests.loopback import Loopback, http
from tests.registries.trials import GOLDEN

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)

every_adapter = pytest.mark.parametrize("adapter_class", ADAPTERS, ids=lambda adapter: adapter.key)


@every_adapter
def test_the_golden_document_becomes_the_golden_record(adapter_class, adapter_for):
    name = adapter_class.__module__.split(".")[-2]
    (wire,) = (file.read_bytes() for file in GOLDEN.glob(f"{name}.*") if file.suffix != ".py")
    golden = import_module(f"tests.registries.golden.{name}")
    with Loopback(lambda request: http(wire)) as server:
        adapter = adapter_for(server.url, adapter=adapter_class)

        (document,) = chain(*adapter.fetch([golden.RECORD.trial_id]))

    assert isinstance(document, Document)
    assert document.build == golden.BUILD
    assert adapter.identify(golden.RECORD.trial_id) == golden.RECORD.trial_id
    assert adapter.identify(golden.RECORD.url) == golden.RECORD.trial_id
    record = adapter.parse(document, NOON)
    for field in fields(record):
        if field.compare:
            assert getattr(record, field.name) == getattr(golden.RECORD, field.name), field.name
    assert document.lead_sponsor == golden.RECORD.lead_sponsor.name
    assert words_of(record) == words_of(golden.RECORD)


def words_of(record) -> list[str]:
    """Codes compare without their words, so those are compared here."""
    coded = ("overall_status", "study_type", "allocation", "intervention_model", "masking", "primary_purpose", "sex")
    return [str(getattr(record, name)) for name in coded] + [str(phase) for phase in record.phases]


@every_adapter
def test_an_adapter_goes_by_its_registrys_host_name(adapter_class):
    assert "." in adapter_class.key
    assert [each.key for each in ADAPTERS].count(adapter_class.key) == 1
    assert adapter_class.name


@every_adapter
def test_the_example_of_a_trial_id_is_one(adapter_class, adapter_for):
    adapter = adapter_for("http://127.0.0.1:9", adapter=adapter_class)

    assert adapter.identify(adapter.example_id) == adapter.example_id
    assert adapter.identify(adapter.page(adapter.example_id)) == adapter.example_id
    assert adapter.ids_in(f"See {adapter.example_id}.") == [adapter.example_id]
    pasted = f" {adapter.example_id.lower()} "
    assert (adapter.identify(pasted), adapter.ids_in(pasted)) == (adapter.example_id, [adapter.example_id])


@every_adapter
def test_the_keys_of_an_adapter_are_those_of_its_table_in_the_configuration(adapter_class):
    table = Config().registries[adapter_class.key]

    assert type(table) is adapter_class.settings
    assert table.base_url.startswith("https://")


@every_adapter
def test_the_words_of_an_adapter_are_read_wherever_a_code_is_shown(adapter_class):
    for code, words in adapter_class.words.items():
        assert code_label(code) == words.label
        assert code_words(code) == words.phrase or words.phrase is None


def test_a_registry_brings_words_for_its_own_codes_and_changes_none(monkeypatch):
    monkeypatch.setattr(vocabulary, "_known", dict(vocabulary.WORDS))
    assert code_label("ON_HOLD_BY_EC") == "On hold by ec"

    vocabulary.add({"ON_HOLD_BY_EC": vocabulary.CodeWords("On hold by the EC", "on hold by the EC")})

    assert (code_label("ON_HOLD_BY_EC"), code_words("ON_HOLD_BY_EC")) == ("On hold by the EC", "on hold by the EC")
    with pytest.raises(ValueError, match="NA"):
        vocabulary.add({"NA": vocabulary.CodeWords("Not any more"), "ELSEWHERE": vocabulary.CodeWords("Abroad")})
    assert code_label("NA") == "N/A"
    assert code_label("ELSEWHERE") == "Elsewhere"
