"""Finding what a search covers: against the sandbox, and against a registry that lists what cannot be believed."""

from datetime import date
from itertools import chain, count

import orjson
import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid, RegistryUnreachable, RequestRefused
from monitor.model import Role, Search
from monitor.registries.clinicaltrials_gov.listing import MOST_IDLE, SPARE_PAGES
from monitor.registries.clinicaltrials_gov.probed import BUILD
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.loopback import http
from tests.program import BUILD_DAY
from tests.registries.clinicaltrials_gov.fake import id_alone, id_of, publish
from tests.registries.clinicaltrials_gov.test_essie import HOSTILE

ALZAHRA, FIRST, SECOND = "NCT02116634", "NCT90000001", "NCT90000002"


@pytest.fixture(scope="module")
def stock():
    with Sandbox(trials=1200, day=BUILD_DAY) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox():
    with Sandbox(trials=20, day=BUILD_DAY) as running:
        yield running


def found(adapter, search=None, **options):
    return list(chain(*(page.trial_ids for page in adapter.find(search or Search(), **options))))


def sponsored(lead, *collaborators):
    def change(study):
        study["protocolSection"]["sponsorCollaboratorsModule"] = {
            "leadSponsor": {"name": lead},
            **({"collaborators": [{"name": name} for name in collaborators]} if collaborators else {}),
        }

    return change


def listed(*numbers, **more):
    """A page of ids."""
    studies = [id_alone(id_of(number)) for number in numbers]
    return http(orjson.dumps({"studies": studies, **more}))


# What is found


def test_all_trials_are_found_a_thousand_a_request(adapter_for, stock):
    stock.requests.clear()

    pages = list(adapter_for(stock.base_url).find(Search()))

    assert list(chain(*(page.trial_ids for page in pages))) == stock.trial_ids()
    assert [(len(page.trial_ids), page.total) for page in pages] == [(1000, 1201), (201, 1201)]
    assert [seen.target for seen in stock.requests] == [
        f"/api/v2/studies?fields=NCTId,{BUILD}&pageSize=1000&countTotal=true",
        f"/api/v2/studies?fields=NCTId,{BUILD}&pageSize=1000&pageToken={pages[0].token.replace('=', '%3D')}",
    ]
    assert pages[-1].token is None


def test_a_token_goes_on_behind_its_page(adapter_for, stock):
    adapter = adapter_for(stock.base_url)
    first, *rest = adapter.find(Search())

    (again,) = adapter.find(Search(), token=first.token)

    assert [again.trial_ids] == [page.trial_ids for page in rest]
    assert again.total is None


@pytest.mark.parametrize("name", ["Alzahra Hospital", "  alzahra\n HOSPITAL ", "ALZAHRA\u00a0HOSPITAL"])
def test_a_sponsor_is_found_in_any_case_and_spacing(adapter_for, stock, name):
    assert found(adapter_for(stock.base_url), Search(sponsor=name)) == [ALZAHRA]


def test_a_part_of_a_sponsors_name_finds_nobody(adapter_for, stock):
    assert found(adapter_for(stock.base_url), Search(sponsor="Alzahra")) == []


def test_a_collaborator_is_found_in_any_role_only(adapter_for, sandbox):
    sandbox.edit(FIRST, sponsored("Juniper Institute", "Harbour Trust", "Alzahra Hospital"))
    adapter = adapter_for(sandbox.base_url)

    assert found(adapter, Search(sponsor="alzahra hospital", role=Role.ANY)) == [ALZAHRA, FIRST]
    assert found(adapter, Search(sponsor="alzahra hospital")) == [ALZAHRA]


@pytest.mark.parametrize(
    "name",
    [
        'The "Harbour" Trust',
        "Harbour (Trust) [Redacted]",
        "AND",
        "Harbour & Söhne, GmbH",
        "Harbour OR Alzahra",
        "%22+#?",
    ],
)
def test_a_name_of_strange_signs_finds_its_own_trials(adapter_for, sandbox, name):
    sandbox.edit(FIRST, sponsored(name))

    assert found(adapter_for(sandbox.base_url), Search(sponsor=name)) == [FIRST]


@pytest.mark.parametrize("where", ["sponsor", "condition"])
@pytest.mark.parametrize("text", [text for text in HOSTILE if not text.isalpha()])
def test_nothing_typed_widens_a_search(adapter_for, stock, where, text):
    assert found(adapter_for(stock.base_url), Search(**{where: text})) == []


def test_what_the_registry_found_by_another_name_is_dropped(adapter, registry):
    names = {1: "Merck", 2: "Merck KGaA", 3: "MERCK ", 4: "Merck\u200b", 5: "Merck Inc"}
    for number, name in names.items():
        publish(registry, number, sponsorCollaboratorsModule__leadSponsor={"name": name})

    (page,) = adapter.find(Search(sponsor="Merck"))

    assert page.trial_ids == (id_of(1), id_of(3), id_of(4))
    assert page.total == 5, "the registry's own count"


