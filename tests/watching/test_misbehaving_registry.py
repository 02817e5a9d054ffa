"""The program at a registry that misbehaves in each of the sandbox's ways.

It says what is the matter, tells nobody of a change that there was not, and goes on as soon as the registry does.
"""

from datetime import timedelta

import pytest

from monitor.clock import utc_now
from monitor.errors import RegistryError
from monitor.model import Checked, Result, Search, Unlisted
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.misbehaviour import Fault
from monitor.storage import watches
from monitor.storage.store import Store
from monitor.watching.context import PassContext
from monitor.watching.patrol import patrol, unseen
from tests.program import Trying

WITHDRAWN_LATER = "NCT02116634"
HARMLESS = {
    Fault.SLOW,
    Fault.DRIP,
    Fault.REFRESH,
    Fault.HUGE,
    Fault.COMPLICATED,
    Fault.COVERAGE,
    Fault.FIELDS,
    Fault.LONG,
}
"""Nothing that was asked for stays unanswered."""
SAID_LATER = {Fault.NODES, Fault.FUTURE, Fault.STALE, Fault.LOCATION, Fault.ANSWER}
"""What becomes of them is told elsewhere."""


def look_at(program: Trying) -> list[Checked | Unlisted]:
    """A whole pass, as `monitor check` makes it."""
    context = PassContext(
        registry=program.registry, store=program.store, clock=program.clock, full_check_every=timedelta(days=7)
    )
    try:
        return list(patrol(context))
    except RegistryError as error:
        return list(unseen(context, str(error)))


@pytest.fixture
def watching(quick: Trying) -> Trying:
    """Every trial and a sponsor's are watched, and the registry has new data that change nothing."""
    quick.watch(*quick.sandbox.trial_ids())
    with quick.store.begin() as tx:
        watches.add_search(
            tx,
            registry=quick.registry.key,
            search=Search(sponsor="Alzahra Hospital"),
            origin="command",
            name=None,
            at=quick.clock(),
        )
    assert all(isinstance(one, Checked) and one.result is Result.BASELINE for one in look_at(quick))
    quick.sandbox.refresh()
    quick.clock.advance(days=10)
    quick.requests()
    return quick


@pytest.mark.parametrize("kind", sorted(set(Sandbox.faults) - SAID_LATER))
def test_no_misbehaviour_is_a_change(watching: Trying, kind: Fault) -> None:
    ids = [WITHDRAWN_LATER] if kind in (Fault.WRONG_ID, Fault.UNKNOWN, Fault.HUGE) else None
    watching.sandbox.misbehave(kind, seconds=0.01, ids=ids, most=300 if kind is Fault.LONG else None)

    told = look_at(watching)

    results = {one.trial_id: one.result for one in told if isinstance(one, Checked)}
    assert set(results.values()) <= {Result.UNCHANGED, Result.FAILED}
    assert all(one.error.isprintable() for one in told if one.error)
    if kind in HARMLESS:
        assert set(results.values()) == {Result.UNCHANGED}
        assert not any(isinstance(one, Unlisted) for one in told)
    assert len(watching.requests()) < 40

    watching.sandbox.behave()
    watching.sandbox.refresh()
    again = look_at(watching)
    assert {one.result for one in again if isinstance(one, Checked)} == {Result.UNCHANGED}
    assert not any(isinstance(one, Unlisted) for one in again)
    assert all(watching.events(trial_id) == [] for trial_id in watching.sandbox.trial_ids())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("403", "turns this client away with 403 Forbidden, “403 Forbidden”"),
        ("challenge", "redirect to “https://challenge.invalid/browser-check”"),
        ("html", "an HTML page (“Service notice”) instead of a record"),
        ("429", "429 Too Many Requests, 4 times; it wants fewer requests"),
        ("503", "503 Service Unavailable, 4 times; check again later"),
    ],
)
def test_what_is_the_matter_is_said_once_and_in_words(watching: Trying, kind: str, words: str) -> None:
    watching.sandbox.misbehave(kind)

    (said,) = {one.error for one in look_at(watching)}

    assert words in (said or "")


# Two data builds of one day


def test_the_second_build_of_a_day_is_not_vouched_for_by_a_machine_that_may_still_have_the_first(
    quick_store: Store, present: Sandbox
) -> None:
    """What answers names the day alone, so the trial is asked for again."""
    program = Trying(quick_store, present)
    program.clock.now = utc_now()
    trial_id = present.trial_ids()[1]
    program.watch(trial_id)
    program.check()
    present.refresh()
    program.check()
    present.misbehave("stale")
    present.edit(trial_id, suspended)

    (stale,) = program.told()
    present.behave()
    (seen,) = program.told()

    assert (stale.result, seen.result) == (Result.UNCHANGED, Result.CHANGED)
    assert stale.registry_version != present.build.timestamp
    program.clock.advance(days=1, hours=1)
    program.check()
    program.requests()
    program.check()
    assert not any("filter.ids" in each for each in program.requests()), "by then all machines have it"
    program.registry.close()


def suspended(study: dict[str, object]) -> None:
    module: dict[str, object] = study["protocolSection"]["statusModule"]  # type: ignore[index]
    module |= {"overallStatus": "SUSPENDED", "lastUpdateSubmitDate": utc_now().date().isoformat()}
