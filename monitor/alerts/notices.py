"""What the operator has to know, in words: what happened, and what to do about it. Pure.

An id is derived from what happened, so that whoever notices it again tells it once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from monitor.language.worded import worded
from monitor.model import Delivery, Endpoint, Event, Notice
from monitor.text import counted, moment, one_line, stamp

MOST_LISTED = 20


def endpoint_disabled(endpoint: Endpoint, outcome: str, *, since: datetime, now: datetime) -> Notice:
    """Nothing more is sent to an endpoint that only failed since then."""
    where = f"{endpoint.channel} {one_line(endpoint.shown)}"
    return Notice(
        id=f"endpoint.disabled/{endpoint.id}/{_stamp(since)}",
        kind="endpoint.disabled",
        occurred_at=now,
        subject=f"Nothing more is sent to {where}",
        text=f"Everything sent to {where} has failed since {moment(since)}, so it is disabled: what is owed to it "
        f"waits, and nothing is lost.\nThe last try: {one_line(outcome)}.\nOnce it works again, "
        "`monitor subscriptions resume SUBSCRIPTION` sends what waited; `monitor subscriptions list` names them.",
    )


def given_up(delivery: Delivery, endpoint: Endpoint, outcome: str, *, since: datetime, now: datetime) -> Notice:
    """A delivery was rejected for good: told once in a run of failures that began at *since*."""
    where = f"{endpoint.channel} {one_line(endpoint.shown)}"
    about = f"of {delivery.trial_id} " if delivery.trial_id else ""
    return Notice(
        id=f"delivery.rejected/{endpoint.id}/{_stamp(since)}",
        kind="delivery.rejected",
        occurred_at=now,
        subject=f"An alert to {where} was given up",
        text=f"Alert {delivery.id} {about}could not be delivered to {where}, and is not tried again: "
        f"{one_line(outcome)}.\n`monitor deliveries list --failed` lists it and what may follow it; "
        "`monitor deliveries replay --failed-since 2d` sends them again once the receiver takes them.",
    )


def deliveries_waiting(reason: str, shown: Sequence[str], *, cause: str, count: int, now: datetime) -> Notice:
    """Deliveries that cannot be made ready: told once for a *cause*."""
    where = one_line(shown[0]) if len(shown) == 1 else f"{len(shown):,} addresses"
    return Notice(
        id=f"deliveries.waiting/{cause}/{_digest([reason])}",
        kind="deliveries.waiting",
        occurred_at=now,
        subject=f"Alerts to {where} cannot be sent",
        text=f"{counted(count, 'delivery', 'deliveries')} to {_shortened(shown)} cannot be sent as things are; all "
        f"others go out.\n{one_line(reason)}\n"
        "Nothing is lost: they are tried again every quarter of an hour. `monitor deliveries list` shows what waits.",
    )


def deliveries_damaged(reasons: Mapping[str, str], *, now: datetime) -> Notice:
    """Rows of deliveries that cannot be read, by their ids."""
    return Notice(
        id=f"deliveries.damaged/{_digest(sorted(reasons))}",
        kind="deliveries.damaged",
        occurred_at=now,
        subject=f"{counted(len(reasons), 'delivery is', 'deliveries are')} damaged in the database",
        text=f"They cannot be sent; all others are.\n{_listed(reasons)}\nRestore a backup to have them sent.",
    )


def deliveries_given_up(reason: str, shown: Sequence[str], *, cause: str, count: int, now: datetime) -> Notice:
    """Deliveries that can never be made ready: told once for a *cause*."""
    return Notice(
        id=f"deliveries.given_up/{cause}/{_digest([reason])}",
        kind="deliveries.given_up",
        occurred_at=now,
        subject=f"{counted(count, 'alert')} could not be sent, and {'is' if count == 1 else 'are'} given up",
        text=f"{counted(count, 'delivery', 'deliveries')} to {_shortened(shown)} could not be made ready.\n"
        f"{one_line(reason)}\n`monitor deliveries list --failed` lists what was given up, and "
        "`monitor deliveries replay` tries one again.",
    )


CONFIGURATION_BAD = "configuration.bad"
"""The kind of notices of blocks that cannot be used."""


def configuration_bad(words: str, *, now: datetime) -> Notice:
    """A block of the configuration cannot be used: told once a day while it is the same."""
    return Notice(
        id=f"{CONFIGURATION_BAD}/{_digest([words])}/{now:%Y%m%d}",
        kind=CONFIGURATION_BAD,
        occurred_at=now,
        subject="A part of the configuration cannot be used",
        text=f"{one_line(words)}.\nWhat it was before stays, and everything else goes on. Correct config.toml.",
    )


def service_failing(name: str, words: str, *, now: datetime) -> Notice:
    """A part of the service does not work: told once a day while it is the same."""
    return Notice(
        id=f"service.failing/{name}/{_digest([words])}/{now:%Y%m%d}",
        kind="service.failing",
        occurred_at=now,
        subject=f"The service does not work: {name}",
        text=f"{one_line(words)}.\nUntil it works again /healthz says so. Look at the service's log, and at what "
        "`monitor doctor` finds.",
    )


def registry_unreadable(registry: str, reason: str, *, since: datetime, now: datetime) -> Notice:
    """A registry could not be read for hours."""
    return Notice(
        id=f"registry.unreadable/{registry}/{_stamp(since)}",
        kind="registry.unreadable",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} has been unreadable since {moment(since)}",
        text=f"Every try to read {registry} since {moment(since)} has failed. The last one: {one_line(reason)}.\n"
        "It is tried again by itself, and nothing is lost: what changes meanwhile is found and told once it answers.\n"
        "Look at this machine's network and at the registry's own pages; `monitor doctor` tries it at once. "
        "You hear of it again when it can be read.",
    )


def registry_readable(registry: str, *, since: datetime, now: datetime) -> Notice:
    """A registry that could not be read since then can be read again."""
    return Notice(
        id=f"registry.readable/{registry}/{_stamp(since)}",
        kind="registry.readable",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} can be read again",
        text=f"{registry}, which could not be read since {moment(since)}, answers again.\n"
        "There is nothing to do: what changed meanwhile has been looked for, and is told.",
    )


def registry_data_old(registry: str, version: str, *, now: datetime) -> Notice:
    """A registry answers, and has not refreshed its data for longer than week-ends and holidays explain."""
    return Notice(
        id=f"registry.data_old/{registry}/{one_line(version)}",
        kind="registry.data_old",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} has not refreshed its data since {stamp(version)}",
        text=f"{registry} answers, with data of {stamp(version)}. Changes that were submitted since then cannot be "
        "seen.\nThere is nothing to do here: the registry's own pages may say why. Alerts go on when it refreshes.",
    )


def held(hold: int, registry: str, fields: Sequence[str], *, trials: int, covered: int, now: datetime) -> Notice:
    """So many trials changed alike that nobody is told before the operator has looked."""
    names = ", ".join(fields)
    return Notice(
        id=f"events.held/{hold}",
        kind="events.held",
        registry=registry,
        occurred_at=now,
        subject=f"Held back: {fields[0]} changed in {trials:,} of {covered:,} trials at once",
        text=f"In one version of the data of {registry}, {names} changed in {trials:,} of {covered:,} trials. "
        "That looks like a change of the registry, not of the trials, so nobody has been told. What else changes in "
        "these trials waits for your decision, too, so that everybody hears of a trial in order.\n"
        f"`monitor held show {hold}` shows them; `monitor held release {hold}` tells everybody, "
        f"`monitor held discard {hold}` nobody.",
    )


def waiting(hold: int, events: Sequence[Event], version: str, *, now: datetime) -> Notice:
    """Changes of trials wait behind what is held of them: told once for each version of the data that brings some."""
    first = max(events, key=lambda event: event.significance)
    how_many = f"{len(events):,} changed trials wait" if len(events) > 1 else "A changed trial waits"
    return Notice(
        id=f"events.waiting/{hold}/{one_line(version)}",
        kind="events.waiting",
        registry=first.registry,
        occurred_at=now,
        subject=f"{how_many} behind hold {hold}: {first.trial_id}, {first.significance}",
        text=f"Earlier changes of these trials are held back, and everybody hears of a trial in order, so nobody has "
        f"been told yet. The most significant, of {first.trial_id}: {one_line(first.changes[0].summary)}\n"
        f"`monitor held show {hold}` shows what is held; `monitor held release {hold}` tells everybody of that and of "
        f"what waits behind it, `monitor held discard {hold}` only of the latter.",
    )


def registry_implausible(registry: str, version: str, *, trials: int, covered: int, now: datetime) -> Notice:
    """So many answers could not be believed that it is the registry."""
    return Notice(
        id=f"registry.implausible/{registry}/{version}",
        kind="registry.implausible",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} answers for {counted(trials, 'trial')} with what cannot be believed",
        text=f"Of {covered:,} trials, {trials:,} came in a form that cannot be their current record, and were put "
        "into quarantine; what was known of them stands, and nobody has been told of any change.\n"
        "`monitor quarantine` shows the answers and why. They are asked for again with each pass.\nShould the registry "
        "be right, because it went back to older data perhaps: `monitor quarantine accept N --alike` takes what it "
        "gave for true.",
    )


def registry_behind(registry: str, version: str, *, trials: int, since: datetime, now: datetime) -> Notice:
    """Some of what a registry answers comes from older data than it has, for longer than it takes to renew them."""
    return Notice(
        id=f"registry.behind/{registry}/{_stamp(since)}",
        kind="registry.behind",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} answers from old data for {trials:,} trials"
        if trials > 1
        else f"{registry} answers from old data for a trial",
        text=f"{registry} names {stamp(version)} as the date of its data, and has answered from older ones since "
        f"{moment(since)}. Its machines seem to be out of step.\nWhat changed is told once it can be read, and nothing "
        "is lost: these trials are asked for again with each pass, and told as failed until then. There is nothing to "
        "do here.",
    )


def registry_ahead(registry: str, version: str, *, now: datetime) -> Notice:
    """A registry's data are ahead of our clock: told once a month, as a clock that is wrong stays so."""
    return Notice(
        id=f"registry.ahead/{registry}/{now:%Y-%m}",
        kind="registry.ahead",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} names a date that is still to come",
        text=f"{registry} says that its data are of {stamp(version)}, and it is {moment(now)} here: one of the two "
        "clocks is wrong. Changes are found and told as before, with these dates.\nSet this machine's clock if it is "
        "the one: `timedatectl` shows it.",
    )


