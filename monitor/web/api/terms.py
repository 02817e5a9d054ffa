"""Sponsors and conditions of the watched trials."""

from typing import Annotated

from fastapi import Path, Query
from starlette.responses import Response

from monitor.errors import NothingFound
from monitor.model.access import Permission
from monitor.storage import terms
from monitor.storage.trial_index import CONDITION, SPONSOR
from monitor.views.json.trial_sets import figures_json
from monitor.views.json.trials import term_json
from monitor.views.parameters import words_asked
from monitor.views.trial_sets import of_condition, of_sponsor, trial_set
from monitor.web.api import examples
from monitor.web.api.call import Call, Caller
from monitor.web.api.paging import page_of, place_of
from monitor.web.api.problems import BAD_CURSOR
from monitor.web.api.routing import Operations
from monitor.web.api.sent_rules import pointed
from monitor.web.api.shapes import Slug
from monitor.web.api.shapes import trials as shapes
from monitor.web.api.wanted import TermsAsked

operations = Operations("Sponsors and conditions")


ConditionSlug = Annotated[
    str, Path(min_length=1, max_length=200, description="As the list has it.", examples=["knee-osteoarthritis"])
]


@operations.reads("/sponsors", shape=shapes.TermPage, example=examples.page(examples.SPONSOR), kinds=[BAD_CURSOR])
def list_sponsors(call: Caller, asked: Annotated[TermsAsked, Query()]) -> Response:
    """List who leads watched trials, by name."""
    return _listed(call, SPONSOR, asked)


@operations.reads("/sponsors/{slug}", shape=shapes.WholeTerm, example={**examples.SPONSOR, **examples.FIGURES})
def get_sponsor(call: Caller, slug: Slug) -> Response:
    """Give a sponsor, with its trials in figures.

    Its trials are those of GET /trials with its name as `sponsor`.
    """
    return _one(call, SPONSOR, slug)


@operations.reads("/conditions", shape=shapes.TermPage, example=examples.page(examples.CONDITION), kinds=[BAD_CURSOR])
def list_conditions(call: Caller, asked: Annotated[TermsAsked, Query()]) -> Response:
    """List what watched trials are on, by name."""
    return _listed(call, CONDITION, asked)


@operations.reads("/conditions/{slug}", shape=shapes.WholeTerm, example={**examples.CONDITION, **examples.FIGURES})
def get_condition(call: Caller, slug: ConditionSlug) -> Response:
    """Give a condition, with its trials in figures.

    Its trials are those of GET /trials with its name as `condition`.
    """
    return _one(call, CONDITION, slug)


def _listed(call: Call, kind: str, asked: TermsAsked) -> Response:
    place = place_of(call, asked)
    after = str(place.after[0]) if place.after else None
    with pointed("q", "parameter"):
        words = words_asked(asked.q)
    with call.site.store.read() as tx:
        found = terms.listing(tx, kind, after=after, words=words, limit=asked.limit + 1)
    shown, has_more = page_of(found, asked.limit)
    return place.answer([term_json(each) for each in shown], [shown[-1].key] if has_more else None)


def _one(call: Call, kind: str, slug: str) -> Response:
    with call.site.store.read() as tx:
        found = terms.by_slug(tx, kind, slug)
        if found is None:
            raise NothingFound(f"no watched trial has a {kind} “{slug[:80]}”: GET /{kind}s lists those that exist")
        wanted = of_sponsor(found) if kind == SPONSOR else of_condition(found)
        trials = trial_set(tx, wanted, now=call.now, names_watches=call.may(Permission.READ))
    return call.json({**term_json(found), **figures_json(trials)})
