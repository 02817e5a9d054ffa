"""What somebody wants to hear of, as the builder's address or form says it, and the address that says the same.

Everything but who is told stands in the address, so that a rule that is not made yet can be shown to somebody else:

    trial, sponsor, condition, search, watch, group, all   what it is about; `about` names one where several are given
    min, topic, days, percent, stops, never                what of a change matters
    every, at, zone, quiet_from, quiet_to, …               when it is told

Who may subscribe others may name whatever is watched here, or has it looked up in the registry. A stranger may ask
for trials, for sponsors and conditions that somebody watches, and for everything.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from monitor.alerts.subscribe import Asked as AskedRule
from monitor.alerts.subscribe import SubscriptionScope
from monitor.errors import ConfigurationInvalid, TrialIdInvalid
from monitor.language.worded import worded
from monitor.model import Filters, Role, Search
from monitor.model.access import Permission
from monitor.model.rhythm import Rhythm
from monitor.ports import Registry
from monitor.ports.registry import can_find
from monitor.storage import groups, searches, silence, terms, trials, watches
from monitor.storage.trial_index import CONDITION, SPONSOR
from monitor.text import fold_name, fold_organisation, one_line
from monitor.views.rules import watch_that_looks_for
from monitor.watching.watches import ResolvedSearch
from monitor.web.site.asked import Asked
from monitor.web.site.forms import Form, one
from monitor.web.site.site import Site
from monitor.web.subscribing.choosing import filters_of, rhythm_of, shown

Resolve = Callable[[Search], ResolvedSearch]
"""Asks a registry what a search comes to there."""

ABOUT = ("trial", "sponsor", "condition", "search", "watch", "group", "all")
FOR_STRANGERS = ("trial", "sponsor", "condition", "all")
RULES = frozenset({"min", "topic"})
"""What says of changes that it is about all of them, where it says no more."""
MOST_TRIALS = 50
MOST_OFFERED = 500
"""Names that a stranger chooses one of."""
LONGEST_NOTE = 500
LONGEST_TEXT = 4000
PRIVATE = ("form", "do", "address", "note", "name")
"""Fields that are never in an address: it is kept in histories and logs."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What is watched by name or condition, for who may ask for no other."""

    sponsors: Sequence[str]
    conditions: Sequence[str]


def may_save(asked: Asked) -> bool:
    """Whether the visitor may subscribe whom they like; else they are strangers, who ask for themselves."""
    return asked.may(Permission.SUBSCRIBE)


def about_of(form: Form) -> str:
    """Which of ABOUT a form means; empty where it says nothing."""
    named = one(form, "about")
    if named in ABOUT:
        return named
    given = (each for each in ABOUT if any(text.strip() for text in form.get(each, ())))
    return next(given, "all" if RULES & {*form} else "")


def said_of(form: Form, about: str) -> str:
    """What a form says that it is about, as it is shown again."""
    return " ".join(form.get(about, ()))[:LONGEST_TEXT]


def offered(site: Site) -> Offered:
    """The sponsors and conditions that watches look for, in order, up to MOST_OFFERED of each."""
    with site.store.read() as tx:
        found = [each.search for registry in site.registries for each in searches.of_registry(tx, registry.key)]
    sponsors = {each.sponsor for each in found if each.sponsor and each.is_of_sponsor_alone}
    conditions = {each.condition for each in found if each.condition and each == Search(condition=each.condition)}
    return Offered(sorted(sponsors)[:MOST_OFFERED], sorted(conditions)[:MOST_OFFERED])


class NothingToTry(ConfigurationInvalid):
    """What is asked for can be had, but nothing is known of it yet."""


def rule_of_form(form: Form, site: Site, *, is_stranger: bool, resolve: Resolve | None = None) -> AskedRule:
    """What a form asks for; what nobody watches yet is looked up with *resolve*, where that is given.

    ConfigurationInvalid or NothingFound says what is wrong with it, for who filled it in; NothingToTry where it would
    have to be looked up.
    """
    filters, rhythm = filters_of(form), rhythm_of(form)
    note = "" if is_stranger else one_line(one(form, "note"))  # nobody is sent a stranger's words
    if len(note) > LONGEST_NOTE:
        raise ConfigurationInvalid(worded("A note has at most {count} characters.", count=LONGEST_NOTE))
    scope = _scope(form, site, is_stranger=is_stranger, resolve=resolve)
    return AskedRule(scope=scope, filters=filters, rhythm=rhythm, note=note or None)


def _scope(form: Form, site: Site, *, is_stranger: bool, resolve: Resolve | None) -> SubscriptionScope:
    about = about_of(form)
    if about not in (FOR_STRANGERS if is_stranger else ABOUT):
        raise ConfigurationInvalid(worded("Say which trials it is about."))
    text = one_line(said_of(form, about))
    match about:
        case "all":
            return SubscriptionScope(everything=True)
        case "trial":
            return SubscriptionScope(trials=frozenset(_trials(text, site, is_stranger=is_stranger)))
        case "watch" | "group":
            return _named(about, text, site)
    return _found(about, text, site, one(form, "role"), is_stranger=is_stranger, resolve=resolve)


