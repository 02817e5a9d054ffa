"""What the pages of a sponsor, a condition and a watch have in common: figures, slips, changes, dates, trials."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from monitor.changes.fields import FIELDS
from monitor.errors import ConfigurationInvalid
from monitor.model import Significance
from monitor.model.access import Permission
from monitor.model.ids import in_path
from monitor.render.headlines import gist
from monitor.render.words import code_label
from monitor.storage import terms
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Key
from monitor.storage.trial_index import IndexedTrial
from monitor.storage.trial_plans import PlannedTrial
from monitor.text import one_line, shortened
from monitor.views.trial_sets import (
    AT_ONCE,
    DueDate,
    SeenChange,
    SetFigures,
    TrialSet,
    set_figures,
    set_page,
    trial_set,
)
from monitor.web.charts.slips import Scale, Slips, chart, days_words, slips_of
from monitor.web.site.asked import Asked
from monitor.web.site.formats import level
from monitor.web.site.paths import trial_path
from monitor.web.site.site import Site

MOST_CHARTS = 8
CHARTS_A_ROW = 4
"""The scale is written on the first of them."""
_ROOM = 120
"""Characters of a headline."""
_MOST_NEAR = 8
_AFTER = re.compile(r"([\w.-]{1,80})/([^/\s]{1,80})")


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A row of the table of trials."""

    path: str
    trial_id: str
    title: str
    status: str
    enrollment: int | None
    enrollment_type: str | None
    completion: str
    slip: str
    """Empty where there is none."""
    updated_on: str
    key: str
    """Its registry and id, as a page that begins behind it has them."""


@dataclass(frozen=True, slots=True)
class SlipChart:
    """How one trial slipped."""

    line: TrialLine
    slips: Slips


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of late; *headline* is empty where it cannot be read."""

    path: str
    trial_id: str
    day: date
    level: str
    headline: str
    is_untold: bool
    """Whether it waits, is held, or was not told."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """A date to come."""

    path: str
    trial_id: str
    what: str
    written: str
    days: int
    """From now."""
    title: str


def set_values(site: Site, asked: Asked, wanted: TrialFilter) -> dict[str, Any]:
    """What the templates show of these trials: all of it, or a later page of the table alone."""
    after = _after(asked.place("after"))
    if after is not None:
        with site.store.read() as tx:
            listed = set_page(tx, wanted, after=after)
        return {"found": None, **_page(listed)}
    figures = _figures(site, asked, wanted)
    with site.store.read() as tx:
        found = trial_set(tx, wanted, now=asked.now, names_watches=asked.may(Permission.READ), figures=figures)
    page = _page(found.listed)
    return {"found": found, **page, **_around(found, page["lines"], asked.now)}


def _figures(site: Site, asked: Asked, wanted: TrialFilter) -> SetFigures:
    """What is counted of all of them, kept for a minute."""
    today = asked.now.date()

    def count() -> SetFigures:
        with site.store.read() as tx:
            return set_figures(tx, wanted, today=today)

    return site.counted.get(("figures", wanted, today), site.proof.read(asked.now).news, count)


def no_such_term(site: Site, asked: Asked, kind: str) -> Response:
    """The page for an address that no sponsor or condition has, with those that are called nearly so."""
    slug = asked.params["slug"]
    with site.store.read() as tx:
        near = terms.near(tx, kind, slug, limit=_MOST_NEAR)
    words = shortened(" ".join(slug.split("-")), 80)
    return site.page(asked, "reading/no_term", {"kind": kind, "near": near, "words": words}, status=404)


def _page(listed: Sequence[PlannedTrial]) -> dict[str, Any]:
    lines = [_line(each) for each in listed[:AT_ONCE]]
    return {"lines": lines, "next_after": quote(lines[-1].key) if len(listed) > AT_ONCE else ""}


def _around(found: TrialSet, lines: Sequence[TrialLine], now: datetime) -> dict[str, Any]:
    listed = found.listed[:AT_ONCE]
    slipped = ((line, slips_of(each.plan, now=now)) for line, each in zip(lines, listed, strict=True))
    shown = list(islice((SlipChart(line, slips) for line, slips in slipped if slips), MOST_CHARTS))
    scale = Scale.of(each.slips for each in shown)
    return {
        "charts": shown,
        "scale": scale,
        "labelled_every": CHARTS_A_ROW,
        "draw": lambda slips, label, is_labelled: chart(slips, scale, label, is_labelled=is_labelled),
        "worst": next((each for each in shown if each.slips.days > 0), None),
        "median_slip": None if found.figures.median_slip is None else days_words(found.figures.median_slip),
        "undated": found.figures.trials - found.figures.dated,
        "lately": [_change(each) for each in found.lately],
        "due": [_due(each, now.date()) for each in found.due],
        "sponsor_class": _sponsor_class(listed),
    }


def _line(planned: PlannedTrial) -> TrialLine:
    trial, slip = planned.trial, planned.slip
    return TrialLine(
        path=trial_path(trial.trial_id),
        trial_id=trial.trial_id,
        title=_title(trial),
        status=trial.status_words or (code_label(trial.status) if trial.status else ""),
        enrollment=trial.enrollment,
        enrollment_type=trial.enrollment_type,
        completion=one_line(trial.primary_completion_date or ""),
        slip="" if slip is None else days_words(slip),
        updated_on=trial.updated_on,
        key=f"{trial.registry}/{trial.trial_id}",
    )


def _title(trial: IndexedTrial) -> str:
    return one_line(trial.title or trial.trial_id)


def _change(seen: SeenChange) -> ChangeLine:
    return ChangeLine(
        path=trial_path(seen.trial_id, "changes", seen.snapshot),
        trial_id=seen.trial_id,
        day=date.fromisoformat(seen.day),
        level=level(seen.event.significance if seen.event else Significance.ADMINISTRATIVE),
        headline=gist(seen.event.changes, _ROOM) if seen.event else "",
        is_untold=seen.settled is not None,
    )


def _due(due: DueDate, today: date) -> DueLine:
    return DueLine(
        path=trial_path(due.trial.trial_id),
        trial_id=due.trial.trial_id,
        what=FIELDS[due.field].label.removesuffix(" date"),
        written=one_line(due.written.text),
        days=(due.day - today).days,
        title=_title(due.trial),
    )


def _sponsor_class(listed: Sequence[PlannedTrial]) -> str:
    """The registry's class of who leads these trials, such as Industry; empty where it gives none."""
    leads = (each.plan.now("lead_sponsor") for each in listed)
    classes = (lead.get("class") for lead in leads if isinstance(lead, Mapping))
    found = next((each for each in classes if isinstance(each, str) and each), "")
    return code_label(found) if found else ""


def _after(text: str) -> Key | None:
    """Behind which trial a page begins. ConfigurationInvalid for what names none."""
    if not text:
        return None
    found = _AFTER.fullmatch(text)
    if found is None:
        raise ConfigurationInvalid(
            f"after takes a registry and a trial, and not “{shortened(text, 40)}”: go back to the first page"
        )
    return found[1], found[2]


def slug_path(folder: str, slug: str, ending: str = "") -> str:
    """The page of a sponsor or a condition, or a feed of it: /sponsors/halden-biotherapeutics.ics."""
    return f"/{folder}/{in_path(slug)}{ending}"
