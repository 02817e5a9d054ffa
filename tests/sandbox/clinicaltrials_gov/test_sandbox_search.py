"""Searches and orders of the sandbox."""

import pytest


def at(study, module, *names):
    value = study["protocolSection"].get(module, {})
    for name in names:
        value = value.get(name) if value else None
    return value


@pytest.fixture
def everything(sandbox):
    return {trial_id: sandbox.study(trial_id) for trial_id in sandbox.trial_ids()}


def expected(everything, condition):
    return sorted(trial_id for trial_id, study in everything.items() if condition(study))


def posted(study):
    return at(study, "statusModule", "lastUpdatePostDateStruct", "date")


def sponsor(study):
    return at(study, "sponsorCollaboratorsModule", "leadSponsor", "name")


def test_a_range_of_dates_has_both_its_ends(client, everything):
    low, high = sorted(map(posted, everything.values()))[5], sorted(map(posted, everything.values()))[20]

    found = client.ids(f"pageSize=100&filter.advanced=AREA[LastUpdatePostDate]RANGE[{low},{high}]")

    assert found == expected(everything, lambda study: low <= posted(study) <= high)


def test_an_open_range_wants_a_value(client, everything):
    found = client.ids("pageSize=100&filter.advanced=AREA[ResultsFirstPostDate]RANGE[MIN,MAX]")

    assert found == expected(everything, lambda study: study["hasResults"])


def test_a_sponsor_is_found_by_the_whole_name_only(client, sandbox):
    sandbox.edit(
        "NCT90000001",
        lambda s: s["protocolSection"]["sponsorCollaboratorsModule"].update(
            leadSponsor={"name": "Alzahra Hospital East"}
        ),
    )

    assert client.ids('filter.advanced=AREA[LeadSponsorName]COVERAGE[FullMatch]"alzahra hospital"') == ["NCT02116634"]


@pytest.mark.parametrize("parameter", ["query.lead", "query.spons", "query.term"])
def test_a_sponsor_is_found_by_a_part_of_the_name(client, parameter):
    assert "NCT02116634" in client.ids(f"{parameter}=ALZAHRA")


def test_a_collaborator_is_found_as_sponsor_and_not_as_lead(client, sandbox):
    sandbox.edit(
        "NCT90000001",
        lambda s: s["protocolSection"]["sponsorCollaboratorsModule"].update(collaborators=[{"name": "Harbour Trust"}]),
    )

    assert client.ids("query.spons=harbour") == ["NCT90000001"]
    assert client.ids("query.lead=harbour") == []


def test_conditions_are_searched(client, everything):
    assert client.ids('query.cond="lateral sclerosis"') == ["NCT02116634"]


def test_words_side_by_side_must_all_be_there(client):
    assert client.ids("query.titles=mesenchymal sclerosis") == ["NCT02116634"]
    assert client.ids("query.titles=mesenchymal influenza") == []


def test_or_and_not_and_brackets_mean_what_they_say(client, everything):
    found = client.ids(
        "pageSize=100&filter.advanced="
        "(AREA[OverallStatus]COMPLETED OR AREA[OverallStatus]UNKNOWN) AND NOT AREA[StudyType]OBSERVATIONAL"
    )

    assert found == expected(
        everything,
        lambda study: (
            at(study, "statusModule", "overallStatus") in ("COMPLETED", "UNKNOWN")
            and at(study, "designModule", "studyType") != "OBSERVATIONAL"
        ),
    )


def test_what_is_missing_can_be_asked_for(client, everything):
    found = client.ids("pageSize=100&filter.advanced=AREA[WhyStopped]MISSING")

    assert found == expected(everything, lambda study: not at(study, "statusModule", "whyStopped"))


def test_statuses_are_filtered(client, everything):
    found = client.ids("pageSize=100&filter.overallStatus=COMPLETED|RECRUITING")

    assert found == expected(
        everything, lambda s: at(s, "statusModule", "overallStatus") in ("COMPLETED", "RECRUITING")
    )


def test_dates_fall_and_numbers_rise_unless_told(client, everything):
    falling = client.ids("pageSize=100&sort=LastUpdatePostDate")
    rising = client.ids("pageSize=100&sort=LastUpdatePostDate:asc")
    counts = [
        at(everything[trial_id], "designModule", "enrollmentInfo", "count")
        for trial_id in client.ids("pageSize=100&sort=EnrollmentCount")
    ]

    assert [posted(everything[trial_id]) for trial_id in falling] == sorted(
        map(posted, everything.values()), reverse=True
    )
    assert [posted(everything[trial_id]) for trial_id in rising] == sorted(map(posted, everything.values()))
    known = [count for count in counts if count is not None]
    assert known == sorted(known)


def test_trials_without_the_field_come_last(client, everything):
    found = client.ids("pageSize=100&sort=ResultsFirstPostDate")
    with_results = expected(everything, lambda study: study["hasResults"])

    assert sorted(found[: len(with_results)]) == with_results


def test_a_search_sees_the_new_data_build(client, sandbox):
    search = "pageSize=100&filter.advanced=AREA[OverallStatus]WITHDRAWN"
    before = client.ids(search)
    sandbox.next_state("NCT02116634")

    assert client.ids(search) == sorted([*before, "NCT02116634"])


def test_all_means_all_unless_it_is_quoted(client, everything):
    assert client.ids("pageSize=100&query.cond=ALL") == sorted(everything)
    assert client.ids('pageSize=100&query.cond="ALL"') != sorted(everything)


@pytest.mark.parametrize(
    "hostile",
    [
        "(((",
        "AREA[",
        'AREA[NCTId]"',
        "NOT",
        "AND",
        ")",
        "AREA[EnrollmentCount]RANGE[a,b]",
        "RANGE[1,2]",
        "(" * 4000,
        "NOT+" * 1900,
    ],
)
def test_a_broken_expression_is_refused_and_not_a_crash(client, hostile):
    assert client.get(f"/studies?filter.advanced={hostile}").status_code in (200, 400)
