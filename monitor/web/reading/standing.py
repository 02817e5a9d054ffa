"""How a trial stands, and what of it is worth knowing at a glance: the head of its page and its key facts. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monitor.changes.sentences import STOPPED
from monitor.model import Coded, Enrollment, Json, Record, State
from monitor.render.words import code_label
from monitor.text import counted, first_few, fold_name, fold_organisation, natural_list, one_line, safe_cut, slug
from monitor.views.plan import Drift, Planned, drift_of
from monitor.views.trial_page import WholeTrial
from monitor.web.charts.plan_words import count_words, date_words
from monitor.web.charts.slips import days_words
from monitor.web.reading.trial_sets import slug_path

Say = Callable[[str], str]

MOST_REASON = 400
MOST_COUNTRIES = 4
"""Countries that are named of those in which a trial stands alike."""
MOST_CONDITIONS = 4
_NO_BREAK = "\u00a0"
_GOES_ON = frozenset(
    {"RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "AVAILABLE", "APPROVED_FOR_MARKETING"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a trial stands, in a word or two."""

    words: str
    kind: str
    """How that is marked: critical, or ok, note and off as states are."""
    reason: str = ""
    """Why it was stopped, in the sponsor's words."""
    posted_on: str = ""
    """The day on which the registry posted the record, as it writes it."""


def standing_of(trial: WholeTrial, say: Say) -> Standing:
    """What its latest record says; that it is gone, where it is."""
    record = trial.record
    reason = safe_cut(record.why_stopped, MOST_REASON) if record and record.why_stopped else ""
    posted_on = one_line(record.last_update_post_date) if record and record.last_update_post_date else ""
    if trial.state is State.REMOVED:
        return Standing(words=say("No longer in the registry"), kind="critical", reason=reason)
    if trial.state is State.MERGED:
        return Standing(words=say("Merged into another record"), kind="critical", reason=reason)
    status = record.overall_status if record else None
    if status is None:
        return Standing(words=say("No status given"), kind="off", reason=reason, posted_on=posted_on)
    return Standing(words=status_words(status), kind=_kind_of(status), reason=reason, posted_on=posted_on)


def status_words(status: Coded) -> str:
    """The registry's words for a status."""
    return one_line(status.words or code_label(status.code))


def _kind_of(status: Coded) -> str:
    if status.code in STOPPED:
        return "critical"
    if status.code == "COMPLETED":
        return "ok"
    return "note" if status.code in _GOES_ON else "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One key fact: a *text* under its *label*, and what it *was*."""

    label: str
    text: str
    was: str = ""
    links: Sequence[tuple[str, str]] = ()
    """Parts of it that have pages of ours: each part, and where its page is. They stand in the place of the text."""
    is_strong: bool = False


def facts_of(trial: WholeTrial, say: Say) -> list[Fact]:
    """Those that the latest record has."""
    record = trial.record
    if record is None:
        return []
    return [
        *_about(record, trial.plans, say, has_pages=trial.watching.is_watched),
        *_key_dates(trial.plans, say),
        *_details(record, say),
    ]


def _about(record: Record, plans: Sequence[Planned], say: Say, *, has_pages: bool) -> Iterator[Fact]:
    """*has_pages*: whether its sponsor and conditions have pages, as those of watched trials do."""
    if record.lead_sponsor:
        name = one_line(record.lead_sponsor.name)
        link = (name, slug_path("sponsors", slug(fold_organisation(record.lead_sponsor.name))))
        yield Fact(label=say("Lead sponsor"), text=name, links=[link] if has_pages else ())
    if record.phases:
        yield Fact(label=say("Phase"), text="/".join(status_words(each) for each in record.phases))
    if record.enrollment:
        yield _enrollment(record.enrollment, plans, say)
    if record.conditions:
        label = say("Condition") if len(record.conditions) == 1 else say("Conditions")
        shown = natural_list([safe_cut(each, 80) for each in record.conditions], MOST_CONDITIONS)
        links = [
            (safe_cut(each, 80), slug_path("conditions", slug(fold_name(each))))
            for each in record.conditions[:MOST_CONDITIONS]
        ]
        yield Fact(label=label, text=shown, links=links if has_pages else ())


