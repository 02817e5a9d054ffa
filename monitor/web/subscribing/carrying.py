"""What the filters of a page become in a subscription, so that “Get these as alerts” asks for what the page shows.

A subscription is about trials by name, about one sponsor, condition, watch or group, or about everything. What a page
finds by other filters, or by several, is asked for by the numbers of the trials, where they are few. So is a sponsor or
a condition that a stranger may not have watched.

    the address has filters of a page  ->  they are read as the page reads them  ->  the same as the builder's fields
"""

from collections.abc import Mapping, Sequence, Set

from monitor.language.worded import worded, worded_count
from monitor.model import Role, Search
from monitor.model.access import Permission
from monitor.storage import trial_lists
from monitor.storage.found import TrialFilter
from monitor.storage.terms import Term
from monitor.storage.trial_index import CONDITION, SPONSOR
from monitor.text import shortened
from monitor.views.filter_words import STOPS
from monitor.views.finding_trials import FILTERS, TrialsAsked, trials_asked
from monitor.views.rules import watch_that_looks_for
from monitor.web.site.asked import Asked
from monitor.web.site.forms import Form
from monitor.web.site.site import Site
from monitor.web.subscribing.ideas import MOST_TRIALS, may_save, search_for, search_of

_HELD = frozenset({"trial", "sponsor", "condition", "watch", "group"})
"""The filters of which a subscription holds one."""
_LOST = frozenset({"kind"})


def carried(site: Site, asked: Asked, form: Form) -> tuple[Form, Sequence[str]]:
    """The fields of the builder for an address with the filters of a page, and what is to be said of them.

    The same fields where it has none, or the visitor may not see which trials they find. ConfigurationInvalid or
    NothingFound where the page would say so.
    """
    given = {name for name in FILTERS | _LOST if any(text.strip() for text in form.get(name, ()))}
    may_see = site.is_public or asked.may(Permission.READ)
    if "about" in form or not given or not may_see or _holds(site, asked, form, given):
        return form, ()
    trial_query = {name: texts for name, texts in form.items() if name in FILTERS}
    with site.store.read() as tx:
        wanted = trials_asked(tx, trial_query, site.registries, knows_watches=asked.may(Permission.READ))
    others = {name: texts for name, texts in form.items() if name not in FILTERS | _LOST}
    kinds, lost = _stops(form)
    if not wanted.trial_pairs:
        return {**others, **kinds, "about": ["all"]}, lost
    numbers = _numbers(site, wanted.wanted_trials)
    if not numbers:
        return {**others, **kinds, "about": ["trial"]}, [*_left_out(wanted), *lost]
    said = worded_count(
        "It is about the trial that these filters find now, by its number: {said}. One that comes later is not told.",
        "It is about the {count} trials that these filters find now, by their numbers: {said}. "
        "Those that come later are not told.",
        len(numbers),
        said=shortened(_said(wanted), 200),
    )
    return {**others, **kinds, "about": ["trial"], "trial": numbers}, [said, *lost]


def can_be_asked_for(site: Site, asked: Asked, kind: str, term: Term) -> bool:
    """Whether the builder takes a sponsor or a condition, from this visitor."""
    if may_save(asked):
        return True
    if not site.has_self_service:
        return False
    return 0 < term.trials <= MOST_TRIALS or _is_watched(site, search_of(kind, term.name, Role.LEAD))


def _holds(site: Site, asked: Asked, form: Form, given: Set[str]) -> bool:
    """Whether the builder takes these filters as they are."""
    if len(given) != 1 or not given <= _HELD:
        return False
    (name,) = given
    if may_save(asked) or name not in (SPONSOR, CONDITION):
        return True
    with site.store.read() as tx:
        search = search_for(tx, name, " ".join(form[name]).strip(), Role.LEAD)
    return _is_watched(site, search)


def _is_watched(site: Site, search: Search) -> bool:
    with site.store.read() as tx:
        return any(watch_that_looks_for(tx, each.key, search) for each in site.registries)


def _numbers(site: Site, wanted: TrialFilter) -> list[str]:
    """The ids of these trials; none where they are more than a subscription may name."""
    with site.store.read() as tx:
        found = trial_lists.page(tx, wanted, after=None, limit=MOST_TRIALS + 1)
    return [each.trial_id for each in found] if len(found) <= MOST_TRIALS else []


def _stops(form: Form) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """Kinds of change, of which the builder has one, and what it has none for."""
    kinds = [each for text in form.get("kind", ()) for each in text.split(",") if each]
    if not kinds:
        return {}, ()
    if {*kinds} == STOPS:
        return {"stops": ["yes"]}, ()
    return {}, [worded("Kinds of change are left out: {kinds}.", kinds=shortened(", ".join(kinds), 200))]


def _left_out(wanted: TrialsAsked) -> list[str]:
    """Why the filters are not carried over: they find nothing, or too much to be named."""
    return [
        worded(
            "A subscription cannot be about {said}: choose a sponsor, a condition, or at most {count} trials.",
            said=shortened(_said(wanted), 200),
            count=MOST_TRIALS,
        )
    ]


def _said(wanted: TrialsAsked) -> str:
    return ", ".join(words for words, _ in (*wanted.filters_said(), *wanted.facets_said()))