def test_a_list_that_does_not_say_whose_trials_it_names_is_unreadable(adapter, registry):
    """Otherwise a projection that the registry no longer understands would look like a sponsor who gave up all."""
    registry.overrides["/studies"] = lambda request: listed(1, 2, totalCount=2)

    with pytest.raises(AnswerUnreadable, match="whose they are"):
        found(adapter, Search(sponsor="Merck"))


def test_an_operator_alone_as_a_condition_is_a_word(adapter_for, stock):
    assert len(found(adapter_for(stock.base_url), Search(condition="ALL"))) < len(stock.trial_ids())


def test_a_condition_is_a_phrase(adapter_for, stock):
    adapter = adapter_for(stock.base_url)

    assert found(adapter, Search(condition="lateral  sclerosis")) == [ALZAHRA]
    assert found(adapter, Search(condition="sclerosis lateral")) == []


def test_an_expression_a_sponsor_and_a_condition_narrow_each_other_down(adapter_for, sandbox):
    for one in (FIRST, SECOND):
        sandbox.edit(one, sponsored("Harbour Trust"))
    adapter = adapter_for(sandbox.base_url)
    either = f"{FIRST} OR {ALZAHRA}"

    assert found(adapter, Search(sponsor="Harbour Trust")) == [FIRST, SECOND]
    assert found(adapter, Search(expression=either)) == [ALZAHRA, FIRST]
    assert found(adapter, Search(expression=either, sponsor="Harbour Trust")) == [FIRST]
    assert found(adapter, Search(expression=either, condition="lateral sclerosis")) == [ALZAHRA]


def test_operators_in_lower_case_are_words(adapter_for, stock):
    adapter = adapter_for(stock.base_url)

    assert found(adapter, Search(expression="AREA[LeadSponsorName]alzahra NOT influenza")) == [ALZAHRA]
    assert found(adapter, Search(expression="AREA[LeadSponsorName]alzahra not influenza")) == []


def test_only_what_was_updated_or_registered_since_is_found(adapter_for, stock):
    days = {
        one: stock.study(one)["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
        for one in stock.trial_ids()
    }
    day = sorted(days.values())[-30]

    since = found(adapter_for(stock.base_url), updated_since=date.fromisoformat(day))

    assert since == [one for one, last in days.items() if last >= day]


def test_nothing_found_is_an_empty_page(adapter_for, stock):
    (page,) = adapter_for(stock.base_url).find(Search(sponsor="Nobody"))

    assert (page.trial_ids, page.total, page.token) == ((), 0, None)


# What is refused


def test_an_expression_that_the_registry_does_not_understand_is_told_in_its_words(adapter_for, stock):
    with pytest.raises(ConfigurationInvalid) as caught:
        found(adapter_for(stock.base_url), Search(expression="AREA[Sponsr]Pfizer"))

    assert str(caught.value) == (
        "clinicaltrials.gov does not understand the search “AREA[Sponsr]Pfizer”: "
        "“Error parsing query in Other terms: Unknown area name: `Sponsr`”; correct it"
    )


def test_a_search_that_cannot_be_asked_is_refused_before_any_request(adapter, registry):
    with pytest.raises(ConfigurationInvalid):
        adapter.find(Search(expression="NCT02116634 NCT02116635"))

    assert registry.requests == []


@pytest.mark.parametrize(
    ("search", "token", "answer"),
    [
        (
            Search(sponsor="Merck"),
            None,
            http(b"Parameter `fields` has incorrect format", 400, content_type="text/plain"),
        ),
        (Search(expression="x"), "t9", http(b"Parameter `pageToken` is no more", 400, content_type="text/plain")),
        (Search(expression="x"), None, http(b"<html>proxy</html>", 400, content_type="text/html")),
        (Search(expression="x"), None, http(b"Forbidden", 403, content_type="text/plain")),
    ],
    ids=["no expression", "a later page", "no words", "forbidden"],
)
def test_what_is_not_about_the_expression_is_not_blamed_on_it(adapter, registry, search, token, answer):
    registry.overrides["/studies"] = lambda request: answer

    with pytest.raises(RequestRefused):
        found(adapter, search, token=token)


# What cannot be believed


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html>Maintenance</html>", content_type="text/html"),
        http(b""),
        http(b"[]"),
        http(b'{"studies": {}, "totalCount": 1}'),
        http(b'{"studies": [{'),
        http(b'{"studies": []}'),
        listed(1, totalCount="1"),
        listed(1, totalCount=1.0),
        listed(1, totalCount=True),
        listed(1, totalCount=-1),
        listed(1, totalCount=1, nextPageToken=2),
        listed(1, totalCount=1, nextPageToken=""),
        listed(1, totalCount=1, nextPageToken="a b"),
        listed(1, totalCount=1, nextPageToken="x" * 501),
        http(b'{"studies": [null], "totalCount": 1}'),
        http(b'{"studies": [{}], "totalCount": 1}'),
        http(orjson.dumps({"studies": [id_alone("NCT123")], "totalCount": 1})),
        http(orjson.dumps({"studies": [id_alone("nct02116634")], "totalCount": 1})),
        http(orjson.dumps({"studies": [id_alone("NCT00000000")], "totalCount": 1})),
        http(
            orjson.dumps(
                {"studies": [id_alone("NCT\u0660\u0662\u0661\u0661\u0666\u0666\u0663\u0664")], "totalCount": 1}
            )
        ),
        http(orjson.dumps({"studies": [{"protocolSection": {"identificationModule": {"nctId": 7}}}], "totalCount": 1})),
    ],
)
def test_a_page_that_is_none_is_unreadable(adapter, registry, answer):
    registry.overrides["/studies"] = lambda request: answer

    with pytest.raises(AnswerUnreadable) as caught:
        found(adapter)

    assert str(caught.value).isprintable()


