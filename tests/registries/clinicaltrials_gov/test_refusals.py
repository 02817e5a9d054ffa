"""What public reports say that the real registry refuses, and what the program answers then."""

from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from monitor import __version__
from monitor.app import doctor_context, open_app
from monitor.config import Config
from monitor.config.keys import RegistrySettings, StoreSettings
from monitor.errors import AnswerUnreadable, ConfigurationInvalid, RegistryUnreachable, RequestRefused
from monitor.http.asking import library
from monitor.model import Document, Role, Search
from monitor.operate.doctor import Level, examine
from monitor.ports import Merged, SponsorName, Unanswered, Unreadable
from monitor.registries.clinicaltrials_gov.settings import ClinicalTrialsGovSettings
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.loopback import http
from tests.program import BUILD_DAY
from tests.registries.clinicaltrials_gov.fake import fetched, id_of, publish
from tests.registries.clinicaltrials_gov.test_searching import found, sponsored

ALZAHRA, FIRST, SECOND, THIRD = "NCT02116634", "NCT90000001", "NCT90000002", "NCT90000003"
LONG = "The National Collaborating Centre for the Study of the Late Effects of Radiation upon Children and Young Adults"


@pytest.fixture
def sandbox():
    with Sandbox(trials=20, day=BUILD_DAY) as running:
        yield running


# A front end that lets the client not pass


def assert_names_the_way_out(text: str, base_url: str) -> None:
    assert base_url in text, "the address"
    assert "registry-monitor/0 (tests)" in text, "the client"
    assert 'registries."clinicaltrials.gov".user_agent' in text
    assert 'registries."clinicaltrials.gov".base_url in config.toml at a relay' in text
    assert "check the network" not in text
    assert text.isprintable()


@pytest.mark.parametrize("status", [401, 403, 406, 451])
@pytest.mark.parametrize(
    "body", [b"", b"Forbidden", b"<html><head><title>Attention Required!</title></head><body>no</body></html>"]
)
def test_a_client_that_is_turned_away_is_told_the_way_out(adapter, registry, status, body):
    registry.overrides["/version"] = lambda request: http(body, status, content_type="text/html")

    with pytest.raises(RequestRefused) as caught:
        adapter.version(None)

    assert_names_the_way_out(str(caught.value), registry.base_url)
    assert str(status) in str(caught.value)
    assert len(registry.requests) == 1


def test_the_page_that_turns_a_client_away_is_quoted_by_its_title(adapter, registry):
    registry.overrides["/version"] = lambda request: http(
        b"<html><head><TITLE>\n Just a\x1b[2J moment&hellip;\n</TITLE></head></html>", 403, content_type="text/html"
    )

    with pytest.raises(RequestRefused, match=r"“Just a \[2J moment&hellip;”"):
        adapter.version(None)


def test_trials_and_searches_hear_the_same(adapter_for, sandbox):
    sandbox.misbehave("403")
    adapter = adapter_for(sandbox.base_url)

    answers = fetched(adapter, [ALZAHRA, FIRST])

    (reason,) = {answer.reason for answer in answers.values()}
    assert_names_the_way_out(reason, sandbox.base_url)
    with pytest.raises(RegistryUnreachable) as caught:
        found(adapter, Search(sponsor="Alzahra Hospital"))
    assert str(caught.value) == reason
    assert len(sandbox.requests) == 2, "the batch and the control request"


def test_a_front_end_that_turns_away_one_client_lets_another_pass(adapter_for, sandbox):
    sandbox.misbehave("403", user_agent="^registry-monitor")

    assert adapter_for(sandbox.base_url, user_agent="Harbour Trust").version(None)
    with pytest.raises(RequestRefused):
        adapter_for(sandbox.base_url).version(None)


@pytest.mark.parametrize("kind", ["challenge", "html"])
def test_a_page_that_wants_a_browser_is_told_with_the_way_out(adapter_for, sandbox, kind):
    sandbox.misbehave(kind)

    with pytest.raises(AnswerUnreadable) as caught:
        adapter_for(sandbox.base_url).version(None)

    assert 'registries."clinicaltrials.gov".user_agent' in str(caught.value)
    assert "check the network" not in str(caught.value)


def test_an_address_that_moved_is_named(adapter, registry):
    registry.overrides["/version"] = lambda request: http(b"", 301, headers={"Location": "https://new.example/api/v2"})

    with pytest.raises(AnswerUnreadable, match=r"redirect to “https://new\.example/api/v2”.* base_url|set registries"):
        adapter.version(None)


