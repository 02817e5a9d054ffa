"""Tools for who runs the program: whether everything is seen, what is watched, and what was sent."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from monitor.mcp import schemas
from monitor.mcp.answers import Answer, fitting, shorter, within
from monitor.mcp.asking import Asking
from monitor.mcp.cursors import Cursor, cursor_of, moment_in, number_in, place_in
from monitor.mcp.tool import Arguments, Effect, Line, NoArguments, Tool, TrialId, for_agents
from monitor.mcp.untrusted import harmless, marked, parted
from monitor.model.access import Permission
from monitor.ports import FetchedRegistry
from monitor.storage.coverage import seen_since
from monitor.storage.delivery_pages import DeliveryList
from monitor.storage.places import Place
from monitor.text import counted
from monitor.views.delivery_log import LoggedDelivery, LogQuery, delivery_log, one_delivery
from monitor.views.health import Attention, RegistryHealth, attention, health_whole
from monitor.views.json.checks import checked_json
from monitor.views.json.moments import moment_json
from monitor.views.json.operating import finding_json
from monitor.views.json.served import logged_delivery_json, unseen_json, whole_delivery_json
from monitor.views.json.watches import watch_json
from monitor.views.watches import groups_of_watches, watches_page
from monitor.watching.watches import add_trials, check_name

LOG = "list_deliveries"
WATCHES = "list_watches"
MOST_ATTEMPTS = 20
MOST_OF_A_LINE = 300
"""Bytes."""
OURS = frozenset(
    ("id", "event", "trial", "notice", "digest", "subscription", "sequence", "standing", "attempts_made", "created_at")
) | {"next_attempt_at", "finished_at", "to", "name", "significance", "damage"}
"""Of a delivery, what nobody else wrote."""
SEE_LOG = "list_deliveries has the ids there are"


class ToWatch(Arguments):
    """What to watch."""

    trial_ids: list[TrialId] = Field(min_length=1, max_length=100)
    name: Line | None = Field(default=None, description="What to call the watch; without one, the usual list.")
    follow_siblings: bool = Field(default=False, description="Also where they are registered elsewhere.")


class OfWatches(Arguments):
    """Which watches."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: Cursor


class OfLog(Arguments):
    """Which deliveries."""

    state: DeliveryList = Field(default=DeliveryList.ALL, description="failing: owed, and tried in vain before.")
    trial_id: TrialId | None = Field(default=None, description="Only those about this trial.")
    to: Line | None = Field(default=None, description="Only those to this subscription, team or address.")
    limit: int = Field(default=30, ge=1, le=50)
    cursor: Cursor


class OneDelivery(Arguments):
    """A delivery."""

    delivery: Line = Field(description="Its id, or the beginning of that.")


def get_health(asking: Asking, _given: NoArguments) -> Answer:
    """Whether everything is seen."""
    program, is_operator = asking.program, asking.may(Permission.OPERATE)
    since = seen_since(asking.now, check_every=program.config.schedule.check_every)
    whole = health_whole(program.registries, program.store, since=since, now=asking.now)
    content: dict[str, Any] = {
        "registries": harmless([_registry(each, is_operator=is_operator) for each in whole.registries]),
        "oldest_full_read_at": moment_json(whole.ages.oldest),
    }
    if is_operator:
        found = attention((), program.registries, program.store, now=asking.now)
        content["findings"] = harmless([_finding(each, asking) for each in found])
    seen = sum(min(each.seen, each.watched) for each in whole.registries)
    of = sum(each.watched for each in whole.registries)
    is_whole = all(each.is_whole for each in whole.registries)
    said = f"{seen:,} of {counted(of, 'watched trial')} seen."
    return Answer(said=said, content={"is_whole": is_whole, **content})


def _finding(found: Attention, asking: Asking) -> dict[str, Any]:
    remedy = for_agents(found.finding.remedy, asking, keeps_others=True)
    return {**finding_json(found.name, found.finding), "remedy": remedy}


