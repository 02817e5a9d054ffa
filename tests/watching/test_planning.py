"""The plans of trials in the index: how they grow, what a new start makes of them, and who led a trial before."""

from sqlalchemy import select, true

from monitor.changes.plans import Plan
from monitor.model import Document
from monitor.storage import archived, snapshots, trial_plans, unindexed
from monitor.storage.archived import ArchivedDocument
from monitor.storage.found import term_of
from monitor.storage.plan_tables import former_sponsors
from monitor.storage.plan_tables import trial_plans as table
from monitor.storage.tables import events
from monitor.storage.term_rows import REGISTRY, TermKey
from monitor.text import fold_organisation, slug
from monitor.watching.indexing import index_missing, start_over
from tests.program import WITHDRAWN_LATER, Trying
from tests.studies import edited, led_by, together, verified_a_year_later
from tests.views.asking import damage


def completes(text_: str, type_: str = "ESTIMATED") -> dict[str, dict[str, str]]:
    return {"statusModule__primaryCompletionDateStruct": {"date": text_, "type": type_}}


def index(program: Trying) -> None:
    assert index_missing(program.store, [program.registry]).damaged == 0


def move(program: Trying, trial_id: str, text_: str) -> None:
    program.sandbox.edit(trial_id, together(edited(**completes(text_)), verified_a_year_later))
    program.clock.advance(days=30)
    program.check(trial_id)


def plan(program: Trying, trial_id: str = WITHDRAWN_LATER) -> Plan:
    with program.store.read() as tx:
        return trial_plans.known(tx, program.registry.key, [trial_id])[trial_id].plan


def completions(program: Trying) -> list[str | None]:
    return [date.text if date else None for _, date in plan(program).dates("primary_completion_date")]


def begun(program: Trying) -> None:
    """The trial is watched, and its baseline has a completion in 2027-01."""
    program.sandbox.edit(WITHDRAWN_LATER, edited(**completes("2027-01")))
    program.watch(WITHDRAWN_LATER)
    program.check(WITHDRAWN_LATER)


def test_a_plan_grows_with_each_change_and_is_what_a_new_start_makes(program: Trying) -> None:
    begun(program)
    index(program)
    assert completions(program) == ["2027-01"]
    move(program, WITHDRAWN_LATER, "2027-06")
    index(program)
    move(program, WITHDRAWN_LATER, "2028-01")
    move(program, WITHDRAWN_LATER, "2028-03")
    index(program)
    grown = plan(program)
    assert completions(program) == ["2027-01", "2027-06", "2028-01", "2028-03"]

    start_over(program.store)
    index(program)

    assert plan(program) == grown
    with program.store.read() as tx:
        term = term_of(tx, TermKey(REGISTRY, program.registry.key))
        assert term is not None
        (worst,) = trial_plans.page(tx, term, after=None, limit=5)
        (last,) = trial_plans.due(tx, term, "2028-01-01", of_few=True, limit=5)
        slips = trial_plans.slips(tx, term)
    assert slips == (1, worst.plan.slip("primary_completion_date")) == (1, 425)
    assert (last.day, last.field) == ("2028-03-31", "primary_completion_date")


def test_a_former_version_makes_the_plan_begin_earlier(quick: Trying) -> None:
    program = quick
    begun(program)
    move(program, WITHDRAWN_LATER, "2027-06")
    index(program)
    with program.store.begin() as tx:
        first = snapshots.get(tx, program.registry.key, WITHDRAWN_LATER, 1)
        content = first.document.content.replace(b"2027-01", b"2026-02")
        former = Document(program.registry.key, WITHDRAWN_LATER, content)
        kept = ArchivedDocument(former, program.clock().date().replace(year=2024), "a page", program.clock())
        assert archived.add(tx, [kept]) == 1
        unindexed.note(tx, [(program.registry.key, WITHDRAWN_LATER)])
    index(program)
    assert completions(program) == ["2026-02", "2027-01", "2027-06"]
    assert plan(program).dates("primary_completion_date")[0][0].year == 2024


def test_a_damaged_event_costs_the_plan_one_step_and_not_its_end(quick: Trying) -> None:
    program = quick
    begun(program)
    move(program, WITHDRAWN_LATER, "2027-06")
    move(program, WITHDRAWN_LATER, "2028-01")
    damage(program, events, events.c.snapshot == 2, changes=b"nothing")
    index_missing(program.store, [program.registry])
    assert completions(program) == ["2027-01", "2028-01"]


def test_a_plan_ends_as_the_record_does_whatever_became_of_the_last_event(quick: Trying) -> None:
    program = quick
    begun(program)
    index(program)
    move(program, WITHDRAWN_LATER, "2027-06")
    damage(program, events, events.c.snapshot == 2, changes=b"nothing")
    index_missing(program.store, [program.registry])
    assert completions(program) == ["2027-01", "2027-06"]


def test_a_damaged_row_is_a_plan_that_says_nothing_until_it_is_made_anew(quick: Trying) -> None:
    program = quick
    begun(program)
    index(program)
    for nonsense in ("nonsense", "[1]", '{"start_date": 3}'):
        damage(program, table, true(), plan=nonsense)
        assert plan(program) == Plan({})
    move(program, WITHDRAWN_LATER, "2027-06")
    index(program)
    assert completions(program) == ["2027-01", "2027-06"]


def test_who_led_a_trial_before_leads_to_who_does_now(program: Trying) -> None:
    begun(program)
    index(program)
    before = plan(program).now("lead_sponsor")["name"]
    program.sandbox.edit(WITHDRAWN_LATER, together(led_by("Halden Biotherapeutics"), verified_a_year_later))
    program.clock.advance(days=30)
    program.check(WITHDRAWN_LATER)
    index(program)
    with program.store.read() as tx:
        assert trial_plans.successor(tx, slug(fold_organisation(before))) == "halden-biotherapeutics"
        assert trial_plans.successor(tx, "halden-biotherapeutics") is None
    program.sandbox.edit(WITHDRAWN_LATER, together(led_by(before), verified_a_year_later))
    program.clock.advance(days=30)
    program.check(WITHDRAWN_LATER)
    index(program)
    with program.store.read() as tx:
        assert tx.execute(select(former_sponsors.c.slug)).scalars().all() == ["halden-biotherapeutics"]