def test_pages_for_people_in_the_middle_of_a_pass_fill_no_quarantine(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"<html>checking your browser</html>")

    answers = fetched(adapter, publish(registry, *range(1, 1001)))

    assert all(isinstance(answer, Unanswered) for answer in answers.values())
    assert len(registry.requests) == 2


def test_one_record_that_is_turned_away_spoils_nobody_elses(adapter, registry):
    ids = publish(registry, *range(1, 101))
    registry.broken.add(ids[41])
    registry.overrides[f"/studies/{ids[41]}"] = lambda request: http(b"<html>blocked</html>", 403)

    answers = fetched(adapter, ids)

    assert isinstance(answers[ids[41]], Unanswered)
    assert sum(isinstance(answer, Document) for answer in answers.values()) == 99
    assert len(registry.requests) < 20


# A registry that says no as a whole


@pytest.mark.parametrize(
    "answer",
    [http(b"", 429), http(b"", 503), http(b"", 403), http(b"<html></html>"), b"", http(b"", 302)],
    ids=["429", "503", "403", "html", "closed", "redirect"],
)
def test_a_registry_that_said_no_is_not_asked_until_the_next_pass(adapter, registry, answer):
    ids = publish(registry, *range(1, 301))
    registry.overrides["/studies"] = lambda request: answer
    for name in "ABCDEFGHIJ":
        with pytest.raises((RegistryUnreachable, RequestRefused, AnswerUnreadable)):
            found(adapter, Search(sponsor=name))
    if isinstance(answer, bytes) and b"302" not in answer[:20]:
        assert len(registry.requests) <= 5, "four attempts and a control request, for all ten"
        assert all(isinstance(one, Unanswered) for one in fetched(adapter, ids).values())
        assert all(isinstance(one, Unanswered) for one in chain(*adapter.probe(ids)))
        assert not adapter.answers_at_all()
        with pytest.raises(RegistryUnreachable):
            list(adapter.sweep())
        assert len(registry.requests) <= 5

    registry.overrides.clear()
    adapter.version(None)

    assert all(isinstance(one, Document) for one in fetched(adapter, ids).values())


def test_a_version_that_does_not_come_opens_nothing(adapter, registry):
    registry.overrides["/studies"] = registry.overrides["/version"] = lambda request: http(b"", 429)
    with pytest.raises(RegistryUnreachable):
        found(adapter, Search(sponsor="A"))
    asked = len(registry.requests)

    with pytest.raises(RegistryUnreachable, match="429"):
        adapter.version(None)
    with pytest.raises(RegistryUnreachable):
        found(adapter, Search(sponsor="A"))

    assert len(registry.requests) == asked + 1, "one attempt, once"


def test_where_one_search_fails_the_next_is_asked_and_soon_with_one_attempt_each(adapter, registry):
    """The control request is well: it may be something in each."""
    publish(registry, 1)
    registry.overrides["/studies"] = lambda request: (
        http(b"", 503) if "filter.advanced" in request.query else registry.page(request)
    )

    for name in "ABCDEFGHIJ":
        with pytest.raises(RegistryUnreachable):
            found(adapter, Search(sponsor=name))

    asked = [request for request in registry.requests if "filter.advanced" in request.query]
    assert len(asked) == 4 + 4 + 8


def test_the_wish_for_fewer_requests_is_told_as_that(adapter, registry):
    registry.overrides["/version"] = lambda request: http(b"", 429)

    with pytest.raises(RegistryUnreachable) as caught:
        adapter.version(None)

    assert "lower registries" in str(caught.value)
    assert "requests_per_second" in str(caught.value)
    assert "check the network" not in str(caught.value)


# Names


def test_whatever_coverage_misses_a_sponsors_trials_are_found(adapter_for, sandbox):
    for one in (FIRST, SECOND, THIRD):
        sandbox.edit(one, sponsored("Harbour Trust"))
    sandbox.misbehave("coverage")

    adapter = adapter_for(sandbox.base_url)

    assert found(adapter, Search(sponsor="Harbour Trust")) == [FIRST, SECOND, THIRD]
    assert adapter.sponsors("harbour trust") == [SponsorName("Harbour Trust", 3)]


