"""The form that asks for a subscription: what it offers, and what was filled in as a request."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from monitor.alerts.opting_in import Request
from monitor.alerts.subscribe import SubscriptionScope
from monitor.errors import ConfigurationInvalid, TrialIdInvalid
from monitor.ports import Registry
from monitor.storage import searches, silence
from monitor.storage.store import Store
from monitor.web.choosing import filled_in, filters_of, rhythm_of
from monitor.web.forms import Form, one

MOST_TRIALS = 50
LONGEST_ADDRESS = 254
"""Characters: RFC 5321, 4.5.3.1.3."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What strangers may ask for."""

    registry: Registry
    """Where trials may be that nobody watches yet."""
    identify: Callable[[str], tuple[Registry, str]]
    """The trial that a text means. TrialIdInvalid where it means none."""


def offered(asking: Asking, store: Store) -> list[tuple[str, str]]:
    """The sponsors whose trials are watched already, by the numbers of the watches: a stranger makes no other."""
    with store.read() as tx:
        found = searches.of_registry(tx, asking.registry.key)
    named = {each.search.sponsor: str(each.watch_id) for each in found if each.search.is_of_sponsor_alone}
    return sorted((number, name) for name, number in named.items() if name)


def blank(form: Form | None = None) -> dict[str, object]:
    """What the form shows: nothing, or what was filled in."""
    given: Form = form or {}
    return {
        "address": one(given, "address")[:LONGEST_ADDRESS],
        "about": one(given, "about") or "trials",
        "trials": one(given, "trials")[:4000],
        "sponsor": one(given, "sponsor"),
        "may_come": False,
        **filled_in(given),
        "error": "",
    }


def asked_for(form: Form, network: str, asking: Asking, store: Store) -> Request:
    """What a form asks for. ConfigurationInvalid says what is wrong with it, for who filled it in."""
    address = one(form, "address").strip()
    if not address or len(address) > LONGEST_ADDRESS:
        raise ConfigurationInvalid("Give the mail address that is to be told.")
    return Request(
        address=address,
        scope=_scope(form, asking, store),
        filters=filters_of(form),
        rhythm=rhythm_of(form),
        network=network,
    )


def _scope(form: Form, asking: Asking, store: Store) -> SubscriptionScope:
    about = one(form, "about")
    if about == "everything":
        return SubscriptionScope(everything=True)
    if about == "sponsor":
        numbers = {number for number, _ in offered(asking, store)}
        if one(form, "sponsor") not in numbers:
            raise ConfigurationInvalid("Choose a sponsor.")
        return SubscriptionScope(watch_id=int(one(form, "sponsor")))
    texts = [text for text in re.split(r"[\s,;]+", one(form, "trials")) if text]
    if not texts:
        raise ConfigurationInvalid(f"Give the number of a trial, such as {asking.registry.example_id}.")
    if len(texts) > MOST_TRIALS:
        raise ConfigurationInvalid(f"Give at most {MOST_TRIALS} trials.")
    return SubscriptionScope(trials=frozenset(_trial(text, asking, store) for text in texts))


def _trial(text: str, asking: Asking, store: Store) -> tuple[str, str]:
    try:
        registry, trial_id = asking.identify(text)
    except TrialIdInvalid:
        shown = "".join(sign for sign in text if sign.isprintable())[:40]
        words = f"“{shown}” is not the number of a trial; one looks like {asking.registry.example_id}."
        raise ConfigurationInvalid(words) from None
    if registry.key != asking.registry.key:
        with store.read() as tx:
            if not silence.is_watched(tx, registry.key, trial_id):
                raise ConfigurationInvalid(f"{trial_id} is a trial of {registry.name}, and not watched here.")
    return registry.key, trial_id