def baselines_anew(registry: str, reasons: Mapping[str, str], *, now: datetime) -> Notice:
    """Trials whose last snapshot is damaged, and what became of each, by trial id."""
    return Notice(
        id=f"snapshots.damaged/{registry}/{_digest(reasons.values())}",
        kind="snapshots.damaged",
        registry=registry,
        occurred_at=now,
        subject=f"{_these(reasons)}: damaged in the database, and started over",
        text=f"The last snapshot of {counted(len(reasons), 'trial')} could not be read back, so it is not known for "
        f"certain what has changed since. What the registry says now is kept as a new baseline:\n{_listed(reasons)}\n"
        "Subscribers are told what could still be compared with an earlier snapshot. Look at this machine's disk; "
        "`monitor doctor` lists everything that is damaged, and `monitor diff` compares what can be read.",
    )


def events_lost(registry: str, reasons: Mapping[str, str], *, now: datetime) -> Notice:
    """Changes that were to be told and cannot be read any more, by trial id."""
    return Notice(
        id=f"events.lost/{registry}/{_digest(reasons.values())}",
        kind="events.lost",
        registry=registry,
        occurred_at=now,
        subject=f"{_these(reasons)}: a change cannot be told, because it is damaged in the database",
        text=f"What changed in {counted(len(reasons), 'trial')} was to be told, and can neither be read back nor be "
        f"made again from the snapshots:\n{_listed(reasons)}\n"
        "Nobody has been told of these. `monitor show TRIAL_ID` shows the record; a backup may have the change.",
    )


