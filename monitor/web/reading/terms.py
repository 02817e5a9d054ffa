"""Sponsors and conditions: lists of them, and a page of each.

    /sponsors, /conditions                those with the most trials; ?by=name&after= all of them; ?q= those named so
    /sponsors/{slug}, /conditions/{slug}  how its trials stand, slipped and changed; ?after= more of them

A sponsor who leads none of the watched trials any more, but led some that another leads now, leads there.
"""

from typing import Any

from starlette.responses import RedirectResponse, Response

from monitor.errors import ConfigurationInvalid
from monitor.storage import terms, trial_plans
from monitor.storage.found import TrialFilter
from monitor.storage.terms import Term
from monitor.storage.trial_index import CONDITION, SPONSOR
from monitor.text import fold_name, shortened
from monitor.views.parameters import check_names, words_asked
from monitor.views.trial_sets import of_condition, of_sponsor
from monitor.web.charts.slips import days_words
from monitor.web.reading.trial_sets import no_such_term, set_values, slug_path
from monitor.web.site.asked import Asked
from monitor.web.site.route import Handler, Needs, Page
from monitor.web.site.site import Site
from monitor.web.subscribing.carrying import can_be_asked_for

AT_ONCE = 100
_LONGEST = 200
FOLDERS = {SPONSOR: "sponsors", CONDITION: "conditions"}


def term_filter(term: Term, kind: str) -> TrialFilter:
    """The trials of a sponsor or a condition."""
    return of_sponsor(term) if kind == SPONSOR else of_condition(term)


def found_term(site: Site, asked: Asked, kind: str, ending: str = "") -> Term | Response:
    """The sponsor or condition that the address has; or the answer where none has it, or another has its trials now.

    *ending* is what stands behind the slug.
    """
    slug = asked.params["slug"]
    with site.store.read() as tx:
        term = terms.by_slug(tx, kind, slug)
        is_gone = kind == SPONSOR and (term is None or not term.trials)
        renamed = trial_plans.successor(tx, slug) if is_gone else None
    if renamed:
        # No 301: the former name may lead trials again.
        return RedirectResponse(site.prefix + slug_path(FOLDERS[kind], renamed, ending), status_code=302)
    return term or no_such_term(site, asked, kind)


def _page_of(kind: str) -> Handler:
    def page(site: Site, asked: Asked) -> Response:
        check_names(asked.values(), ())
        term = found_term(site, asked, kind)
        if isinstance(term, Response):
            return term
        wanted = term_filter(term, kind)
        values = {
            "term": term,
            "can_ask": can_be_asked_for(site, asked, kind, term),
            "kind": kind,
            "path": slug_path(FOLDERS[kind], term.slug),
            "calendar": slug_path(FOLDERS[kind], term.slug, ".ics"),
            "address": site.address(slug_path(FOLDERS[kind], term.slug)),
            **set_values(site, asked, wanted),
        }
        return site.page(asked, "reading/term", values)

    return page


def _list_of(kind: str) -> Handler:
    def page(site: Site, asked: Asked) -> Response:
        return site.page(
            asked, "reading/terms", {"kind": kind, "path": f"/{FOLDERS[kind]}", **_listed(site, asked, kind)}
        )

    return page


def _listed(site: Site, asked: Asked, kind: str) -> dict[str, Any]:
    check_names(asked.values(), ("q", "by"))
    text, by = (asked.query.get(name, "").strip() for name in ("q", "by"))
    after = asked.place("after")
    if by not in ("", "name", "trials"):
        raise ConfigurationInvalid(f"by is trials or name, and not “{shortened(by, 40)}”")
    if len(text) > _LONGEST or len(after) > _LONGEST:
        raise ConfigurationInvalid(f"what is searched for is longer than {_LONGEST} characters: name a part of it")
    words = fold_name(text).split()[:4] if words_asked(text) else []
    is_by_name = by == "name" or bool(words)

    def count() -> tuple[list[Term], dict[str, int]]:
        with site.store.read() as tx:
            if is_by_name:
                found = terms.listing(tx, kind, after=after or None, words=words, limit=AT_ONCE + 1)
            else:
                found = terms.most_frequent(tx, kind, limit=AT_ONCE)
            return found, trial_plans.worst_by_term(tx, kind, [each.key for each in found[:AT_ONCE]])

    key = ("terms", kind, is_by_name, after, *words)
    found, worst = site.counted.get(key, site.proof.read(asked.now).news, count)
    shown = found[:AT_ONCE]
    return {
        "shown": [(each, days_words(worst[each.key]) if each.key in worst else "") for each in shown],
        "text": text,
        "is_by_name": is_by_name,
        "is_first": not after,
        "next_after": shown[-1].key if is_by_name and len(found) > AT_ONCE else "",
    }


PAGES = (
    *(Page(f"/{folder}", _list_of(kind), Needs.PUBLIC, is_shared=True) for kind, folder in FOLDERS.items()),
    *(Page(f"/{folder}/{{slug}}", _page_of(kind), Needs.PUBLIC, is_shared=True) for kind, folder in FOLDERS.items()),
)
