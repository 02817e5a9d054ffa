"""Watch trials, or what a search finds; and stop watching, once it is known what ends with it.

The lists of watches are `monitor.web.reading.watches`.
"""

from collections.abc import Iterable, Sequence

from starlette.responses import Response

from monitor.errors import ConfigurationInvalid, RegistryError, SponsorUnknown
from monitor.model import Role, Search
from monitor.operate.transfer.lists.typed import typed
from monitor.ports import FetchedRegistry, Searching
from monitor.text import one_line, sentence, without_commands
from monitor.views.unwatching import NAMED, trial_ending, watch_ending
from monitor.watching.looking import look_soon
from monitor.watching.watches import (
    LONGEST_NAME,
    add_search,
    add_trials,
    check_name,
    remove_trial,
    remove_watch,
)
from monitor.web.site.asked import Asked
from monitor.web.site.forms import Form, one
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

KINDS = ("trials", "sponsor", "condition", "expression")
MOST_LINES = 5000
SHOWN = 10
"""Lines that name no trial, and sponsors with a name like the one that was given."""
LONGEST_SEARCH = 1000
FIELDS = ("about", "trials", "sponsor", "condition", "expression", "registry", "name", "role", "siblings", "lenient")


def new_page(site: Site, asked: Asked) -> Response:
    """What can be watched."""
    given: Form = {name: [asked.query[name]] for name in FIELDS if name in asked.query}
    return _form(site, asked, given)


def add_watch(site: Site, asked: Asked) -> Response:
    """Watch what the form says; a look that is due at once takes the baseline."""
    form = asked.form
    try:
        name = one_line(one(form, "name")) or None
        check_name(name)
        if one(form, "about") in ("", "trials"):
            return _add_trials(site, asked, name)
        resolved = site.searches.resolve(_search(form), one(form, "registry") or None, now=asked.now)
        added = add_search(resolved, store=site.store, name=name, now=asked.now)
    except SponsorUnknown as error:
        return _form(site, asked, form, error=without_commands(str(error)), candidates=error.candidates[:SHOWN])
    except (ConfigurationInvalid, RegistryError) as error:
        return _form(site, asked, form, error=without_commands(str(error)))
    _look_soon(site, [resolved.registry], asked)
    return site.see_other(f"/watches/{added.watch.id}?done=watched")


def remove_page(site: Site, asked: Asked) -> Response:
    """What ends with a watch, and the button that ends it."""
    ending = watch_ending(asked.params["watch_id"], site.store)
    values = {"ending": ending, "watch": ending.watch, "named": NAMED, "is_fixed": ending.watch.origin == "config"}
    return site.page(asked, "operating/unwatch", values)


def remove(site: Site, asked: Asked) -> Response:
    """End a watch, and the subscriptions to it."""
    remove_watch(asked.params["watch_id"], store=site.store)
    return site.see_other("/watches?done=removed")


def remove_trial_page(site: Site, asked: Asked) -> Response:
    """What ends where a trial is no longer watched by itself, and the button that does it."""
    registry, trial_id = site.identify(asked.query.get("trial", ""))
    ending = trial_ending(registry.key, trial_id, site.store)
    return site.page(asked, "operating/unwatch_trial", {"ending": ending, "named": NAMED, "names": site.registry_names})


def remove_one_trial(site: Site, asked: Asked) -> Response:
    """Take a trial out of all watches that were made by hand."""
    registry, trial_id = site.identify(one(asked.form, "trial"))
    remove_trial(registry.key, trial_id, store=site.store)
    return site.see_other(trial_path(trial_id))


def _add_trials(site: Site, asked: Asked, name: str | None) -> Response:
    form = asked.form
    lines = [line for line in one(form, "trials").splitlines() if line.strip()]
    if not lines:
        raise ConfigurationInvalid(f"give the number of a trial, such as {site.registries[0].example_id}")
    if len(lines) > MOST_LINES:
        raise ConfigurationInvalid(f"at most {MOST_LINES:,} lines at once: `monitor watch add --file` takes any number")
    found = typed(lines, site.registries, site.identify)
    if found.left and not (found.trials and one(form, "lenient") == "yes"):
        return _form(site, asked, form, error="some lines name no trial", left=found.left)
    siblings = one(form, "siblings") == "yes"
    added = list(add_trials(found.trials, store=site.store, name=name, siblings=siblings, now=asked.now))
    _look_soon(site, found.trials, asked)
    path = f"/watches/{added[0].watch.id}" if len(added) == 1 else "/watches"
    return site.see_other(f"{path}?done=watched")


def _look_soon(site: Site, registries: Iterable[str], asked: Asked) -> None:
    """Have the service take the baselines now, and not with the look that comes anyway."""
    with site.store.begin() as tx:
        look_soon(tx, registries, now=asked.now)
    site.due()


def _search(form: Form) -> Search:
    about = one(form, "about")
    if about not in KINDS:
        raise ConfigurationInvalid("say what to watch: trials, a sponsor, a condition or a search")
    wanted = one_line(one(form, about))
    if not wanted or len(wanted) > LONGEST_SEARCH:
        raise ConfigurationInvalid(f"give {'a name' if about == 'sponsor' else 'something to search for'}, on one line")
    role = Role.ANY if about == "sponsor" and one(form, "role") == Role.ANY else Role.LEAD
    return Search(**{about: wanted}, role=role)


def _form(
    site: Site,
    asked: Asked,
    given: Form,
    *,
    error: str = "",
    left: Sequence[str] = (),
    candidates: Sequence[tuple[str, int]] = (),
) -> Response:
    """The form with what was filled in, and what is wrong with it."""
    shown = {name: one(given, name)[:LONGEST_SEARCH] for name in FIELDS} | {"trials": one(given, "trials")}
    values = {
        "given": shown,
        "about": shown["about"] if shown["about"] in KINDS else "trials",
        "error": sentence(error),
        "left": left[:SHOWN],
        "more_left": max(len(left) - SHOWN, 0),
        "candidates": candidates,
        "example": site.registries[0].example_id,
        "searchable": [(each.key, each.name) for each in site.registries if isinstance(each, Searching)],
        "fed": sum(not isinstance(each, FetchedRegistry) for each in site.registries),
        "longest_name": LONGEST_NAME,
    }
    return site.page(asked, "operating/watch_new", values, status=400 if error else 200)


PAGES = (
    Page("/watches/new", new_page, Needs.OPERATE),
    Page("/watches/new", add_watch, Needs.OPERATE, methods=("POST",)),
    Page("/watches/remove", remove_trial_page, Needs.OPERATE),
    Page("/watches/remove", remove_one_trial, Needs.OPERATE, methods=("POST",)),
    Page("/watches/{watch_id}/remove", remove_page, Needs.OPERATE),
    Page("/watches/{watch_id}/remove", remove, Needs.OPERATE, methods=("POST",)),
)
