"""One listing for many sponsors: it gives each of them what the registry gives when it is asked for that one alone."""

from collections import defaultdict
from datetime import date
from itertools import chain
from random import Random
from urllib.parse import unquote

import pytest

from monitor.errors import AnswerUnreadable
from monitor.model import Role, Search
from monitor.ports import SharedSearching
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.program import BUILD_DAY
from tests.registries.clinicaltrials_gov.test_searching import found, sponsored

SPELLINGS = (
    "Harbour Trust",
    "HARBOUR TRUST",
    "Harbour Trust.",
    "Harbour  Trust",
    "Harbour\u00a0Trust",
    "Harbour Trust Research Unit",
    "The Harbour Trust",
    "Saint-Luc “North”",
    'Saint\u2010Luc "North"',
    "SAINT-LUC “NORTH”",
    "Universität Gießen",
    "UNIVERSITÄT GIESSEN",
    "Universita\u0308t Gießen",
    "Wölfe AND Söhne (AREA[NCTId]) OR NOT",
    "İzmir Hospital",
    "i̇zmir hospital",
    "\u039fδός",
    "ΟΔΌΣ",
    "Back\\slash Institute",
    "The National Centre for the Study of the Late Effects of Radiation upon Children and Young Adults",
)


def id_of(number):
    """A trial that every sandbox has, if it has so many."""
    return f"NCT{90_000_000 + number}"


def shared(adapter, searches, *, since=BUILD_DAY):
    """What each search found, and those that are undecided."""
    each_found, undecided = defaultdict(dict), set()
    for page in adapter.find_shared(searches, updated_since=since):
        for search, trial_ids in page.found.items():
            each_found[search] |= dict.fromkeys(trial_ids)
        undecided |= set(page.undecided)
    return {search: sorted(trial_ids) for search, trial_ids in each_found.items()}, undecided


@pytest.mark.parametrize("since", [date(2026, 11, 20), None])
@pytest.mark.parametrize("seed", range(2))
def test_every_sponsor_gets_what_it_would_get_alone_or_is_undecided(adapter_for, seed, since):
    chance = Random(seed)
    searches = [Search(sponsor=name, role=role) for name in SPELLINGS for role in Role]
    with Sandbox(trials=60, day=BUILD_DAY) as sandbox:
        for trial_id in sandbox.trial_ids():
            lead, *others = chance.choices(SPELLINGS, k=chance.choice((1, 1, 2, 3)))

            def change(study, lead=lead, others=others):
                sponsored(lead, *others)(study)
                posted = chance.choice(("2020-01-01", "2026-11-25"))
                study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = posted

            sandbox.edit(trial_id, change, refresh=False)
        sandbox.refresh()
        adapter = adapter_for(sandbox.base_url)

        each_found, undecided = shared(adapter, searches, since=since)

        assert len(undecided) < len(searches), "some of them are decided"
        for search in set(searches) - undecided:
            assert each_found.get(search, []) == sorted(found(adapter, search, updated_since=since)), search


def test_one_spelling_is_decided_whatever_its_capitals(adapter_for):
    with Sandbox(trials=3, day=BUILD_DAY) as sandbox:
        sandbox.edit(id_of(1), sponsored("Harbour Trust"), refresh=False)
        sandbox.edit(id_of(2), sponsored("Juniper", "HARBOUR TRUST"))
        lead, any_role = (Search(sponsor="harbour trust", role=role) for role in (Role.LEAD, Role.ANY))

        each_found, undecided = shared(adapter_for(sandbox.base_url), [lead, any_role], since=date(1990, 1, 1))

    assert (each_found, undecided) == ({lead: [id_of(1)], any_role: [id_of(1), id_of(2)]}, set())


@pytest.mark.parametrize("other", ["Harbour Trust.", "Harbour  Trust", "Harbour\u00a0Trust", "Harbour Tru\ufb06"])
def test_whether_another_spelling_counts_is_for_the_registry_to_tell(adapter_for, other):
    search, unlike = Search(sponsor="Harbour Trust"), Search(sponsor="Juniper")
    with Sandbox(trials=3, day=BUILD_DAY) as sandbox:
        sandbox.edit(id_of(1), sponsored(other))

        _, undecided = shared(adapter_for(sandbox.base_url), [search, unlike], since=date(1990, 1, 1))

    assert undecided == {search}


