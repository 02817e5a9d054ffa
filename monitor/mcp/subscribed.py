"""Tools for who is subscribed: the list of them, a rule tried on the past, and why somebody was told, or was not."""

from typing import Any

from pydantic import Field

from monitor.alerts.teams import meant
from monitor.alerts.why import explained
from monitor.mcp import schemas
from monitor.mcp.answers import MOST, ROOM_FOR_THE_REST, Answer, fitting, within
from monitor.mcp.asking import Asking
from monitor.mcp.changes import When
from monitor.mcp.cursors import Cursor, cursor_of, moment_in, place_in
from monitor.mcp.rules import SEE_LIST, SUBSCRIPTION, Address, Asked, subscription_form
from monitor.mcp.tool import Arguments, Line, Refused, Tool, TrialId, for_agents
from monitor.mcp.untrusted import harmless, marked
from monitor.model import SubscriptionState
from monitor.model.access import Permission
from monitor.text import counted, natural_list
from monitor.views.backtest import backtest
from monitor.views.backtest_words import in_words
from monitor.views.json.backtest import backtest_json
from monitor.views.rules import Rule, rule_of, rule_of_request
from monitor.views.spans import span_of
from monitor.views.subscriptions import ALIVE, subscriptions_page
from monitor.watching.subscribing import KnownRegistries

MOST_EVENTS = 20_000
"""Events that a rule is tried on, the latest."""
MOST_OF_A_REASON = 1_000
"""Bytes."""
MOST_OF_A_MESSAGE = 10
"""Events of a message that are given."""


class OfSubscriptions(Arguments):
    """Which subscriptions."""

    states: list[SubscriptionState] = Field(default=[], max_length=4, description="Else all that have not ended.")
    limit: int = Field(default=30, ge=1, le=100)
    cursor: Cursor


class Trying(Asked):
    """What to try: a subscription that there is, or a rule."""

    subscription: Line | None = Field(default=None, description="Try this one as it is, instead of a rule.")
    since: When = Field(default="24m", description="From when on: 24m, 52w, 90d, 2026-01-01.")
    limit: int = Field(default=20, ge=1, le=200, description="Messages to show, the newest.")


class Why(Arguments):
    """Who was told of what."""

    trial_id: TrialId
    to: Address = Field(description="A mail address, a webhook's URL, or a subscription by its id or name.")


def list_subscriptions(asking: Asking, given: OfSubscriptions) -> Answer:
    """Who is subscribed to what, the newest first."""
    before = None
    if given.cursor is not None:
        at, last = place_in("list_subscriptions", given, given.cursor, 2)
        before = moment_in("list_subscriptions", at), last
    page = subscriptions_page(
        asking.program.store, now=asking.now, states=given.states or ALIVE, before=before, limit=given.limit
    )
    forms = [
        {
            **harmless(subscription_form(each)),
            "sent_in_30_days": page.taken.get(each.id, 0),
            "silent": within(_said(page.silent.get(each.id), asking), MOST_OF_A_REASON),
            "came_back": within(_said(page.came_back.get(each.id), asking), MOST_OF_A_REASON),
        }
        for each in page.subscriptions
    ]
    forms = forms[: fitting(forms, MOST - ROOM_FOR_THE_REST)]
    has_more = page.next is not None or len(forms) < len(page.subscriptions)
    end = page.subscriptions[len(forms) - 1] if forms else None
    following = cursor_of("list_subscriptions", given, end.created_at.isoformat(), end.id) if has_more and end else None
    counts = {str(state): number for state, number in page.counts.items()}
    said = f"{counted(len(forms), 'subscription')}" + ("; there are more." if following else ".")
    return Answer(said=said, content={"subscriptions": forms, "counts": counts, "next_cursor": following})


def _said(words: str | None, asking: Asking) -> str | None:
    return words and for_agents(words, asking, keeps_others=True)