def _registry(seen: RegistryHealth, *, is_operator: bool) -> dict[str, Any]:
    return {
        "registry": seen.key,
        "watched": seen.watched,
        "seen": seen.seen,
        "unseen": [unseen_json(each, is_fed=not seen.is_asked) for each in seen.unseen],
        "data_of": seen.version,
        "confirmed_at": moment_json(seen.confirmed_at),
        "next_look_at": moment_json(seen.next_at),
        "failing_since": moment_json(seen.failing_since),
        "is_old": seen.is_old,
        **({"reason": seen.reason} if is_operator else {}),
    }


def list_watches(asking: Asking, given: OfWatches) -> Answer:
    """What is watched, the oldest first."""
    after = number_in(WATCHES, place_in(WATCHES, given, given.cursor, 1)[0]) if given.cursor is not None else 0
    store = asking.program.store
    page = watches_page(store, after=after, limit=given.limit)
    found, last = page.watches, page.next
    groups = groups_of_watches(store, only=[each.id for each in found])
    forms = [harmless({**watch_json(each), "groups": groups.get(each.id, [])}) for each in found]
    forms = forms[: fitting(forms)]
    has_more = last is not None or len(forms) < len(found)
    behind = last if last is not None and len(forms) == len(found) else forms[-1]["id"] if has_more else 0
    following = cursor_of(WATCHES, given, behind) if has_more else None
    said = counted(len(forms), "watch", "watches") + ("; there are more." if following else ".")
    return Answer(said=said, content={"watches": forms, "next_cursor": following})


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
        before=_place(given),
        limit=given.limit,
    )
    log = delivery_log(query, program.store)
    forms = [_logged(each) for each in log.rows]
    following = cursor_of(LOG, given, log.next.at.isoformat(), log.next.id) if log.next else None
    content = {
        "deliveries": forms,
        "counts": {str(state): number for state, number in log.counts.items()},
        "damaged": [*log.damaged.values()],
        "next_cursor": following,
    }
    said = counted(len(forms), "delivery") + ("; there are more." if following else ".")
    return Answer(said=said, content=content)


def _place(given: OfLog) -> Place | None:
    if given.cursor is None:
        return None
    at, delivery = place_in(LOG, given, given.cursor, 2)
    return Place(moment_in(LOG, at), delivery)


def _logged(row: LoggedDelivery) -> dict[str, Any]:
    return parted({key: within(value, MOST_OF_A_LINE) for key, value in logged_delivery_json(row).items()}, OURS)


def explain_delivery(asking: Asking, given: OneDelivery) -> Answer:
    """One delivery, every attempt, and what came back."""
    form: dict[str, Any] = whole_delivery_json(one_delivery(given.delivery, asking.program.store))
    attempts, reports = form.pop("attempts"), form.pop("reports")
    content = {
        **parted(form, OURS),
        "attempts": [parted(each, ("number", "at", "status", "seconds")) for each in attempts[-MOST_ATTEMPTS:]],
        "reports": [marked(each) for each in reports[-MOST_ATTEMPTS:]],
    }
    return Answer(said=f"A delivery, with {counted(len(attempts), 'attempt')}.", content=shorter(content))


_DELIVERY = schemas.marked_form(id=schemas.TEXT, standing=schemas.TEXT, to=schemas.TEXT, attempts_made=schemas.NUMBER)

TOOLS = (
    Tool(
        name="get_health",
        title="Is everything seen?",
        description="Whether all watched trials were checked of late, of when each registry's data are, and what is "
        "failing. Use it before you say that nothing changed.",
        takes=NoArguments,
        gives=schemas.form(
            is_whole={**schemas.YES_OR_NO, "description": "Whether all that is watched is seen."},
            registries=schemas.listed(schemas.form(registry=schemas.TEXT, watched=schemas.NUMBER, seen=schemas.NUMBER)),
        ),
        run=get_health,
    ),
    Tool(
        name=WATCHES,
        title="Watches",
        description="What is watched: trials by their ids, or all of a sponsor, condition or search, with how many "
        "trials each watch holds and its groups. Other tools take its number or name as watch.",
        takes=OfWatches,
        gives=schemas.form(
            watches=schemas.listed(
                schemas.form(id=schemas.NUMBER, name=schemas.maybe(schemas.TEXT), trials=schemas.NUMBER)
            ),
            next_cursor=schemas.maybe(schemas.TEXT),
        ),
        run=list_watches,
        permission=Permission.SUBSCRIBE,
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