@pytest.mark.parametrize("name", ["", "…", '"', "a\x07b", "x" * 501])
def test_a_name_that_cannot_be_asked_for_is_undecided(adapter_for, name):
    with Sandbox(trials=1, day=BUILD_DAY) as sandbox:
        _, undecided = shared(adapter_for(sandbox.base_url), [Search(sponsor=name)])

    assert undecided == {Search(sponsor=name)}


def test_ten_thousand_sponsors_are_one_question_a_page(adapter_for):
    searches = [Search(sponsor=f"Sponsor {number}") for number in range(10_000)]
    with Sandbox(trials=1200, day=BUILD_DAY) as sandbox:
        for number in (1, 1200):
            sandbox.edit(id_of(number), sponsored(f"Sponsor {number}"), refresh=False)
        sandbox.refresh()
        sandbox.requests.clear()
        adapter = adapter_for(sandbox.base_url)
        assert isinstance(adapter, SharedSearching)

        each_found, undecided = shared(adapter, searches, since=date(1990, 1, 1))

        assert each_found == {searches[number]: [id_of(number)] for number in (1, 1200)}
        assert not undecided
        asked = [request.target for request in sandbox.requests]
        assert len(asked) == 2
        assert "fields=NCTId" in asked[0]
        assert "LeadSponsorName,CollaboratorName" in asked[0]


def test_sponsors_share_questions_of_ten_words(adapter_for):
    names = ["Harbour Trust", "A Name Of Seven Words For This", "One " * 12, "Juniper", '"', "Saint (AND) Luc", "Wolf"]
    with Sandbox(trials=3, day=BUILD_DAY) as sandbox:
        _, undecided = shared(adapter_for(sandbox.base_url), [Search(sponsor=name) for name in names], since=None)
        asked = [unquote(request.target.split("&")[0]).split("=")[1] for request in sandbox.requests]

    assert undecided == {Search(sponsor='"')}
    area = "(AREA[LeadSponsorName]"
    assert asked == [
        f'{area}"Harbour Trust") OR {area}"A Name Of Seven Words For This")',
        f'{area}"{("One " * 10).strip()}")',
        f'{area}"Juniper") OR {area}"Saint (AND) Luc") OR {area}"Wolf")',
    ]


def without_lead(study):
    study["protocolSection"]["sponsorCollaboratorsModule"] = {"collaborators": [{"name": "Harbour Trust"}]}


def test_a_trial_that_names_no_lead_sponsor_leaves_its_collaborators_undecided(adapter_for):
    """As the records of devices that are not approved may come."""
    searches = [Search(sponsor="Harbour Trust", role=Role.ANY), Search(sponsor="Harbour Trust")]
    with Sandbox(trials=150, day=BUILD_DAY) as sandbox:
        sandbox.edit(id_of(7), without_lead)

        _, undecided = shared(adapter_for(sandbox.base_url), searches, since=date(1990, 1, 1))

    assert undecided == {searches[0]}


def test_a_listing_without_sponsors_is_not_one_of_nobodys_trials(adapter_for):
    with Sandbox(trials=5, day=BUILD_DAY) as sandbox:
        sandbox.edit(id_of(1), without_lead)

        with pytest.raises(AnswerUnreadable, match="without saying whose they are"):
            shared(adapter_for(sandbox.base_url), [Search(sponsor="Harbour Trust")], since=date(1990, 1, 1))


def test_a_shared_listing_that_does_not_add_up_is_none(adapter_for):
    with Sandbox(trials=5, day=BUILD_DAY) as sandbox:
        sandbox.misbehave("503", path="/studies")

        with pytest.raises(Exception, match="503"):
            list(chain(adapter_for(sandbox.base_url).find_shared([Search(sponsor="x")], updated_since=BUILD_DAY)))