def test_a_registry_that_is_down_is_unreachable(adapter, registry):
    registry.overrides["/studies"] = lambda request: http(b"", 503)

    with pytest.raises(RegistryUnreachable):
        found(adapter)


@pytest.mark.parametrize(("total", "came"), [(1, 0), (3, 2), (99, 98), (1000, 989), (1, 2), (100, 102), (0, 1)])
def test_a_total_that_does_not_add_up_is_unreadable(adapter, registry, total, came):
    registry.overrides["/studies"] = lambda request: listed(*range(1, came + 1), totalCount=total)

    with pytest.raises(AnswerUnreadable, match=f"{came:,} trials of {total:,}"):
        found(adapter)


@pytest.mark.parametrize(("total", "came"), [(0, 0), (1, 1), (100, 99), (1000, 990), (100, 101)])
def test_a_hundredth_more_or_fewer_than_the_total_is_believed(adapter, registry, total, came):
    registry.overrides["/studies"] = lambda request: listed(*range(1, came + 1), totalCount=total)

    assert len(found(adapter)) == came


def test_a_list_that_falls_short_never_shows_its_last_page(adapter, registry):
    registry.overrides["/studies"] = lambda request: (
        listed(2) if "pageToken" in request.query else listed(1, totalCount=9, nextPageToken="more")
    )
    pages = adapter.find(Search())

    assert next(pages).token == "more"
    with pytest.raises(AnswerUnreadable, match="only 2 trials of 9"):
        next(pages)


def test_trials_that_come_again_are_found_once(adapter, registry):
    registry.overrides["/studies"] = lambda request: (
        listed(2, 3, 2) if "pageToken" in request.query else listed(1, 2, 1, totalCount=3, nextPageToken="more")
    )

    assert [page.trial_ids for page in adapter.find(Search())] == [(id_of(1), id_of(2)), (id_of(3),)]


def test_an_empty_page_on_the_way_is_legal(adapter, registry):
    answers = [
        listed(1, totalCount=2, nextPageToken="a"),
        *(listed(nextPageToken=token) for token in "bcdef"),
        listed(2),
    ]
    registry.overrides["/studies"] = lambda request: answers.pop(0)

    assert found(adapter) == [id_of(1), id_of(2)]


@pytest.mark.parametrize("token", [None, "again"])
def test_a_token_that_leads_nowhere_ends_the_list(adapter, registry, token):
    numbers = count(1)
    registry.overrides["/studies"] = lambda request: listed(next(numbers), totalCount=100, nextPageToken="again")

    with pytest.raises(AnswerUnreadable, match="leads back"):
        found(adapter, token=token)

    assert len(registry.requests) == (1 if token else 2)


def test_tokens_that_go_round_in_a_circle_end_the_list(adapter, registry):
    numbers = count(1)
    registry.overrides["/studies"] = lambda request: listed(
        number := next(numbers), totalCount=5000, nextPageToken=f"t{number % 3}"
    )

    with pytest.raises(AnswerUnreadable, match="leads back"):
        found(adapter)

    assert len(registry.requests) == 4


def test_the_same_page_under_ever_new_tokens_ends_the_list(adapter, registry):
    numbers = count(1)
    registry.overrides["/studies"] = lambda request: listed(
        1, 2, totalCount=5_000_000, nextPageToken=f"t{next(numbers)}"
    )

    with pytest.raises(AnswerUnreadable, match="nothing new"):
        found(adapter)

    assert len(registry.requests) == 1 + MOST_IDLE + 1


@pytest.mark.parametrize("total", [10, 3000])
def test_more_pages_than_the_total_fills_end_the_list(adapter, registry, total):
    numbers = count(1)
    registry.overrides["/studies"] = lambda request: listed(
        number := next(numbers), totalCount=total, nextPageToken=f"t{number}"
    )

    with pytest.raises(AnswerUnreadable, match=r"does not add up"):
        found(adapter)

    assert len(registry.requests) <= total // 1000 + 1 + SPARE_PAGES


@pytest.mark.parametrize("kind", ["html", "cut", "empty"])
def test_a_sandbox_that_misbehaves_is_unreadable(adapter_for, sandbox, kind):
    sandbox.misbehave(kind)

    with pytest.raises(AnswerUnreadable):
        found(adapter_for(sandbox.base_url))
