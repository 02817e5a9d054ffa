"""Checks of the way to people: the mail server, receivers, deliveries, subscriptions, and the operator."""

from collections.abc import Iterator
from datetime import timedelta

from monitor.channels.configured import email_channel
from monitor.errors import MonitorError
from monitor.model import Way
from monitor.operate.doctor.findings import OVERDUE_AFTER, DatabaseContext, DoctorContext, Finding, fine, note, problem
from monitor.storage import condition, endpoints, notices, silence
from monitor.text import counted, moment, one_line

RECENT = timedelta(days=7)
SMTP_SECONDS = 15.0


def operator(context: DoctorContext) -> Iterator[Finding]:
    """Who hears of trouble."""
    if ways := context.config.operator.addresses:
        yield fine(f"hears of trouble by {' and '.join(ways)}")
    else:
        yield note("nobody hears of trouble", "give [operator] an email, webhook or chat in config.toml")


def smtp(context: DatabaseContext) -> Iterator[Finding]:
    """Whether the mail server lets us in, where somebody is told by mail."""
    if Way.EMAIL not in condition.told_by(context.tx) and not context.config.operator.email:
        return
    settings = context.config.smtp
    channel = email_channel(context.config, timeout=SMTP_SECONDS, deadline=SMTP_SECONDS)
    try:
        channel.greet()
    except MonitorError as error:
        yield problem(f"no mail can be sent: {error}", "correct [smtp] in config.toml, or start the server")
    else:
        yield fine(f"{settings.host}:{settings.port} lets us in")


def receivers(context: DatabaseContext) -> Iterator[Finding]:
    """Endpoints that fail."""
    for each in endpoints.listing(context.tx):
        where = f"{each.way} {one_line(each.shown)}"
        if each.disabled_at:
            remedy = "once it works again, `monitor subscriptions resume SUBSCRIPTION` sends what waited"
            yield problem(f"{where} is disabled since {moment(each.disabled_at)}", remedy)
        elif each.failing_since:
            remedy = "`monitor deliveries list` shows what waits, and `monitor deliveries show D` why"
            yield note(f"{where} has failed since {moment(each.failing_since)}", remedy)


def outbox(context: DatabaseContext) -> Iterator[Finding]:
    """Deliveries that nobody makes."""
    if late := condition.overdue(context.tx, context.now - OVERDUE_AFTER):
        yield problem(
            f"{counted(late, 'delivery', 'deliveries')} overdue", "start `monitor serve`, or run `monitor deliver`"
        )
    else:
        yield fine("nothing is overdue")


def silent(context: DatabaseContext) -> Iterator[Finding]:
    """Subscriptions that can hear of nothing."""
    for subscription_id, reason in silence.reasons(context.tx).items():
        why, _, remedy = reason.partition(": ")
        yield problem(f"subscription {subscription_id[:8]} cannot hear of everything: {why}", remedy)


def told(context: DatabaseContext) -> Iterator[Finding]:
    """What the operator was told lately."""
    for each in notices.listing(context.tx):
        if context.now - each.occurred_at < RECENT:
            yield note(f"{moment(each.occurred_at)}: {one_line(each.subject)}", one_line(each.text))
