"""The adapter against a registry on loopback: configuration, versions, health."""

import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid, RegistryUnreachable, RequestRefused
from monitor.http.polite import PoliteSession
from monitor.ports import Registry, RegistryVersion
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from tests.loopback import Pause, http
from tests.registries.clinicaltrials_gov.fake import STAMP, id_of, publish
from tests.registries.trials import page, trial


def test_it_keeps_the_port(adapter):
    port: Registry = adapter
    assert (port.key, port.traffic.requests) == ("clinicaltrials.gov", 0)


@pytest.mark.parametrize(
    "base_url", ["clinicaltrials.gov", "ftp://x/", "http://curator:hunter2@x/", "http://x/?a=1", ""]
)
def test_a_mistyped_base_url_is_a_matter_of_configuration(base_url):
    session = PoliteSession(requests_per_second=1, user_agent="tests")
    with pytest.raises(ConfigurationInvalid, match="base_url"):
        ClinicalTrialsGov(base_url=base_url, session=session)


# Version


def test_the_version_is_that_of_the_data(adapter, registry):
    assert adapter.version(None) == RegistryVersion(STAMP, registry.etag)
    assert "if-none-match" not in registry.requests[0].headers


def test_where_nothing_is_newer_the_known_version_itself_comes_back(adapter, registry):
    known = adapter.version(None)

    assert adapter.version(known) is known
    assert registry.requests[1].headers["if-none-match"] == registry.etag
    assert adapter.traffic.requests == 2


def test_a_redeployment_without_new_data_keeps_the_stamp(adapter, registry):
    known = adapter.version(None)
    registry.etag = '"9f8e7d6/0.35.0/mtmq3wmo"'

    assert adapter.version(known) == RegistryVersion(known.stamp, registry.etag)


def test_new_data_have_a_new_stamp(adapter, registry):
    known = adapter.version(None)
    registry.etag, registry.stamp = '"0a1b2c3/0.34.1/mtqzzzzz"', "2026-11-23T09:00:06"

    assert adapter.version(known).stamp == "2026-11-23T09:00:06"


@pytest.mark.parametrize("etag", ["", "no quotes", '"a b"', '"a\x7f"', '"' + "x" * 300 + '"'])
def test_an_etag_that_cannot_be_sent_back_is_none(adapter, registry, etag):
    registry.etag = etag

    assert adapter.version(None) == RegistryVersion(STAMP, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>down</html>",
        b"null",
        b"[]",
        b"{}",
        b'{"apiVersion": "2.0.5"}',
        b'{"dataTimestamp": 20261120}',
        b'{"dataTimestamp": "yesterday"}',
        b'{"dataTimestamp": "2026-11-20T09:00:04\\nX"}',
        b'{"dataTimestamp": "2026-11-20", "apiVersion": 2}',
        b'{"dataTimestamp": "2026-11-2',
    ],
)
def test_a_version_that_says_nothing_is_unreadable(adapter, registry, body):
    registry.overrides["/version"] = lambda request: http(body)

    with pytest.raises(AnswerUnreadable) as caught:
        adapter.version(None)

    assert caught.value.raw == body
    assert "\n" not in str(caught.value)


def test_not_modified_without_having_asked_is_unreadable(adapter, registry):
    registry.overrides["/version"] = lambda request: http(b"", 304)

    with pytest.raises(AnswerUnreadable, match="304"):
        adapter.version(RegistryVersion(STAMP, None))


@pytest.mark.parametrize(
    ("status", "error"), [(403, RequestRefused), (404, RequestRefused), (503, RegistryUnreachable)]
)
def test_a_failing_version_says_where_to_look(adapter, registry, status, error):
    registry.overrides["/version"] = lambda request: http(b"<html>no</html>", status, content_type="text/html")

    with pytest.raises(error, match=r'registries\."clinicaltrials\.gov"\.base_url in config\.toml'):
        adapter.version(None)


# Health


def test_a_registry_with_a_page_of_one_record_is_in_good_health(adapter, registry):
    publish(registry, 1, 2)

    assert adapter.answers_at_all()
    assert registry.requests[0].target == "/api/v2/studies?pageSize=1&fields=NCTId"


@pytest.mark.parametrize(
    "answer",
    [
        http(b'{"studies":[  ]}'),
        http(b'{"studies":[ {} ]}'),
        http(b'{"studies":[ {"protocolSection":{"identificationModule":{"nctId":"?"}}} ]}'),
        http(page(trial(id_of(1)), trial(id_of(2)))),
        http(b"{}"),
        http(b"<html></html>"),
        http(b"", 403),
        http(b"", 404),
        http(b"", 503),
        http(b"", 301, headers={"Location": "/"}),
        b"",
        [Pause(30)],
    ],
)
def test_anything_else_is_not(adapter_for, registry, answer):
    registry.overrides["/studies"] = lambda request: answer

    assert not adapter_for(registry.base_url, read_timeout=0.05).answers_at_all()
