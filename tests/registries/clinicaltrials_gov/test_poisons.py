"""No poison becomes a document; each is kept with a reason and its bytes, and the other trials go on."""

from datetime import UTC, datetime
from itertools import chain

import pytest

from monitor.errors import RegistryError
from monitor.model import Document
from monitor.ports import Unanswered, Unreadable
from tests.registries.poisons import LOST_PARTS, POISONS, UNANSWERED, good
from tests.registries.trials import trial
from tests.sample_sizes import some_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)

POISONED = "NCT05550100"
OTHERS = ["NCT05550101", "NCT05550102", "NCT05550103"]
by_name = pytest.mark.parametrize("name", POISONS)


@pytest.fixture(autouse=True)
def _others(registry):
    for other in OTHERS:
        registry.studies[other] = trial(other)


def fetched(adapter, trial_ids):
    answers = list(chain(*adapter.fetch(trial_ids)))
    assert sorted(answer.trial_id for answer in answers) == sorted(trial_ids)
    return {answer.trial_id: answer for answer in answers}


def assert_refused(answer, poison):
    assert isinstance(answer, Unanswered if poison.ends_as == UNANSWERED else Unreadable)
    assert poison.reason in answer.reason
    assert answer.reason.isprintable()
    assert len(answer.reason) < 500


def test_there_are_enough_of_them():
    assert len(POISONS) >= 100


@by_name
def test_a_poisoned_answer_is_refused_and_the_others_go_on(adapter, registry, name):
    """A page is silent about the trial, and its own address gives the poison."""
    poison = POISONS[name]
    registry.overrides[f"/studies/{POISONED}"] = lambda request: poison.answer(POISONED)

    answers = fetched(adapter, [*OTHERS[:1], POISONED, *OTHERS[1:]])

    assert_refused(answers[POISONED], poison)
    assert all(isinstance(answers[other], Document) for other in OTHERS)


@by_name
def test_what_came_is_kept(adapter, registry, name):
    poison = POISONS[name]
    registry.overrides[f"/studies/{POISONED}"] = lambda request: poison.answer(POISONED)

    answer = fetched(adapter, [POISONED])[POISONED]

    sent = poison.answer(POISONED)
    body = sent.partition(b"\r\n\r\n")[2] if isinstance(sent, bytes) else b""
    if isinstance(answer, Unreadable) and b"Content-Encoding: gzip" not in sent:
        # All of it, save for what went beyond its stated length or the size cap.
        assert answer.raw == body[: len(answer.raw)]
        assert len(answer.raw) >= min(len(body), 700)


@pytest.mark.parametrize("name", [name for name, poison in POISONS.items() if poison.record])
def test_a_poisoned_record_among_good_ones_is_refused_and_the_others_go_on(adapter, registry, name):
    """The record stands in a page; where it does not say whose it is, its own address gives it too."""
    poison = POISONS[name]
    registry.in_page[POISONED] = poison.record(POISONED)
    registry.overrides[f"/studies/{POISONED}"] = lambda request: poison.answer(POISONED)

    answers = fetched(adapter, [*OTHERS[:2], POISONED, *OTHERS[2:]])

    assert_refused(answers[POISONED], poison)
    assert answers[POISONED].raw
    assert all(isinstance(answers[other], Document) for other in OTHERS)


@pytest.mark.parametrize("name", some_of(POISONS, one_in=6))
def test_a_poisoned_page_gives_no_document_and_the_next_page_is_read(adapter, registry, name):
    """Trials of a page that says nothing of use are answered from their own addresses, or not at all."""
    poison = POISONS[name]
    many = [f"NCT0666{number:04}" for number in range(100)]

    def first_page_poisoned(request):
        return poison.answer(POISONED) if many[0] in request.target else registry.page(request)

    registry.overrides["/studies"] = first_page_poisoned
    registry.overrides[f"/studies/{many[0]}"] = lambda request: poison.answer(POISONED)

    answers = fetched(adapter, [*many, *OTHERS])

    assert not any(isinstance(answers[one], Document) for one in many)
    assert all(isinstance(answers[other], Document) for other in OTHERS)


@by_name
def test_a_poisoned_version_stops_the_pass_before_it_begins(adapter, registry, name):
    registry.overrides["/version"] = lambda request: POISONS[name].answer(POISONED)

    with pytest.raises(RegistryError) as caught:
        adapter.version(None)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name in POISONS if name != "a page with the record"])
def test_a_poisoned_control_request_shows_no_health(adapter, registry, name):
    """A page with one record is what good health looks like."""
    registry.overrides["/studies"] = lambda request: POISONS[name].answer(POISONED)

    assert not adapter.answers_at_all()


def test_the_good_record_that_poisons_are_made_of_is_a_document(adapter, registry):
    registry.studies[POISONED] = trial(POISONED)

    assert isinstance(fetched(adapter, [POISONED])[POISONED], Document)
    assert good(POISONED).startswith(b"{")


@pytest.mark.parametrize("name", LOST_PARTS)
def test_a_record_without_a_part_shows_which_parts_it_has(adapter, registry, name):
    """Whether it ever had more is not for the adapter to know: it says what there is."""
    registry.studies[POISONED] = trial(POISONED)
    whole = adapter.parse(fetched(adapter, [POISONED])[POISONED], NOON)
    registry.studies[POISONED] = LOST_PARTS[name](POISONED)

    cut = adapter.parse(fetched(adapter, [POISONED])[POISONED], NOON)

    assert len(whole.parts - cut.parts) == 1