@pytest.mark.parametrize("role", list(Role))
def test_names_around_the_one_that_is_meant_are_left_out(adapter_for, sandbox, role):
    sandbox.edit(FIRST, sponsored("Harbour Trust"))
    sandbox.edit(SECOND, sponsored("Harbour Trust East", "The Harbour Trust"))
    sandbox.edit(THIRD, sponsored("Juniper Institute", "Harbour Trust"))

    expected = [FIRST, THIRD] if role is Role.ANY else [FIRST]
    assert found(adapter_for(sandbox.base_url), Search(sponsor="Harbour Trust", role=role)) == expected


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("harbour trust", "HARBOUR  TRUST"),
        ("Harbour Trust Inc", "Harbour Trust Inc."),
        ("Harbour Trust Inc.", "Harbour Trust Inc"),
        ("Harbour Trust", "Harbour\u00a0Trust"),
        ("Charité", "Charite\u0301"),
    ],
)
def test_a_name_is_matched_whatever_its_case_spacing_form_and_full_stop(adapter, registry, typed, registered):
    publish(registry, 1, sponsorCollaboratorsModule__leadSponsor={"name": registered})
    publish(registry, 2, sponsorCollaboratorsModule__leadSponsor={"name": f"{registered} East"})

    assert found(adapter, Search(sponsor=typed)) == [id_of(1)]


@pytest.mark.parametrize(
    "name",
    [
        LONG,
        "Children\u2019s Hospital \u2013 East",
        'Institute "La Paz" (Madrid), S.A.',
        "AND OR NOT ALL EXPANSION[None] RANGE[MIN,MAX] MISSING",
        "A/S Ærø & Søn",
        "北京大学第一医院",
        "Dr. med. O\u2019Neil\\Partner",
        "100% Health, Inc.",
        "C++ & #1 Trials?",
    ],
)
def test_a_sponsor_of_any_name_is_found_whatever_is_too_complicated(adapter_for, sandbox, name):
    for one in (FIRST, SECOND):
        sandbox.edit(one, sponsored(name))
    sandbox.edit(THIRD, sponsored(f"{name} East"))
    sandbox.misbehave("complicated")
    adapter = adapter_for(sandbox.base_url)

    assert found(adapter, Search(sponsor=name)) == [FIRST, SECOND]
    assert found(adapter, Search(sponsor=name, role=Role.ANY)) == [FIRST, SECOND]
    assert SponsorName(name, 2) in adapter.sponsors(name)
    assert {seen.status for seen in sandbox.requests} == {200}, "nothing is asked that is too complicated"


@pytest.mark.parametrize("passes", [5, 2])
def test_where_ten_words_are_too_many_fewer_are_asked_for(adapter, registry, passes):
    publish(registry, 1, sponsorCollaboratorsModule__leadSponsor={"name": LONG})
    publish(registry, 2, sponsorCollaboratorsModule__leadSponsor={"name": "The National Collaborating Centre"})

    def strict(request):
        words = request.query.get("filter.advanced", request.query.get("query.lead", "")).replace(" AND ", " ").split()
        complicated = http(b"Too complicated query", 400, content_type="text/plain")
        return complicated if len(words) > passes else registry.page(request)

    registry.overrides["/studies"] = strict

    assert found(adapter, Search(sponsor=LONG)) == [id_of(1)]
    assert SponsorName(LONG, 1) in adapter.sponsors(LONG)
    assert len(registry.requests) < 10


def test_a_place_in_a_list_is_not_asked_for_in_other_words(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"Too complicated query", 400, content_type="text/plain")

    with pytest.raises(RequestRefused):
        found(adapter, Search(sponsor=LONG), token="t1000")

    assert len(registry.requests) == 1


@pytest.mark.parametrize(
    ("search", "advice"),
    [
        (Search(condition="a b c d e f g h i j k l m n o"), "fewer words, up to ten"),
        (Search(expression="a b c d e f g h i j k l m n o"), "quotation marks"),
    ],
)
def test_what_a_person_typed_is_not_shortened_in_secret(adapter, registry, search, advice):
    registry.overrides["/studies"] = lambda request: http(b"Too complicated query", 400, content_type="text/plain")

    with pytest.raises(ConfigurationInvalid, match=f"“Too complicated query”.*{advice}"):
        found(adapter, search)

    assert len(registry.requests) == 1


def test_a_search_whose_address_is_too_long_is_told_so(adapter_for, sandbox):
    sandbox.misbehave("long", most=1000)

    with pytest.raises(ConfigurationInvalid, match=r"HTTP status 403.* make it shorter"):
        found(adapter_for(sandbox.base_url), Search(expression=f'"{"x" * 2000}"'))


# Fields