def backtest_subscription(asking: Asking, given: Trying) -> Answer:
    """What a rule would have sent by now."""
    program = asking.program
    since = span_of(given.since, None, now=asking.now).since
    found = backtest(
        _rule(asking, given),
        since=since,
        now=asking.now,
        store=program.store,
        registries=program.registries,
        most=MOST_EVENTS,
    )
    form: dict[str, Any] = backtest_json(found)
    messages = [_message(each) for each in form["messages"][: given.limit]]
    content = harmless(
        {
            **form,
            "subscription": subscription_form(found.rule.subscription) | {"id": form["subscription"]["id"]},
            "is_cut": found.is_cut,
            "looked_for": form["looked_for"],
            "messages": messages[: fitting(messages, MOST - 10_000)],
            "unread": form["unread"][:100],
        }
    )
    said = f"What this rule would have sent since {found.since:%Y-%m-%d}: {in_words(found)}"
    return Answer(said=said, content=content)


def _rule(asking: Asking, given: Trying) -> Rule:
    program = asking.program
    if given.subscription is not None:
        beside = sorted(given.model_fields_set - {"subscription", "since", "limit"})
        if beside:
            raise Refused(
                f"subscription is tried as it is, and {natural_list(beside, len(beside))} would make another rule of "
                "it. Next: leave out subscription, or all that is beside it but since and limit."
            )
        return rule_of(given.subscription, program.store)
    return rule_of_request(
        given.request(rhythm=given.rhythm()),
        store=program.store,
        config=program.config,
        known=KnownRegistries(program.identify, program.registry, program.to_search),
        now=asking.now,
    )


def _message(form: dict[str, Any]) -> dict[str, Any]:
    events = [
        {key: value for key, value in event.items() if key != "summary"} | marked({"summary": event["summary"]})
        for event in form["events"][:MOST_OF_A_MESSAGE]
    ]
    return {"at": form["at"], "is_coming": form["is_coming"], "count": len(form["events"]), "events": events}


def explain_alerts(asking: Asking, given: Why) -> Answer:
    """Why somebody was told of what changed in a trial, or was not."""
    program = asking.program
    registry, trial_id = program.identify(given.trial_id)
    to = given.to
    if "@" not in to and "://" not in to:
        to = meant(to, program.store)[0].endpoint.shown
    told = explained(registry.key, trial_id, to, program.subscribe_context())
    lines = [for_agents(line, asking, keeps_others=True) for line in told]
    kept = lines[-fitting(reversed(lines)) :]
    content = {"trial_id": trial_id, "registry": registry.key, "left_out": len(lines) - len(kept)}
    said = f"What was told of {trial_id} there, and why, the newest last."
    return Answer(said=said, content={**content, **marked({"lines": kept})})


TOOLS = (
    Tool(
        name="list_subscriptions",
        title="Subscriptions",
        description="Who is subscribed to what, the newest first, with how much each was sent of late and why one "
        "hears less than it asked for. Addresses are masked.",
        takes=OfSubscriptions,
        gives=schemas.form(subscriptions=schemas.listed(SUBSCRIPTION), next_cursor=schemas.maybe(schemas.TEXT)),
        run=list_subscriptions,
        permission=Permission.SUBSCRIBE,
    ),
    Tool(
        name="backtest_subscription",
        title="Try a subscription on the past",
        description="What a rule would have sent by now, had it stood all the time: how many messages a month, which "
        "ones, what it would not have told and why, and how many one step looser or stricter would have been. Nothing "
        "is made or sent. Use it before create_subscription and edit_subscription.",
        takes=Trying,
        gives=schemas.form(
            subscription=schemas.marked_form(),
            is_made=schemas.YES_OR_NO,
            count=schemas.NUMBER,
            in_words=schemas.TEXT,
            a_month={"type": ["number", "null"]},
            is_cut=schemas.YES_OR_NO,
            messages=schemas.listed(
                schemas.form(
                    at=schemas.MOMENT,
                    is_coming=schemas.YES_OR_NO,
                    count=schemas.NUMBER,
                    events=schemas.listed(schemas.marked_form()),
                )
            ),
        ),
        run=backtest_subscription,
        permission=Permission.SUBSCRIBE,
        if_nothing=SEE_LIST,
    ),
    Tool(
        name="explain_alerts",
        title="Why somebody was told, or was not",
        description="For every change of a trial: whether an address was told, how that went, or why not.",
        takes=Why,
        gives=schemas.marked_form(trial_id=schemas.TEXT, registry=schemas.TEXT, left_out=schemas.NUMBER),
        run=explain_alerts,
        permission=Permission.SUBSCRIBE,
        if_nothing=SEE_LIST,
    ),
)
