"""What a document says: nothing is lost, whatever the registry may send, and nothing crashes."""

import gzip
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.changes.fields import FIELDS
from monitor.model import Coded, Document, Enrollment, PartialDate, Record, ResponsibleParty, Sponsor, Submission
from monitor.registries.clinicaltrials_gov import details, documents, record
from monitor.registries.clinicaltrials_gov.codes import coded
from monitor.registries.clinicaltrials_gov.known import Known, documented_study
from tests.registries.clinicaltrials_gov.leaves import lost
from tests.registries.trials import FULL, WITHHELD, trial
from tests.sample_sizes import seeds
from tests.studies import DELETED

REAL = Path(__file__).parents[4] / "shared" / "data" / "ctgov" / "records.jsonl.gz"
ID = "NCT05550100"


def parsed(study: dict[str, Any]):
    trial_id = documents.trial_id_of(study)
    document = documents.document_of(study, trial_id)
    read = record.parse(document)
    assert not lost(document, read)
    return read


def real_records() -> Iterator[dict[str, Any]]:
    if not REAL.exists():
        pytest.skip("the collection of real records is not here")
    with gzip.open(REAL) as lines:
        yield from map(orjson.loads, lines)


def test_all_real_records_are_proven_and_parse_and_lose_nothing():
    count = 0
    for study in real_records():
        read = parsed(study)
        assert read.brief_title
        assert read.lead_sponsor
        assert read.study_type
        assert (read.results is not None) == read.has_results
        count += 1
    assert count == 594


def test_a_real_record_has_one_sighting_whether_whole_or_canonical():
    for study in real_records():
        document = documents.document_of(study, documents.trial_id_of(study))
        canonical = documents.probe_result_of(orjson.loads(document.content))
        assert documents.probe_result_of(study) == canonical
        assert document.probe_digest == canonical.digest
        assert document.title == study["protocolSection"]["identificationModule"]["briefTitle"]


def test_canonicalising_twice_changes_nothing():
    for study in [*real_records(), FULL, WITHHELD]:
        once = documents.canonical(study)
        assert documents.canonical(orjson.loads(once)) == once


def test_every_field_has_one_path_and_every_path_a_field():
    not_here = {"country_statuses", "applications", "milestones", "recruitment_end_date", "reviews", "transferred_to"}
    not_here |= {"results_published_date", "target_size"}
    not_here |= {"registered_outcomes", "outcomes_submitted", "listed_outcomes"}  # of pages that people saved
    assert set(record.PATHS) | {"rest"} | not_here == set(FIELDS)
    assert len(set(record.PATHS.values())) == len(record.PATHS)
    assert parsed(FULL).paths is record.PATHS, "one for all records: it is never copied"


def value(read: Record, field: str) -> Any:
    return getattr(read, field) if hasattr(read, field) else read.details.get(field)


DOCUMENTED_VALUES = ("Words of a sponsor", True, 3, ["SOME", "WORDS"], {"date": "2024-01-02"}, [{"id": "2024-1"}])


def with_details(study: dict[str, Any]) -> dict[str, Any]:
    """The study with every field that is only compared and shown, in a form that the parser takes."""
    for name, path in details.PATHS.items():
        *parents, last = path.split(".")
        for candidate in DOCUMENTED_VALUES:
            if name in parsed(study).details:
                break
            node = study
            for parent in parents:
                node = node.setdefault(parent, {})
            node[last] = candidate
    return study


def test_what_is_only_compared_and_shown_is_read_whatever_the_form_it_is_documented_in():
    assert parsed(with_details(deepcopy(FULL))).details.keys() == details.PATHS.keys()


UNNAMED = {
    "derivedSection.conditionBrowseModule",
    "derivedSection.interventionBrowseModule",
    "derivedSection.miscInfoModule.removedCountries",
    "derivedSection.miscInfoModule.versionHolder",
    "derivedSection.miscInfoModule.submissionTracking.estimatedResultsFirstSubmitDate",
    "protocolSection.eligibilityModule.stdAges",
    "protocolSection.statusModule.lastUpdatePostDateStruct.type",
}
"""What the registry reckons from other fields, and the type of a day that is its own."""


def test_every_documented_field_has_a_name():
    named = {*record.PATHS.values(), "derivedSection.miscInfoModule.submissionTracking.submissionInfos"}

    documented = [
        path for path in leaves_of(documented_study()) if not any(f"{path}.".startswith(f"{place}.") for place in named)
    ]

    assert set(documented) == UNNAMED


def leaves_of(known: Known) -> Iterator[str]:
    if not known.members:
        yield known.path
    for member in known.members.values():
        yield from leaves_of(member)