def _found(
    about: str, text: str, site: Site, role: str, *, is_stranger: bool, resolve: Resolve | None
) -> SubscriptionScope:
    """What a search finds: as a watch has it, by what is kept here, or by what the registry says of it."""
    if not text:
        raise ConfigurationInvalid(_MISSING[about])
    with site.store.read() as tx:
        search = search_for(tx, about, text, Role.ANY if role == "any" else Role.LEAD)
        watched = (watch_that_looks_for(tx, each.key, search) for each in site.registries)
        if watch := next(filter(None, watched), None):
            return SubscriptionScope(watch_id=watch.id)
        if is_stranger:
            words = worded("“{text}” is not watched here: choose one that is, or give trials.", text=text[:100])
            raise ConfigurationInvalid(words)
        kept = _of_known_sponsor(tx, site.registries, search)
        if kept is None and resolve is None:
            kept = _of_known_condition(tx, site.registries, search)
    if kept is not None:
        return kept
    if resolve is None:
        raise NothingToTry(
            worded("Nothing is kept of “{text}” yet, so there is nothing to test against.", text=text[:100])
        )
    found = resolve(search)
    return SubscriptionScope(search=(found.registry, found.search))


_MISSING = {
    "sponsor": worded("Choose a sponsor."),
    "condition": worded("Choose a condition."),
    "search": worded("Give a search, in the registry’s own query language."),
}


def _trials(text: str, site: Site, *, is_stranger: bool) -> list[tuple[str, str]]:
    texts = [each for each in re.split(r"[\s,;]+", text) if each]
    example = site.registries[0].example_id
    if not texts:
        raise ConfigurationInvalid(worded("Give the number of a trial, such as {example}.", example=example))
    if len(texts) > MOST_TRIALS:
        raise ConfigurationInvalid(worded("Give at most {count} trials.", count=MOST_TRIALS))
    return [_trial(each, site, is_stranger=is_stranger) for each in texts]


def _trial(text: str, site: Site, *, is_stranger: bool) -> tuple[str, str]:
    usual = site.registries[0]
    try:
        registry, trial_id = site.identify(text)
    except TrialIdInvalid:
        named = "".join(sign for sign in text if sign.isprintable())[:40]
        words = worded(
            "“{text}” is not the number of a trial; one looks like {example}.", text=named, example=usual.example_id
        )
        raise ConfigurationInvalid(words) from None
    if is_stranger and registry.key != usual.key:
        with site.store.read() as tx:
            if not silence.is_watched(tx, registry.key, trial_id):
                words = worded(
                    "{trial} is a trial of {registry}, and not watched here: ask the operator to watch it.",
                    trial=trial_id,
                    registry=registry.name,
                )
                raise ConfigurationInvalid(words)
    return registry.key, trial_id


def _named(about: str, text: str, site: Site) -> SubscriptionScope:
    if not text:
        raise ConfigurationInvalid(f"Give the name of a {about}.")
    with site.store.read() as tx:
        if about == "group":
            return SubscriptionScope(group=groups.find(tx, text).name)
        return SubscriptionScope(watch_id=watches.find(tx, text).id)


def _written(tx: Connection, about: str, text: str) -> str:
    """The name of a sponsor or condition whose part of an address this is; else the same."""
    term = terms.by_slug(tx, about, text) if about in (SPONSOR, CONDITION) else None
    return term.name if term else text


def search_for(tx: Connection, kind: str, text: str, role: Role) -> Search:
    """What to look for of a sponsor or a condition, by its name or the part of its page's address."""
    return search_of(kind, _written(tx, kind, text), role)


def search_of(about: str, text: str, role: Role) -> Search:
    """What to look for by a name or an expression."""
    if about == "sponsor":
        return Search(sponsor=text, role=role)
    return Search(condition=text) if about == "condition" else Search(expression=text)


def _of_known_sponsor(tx: Connection, registries: Sequence[Registry], search: Search) -> SubscriptionScope | None:
    """To look for a sponsor that leads a trial here: its name is one then, and no registry need be asked."""
    name = fold_organisation(search.sponsor)
    led = (each for each in registries if name and trials.led_by(tx, each.key, name, limit=1))
    found = next(led, None)
    return SubscriptionScope(search=(found.key, search)) if found else None


def _of_known_condition(tx: Connection, registries: Sequence[Registry], search: Search) -> SubscriptionScope | None:
    """To look for a condition that a trial here has, where any registry can be searched for it."""
    known = search.condition and terms.by_key(tx, CONDITION, fold_name(search.condition))
    found = next((each for each in registries if can_find(each, search)), None) if known else None
    return SubscriptionScope(search=(found.key, search)) if found else None


def query_of(form: Form) -> str:
    """The query that says the same as a form, without who is told."""
    pairs = [(name, text) for name, texts in form.items() if name not in PRIVATE for text in texts if text.strip()]
    return urlencode(pairs)


def query_with(form: Form, filters: Filters, rhythm: Rhythm) -> str:
    """The same as `query_of`, of another rule about the same trials."""
    about = about_of(form)
    kept = {name: form[name] for name in ("about", about, "role", "channel") if name in form}
    return query_of({**kept, **fields_of_rule(filters, rhythm)})


def fields_of_rule(filters: Filters, rhythm: Rhythm) -> Mapping[str, Sequence[str]]:
    """The fields that a form has of this rule; those that say nothing are left out."""
    values = shown(filters, rhythm)
    texts = {name: [str(values[name])] for name in ("min", "days", "percent", "every", "at", "zone") if values[name]}
    texts |= {name: [str(values[name])] for name in ("quiet_from", "quiet_to") if values[name]}
    lists = {"topic": sorted(filters.topics), "never": sorted(filters.without)}
    flags = {name: ["yes"] for name in ("stops", "breaks_through", "all_quiet") if values[name]}
    offers = {"offers": ["all"]} if filters.kinds else {}
    return {**{name: found for name, found in lists.items() if found}, **texts, **flags, **offers}
