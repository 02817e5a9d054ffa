"""A digest as a webhook's body, with the changes of many events trial by trial. Pure.

docs/webhook.schema.json describes its keys, under the rules that `monitor.channels.webhook.rendering` has: a body over
LARGEST is cut, until it fits, to the sentences of its changes, then to the most significant change of each trial, then
to fewer trials, the least significant going first.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import orjson

from monitor.changes.netting import Net
from monitor.channels.channel import Coverage, Digest
from monitor.channels.digests import Section, sections, subject, unchecked
from monitor.channels.webhook.rendering import LARGEST, beginning, envelope_of, summarised
from monitor.model import Json, Subscription
from monitor.render.nets import sentence


def digest_webhook(digest: Digest, subscription: Subscription, *, sequence: int) -> bytes:
    """The bytes to sign and send."""
    told = sections(digest)
    trials = [_trial(section) for section in told]
    data: dict[str, Json] = {
        "period": digest.period,
        "began_at": digest.began_at.isoformat(timespec="seconds") if digest.began_at else None,
        "ended_at": digest.ended_at.isoformat(timespec="seconds"),
        "subject": subject(digest, told),
        "trials": trials,
        "trials_in_all": len(told),
        "omitted_events": digest.omitted,
        "coverage": _coverage(digest.coverage) if digest.coverage else None,
        "sequence": sequence,
        "subscription": {"id": subscription.id, "note": subscription.note},
    }
    envelope = envelope_of("digest", digest.ended_at)
    body = orjson.dumps({**envelope, "data": data})
    return body if len(body) <= LARGEST else _cut(envelope, data)


def _trial(section: Section) -> dict[str, Json]:
    event, context = section.event, section.context
    return {
        "registry": event.registry,
        "trial_id": event.trial_id,
        "title": context.title,
        "url": context.url,
        "lead_sponsor": context.lead_sponsor,
        "snapshot": event.snapshot,
        "significance": str(section.significance) if section.standing else None,
        "context": [line.as_json() for line in section.background],
        "changes": [_change(each) for each in (*section.standing, *section.folded)],
    }


def _change(net: Net) -> dict[str, Json]:
    """A change, or what several came to, with the snapshots that they were seen in."""
    return {
        **net.change.as_json(),
        "before": net.steps[0].change.before if net.is_folded else net.change.before,
        "summary": f"{sentence(net)}.",
        "snapshots": _snapshots(net),
        **({"folded": True} if net.is_folded else {}),
    }


def _snapshots(net: Net) -> list[Json]:
    return list(dict.fromkeys(step.event.snapshot for step in net.steps))


def _coverage(coverage: Coverage) -> dict[str, Json]:
    return {
        "trials": coverage.trials,
        "checked": coverage.checked,
        "versions": [
            {"registry": beginning(name), "version": beginning(version)} for name, version in coverage.versions
        ],
        "unchecked": [{"what": what, "why": why} for what, why in unchecked(coverage)],
        "unchecked_in_all": len(coverage.unchecked),
    }


# What there is room for


def _cut(envelope: Mapping[str, Json], data: Mapping[str, Json]) -> bytes:
    """The same in LARGEST bytes, with as many changes and trials as fit."""
    shortened = {
        **data,
        "subscription": {**data["subscription"], "note": beginning(data["subscription"]["note"])},
        "truncated": True,
    }
    room = LARGEST - len(orjson.dumps({**envelope, "data": {**shortened, "trials": []}}))
    trials = [_shortened(trial) for trial in data["trials"]]
    if _size(trials) > room:
        trials = [{**trial, "changes": trial["changes"][:1]} for trial in trials]
    sizes = accumulate(_size([trial]) for trial in trials)
    fitting = sum(size <= room for size in sizes)
    return orjson.dumps({**envelope, "data": {**shortened, "trials": trials[:fitting]}})


def _shortened(trial: Mapping[str, Json]) -> dict[str, Json]:
    kept = ("snapshots", "folded")
    changes = [
        {**summarised(change), **{name: change[name] for name in kept if name in change}} for change in trial["changes"]
    ]
    texts = {name: beginning(trial[name]) for name in ("title", "lead_sponsor")}
    return {**trial, **texts, "context": [], "changes": changes, "changes_in_all": len(changes)}


def _size(trials: Sequence[Mapping[str, Json]]) -> int:
    """Bytes in a list of them, commas among them."""
    return sum(len(orjson.dumps(trial)) + len(b",") for trial in trials)
