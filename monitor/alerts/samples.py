"""A message that shows what a subscriber will get, about a trial that does not exist."""

import re
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from monitor.alerts.matching import matching
from monitor.alerts.prepare import RenderContext
from monitor.channels.channel import Envelope, EventContext, Facts
from monitor.channels.declared import CHANNELS
from monitor.language.texts import texts_of
from monitor.language.worded import worded
from monitor.model import Change, Event, Filters, Message, Significance, Subscription

_TITLE = worded("A test of this subscription")


def sample(subscription: Subscription, context: RenderContext, *, page: str = "", now: datetime) -> Message:
    """A message that shows what a subscriber will get, about a trial of the default registry that does not exist.

    *page* is where they change the subscription.
    """
    registry = next(iter(context.registries.values()))
    event = Event(
        registry=registry.key,
        trial_id=re.sub(r"\d", "0", registry.example_id),
        snapshot=2,
        occurred_at=now,
        changes=(
            Change(
                field="overall_status",
                path="protocolSection.statusModule.overallStatus",
                kind="status.stopped",
                topic="status",
                before="RECRUITING",
                after="SUSPENDED",
                summary="This is a test: overall status went from Recruiting to Suspended.",
                significance=Significance.CRITICAL,
            ),
        ),
    )
    facts = Facts(overall_status="SUSPENDED")
    title = texts_of(subscription.language).said(_TITLE)
    invented = EventContext(event, title, None, f"https://{registry.key}/", facts, registry.name)
    everything = replace(subscription, filters=Filters())
    key = str(uuid4())
    channel = CHANNELS[subscription.endpoint.channel]
    render = channel.event_renderer(invented, matching(event.changes, everything).changes, context.config)
    body = render(
        Envelope(subscription=everything, delivery_id=key, sequence=0, config=context.config, date=now, manage=page)
    )
    return Message(delivery_id=key, endpoint=subscription.endpoint, body=body)
