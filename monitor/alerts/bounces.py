"""What bounces and complaints mean for those whose mails they are about.

| report                                      | subscriptions to that address               |
|---------------------------------------------|---------------------------------------------|
| hard: no such mailbox                       | all end                                     |
| a complaint: reported as unwanted           | all end                                     |
| full: three mails in seven days came back   | all are paused                              |
| soft, delayed, full for the first time      | nothing: it is noted with the delivery      |
| other, or about nothing that was sent there | nothing                                     |

Those of the configuration, and the operator's own, no mail can end: their address is disabled instead. A report counts
if it names a delivery that was taken, by an address that only we can make or else by its Message-ID and its recipient,
and it counts once. The operator hears of what was ended or disabled at most once a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from monitor.alerts.subscribe import SubscribeContext
from monitor.channels.email.reports import read_report
from monitor.channels.email.return_paths import ReturnPaths
from monitor.channels.email.settings import BounceSettings
from monitor.model import DeliveryState, Notice, Subscription, SubscriptionState
from monitor.model.report import Bounce, BounceEffect, Report, ReportKind
from monitor.storage import bounces, confirmations, endpoints, notices, subscriptions
from monitor.storage.bounces import Sent
from monitor.storage.locks import lock_bounces
from monitor.text import counted, one_line

CHANNEL = "email"
FULL_TIMES = 3
FULL_WITHIN = timedelta(days=7)


class Outcome(StrEnum):
    """What became of a mail that may be a report."""

    IGNORED = "ignored"
    """It reports nothing."""
    UNKNOWN = "unknown"
    """It is about nothing that was sent there: it may be forged."""
    EARLY = "early"
    """It is about a mail of which it is not recorded yet that it was taken: it is read again."""
    REPEATED = "repeated"
    """It was read before."""
    NOTED = "noted"
    ENDED = "ended"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail that was read, and what came of it."""

    report: Report
    outcome: Outcome
    delivery_id: str | None = None
    shown: str | None = None
    """The address, where it is one of ours."""
    subscriptions: Sequence[Subscription] = ()
    """Those that ended, were paused, or hear of nothing because their address is disabled."""


def take(raw: bytes, context: SubscribeContext) -> Taken:
    """Read a mail, and do what it means, in one transaction. Raise StoreError where that fails: nothing is done."""
    report = read_report(raw, return_paths(context))
    if report.kind is ReportKind.OTHER:
        return Taken(report=report, outcome=Outcome.IGNORED)
    now = context.clock()
    with context.store.begin() as tx:
        lock_bounces(tx)
        sent = _sent(tx, report)
        if sent is None or sent.standing is not DeliveryState.DELIVERED:
            return Taken(report=report, outcome=_without_delivery(sent))
        bounce = Bounce(
            digest=report.digest,
            delivery_id=sent.delivery_id,
            endpoint_id=sent.endpoint_id,
            kind=report.kind,
            status=report.status,
            diagnostic=report.diagnostic,
            read_at=now,
        )
        is_new = bounces.add(tx, bounce)
        outcome, concerned = _obeyed(tx, bounce, sent.shown, now) if is_new else (Outcome.REPEATED, [])
    return Taken(
        report=report,
        outcome=outcome,
        delivery_id=sent.delivery_id,
        shown=sent.shown,
        subscriptions=concerned,
    )


def return_paths(context: SubscribeContext) -> ReturnPaths | None:
    """The addresses that mails come back to, where there are such."""
    address = context.config.section(BounceSettings).address
    return ReturnPaths(address, context.vault) if address else None


def _without_delivery(sent: Sent | None) -> Outcome:
    """What becomes of a report about no mail that was taken; one may come back before that is recorded."""
    return Outcome.EARLY if sent and sent.standing is DeliveryState.OWED else Outcome.UNKNOWN


def _sent(tx: Connection, report: Report) -> Sent | None:
    """The delivery that a report is about, if it is certain; None for what may be forged."""
    found = bounces.sent(tx, report.delivery_id) if report.delivery_id else None
    if found is None or found.channel != CHANNEL:
        return None
    # Those who collect complaints often leave out who complained.
    is_theirs = found.shown.lower() in report.recipients or (
        report.kind is ReportKind.COMPLAINT and not report.recipients
    )
    return found if report.is_signed or is_theirs else None


def _obeyed(tx: Connection, bounce: Bounce, shown: str, now: datetime) -> tuple[Outcome, list[Subscription]]:
    """Do what a report means, and give that, and to which subscriptions."""
    wanted = _wanted(tx, bounce, now)
    going = subscriptions.not_ended_at(tx, bounce.endpoint_id) if wanted else []
    fixed = [each for each in going if each.is_configured]
    free = [each for each in going if not each.is_configured and _is_to_be(each, wanted)]
    if wanted is None or not (free or fixed):
        return Outcome.NOTED, []
    for each in free:
        subscriptions.set_state(tx, each.id, wanted, now)
        if each.state is SubscriptionState.PENDING:
            confirmations.drop(tx, each.id)
    if fixed:
        endpoints.disable(tx, bounce.endpoint_id, at=now)
    effect = BounceEffect.DISABLED if fixed else BounceEffect(wanted)
    bounces.heed(tx, bounce, effect, [each.id for each in (*free, *fixed)])
    notice = _came_back(bounce, effect, shown, count=len(free) + len(fixed), now=now)
    notices.notify_operator(tx, notice, except_at=bounce.endpoint_id)
    return Outcome(effect), [*free, *fixed]


def _wanted(tx: Connection, bounce: Bounce, now: datetime) -> SubscriptionState | None:
    if bounce.kind in (ReportKind.HARD, ReportKind.COMPLAINT):
        return SubscriptionState.ENDED
    if bounce.kind is ReportKind.FULL:
        times = bounces.unheeded(tx, bounce.endpoint_id, bounce.kind, since=now - FULL_WITHIN)
        return SubscriptionState.PAUSED if times >= FULL_TIMES else None
    return None


def _is_to_be(subscription: Subscription, wanted: SubscriptionState | None) -> bool:
    """Whether it is not so already: only an active one is paused."""
    return wanted is SubscriptionState.ENDED or subscription.state is SubscriptionState.ACTIVE


_DONE = {
    BounceEffect.ENDED: "so {subscriptions} to it ended",
    BounceEffect.PAUSED: "so {subscriptions} to it were paused, and what is owed waits",
    BounceEffect.DISABLED: "so nothing more is sent there. config.toml names this address: correct it, or "
    "`monitor subscriptions resume SUBSCRIPTION` tries it again",
}


def _came_back(bounce: Bounce, effect: BounceEffect, shown: str, *, count: int, now: datetime) -> Notice:
    """What the operator hears of the first of a day, and where the others stand."""
    done = _DONE[effect].format(subscriptions=counted(count, "subscription"))
    what = "A reader reported mail as unwanted" if bounce.kind is ReportKind.COMPLAINT else "Mail came back"
    kind = "mail.disabled" if effect is BounceEffect.DISABLED else "mail.returned"
    return Notice(
        id=f"{kind}/{now:%Y%m%d}",
        kind=kind,
        occurred_at=now,
        subject=f"{what}: {one_line(shown)}",
        text=f"{one_line(shown)}: {bounces.reason(bounce.kind, bounce.diagnostic, now)}; {done}.\n"
        "There may be others of this day, of which no more notices come: `monitor bounces list` shows what came back.",
    )
