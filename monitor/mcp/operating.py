"""Tools for who runs the program: whether everything is seen, what is watched, and what was sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import Field

from monitor.mcp import schemas
from monitor.mcp.answers import Answer, fitting
from monitor.mcp.asking import Asking
from monitor.mcp.cursors import Cursor, cursor_of, moment_of, place_in
from monitor.mcp.tool import Arguments, Effect, Line, NoArguments, Tool, TrialId
from monitor.mcp.untrusted import harmless, marked
from monitor.model.access import Permission
from monitor.ports import FetchedRegistry
from monitor.storage import coverage, health, overview
from monitor.storage.delivery_pages import DeliveryList
from monitor.storage.pages import Within
from monitor.storage.places import Place
from monitor.text import counted
from monitor.views.delivery_log import LoggedDelivery, LogQuery, delivery_log, one_delivery
from monitor.views.json.alerts import delivery_json
from monitor.views.json.checks import checked_json
from monitor.views.json.moments import moment_json
from monitor.watching.watches import add_trials, check_name

LOG = "list_deliveries"
OF_LATE = timedelta(hours=24)
MOST_ATTEMPTS = 20
SEE_LOG = "list_deliveries has the ids there are"


class ToWatch(Arguments):
    """What to watch."""

    trial_ids: list[TrialId] = Field(min_length=1, max_length=100)
    name: Line | None = Field(default=None, description="What to call the watch; without one, the usual list.")
    follow_siblings: bool = Field(default=False, description="Also where they are registered elsewhere.")


class OfLog(Arguments):
    """Which deliveries."""

    state: DeliveryList = Field(default=DeliveryList.ALL, description="failing: owed, and tried in vain before.")
    trial_id: TrialId | None = Field(default=None, description="Only those about this trial.")
    to: Line | None = Field(default=None, description="Only those to this subscription, team or address.")
    limit: int = Field(default=30, ge=1, le=100)
    cursor: Cursor


class OneDelivery(Arguments):
    """A delivery."""

    delivery: Line = Field(description="Its id, or the beginning of that.")


def get_health(asking: Asking, _given: NoArguments) -> Answer:
    """Whether everything is seen."""
    since = asking.now - OF_LATE
    with asking.program.store.read() as tx:
        seen = coverage.by_registry(tx, Within(), since=since)
        unchecked = coverage.unchecked(tx, Within(), since=since, limit=20)
        failing = {each.registry: each for each in health.listing(tx)}
        figures = overview.overview(tx) if asking.may(Permission.OPERATE) else None
    registries = []
    for each in seen:
        look = failing.get(each.registry)
        registries.append(
            {
                "registry": each.registry,
                "trials_checked": each.checked,
                "data_of": each.version,
                "last_look_at": moment_json(each.named_at),
                "next_look_at": moment_json(look.next_check_at if look else None),
                "failing_since": moment_json(look.failing_since if look else None),
                "reason": look.reason if look and asking.may(Permission.OPERATE) else None,
            }
        )
    content: dict[str, Any] = {
        "registries": harmless(registries),
        "not_checked": [
            {"registry": each.registry, "trial_id": each.trial_id, "last_checked_at": moment_json(each.verified_at)}
            for each in unchecked
        ],
    }
    if figures:
        content["deliveries"] = {str(state): number for state, number in figures.deliveries.items()}
        content["oldest_delivery_at"] = moment_json(figures.oldest_delivery_at)
    checked = sum(each.checked for each in seen)
    said = f"{counted(checked, 'watched trial')} checked within the last day" + (
        "; some were not: see not_checked." if unchecked else "."
    )
    return Answer(said=said, content=content)


def watch_trial(asking: Asking, given: ToWatch) -> Answer:
    """Watch trials from now on."""
    program = asking.program
    check_name(given.name)
    by_registry: dict[str, list[str]] = {}
    for registry, trial_id in map(program.identify, given.trial_ids):
        by_registry.setdefault(registry.key, []).append(trial_id)
    adding = add_trials(
        by_registry, store=program.store, name=given.name, siblings=given.follow_siblings, now=asking.now
    )
    watched: list[dict[str, Any]] = []
    looks: list[dict[str, Any]] = []
    for added in adding:
        watched.append(
            {
                "watch": added.watch.id,
                "registry": added.registry,
                "trial_ids": [*added.trial_ids],
                "already_watched": [*added.already],
            }
        )
        registry = program.registry(added.registry)
        new = [trial_id for trial_id in added.trial_ids if trial_id not in added.already]
        if new and isinstance(registry, FetchedRegistry):
            looks += [_look(each) for each in program.check(new, registry)]
    said = "Watched from now on." if looks else "Watched from now on; the next check takes the first snapshots."
    return Answer(said=said, content={"watches": watched, "looks": looks})


def _look(checked: Any) -> dict[str, Any]:
    form: dict[str, Any] = checked_json(replace(checked, changes=()))
    return {key: form[key] for key in ("registry", "trial_id", "result", "snapshot")} | marked({"error": form["error"]})


def list_deliveries(asking: Asking, given: OfLog) -> Answer:
    """What was sent, and how that went."""
    program = asking.program
    trial = program.identify(given.trial_id) if given.trial_id else None
    query = LogQuery(
        which=given.state,
        trial=(trial[0].key, trial[1]) if trial else None,
        to=given.to,
        before=_place(given.cursor),
        limit=given.limit,
    )
    log = delivery_log(query, program.store)
    forms = [_logged(each) for each in log.rows]
    following = cursor_of(LOG, log.next.at.isoformat(), log.next.id) if log.next else None
    content = {
        "deliveries": forms,
        "counts": {str(state): number for state, number in log.counts.items()},
        "damaged": [*log.damaged.values()],
        "next_cursor": following,
    }
    said = counted(len(forms), "delivery") + ("; there are more." if following else ".")
    return Answer(said=said, content=content)


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    at, delivery = place_in(LOG, cursor, str, str)
    return Place(moment_of(LOG, at), delivery)


def _logged(row: LoggedDelivery) -> dict[str, Any]:
    form: dict[str, Any] = delivery_json(row.delivery)
    outcome = form.pop("outcome")
    return {**form, "to": row.to, **marked({"tells": row.told.words, "outcome": outcome})}


def explain_delivery(asking: Asking, given: OneDelivery) -> Answer:
    """One delivery, every attempt, and what came back."""
    found = one_delivery(given.delivery, asking.program.store)
    attempts = [
        {"number": each.number, "at": moment_json(each.at), "status": each.status}
        | marked({"outcome": each.outcome, "answer": each.answer.decode(errors="replace")[:500]})
        for each in found.attempts[-MOST_ATTEMPTS:]
    ]
    reports = [marked({"kind": str(each.kind), "diagnostic": each.diagnostic}) for each in found.reports[-5:]]
    content = {
        **_logged(found.row),
        "attempts": attempts[: fitting(attempts)],
        "reports": reports,
        "about": marked({"subscription": found.about}),
    }
    return Answer(said=f"A delivery, with {counted(len(found.attempts), 'attempt')}.", content=content)


_DELIVERY = schemas.marked_form(id=schemas.TEXT, standing=schemas.TEXT, to=schemas.TEXT, attempts_made=schemas.NUMBER)

TOOLS = (
    Tool(
        name="get_health",
        title="Is everything seen?",
        description="Whether all watched trials were checked of late, of when each registry's data are, and what is "
        "failing. Use it before you say that nothing changed.",
        takes=NoArguments,
        gives=schemas.form(
            registries=schemas.listed(schemas.form(registry=schemas.TEXT, trials_checked=schemas.NUMBER)),
            not_checked=schemas.listed(schemas.form(registry=schemas.TEXT, trial_id=schemas.TEXT)),
        ),
        run=get_health,
    ),
    Tool(
        name="watch_trial",
        title="Watch trials",
        description="Watch trials from now on, so that their changes are seen. Nobody is told of them before somebody "
        "subscribes.",
        takes=ToWatch,
        gives=schemas.form(
            watches=schemas.listed(schemas.form(watch=schemas.NUMBER, registry=schemas.TEXT)),
            looks=schemas.listed(schemas.marked_form(trial_id=schemas.TEXT, result=schemas.TEXT)),
        ),
        run=watch_trial,
        permission=Permission.OPERATE,
        effect=Effect.ADDS,
        asks_elsewhere=True,
        if_nothing="check the registration number",
    ),
    Tool(
        name=LOG,
        title="What was sent",
        description="The log of deliveries: what was sent to whom, what is owed, and what fails. Addresses are masked.",
        takes=OfLog,
        gives=schemas.form(
            deliveries=schemas.listed(_DELIVERY),
            damaged=schemas.listed(schemas.TEXT),
            next_cursor=schemas.maybe(schemas.TEXT),
        ),
        run=list_deliveries,
        permission=Permission.OPERATE,
        if_nothing="leave out to or trial_id",
    ),
    Tool(
        name="explain_delivery",
        title="One delivery",
        description="One delivery with every attempt, what the receiver answered, and what came back.",
        takes=OneDelivery,
        gives=schemas.form(
            **_DELIVERY["properties"],
            attempts=schemas.listed(schemas.marked_form(number=schemas.NUMBER, at=schemas.MOMENT)),
            reports=schemas.listed(schemas.marked_form()),
        ),
        run=explain_delivery,
        permission=Permission.OPERATE,
        if_nothing=SEE_LOG,
    ),
)
