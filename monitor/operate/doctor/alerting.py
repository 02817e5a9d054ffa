"""Checks of alerting: the mail server, receivers, deliveries, subscriptions, and the operator."""

from collections.abc import Iterator
from datetime import timedelta

from monitor.alerts.notices import CONFIGURATION_BAD
from monitor.channels.declared import CHANNELS
from monitor.channels.email.returned import unread_mails
from monitor.channels.email.settings import BounceSettings
from monitor.errors import MonitorError
from monitor.model import SubscriptionState
from monitor.operate.doctor.findings import (
    OVERDUE_AFTER,
    DatabaseContext,
    DoctorContext,
    Finding,
    Reading,
    fine,
    note,
    problem,
)
from monitor.operate.unusable import unusable
from monitor.storage import condition, endpoints, notices, rhythms, silence
from monitor.text import counted, moment, one_line

RECENT = timedelta(days=7)
SERVER_SECONDS = 15.0
MOST_RECEIVERS = 1000
"""That are named: no person reads more."""


def operator(context: DoctorContext) -> Iterator[Finding]:
    """Whether anybody is to be told about problems."""
    if not context.config.operator.addresses:
        *others, last = CHANNELS
        yield note("nobody hears of trouble", f"give [operator] an {', '.join(others)} or {last} in config.toml")


def operator_told(context: DatabaseContext) -> Iterator[Finding]:
    """Whether those who are to be told about problems are: what is stored decides, which the next command makes."""
    stored = {each.channel: each for each in condition.operators(context.tx)}
    hearing = []
    for channel in context.config.operator.addresses:
        each = stored.get(channel)
        if each is None or each.is_heard:
            hearing.append(channel)
        elif each.state is SubscriptionState.PAUSED:
            remedy = f"`monitor subscriptions resume {each.id[:8]}` has it go on"
            yield problem(f"hears of no trouble by {channel}: the subscription is paused", remedy)
        elif each.state is SubscriptionState.ENDED:
            remedy = f"take {channel} out of [operator] in config.toml, run `monitor check`, and write it there again"
            yield problem(f"hears of no trouble by {channel}: the subscription has ended", remedy)
    if hearing:
        yield fine(f"hears of trouble by {' and '.join(hearing)}")


def pages(context: DoctorContext) -> Iterator[Finding]:
    """Where the links in mails lead, if people subscribe themselves."""
    web = context.config.web
    if web.self_service and not web.public_url.startswith("https:"):
        yield note(
            f"links in mails lead to {web.public_url}, which is this machine alone",
            "give [web] public_url the https address that subscribers reach",
        )
    elif web.self_service:
        yield fine(f"people subscribe themselves at {web.public_url}/subscriptions/new")


def server(name: str, context: DatabaseContext) -> Iterator[Finding]:
    """Whether the one server for all of a channel's deliveries lets us in, if the channel is used."""
    channel = CHANNELS[name]
    if name not in condition.channels_in_use(context.tx) and name not in context.config.operator.addresses:
        return
    try:
        where = channel.greet(context.config, seconds=SERVER_SECONDS)
    except MonitorError as error:
        yield problem(
            f"no {channel.server_of} can be sent: {error}",
            f"correct [{channel.server_table}] in config.toml, or start the server",
        )
    else:
        yield fine(f"{where} lets us in")


def mailbox(context: DoctorContext) -> Iterator[Finding]:
    """Whether the mailbox that mails come back to can be read, if there is one. None of it is marked as read."""
    if not context.config.section(BounceSettings).has_mailbox:
        return
    try:
        with unread_mails(context.config) as mails:
            next(mails, None)
    except MonitorError as error:
        yield problem(f"bounces cannot be read: {error}", "until then mails that come back change nothing")
    else:
        yield fine("bounces can be read")


def receivers(context: Reading) -> Iterator[Finding]:
    """Endpoints that fail."""
    for each in endpoints.in_trouble(context.tx, limit=MOST_RECEIVERS):
        where = f"{each.channel} {one_line(each.shown)}"
        if each.disabled_at:
            remedy = "once it works again, `monitor subscriptions resume SUBSCRIPTION` sends what waited"
            yield problem(f"{where} is disabled since {moment(each.disabled_at)}", remedy)
        elif each.failing_since:
            remedy = "`monitor deliveries list` shows what waits, and `monitor deliveries show D` why"
            yield note(f"{where} has failed since {moment(each.failing_since)}", remedy)


def outbox(context: Reading) -> Iterator[Finding]:
    """Overdue deliveries, and digests that nobody composed."""
    before = context.now - OVERDUE_AFTER
    deliveries, digests = condition.overdue(context.tx, before), rhythms.overdue(context.tx, before)
    late = [counted(deliveries, "delivery", "deliveries")] if deliveries else []
    late += [counted(digests, "digest")] if digests else []
    if late:
        yield problem(f"{' and '.join(late)} overdue", "start `monitor serve`, or run `monitor deliver`")
    else:
        yield fine("nothing is overdue")


def silent(context: DatabaseContext) -> Iterator[Finding]:
    """Subscriptions that cannot get all their alerts."""
    for subscription_id, reason in silence.reasons(context.tx).items():
        why, _, remedy = reason.partition(": ")
        yield problem(f"subscription {subscription_id[:8]} cannot hear of everything: {why}", remedy)


def blocks(context: DatabaseContext) -> Iterator[Finding]:
    """Whether every block of config.toml can be used."""
    reasons = list(unusable(context.config, context.registries, context.tx))
    for reason in reasons:
        yield problem(one_line(str(reason)), "correct it there; until then what it was before stays")
    if not reasons:
        yield fine("every watch and subscription in config.toml can be used")


def recent_notices(context: DatabaseContext) -> Iterator[Finding]:
    """The notices that the operator was sent lately, but for those of which `blocks` says how it is now."""
    for each in notices.listing(context.tx):
        if context.now - each.occurred_at < RECENT and each.kind != CONFIGURATION_BAD:
            yield note(f"{moment(each.occurred_at)}: {one_line(each.subject)}", one_line(each.text))
