"""What a subscription tells: what it or a rule would have sent by now, and why it told of a trial, or did not."""

from typing import Annotated

from fastapi import Body, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from monitor.alerts.why import explained
from monitor.model import Json
from monitor.views.addresses import shown, without_addresses
from monitor.views.backtest import backtest
from monitor.views.json.backtest import backtest_json
from monitor.views.previews import MOST
from monitor.views.rules import Rule, rule_of, rule_of_request
from monitor.views.spans import span_of
from monitor.web.api import examples
from monitor.web.api.call import Call, Caller
from monitor.web.api.problems import KEPT, said_to_programs
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import RuleSent, known_registries, pointed, request_of
from monitor.web.api.shapes import subscriptions as shapes
from monitor.web.api.subscriptions import SubscriptionId, subscription_of
from monitor.web.api.wanted import Words
from monitor.web.site.route import Needs

operations = Operations("Subscriptions")

Since = Annotated[str, Query(max_length=40, description="From when on: 24m, 52w, 90d, 2026-01-01.", examples=["24m"])]


class Backtested(RuleSent):
    """A rule that is to be tried."""

    since: Annotated[str, Field(min_length=1, max_length=40)] = Field(default="24m", examples=["24m"])


@operations.reads(
    "/subscriptions/{subscription_id:uuid}/backtest",
    shape=shapes.Backtest,
    example=examples.BACKTEST,
    needs=Needs.READ,
    kinds=KEPT,
)
def backtest_subscription(call: Caller, subscription_id: SubscriptionId, since: Since = "24m") -> Response:
    """Say what a subscription would have sent by now, had it stood as it does all the time.

    It is tried on the latest 5,000 events of its trials at most; “since” in the answer says from when on that is.
    """
    with call.site.store.read() as tx:
        subscription_of(tx, subscription_id)
    return _tried(call, rule_of(str(subscription_id), call.site.store), since)


class WhyAsked(BaseModel):
    """Of which trial."""

    model_config = ConfigDict(extra="forbid")

    trial: Words = Field(description="Its registration number.", examples=["NCT02116634"])


@operations.reads(
    "/subscriptions/{subscription_id:uuid}/why",
    shape=shapes.Explained,
    example=examples.EXPLAINED,
    needs=Needs.READ,
    kinds=KEPT,
)
def explain_alerts(call: Caller, subscription_id: SubscriptionId, asked: Annotated[WhyAsked, Query()]) -> Response:
    """Explain, change by change, why a subscription's address was told of a trial, or was not."""
    with pointed("trial", "parameter"):
        registry, trial_id = call.site.identify(asked.trial)
    with call.site.store.read() as tx:
        endpoint = subscription_of(tx, subscription_id).endpoint
    lines = explained(registry.key, trial_id, endpoint.shown, call.site.subscribing)
    told: list[Json] = [said_to_programs(without_addresses(line)) for line in lines]
    return call.json({"registry": registry.key, "trial_id": trial_id, "to": shown(endpoint), "data": told})


@operations.writes(
    "POST",
    "/subscriptions/backtest",
    shape=shapes.Backtest,
    example={**examples.BACKTEST, "is_made": False},
    needs=Needs.READ,
    takes_key=False,
)
def backtest_rule(
    call: Caller, sent: Annotated[Backtested, Body(examples=[{**examples.RULE_SENT, "since": "12m"}])]
) -> Response:
    """Say what a rule would have sent by now.

    Nothing is made, nothing is sent, and no registry is asked.
    """
    request = request_of(sent, call)
    context = call.site.subscribing
    rule = rule_of_request(
        request, store=call.site.store, config=context.config, known=known_registries(call), now=call.now
    )
    return _tried(call, rule, sent.since)


def _tried(call: Call, rule: Rule, since: str) -> Response:
    begins = span_of(since, None, now=call.now).since
    found = backtest(
        rule, since=begins, now=call.now, store=call.site.store, registries=call.site.registries, most=MOST
    )
    form = backtest_json(found)
    return call.json({**form, "subscription": {**form["subscription"], "to": shown(rule.subscription.endpoint)}})