def _key_dates(plans: Sequence[Planned], say: Say) -> Iterator[Fact]:
    for field, label in (
        ("start_date", say("Start")),
        ("recruitment_end_date", say("Recruitment end")),
        ("primary_completion_date", say("Primary completion")),
        ("completion_date", say("Completion")),
    ):
        if drift := drift_of(plans, field):
            yield Fact(label=label, text=date_words(drift.now, say), was=_was(drift, say))


def _details(record: Record, say: Say) -> Iterator[Fact]:
    if countries := _by_country(record):
        yield Fact(label=say("Status by country"), text=countries)
    if design := _design(record):
        yield Fact(label=say("Design"), text=design)
    if record.sites:
        yield Fact(label=say("Sites"), text=_sites(record))
    yield Fact(label=say("Results"), text=say("Posted") if record.has_results else say("None posted"))
    for label, day in (
        (say("Last verified"), record.status_verified_date),
        (say("Last update posted"), record.last_update_post_date),
        (say("First posted"), _first_posted(record)),
    ):
        if isinstance(day, str) and day:
            yield Fact(label=label, text=safe_cut(day, 40))
    if record.aliases:
        yield Fact(label=say("Also registered as"), text=first_few([one_line(each) for each in record.aliases], 3))


def _enrollment(now: Enrollment, plans: Sequence[Planned], say: Say) -> Fact:
    """With what it was before, and at first."""
    counts = [each.enrollment.known for each in plans if each.enrollment and each.enrollment.known is not None]
    last = counts[-1] if counts else None
    before = next((count for count in reversed(counts) if count != last), None)
    was = []
    if before is not None:
        was = [f"{before:,} {say('before')}"] if before != counts[0] else []
        was += [f"{counts[0]:,} {say('at first')}"] if counts[0] != last else []
    text = count_words(plans[-1], say) if plans else ""
    return Fact(
        label=say("Enrollment"), text=text or say("no number given"), was=", ".join(was), is_strong=now.type == "ACTUAL"
    )


def _was(drift: Drift, say: Say) -> str:
    if not drift.has_moved:
        return ""
    moved = f", {days_words(drift.days).replace(' ', _NO_BREAK)}" if drift.days is not None else ""
    return f"{safe_cut(drift.first.text, 20)} {say('at first')}{moved}"


def _design(record: Record) -> str:
    parts = (record.allocation, record.intervention_model, record.masking)
    return ", ".join(status_words(each) for each in parts if each and each.code != "NA")


def _sites(record: Record) -> str:
    """The one there is, by its place; of several how many there are, and in how many countries."""
    countries = list(dict.fromkeys(one_line(site.country) for site in record.sites if site.country))
    named = sum(1 for site in record.sites if site.facility or site.city)
    if named == 1:
        [site] = [each for each in record.sites if each.facility or each.city]
        return ", ".join(["1", *(one_line(part) for part in (site.city, site.country) if part)])
    where = first_few(countries, 3) if len(countries) <= 3 else counted(len(countries), "country", "countries")
    return f"{named:,} in {where}" if named and where else where or f"{named:,}"


def _by_country(record: Record) -> str:
    """How the trial stands in each country, where its registry says that: those that stand alike together."""
    names: dict[str, list[str]] = {}
    for each in record.country_statuses:
        if words := one_line(each.words):
            names.setdefault(words, []).append(one_line(each.country))
    return "; ".join(f"{words}: {first_few(names[words], MOST_COUNTRIES)}" for words in names)


def _first_posted(record: Record) -> Json:
    day = record.details.get("study_first_post_date")
    return day.get("date") if isinstance(day, dict) else day