def test_a_listing_goes_on_with_whole_records_where_fields_are_refused(adapter_for, sandbox):
    sandbox.misbehave("fields")
    adapter = adapter_for(sandbox.base_url)

    assert found(adapter) == sandbox.trial_ids()
    assert found(adapter, Search(sponsor="Alzahra Hospital")) == [ALZAHRA]
    assert adapter.sponsors("alzahra hospital") == [SponsorName("Alzahra Hospital", 1)]
    for _ in range(2):
        assert adapter.answers_at_all()
        assert found(adapter) == sandbox.trial_ids()
    refused = [parse_qs(urlsplit(seen.target).query)["fields"][0] for seen in sandbox.requests if seen.status == 400]
    assert len(refused) == len(set(refused)), "each choice of fields is refused once"


# Former ids


@pytest.mark.parametrize(
    ("location", "requests"),
    [
        ("/api/v2/studies/{id}", 2),
        ("/api/v2/studies/{id}?format=json", 2),
        ("/study/{id}", 2),
        ("/study/{id}?tab=table#x", 2),
        ("https://clinicaltrials.gov/study/{id}", 2),
        ("https://www.clinicaltrials.gov/api/v2/studies/{id}", 2),
        ("https://clinicaltrials.gov/ct2/show/{id}", 2),
        ("https://mirror.example/study/{id}", 2),
        ("https://mirror.example/login?for={id}", 2),
        ("/search?id={id}", 2),
        ("http://[", 2),
        ("", 2),
    ],
)
def test_a_merger_is_followed_whatever_the_redirect_says(adapter_for, sandbox, location, requests):
    sandbox.merge(FIRST, into=SECOND)
    sandbox.misbehave("location", location=location)
    adapter = adapter_for(sandbox.base_url)

    answer = fetched(adapter, [FIRST])[FIRST]

    assert isinstance(answer, Merged)
    assert (answer.into, answer.document.trial_id) == (SECOND, SECOND)
    assert len(sandbox.requests) == requests
    assert not any("mirror" in seen.target for seen in sandbox.requests)


def test_a_redirect_to_a_trial_that_is_gone_is_no_word_about_the_one_asked_for(adapter, registry):
    registry.overrides[f"/studies/{id_of(19)}"] = lambda request: http(
        b"", 301, headers={"Location": "/api/v2/studies/NCT00000020"}
    )

    assert isinstance(fetched(adapter, [id_of(19)])[id_of(19)], Unreadable)


# The client


def configured(folder, base_url, **settings):
    registry = ClinicalTrialsGovSettings.read({"base_url": base_url, **settings})
    return Config(
        store=StoreSettings(url=f"sqlite:///{folder}/monitor.sqlite3"),
        registries=RegistrySettings(**{"clinicaltrials.gov": registry}),
    )


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({}, f"registry-monitor/{__version__} (watches clinical trials) {library()}"),
        (
            {"contact": "trials@hospital.example"},
            f"registry-monitor/{__version__} (watches clinical trials; trials@hospital.example) {library()}",
        ),
        ({"contact": "trials@hospital.example", "user_agent": " Harbour Trust/1 "}, "Harbour Trust/1"),
    ],
    ids=["default", "with contact", "as set"],
)
def test_the_default_names_the_library_beside_us(registry, tmp_path, settings, sent):
    with open_app(configured(tmp_path, registry.base_url, **settings)) as program:
        program.registries[0].version(None)

    assert registry.requests[0].headers["user-agent"] == sent
    assert library() == f"python-requests/{requests.__version__}"


@pytest.mark.parametrize("kind", ["403", "challenge", "html", "503"])
def test_the_doctor_says_what_a_check_says(sandbox, tmp_path, kind):
    config = configured(tmp_path, sandbox.base_url)
    sandbox.misbehave(kind)

    with open_app(config) as program:
        program.registries[0]._session._sleep = lambda seconds: None
        (checked,) = program.check([ALZAHRA], program.registries[0])
    with doctor_context(config) as looked_at:
        looked_at.registries[0]._session._sleep = lambda seconds: None
        (finding,) = [finding for name, finding in examine(looked_at) if name == "registry"]

    assert finding.text == checked.error
    assert finding.level is Level.PROBLEM


def test_a_proxy_that_turns_away_is_named(adapter_for, registry, monkeypatch):
    """It may be its own answer."""
    registry.overrides["/version"] = registry.overrides["http://registry.example/api/v2/version"] = lambda request: (
        http(b"<html><title>Access denied</title></html>", 403)
    )
    monkeypatch.setenv("http_proxy", registry.url)
    adapter = adapter_for("http://registry.example/api/v2")
    monkeypatch.setenv("http_proxy", registry.url)

    with pytest.raises(RequestRefused, match=r"“Access denied”, by way of .*127\.0\.0\.1") as caught:
        adapter.version(None)

    assert "http://registry.example/api/v2 turns this client away" in str(caught.value)