def test_a_field_is_found_at_its_path():
    """Taking the value away at a field's path takes the field away, and nothing else but the rest."""
    full = {**FULL, "resultsSection": {"adverseEventsModule": {"frequencyThreshold": "5"}}}
    full["protocolSection"] = {**FULL["protocolSection"]}
    full["protocolSection"]["statusModule"] = {
        **FULL["protocolSection"]["statusModule"],
        "lastKnownStatus": "RECRUITING",
    }
    whole = orjson.dumps(with_details(orjson.loads(orjson.dumps(full))))
    before = parsed(orjson.loads(whole))
    for name, path in record.PATHS.items():
        if name in ("trial_id", "brief_title", "overall_status", "lead_sponsor", "contacts", "has_results"):
            continue
        study = orjson.loads(whole)
        *parents, last = path.split(".")
        node = study
        for parent in parents:
            node = node[parent]
        del node[last]

        after = parsed(study)

        moved = {field for field in FIELDS if field != "rest" and value(before, field) != value(after, field)}
        assert name in moved
        assert moved <= {name, "contacts" if name == "sites" else name}


# Reading


def test_a_withheld_record_says_what_little_there_is():
    read = parsed(WITHHELD)

    assert read.overall_status == Coded("WITHHELD", "Withheld")
    assert read.lead_sponsor == Sponsor("[Redacted]")
    assert (read.enrollment, read.sites, read.rest) == (None, (), {})


def test_old_records_name_their_responsible_party_otherwise():
    party = {"oldNameTitle": "Chief of Surgery", "oldOrganization": "St. Columba Hospital"}

    read = parsed(trial(ID, sponsorCollaboratorsModule__responsibleParty=party))

    assert read.responsible_party == ResponsibleParty(name="Chief of Surgery", affiliation="St. Columba Hospital")


@pytest.mark.parametrize(
    ("struct", "date"),
    [
        ({"date": "2026-03"}, PartialDate("2026-03")),
        ({"date": "2026-03-15", "type": "ESTIMATED"}, PartialDate("2026-03-15", "ESTIMATED")),
        ({"type": "ESTIMATED"}, None),
        ({"date": 2026}, None),
        ("2026-03", None),
    ],
)
def test_a_date_is_read_or_left(struct, date):
    assert parsed(trial(ID, statusModule__startDateStruct=struct)).start_date == date


@pytest.mark.parametrize(
    ("info", "enrollment"),
    [
        ({"count": 0, "type": "ACTUAL"}, Enrollment(0, "ACTUAL")),
        ({"count": 40}, Enrollment(40)),
        ({"type": "ESTIMATED"}, Enrollment(None, "ESTIMATED")),
        ({"count": True}, None),
        (40, None),
    ],
)
def test_an_enrollment_is_read_or_left(info, enrollment):
    assert parsed(trial(ID, designModule__enrollmentInfo=info)).enrollment == enrollment


@pytest.mark.parametrize(("text", "count"), [("40", 40), (" 1,200", 1200), ("about 40", None), ("-5", None)])
def test_an_enrollment_that_is_written_as_a_text_is_read(text, count):
    study = trial(ID, designModule__enrollmentInfo={"count": text, "type": "ESTIMATED"})

    assert record.parse(documents.document_of(study, ID)).enrollment == Enrollment(count, "ESTIMATED")


@pytest.mark.parametrize(("text", "accepted"), [("true", True), ("No", False), ("perhaps", None)])
def test_a_truth_that_is_written_as_a_text_is_read(text, accepted):
    study = trial(ID, eligibilityModule__healthyVolunteers=text)

    assert record.parse(documents.document_of(study, ID)).healthy_volunteers is accepted


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("recruiting", "RECRUITING"),
        ("Active, not recruiting", "ACTIVE_NOT_RECRUITING"),
        ("Phase 2", "PHASE2"),
        ("N/A", "NA"),
        ("PAUSED", "PAUSED"),
        ("paused", "paused"),
    ],
)
def test_a_documented_code_in_other_letters_is_that_code(written, code):
    assert coded(written).code == code


def test_submissions_are_told_once_wherever_they_stand():
    read = parsed(trial(ID, top__annotationSection=DELETED))

    assert read.submissions == (
        Submission("RELEASE", "2026-02-10"),
        Submission("RESET", "2026-03-03"),
        Submission("RELEASE", "2026-05-18"),
        Submission("UNRELEASE"),
    )


def test_a_submission_that_says_only_its_number_says_nothing():
    tracking = {"miscInfoModule": {"submissionTracking": {"submissionInfos": [{"mcpReleaseN": 3}]}}}

    read = parsed(trial(ID, top__annotationSection=DELETED, top__derivedSection=tracking))

    assert read.submissions == ()