def trials_failing(registry: str, reasons: Mapping[str, str], *, now: datetime) -> Notice:
    """Trials that cannot be checked for a reason that is not the registry's, by trial id."""
    first = min(reasons)
    return Notice(
        id=f"trials.failing/{registry}/{first}/{_digest([reasons[first]])}",
        kind="trials.failing",
        registry=registry,
        occurred_at=now,
        subject=f"{_these(reasons)} cannot be checked",
        text=f"{counted(len(reasons), 'trial')} could not be checked, and the registry is not the reason. "
        f"All others were checked.\n{_listed(reasons)}\n"
        "They are tried again with each pass. `monitor doctor` looks for damage in the database.",
    )


def drifted(registry: str, version: str, paths: Sequence[str], *, now: datetime) -> Notice:
    """The registry's records hold fields or codes that this program does not know."""
    shown = "\n".join(paths[:20]) + (f"\nand {len(paths) - 20:,} more" if len(paths) > 20 else "")
    digest = sha256("\n".join(paths).encode()).hexdigest()[:16]
    return Notice(
        id=f"registry.drift/{registry}/{digest}",
        kind="registry.drift",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} serves {counted(len(paths), 'field or value', 'fields or values')} never seen before",
        text=f"Seen for the first time in its data of {version}, and kept as it comes:\n{shown}\n"
        "`monitor drift` lists everything of the kind. A newer version of this program may know what it means.",
    )


