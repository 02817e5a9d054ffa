"""The watched trials as a list and as a table, and the search over trials, sponsors and conditions.

/trials, /trials.csv   with filters; ?after= more of them
/search?q=             a trial's id in any spelling leads to it; other words find what has them
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from monitor.errors import ConfigurationInvalid, TrialIdInvalid
from monitor.language.catalogues import translations
from monitor.model.access import Permission
from monitor.render.words import code_label
from monitor.storage import terms, trials
from monitor.storage.trial_index import CONDITION, SPONSOR, IndexedTrial
from monitor.storage.words import asked_for
from monitor.text import first_few, fold_name, fold_organisation, one_line, slug
from monitor.views.finding_trials import Translate, TrialCounts, TrialsAsked, trial_counts, trials_asked, trials_page
from monitor.views.parameters import check_names, text_asked
from monitor.views.sheets import Cell, Column, Link, csv_lines
from monitor.web.reading.changes import Choice
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

AT_ONCE = 50
MOST_ROWS = 5000
"""Trials of a table."""
_FOUND_AT_ONCE = 15
_TERMS_AT_ONCE = 8
_CONDITIONS_SHOWN = 3

COLUMNS = (
    Column("Trial", 14),
    Column("Title", 50),
    Column("Status", 22),
    Column("Phase", 16),
    Column("Lead sponsor", 30),
    Column("Conditions", 40),
    Column("Countries", 30),
    Column("Enrollment", 11),
    Column("Start", 12),
    Column("Primary completion", 18),
    Column("Completion", 12),
    Column("First primary completion", 18),
    Column("Last update", 12),
    Column("Page", 48),
)


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A trial in the list."""

    path: str
    trial_id: str
    title: str
    status: str
    phases: str
    sponsor: str
    sponsor_path: str
    conditions: str
    completion: str
    completion_type: str
    enrollment: int | None
    updated_on: str
    is_gone: bool
    """Whether the registry lists it no more."""


def trial_list(site: Site, asked: Asked) -> Response:
    """The list."""
    with site.store.read() as tx:
        wanted = trials_asked(tx, asked.values(), site.registries, knows_watches=asked.may(Permission.READ))
        page = trials_page(tx, wanted, after=asked.place("after"), limit=AT_ONCE)
    counts = _counted(site, asked, wanted)
    values = {
        "wanted": wanted,
        "rows": [trial_row(each) for each in page.trials],
        "counts": counts,
        "statuses": _statuses(wanted, counts),
        "phases": _phases(wanted, counts),
        "filters_said": _said(wanted, translations(asked.language).gettext),
        "hidden": [pair for pair in wanted.trial_pairs if pair[0] != "q"],
        "is_first_page": "after" not in asked.query,
        "more": _with(wanted.query, after=page.next) if page.next else "",
        "address": site.address("/trials" + wanted.query),
    }
    return site.page(asked, "reading/trials", values)


def _counted(site: Site, asked: Asked, wanted: TrialsAsked) -> TrialCounts:
    def count() -> TrialCounts:
        with site.store.read() as tx:
            return trial_counts(tx, wanted)

    return site.counted.get(("trials", wanted.query), site.proof.read(asked.now).news, count)


def trial_table(site: Site, asked: Asked) -> Response:
    """The same as CSV; of more than MOST_ROWS trials the first, and a Link header to the others."""
    known = {registry.key: registry for registry in site.registries}
    with site.store.read() as tx:
        wanted = trials_asked(tx, asked.values(), site.registries, knows_watches=asked.may(Permission.READ))
        page = trials_page(tx, wanted, after=asked.place("after"), limit=MOST_ROWS)
    rows = (
        _cells(each, known[each.registry].page(each.trial_id) if each.registry in known else "") for each in page.trials
    )
    made = Response("".join(csv_lines(COLUMNS, rows)), media_type="text/csv")
    made.headers["Content-Disposition"] = 'attachment; filename="trials.csv"'
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["X-Robots-Tag"] = "noindex"
    if page.next:
        made.headers["Link"] = f'<{site.address("/trials.csv" + _with(wanted.query, after=page.next))}>; rel="next"'
    return made