def test_a_submission_whose_day_is_said_to_be_known_and_is_not_says_so_in_the_rest():
    unposted = {"unpostedAnnotation": {"unpostedEvents": [{"type": "RELEASE", "dateUnknown": False}]}}

    read = parsed(trial(ID, top__annotationSection={"annotationModule": unposted}))

    assert read.submissions[0] == Submission("RELEASE")
    assert read.rest["annotationSection"]["annotationModule"] == {
        "unpostedAnnotation": {"unpostedEvents": {"RELEASE None": {"dateUnknown": False}}}
    }


def test_an_empty_name_names_nothing_and_is_not_lost():
    read = parsed(trial(ID, armsInterventionsModule__armGroups=[{"label": "", "type": "OTHER"}]))

    assert read.arms == ()
    assert read.rest["protocolSection"]["armsInterventionsModule"] == {
        "armGroups": {"": [{"label": "", "type": "OTHER"}]}
    }


def test_what_a_list_item_has_beyond_its_fields_stays_by_identity():
    outcomes = [
        {"measure": "FEV1", "unit": "litres"},
        {"measure": "FEV1", "unit": "percent"},
        {"measure": "Deaths"},
        {"timeFrame": "a year"},
        "a text",
    ]

    read = parsed(trial(ID, outcomesModule__primaryOutcomes=outcomes))

    assert [outcome.measure for outcome in read.primary_outcomes] == ["FEV1", "FEV1", "Deaths"]
    assert read.rest["protocolSection"]["outcomesModule"] == {
        "primaryOutcomes": {
            "FEV1": {"unit": "litres"},
            "FEV1 (2)": {"unit": "percent"},
            "": [{"timeFrame": "a year"}, "a text"],
        }
    }


def test_the_order_of_a_list_does_not_reach_the_rest():
    sites = FULL["protocolSection"]["contactsLocationsModule"]["locations"]
    grown = [{**site, "floor": number} for number, site in enumerate(sites)]

    one = parsed(trial(ID, contactsLocationsModule__locations=grown))
    other = parsed(trial(ID, contactsLocationsModule__locations=grown[::-1]))

    assert one.rest == other.rest


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ACTIVE_NOT_RECRUITING", "Active, not recruiting"),
        ("UNKNOWN", "Unknown status"),
        ("NO_LONGER_AVAILABLE", "No longer available"),
        ("EARLY_PHASE1", "Early Phase 1"),
        ("PHASE5", "Phase5"),
        ("NA", "N/A"),
        ("NON_RANDOMIZED", "Non-randomized"),
        ("NONE", "None (Open Label)"),
        ("QUADRUPLE", "Quadruple"),
        ("EXPANDED_ACCESS", "Expanded access"),
        ("PAUSED_BY_THE_REGISTRY", "Paused by the registry"),
        ("", ""),
        ("___", "___"),
    ],
)
def test_a_code_has_words(code, words):
    assert str(coded(code)) == words


# Whatever may come

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 1.5, "", "x" * 5000, "NEVER_SEEN_BEFORE", "\u202e\x00\ud7ff", "2026-13-45", [], {},
    [None], [[]], [1, "a", {}], {"": 1}, {"date": []}, {"type": {"a": 1}}, [{"measure": 3}], [{"label": ""}],
    {"a": {"b": []}},
)  # fmt: skip


def nodes_of(tree: Any) -> list[tuple[Any, Any]]:
    """Every place in a tree: its container and its key."""
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    found = [(tree, key) for key in keys]
    return found + [place for key in keys for place in nodes_of(tree[key])]


def fuzzed(chance: random.Random) -> dict[str, Any]:
    """The full trial with a few deletions, swapped types, unknown members, or values moved from elsewhere."""
    study = trial(ID)
    for _ in range(chance.randint(1, 12)):
        places = nodes_of(study)
        node, key = chance.choice(places)
        action = chance.randrange(5)
        if action == 0:
            del node[key]
        elif action == 1:
            node[key] = deepcopy(chance.choice(ODD))
        elif action == 2 and isinstance(node[key], dict):
            node[key][f"unheardOf{chance.randrange(3)}"] = deepcopy(chance.choice(ODD))
        elif action == 3 and isinstance(node[key], list):
            node[key].insert(chance.randint(0, len(node[key])), deepcopy(chance.choice(ODD)))
        elif action == 4:
            other, elsewhere = chance.choice(places)
            node[key] = deepcopy(other[elsewhere])
    return study


@pytest.mark.parametrize("seed", seeds(20))
def test_no_record_that_was_proven_crashes_the_parser_or_loses_anything(seed):
    """Ten thousand in all."""
    chance = random.Random(seed)
    proven = 0
    while proven < 500:
        study = fuzzed(chance)
        if documents.reason_against(study, ID):
            continue
        document = documents.document_of(study, ID)
        assert isinstance(document, Document)
        read = record.parse(document)
        assert not lost(document, read)
        hash(read.sites), hash(read.submissions), hash(read.primary_outcomes)
        proven += 1
