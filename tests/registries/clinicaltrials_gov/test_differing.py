"""Two documents that are read only where they differ: what is told of them is what the whole records tell."""

import random
from copy import deepcopy
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.changes.events import changes_between
from monitor.model import Document, Record, Timing
from monitor.registries.clinicaltrials_gov.differing import parse_differing
from monitor.registries.clinicaltrials_gov.documents import document_of, trial_id_of
from monitor.registries.clinicaltrials_gov.record import parse
from monitor.registries.clinicaltrials_gov.version import KEY
from monitor.sandbox.clinicaltrials_gov.synthetic import evolve, study
from monitor.watching.plausibility import why_implausible
from tests.registries.trials import FULL, trial
from tests.sample_sizes import seeds
from tests.studies import DELETED

ON = date(2026, 3, 10)
REAL = Path(__file__).parents[4] / "shared/data/ctgov"
STRANGE = (None, True, 1, 1.0, 0, "", "x", "2026-02-30", "99,999", [], ["a"], [1], {}, {"a": []}, {"date": "2026"})

Records = tuple[Record, Record]


def document(made: Any) -> Document:
    """As the store may hold it, however strange."""
    return Document(KEY, trial_id_of(made) or "NCT00000000", orjson.dumps(made, option=orjson.OPT_SORT_KEYS))


def told(records: Records, after: Document) -> tuple[Any, Any]:
    """What is made of the records: the changes, and why the second one would not be believed."""
    doubt = why_implausible(after, records, last_build=None, latest="2026-12-31")
    return changes_between(*records, on=ON, baseline=lambda: records[0]), doubt