def search(site: Site, asked: Asked) -> Response:
    """What was typed into the field at the top of a page."""
    check_names(asked.values(), ("q",))
    typed = asked.query.get("q", "").strip()
    unknown = ""
    try:
        registry, trial_id = site.identify(typed)
    except TrialIdInvalid:
        pass
    else:
        with site.store.read() as tx:
            if trial_id in trials.known(tx, registry.key, [trial_id]):
                return site.see_other(trial_path(trial_id))
        unknown = trial_id
    return site.page(asked, "reading/search", {"typed": typed, "unknown": unknown, **_found(site, typed)})


def trial_row(trial: IndexedTrial) -> TrialRow:
    """The row of a trial."""
    return TrialRow(
        path=trial_path(trial.trial_id),
        trial_id=trial.trial_id,
        title=one_line(trial.title or trial.trial_id),
        status=_status(trial),
        phases="/".join(one_line(words) for code, words in trial.phases if code != "NA"),
        sponsor=one_line(trial.sponsor or ""),
        sponsor_path=f"/sponsors/{slug(fold_organisation(trial.sponsor))}" if trial.sponsor else "",
        conditions=first_few([one_line(each) for each in trial.conditions], _CONDITIONS_SHOWN),
        completion=one_line(trial.primary_completion_date or ""),
        completion_type=code_label(trial.primary_completion_type).lower() if trial.primary_completion_type else "",
        enrollment=trial.enrollment,
        updated_on=trial.updated_on,
        is_gone=trial.state not in (None, "listed"),
    )


def _status(trial: IndexedTrial) -> str:
    return one_line(trial.status_words or (code_label(trial.status) if trial.status else ""))


def _found(site: Site, typed: str) -> dict[str, object]:
    """Trials, sponsors and conditions with these words."""
    nothing: dict[str, object] = {"trials": [], "more": False, "sponsors": [], "conditions": [], "trouble": ""}
    try:
        text = text_asked(typed)
    except ConfigurationInvalid as error:
        words = str(error)
        return nothing | {"trouble": words[:1].upper() + words[1:]}
    if not text:
        return nothing
    named = [word for word in fold_name(text).split() if asked_for(word)][:6]
    with site.store.read() as tx:
        page = trials_page(tx, TrialsAsked(text=text), limit=_FOUND_AT_ONCE)
        return {
            "trials": [trial_row(each) for each in page.trials],
            "more": bool(page.next),
            "sponsors": terms.most_frequent(tx, SPONSOR, words=named, limit=_TERMS_AT_ONCE),
            "conditions": terms.most_frequent(tx, CONDITION, words=named, limit=_TERMS_AT_ONCE),
            "trouble": "",
        }


def _statuses(wanted: TrialsAsked, counts: TrialCounts) -> list[Choice]:
    found = []
    for code, words, count in counts.by_status:
        is_chosen = code in wanted.statuses
        turned = tuple(each for each in wanted.statuses if each != code) if is_chosen else (*wanted.statuses, code)
        found.append(Choice(one_line(words), wanted.but(statuses=turned).query, count, is_chosen))
    return found


def _phases(wanted: TrialsAsked, counts: TrialCounts) -> list[Choice]:
    chosen = wanted.phase.key if wanted.phase else None
    return [
        Choice(
            one_line(each.name),
            wanted.but(phase=None if each.key == chosen else each).query,
            each.trials,
            each.key == chosen,
        )
        for each in counts.by_phase
    ]


def _said(wanted: TrialsAsked, _: Translate) -> list[tuple[str, str]]:
    """The filters that no list beside the trials shows as chosen, each with the address without it."""
    return [(words, wanted.but(**without).query) for words, without in wanted.filters_said(_)]


def _with(query: str, **more: str) -> str:
    return f"{query}{'&' if query else '?'}{urlencode(more)}"


def _cells(trial: IndexedTrial, url: str) -> Sequence[Cell]:
    return (
        Link(trial.trial_id, url),
        trial.title,
        _status(trial),
        "/".join(words for _, words in trial.phases),
        trial.sponsor,
        "; ".join(trial.conditions),
        "; ".join(trial.countries),
        trial.enrollment,
        trial.start_date,
        trial.primary_completion_date,
        trial.completion_date,
        trial.first_primary_completion_date,
        trial.updated_on or None,
        url,
    )


PAGES = (
    Page("/trials", trial_list, Needs.PUBLIC, is_shared=True),
    Page("/trials.csv", trial_table, Needs.PUBLIC, is_fetched=True, is_shared=True),
    Page("/search", search, Needs.PUBLIC, is_shared=True),
)
