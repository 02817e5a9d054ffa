"""The page of two snapshots of a trial, side by side."""

from starlette.responses import Response

from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt
from monitor.model import Record, Snapshot, State
from monitor.ports import Registry
from monitor.text import safe_cut, shortened
from monitor.views.moments import Moment, key_of, moments_of, place_of, taken_at, which_of
from monitor.views.parameters import check_names
from monitor.views.trials import compared
from monitor.web.reading.comparing import set_side_by_side
from monitor.web.reading.of_trial import of_trial, version_of_trial
from monitor.web.reading.trial import MOST_TITLE
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

VIEWS = ("changes", "all")
WAYS = ("text", "sides")


def chosen(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    """What the form of the trial's page sends: two snapshots by their names."""
    del registry  # the address says it all
    check_names(asked.values(), ("a", "b"))
    names = [asked.query.get(name, "") for name in ("a", "b")]
    if not all(names):
        raise NothingFound("choose two snapshots of the trial: an old one and a new one")
    for name in names:
        which_of(name)
    return site.see_other(trial_path(trial_id, "compare", "..".join(names)))


def compare_page(site: Site, asked: Asked, registry: Registry, trial_id: str) -> Response:
    """Any two snapshots, the earlier on the left. Where one is damaged, that is said in place of what changed."""
    check_names(asked.values(), ("view", "in"))
    view, way = (_one_of(asked, name, among) for name, among in (("view", VIEWS), ("in", WAYS)))
    names = asked.params["pair"].split("..")
    if len(names) != 2:
        raise NothingFound(
            f"“{safe_cut(asked.params['pair'], 40)}” does not name two snapshots: write a pair such as 1..2"
        )
    trouble = ""
    pair: list[Snapshot] = []
    with site.store.read() as tx:
        moments = moments_of(tx, registry, trial_id)
        try:
            pair = [taken_at(tx, registry, trial_id, which_of(name)) for name in names]
            places = [place_of(moments, each) for each in pair]
        except StoreCorrupt as error:
            trouble = str(error)
            places = [_named(moments, name) for name in names]
    if places[0] > places[1]:
        query = f"?{asked.query}" if str(asked.query) else ""
        return site.moved(trial_path(trial_id, "compare", "..".join(reversed(names))) + query, status=303)
    old, new = (moments[place] for place in places)
    values = {
        "registry": registry,
        "trial_id": trial_id,
        "path": trial_path(trial_id),
        "here": trial_path(trial_id, "compare", f"{old.key}..{new.key}"),
        "address": site.address(trial_path(trial_id, "compare", f"{old.key}..{new.key}")),
        "title": trial_id,
        "old": old,
        "new": new,
        "older": (moments[places[0] - 1], old) if places[0] else None,
        "newer": (new, moments[places[1] + 1]) if places[1] + 1 < len(moments) else None,
        "view": view,
        "way": way,
        "trouble": trouble,
        "compared": None,
    }
    if not trouble:
        records = [_record(registry, each) for each in pair]
        found = compared(pair[0], records[0], pair[1], records[1])
        title = records[1].brief_title or trial_id
        values |= {"compared": set_side_by_side(found, whole=True), "title": safe_cut(title, MOST_TITLE)}
    return site.page(asked, "reading/compare", values)


def _named(moments: list[Moment], name: str) -> int:
    """The place of a snapshot that cannot be read, or of the last before that day."""
    which = which_of(name)
    if isinstance(which, int):
        return next((place for place, each in enumerate(moments) if each.number == which), 0)
    return max((place for place, each in enumerate(moments) if each.at.date() <= which), default=0)


def _one_of(asked: Asked, name: str, among: tuple[str, ...]) -> str:
    """What is asked for; the first where nothing is. ConfigurationInvalid for what is none of them."""
    given = asked.query.get(name) or among[0]
    if given not in among:
        raise ConfigurationInvalid(f"{name} is one of {', '.join(among)}, and not “{shortened(given, 40)}”")
    return given


def _record(registry: Registry, snapshot: Snapshot) -> Record:
    if snapshot.document.state is not State.LISTED:
        name = key_of(snapshot.number, snapshot.taken_at)
        raise NothingFound(
            f"snapshot {name} of {snapshot.document.trial_id} holds no record: the trial was {snapshot.document.state} "
            "then; choose another"
        )
    return registry.parse(snapshot.document, snapshot.taken_at)


PAGES = (
    Page("/trials/{trial_id}/compare", of_trial(chosen), Needs.PUBLIC),
    Page(
        "/trials/{trial_id}/compare/{pair}",
        of_trial(compare_page),
        Needs.PUBLIC,
        is_shared=True,
        own_version=version_of_trial,
    ),
)