def assert_same(before: Document, after: Document) -> None:
    assert told(parse_differing(before, after), after) == told((parse(before), parse(after)), after)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every object and list in a study with each of its keys or places."""
    keys: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    return [(node, key) for key in keys] + [place for key in keys for place in places(node[key])]


def mutated(made: Any, rng: random.Random) -> Any:
    """The study after a few edits that no sponsor would make: values of other types, members gone, moved and new."""
    made = deepcopy(made)
    for _ in range(rng.randint(1, 6)):
        node, key = rng.choice(places(made))
        match rng.randint(0, 3):
            case 0:
                del node[key]
            case 1:
                node[key] = deepcopy(rng.choice(STRANGE))
            case 2:
                node[key] = deepcopy(node[key] if isinstance(node, list) else rng.choice([*node.values()]))
            case _:
                other, place = rng.choice(places(made))
                other[place] = deepcopy(node[key])
        if not places(made):
            return made
    return made


@pytest.mark.parametrize("seed", seeds(10))
def test_any_two_documents_tell_the_same(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        first = mutated(FULL, rng) if rng.random() < 0.5 else deepcopy(FULL)
        assert_same(document(first), document(mutated(first, rng)))


@pytest.mark.parametrize("seed", seeds(10))
def test_any_change_that_a_sponsor_makes_tells_the_same(seed: int) -> None:
    rng = random.Random(seed)
    for number in range(40):
        before = study(seed, number, today=date(2026, 2, 1))
        after = evolve(before, rng).study
        assert_same(document(before), document(evolve(after, rng).study if number % 2 else after))


def location(rng: random.Random) -> dict[str, Any]:
    """One of a few, so that lists have some of them twice, in the same words or with other contacts."""
    made: dict[str, Any] = {
        "facility": rng.choice(("Research Site", "Harbour Lung Institute", "Hôpital Nord")),
        "city": rng.choice(("Bergen", "Duluth")),
        "country": rng.choice(("Norway", "Norway", "United States")),
    }
    if rng.random() < 0.3:
        made["status"] = rng.choice(("RECRUITING", "WITHDRAWN"))
    if rng.random() < 0.3:
        made["contacts"] = [{"name": rng.choice(("Per Lunde", "Ann Lunde")), "phone": "+47 555 0102"}]
    return made


def odd_location(rng: random.Random) -> Any:
    made = location(rng)
    made[rng.choice(("country", "zip", "floor", "status", "contacts"))] = rng.choice(("", None, 3, "III", [], {}, [1]))
    return rng.choice((made, made, "Bergen", {}))


def locations_and_edition(rng: random.Random) -> tuple[list[Any], list[Any]]:
    before = [location(rng) for _ in range(rng.randint(0, 8))]
    if rng.random() < 0.2:
        before += [{**rng.choice([*before, location(rng)]), "floor": number} for number in (1, 2)]
    if rng.random() < 0.2:
        before.append(odd_location(rng))
    after = deepcopy(before)
    for _ in range(rng.randint(0, 3)):
        place = rng.randint(0, len(after))
        after[place : place + rng.randint(0, 1)] = [location(rng)] * rng.randint(0, 1)
    if rng.random() < 0.2:
        rng.shuffle(after)
    if rng.random() < 0.1:
        after.append(odd_location(rng))
    return before, after


@pytest.mark.parametrize("seed", seeds(10))
def test_any_two_lists_of_sites_tell_the_same(seed: int) -> None:
    rng = random.Random(seed)
    made = trial("NCT90000001")
    module = made["protocolSection"].setdefault("contactsLocationsModule", {})
    for _ in range(400):
        documents = []
        for locations in locations_and_edition(rng):
            module["locations"] = locations
            module["centralContacts"] = [{"name": rng.choice(("Study Desk", "Study Desk", "Ann Lunde"))}]
            documents.append(document(made))
        assert_same(*documents)


def test_of_the_sites_that_both_documents_have_one_a_country_is_read() -> None:
    sites = [
        {"facility": f"Clinic {number}", "city": city, "country": country, "contacts": [{"name": "Per Lunde"}]}
        for number in range(50)
        for city, country in (("Bergen", "Norway"), ("Duluth", "United States"))
    ]
    made = trial("NCT90000001")
    module = made["protocolSection"].setdefault("contactsLocationsModule", {})
    module["locations"] = sites
    before = document(made)
    module["locations"] = [*sites, {"facility": "Clinic", "city": "Graz", "country": "Austria"}]

    old, new = parse_differing(before, document(made))

    assert [site.country for site in old.sites] == ["Norway", "United States"]
    assert [site.country for site in new.sites] == ["Norway", "United States", "Austria"]


def test_posted_results_alone_tell_when_a_change_happened() -> None:
    posted = trial("NCT90000001", statusModule__resultsFirstSubmitDate=DELETED, top__hasResults=True)
    del posted["annotationSection"]
    del posted["derivedSection"]
    renamed = deepcopy(posted)
    renamed["protocolSection"]["identificationModule"]["acronym"] = "OTHER"
    before, after = document(posted), document(renamed)

    assert_same(before, after)
    (change,) = changes_between(*parse_differing(before, after), on=ON)
    assert change.timing is Timing.AFTER_RESULTS


@pytest.mark.skipif(not REAL.is_dir(), reason="the sample of real records is not beside the checkout")
def test_real_transitions_tell_the_same() -> None:
    for folder in sorted(REAL.joinpath("versions").iterdir()):
        files = sorted(folder.glob("[0-9]*.json"), key=lambda file: int(file.stem))
        served = [orjson.loads(file.read_bytes()) for file in files]
        documents = [document_of(one, trial_id_of(one) or "") for one in served]
        for before, after in pairwise(documents):
            assert_same(before, after)


def test_what_both_documents_say_is_not_read() -> None:
    before = document(trial("NCT90000001"))
    after = document(trial("NCT90000001", identificationModule__acronym="OTHER"))

    for record in parse_differing(before, after):
        assert record.acronym
        assert record.overall_status
        assert record.sites == record.arms == record.primary_outcomes == ()
        assert record.results is None
        assert not record.rest.keys() & {"resultsSection", "documentSection"}


@pytest.mark.parametrize(
    "content", [b"[]", b'{"protocolSection":[]}', b'{"protocolSection":null}', b'{"hasResults":1}']
)
def test_what_has_no_modules_is_read_in_full(content: bytes) -> None:
    odd = Document(KEY, "NCT90000001", content)
    whole = document(trial("NCT90000001"))
    if content != b"[]":
        assert_same(odd, whole)
        assert_same(whole, odd)
    else:
        with pytest.raises(AttributeError):
            parse(odd)