def watch_shrank(
    watch_id: int, what: str, registry: str, *, held: int, missing: int, since: datetime | None, now: datetime
) -> Notice:
    """A listing without most of what a watch holds is not believed: told once after the last believed one, *since*."""
    return Notice(
        id=f"watch.shrank/{watch_id}/{_stamp(since) if since else 'first'}",
        kind="watch.shrank",
        registry=registry,
        occurred_at=now,
        subject=f"Watch {watch_id} keeps {counted(missing, 'trial')} that {registry} no longer lists",
        text=f"Watch {watch_id} looks for {what}, and holds {held:,} of them. {registry} lists all but {missing:,} of "
        "these now, which looks like a fault of the registry: none of them leaves the watch, and all are checked as "
        "before.\nThe next data build is asked again. Should the listing be right, because a sponsor was renamed "
        f"perhaps, end the watch with `monitor watch remove {watch_id}` and add it again.",
    )


def siblings_left_out(
    watch_id: int, trial: tuple[str, str], others: Sequence[tuple[str, str]], *, now: datetime
) -> Notice:
    """A trial has more siblings in other registries than a watch takes: told once for each trial that has."""
    registry, trial_id = trial
    named = [f"{each} ({of})" for of, each in others]
    return Notice(
        id=f"siblings.left_out/{watch_id}/{registry}/{trial_id}",
        kind="siblings.left_out",
        registry=registry,
        occurred_at=now,
        subject=f"Watch {watch_id} leaves out {counted(len(others), 'registration')} of {one_line(trial_id)}",
        text=f"{one_line(trial_id)} is linked with more registrations elsewhere than a watch follows, which looks like "
        f"a number that several trials share. Left out: {_shortened(named)}.\n"
        "Watch those that matter by their ids: `monitor watch add TRIAL_ID`.",
    )


def registry_shrank(registry: str, version: str, *, known: int, absent: int, now: datetime) -> Notice:
    """A registry that was read from end to end lacks so many of its trials that none of them is believed to be gone."""
    return Notice(
        id=f"registry.shrank/{registry}/{version}",
        kind="registry.shrank",
        registry=registry,
        occurred_at=now,
        subject=f"{registry} lacks {absent:,} of its {known:,} trials",
        text=f"Of {known:,} trials that are known here, {absent:,} did not come when the whole registry was read, or "
        "came in a form that cannot be read. That looks like a fault of the registry: none of them counts as removed, "
        "and what is known of them stands.\nThere is nothing to do now: the next reading of all trials compares again.",
    )


def to_confirm(whole_id: str, about: str, *, now: datetime) -> Notice:
    """What a subscriber is to confirm, whose mail says the rest."""
    return Notice(
        id=whole_id,
        kind=whole_id.partition("/")[0],
        occurred_at=now,
        subject=str(worded("Confirm that you want to hear of clinical trials")),
        text=one_line(about),
    )


def _these(reasons: Mapping[str, str]) -> str:
    """One trial by its id, several by their number."""
    return next(iter(reasons)) if len(reasons) == 1 else f"{len(reasons):,} trials"


def _shortened(shown: Sequence[str]) -> str:
    more = len(shown) - MOST_LISTED
    return ", ".join(map(one_line, shown[:MOST_LISTED])) + (f" and {more:,} more" if more > 0 else "")


def _listed(reasons: Mapping[str, str]) -> str:
    lines = [f"{name}: {one_line(reason)}" for name, reason in list(reasons.items())[:MOST_LISTED]]
    more = len(reasons) - len(lines)
    return "\n".join(lines) + (f"\nand {more:,} more" if more else "")


def _digest(words: Iterable[str]) -> str:
    return sha256("\n".join(words).encode()).hexdigest()[:16]


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
