"""Every kind of change is told in French, from its values alone; in English it is told as it was stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from gettext import NullTranslations

import pytest

from monitor.changes.diff import diff
from monitor.changes.kinds import KINDS
from monitor.changes.significance import weigh_all
from monitor.language.texts import IN_ENGLISH, Texts, texts_of
from monitor.model import Change, ChangeOrigin, Significance, Timing
from monitor.render.headlines import gist, heading_line
from monitor.render.sentences import not_shown_yet, sentence
from monitor.render.values import label, lines
from tests.changes.diff.edits import PLANTED
from tests.changes.diff.records import ON, record
from tests.french import NARROW, left_in_english

FRENCH = texts_of("fr")
RECORDS_OWN = {
    *("Active not recruiting", "Unknown", "Phase2", "Phase3", "None", "Bees", "AZ Sint-Jan"),
    *("Ongoing, recruiting", "Ended", "briefSummary", "keywords", "files", "list", "size", "Prot 000.pdf"),
}
"""What the registry of the tests says in words of its own, or what no registry says."""
SLIPPED = "8 mois plus tard, 486 jours plus tard que dans la première version conservée."


@dataclass
class Noting(NullTranslations):
    """A catalogue that notes what it has no French for."""

    missing: set[str] = field(default_factory=set)

    def gettext(self, message: str) -> str:
        self._look_up(message, message, 1)
        return texts_of("fr").gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        self._look_up(singular, plural, n)
        return texts_of("fr").ngettext(singular, plural, n)

    def _look_up(self, singular: str, plural: str, n: int) -> None:
        if (singular if singular == plural else (singular, 0)) not in _known():
            self.missing.add(singular)


def _known() -> dict[object, str]:
    catalogue: dict[object, str] = texts_of("fr")._catalogue._catalog
    return catalogue


def made(kind: str, before: object, after: object, *, of: str, summary: str = "It changed.", **more: object) -> Change:
    values = {"path": of, "topic": KINDS[kind].topic, "significance": Significance.MAJOR, **more}
    return Change(field=of, kind=kind, before=before, after=after, summary=summary, **values)


def planted() -> Iterator[Change]:
    for edits in PLANTED.values():
        for edit, _ in edits:
            yield from weigh_all(diff(record(), edit(record()), on=ON))


def others() -> Iterator[Change]:
    """One of each kind that no planted edit makes."""
    text = {"before": "Honey from hives in Ghent", "after": "Honey, from hives in Gent"}
    item = {"before": {"measure": "Pain"}, "after": {"measure": "Pain."}}
    site = {"facility": "AZ Sint-Jan", "city": "Bruges", "country": "Belgium", "status": "RECRUITING"}
    yield made("arm.respelled", {"label": "A"}, {"label": "a"}, of="arms")
    yield made("intervention.respelled", {"name": "A"}, {"name": "a"}, of="interventions")
    yield made("eligibility.respelled", text["before"], text["after"], of="eligibility_criteria")
    yield made("title.respelled", text["before"], text["after"], of="brief_title")
    yield made("why_stopped.respelled", text["before"], text["after"], of="why_stopped")
    yield made("why_stopped.changed", text["before"], text["after"], of="why_stopped")
    yield made("why_stopped.removed", text["before"], None, of="why_stopped")
    yield made("sponsor.respelled", {"name": "Honey"}, {"name": "Hôney"}, of="lead_sponsor")
    yield made("other.respelled", {"a.b": "Honey"}, {"a.b": "Hôney"}, of="rest")
    for role in ("primary", "secondary", "other"):
        for part in ("measure", "time_frame", "description", "reworded", "added", "removed"):
            sides = {"added": (None, item["after"]), "removed": (item["before"], None)}
            before, after = sides.get(part, (item["before"], item["after"]))
            yield made(f"outcome.{role}.{part}", before, after, of=f"{role}_outcomes")
    for move in ("promoted", "demoted"):
        before, after = {"role": "secondary", **item["before"]}, {"role": "primary", **item["after"]}
        yield made(f"outcome.{move}", before, after, of="primary_outcomes")
    yield made("enrollment.corrected", {"count": 9, "type": "ACTUAL"}, {"count": 12, "type": "ACTUAL"}, of="enrollment")
    yield made("enrollment.actual", {"count": 9, "type": "ESTIMATED"}, {"count": 3, "type": "ACTUAL"}, of="enrollment")
    yield made("date.unreadable", {"date": "2027-03"}, {"date": "soon"}, of="start_date")
    early, late = {"date": "2027-03-01", "type": "ESTIMATED"}, {"date": "2028-03-30", "type": "ESTIMATED"}
    slip = {"measure": {"days": 395, "days_since_baseline": 500}}
    yield made("date.slipped", early, late, of="completion_date", **slip)
    yield made("results.changed", {"a": 1}, {"a": 2}, of="results", measure={"places": 2})
    yield made("results.respelled", {"a": 1}, {"a": 2}, of="results", measure={"places": 1})
    yield made("results.removed", True, False, of="has_results")
    stopped = [{**site, "status": "SUSPENDED"}]
    for kind in ("site.followed", "site.respelled", "site.status"):
        yield made(kind, [site], stopped, of="sites")
    yield made("status.recruiting", "NOT_YET_RECRUITING", "RECRUITING", of="overall_status")
    yield made("status.reopened", "SUSPENDED", "RECRUITING", of="overall_status")
    back = "Overall status went back from Suspended to Recruiting."
    yield made("status.reopened", "SUSPENDED", "RECRUITING", of="overall_status", summary=back)
    yield made("status.stopped", None, "SUSPENDED", of="overall_status")
    yield made("status.unknown", "RECRUITING", "UNKNOWN", of="overall_status", origin=ChangeOrigin.CALENDAR)
    yield made("trial.withheld", "RECRUITING", "WITHHELD", of="overall_status")
    yield made("trial.restored", "WITHHELD", "RECRUITING", of="overall_status")
    yield made("trial.restored", "HON-2", "HON-1", of="trial_id")
    yield made("trial.restored", None, "HON-1", of="trial_id")
    yield made("trial.merged", "HON-1", "HON-2", of="trial_id")
    yield made("trial.removed", "HON-1", None, of="trial_id", summary="HON-1 is gone, which says: “Not found”.")
    yield made(
        "trial.left", {"trial_id": "HON-1", "watch_id": 3, "watch": "Honey", "search": "all"}, None, of="trial_id"
    )
    card = {"trial_id": "HON-1", "overall_status": "RECRUITING", "phases": ["PHASE2"], "registered_on": "2026-01-05"}
    yield made("trial.new", None, {**card, "newly_registered": True}, of="trial_id")
    yield made("trial.new", None, {**card, "found_by": {"watch_id": 3}}, of="trial_id")
    sibling = {"watch_id": 3, "sibling_of": {"registry": "ctis", "trial_id": "2026-1"}}
    yield made("trial.new", None, {**card, "found_by": sibling}, of="trial_id")
    yield made("verified", "2026-01", "2026-02", of="status_verified_date", takes_back="an/event")


def every() -> list[Change]:
    return [*planted(), *others()]


def said(change: Change, texts: Texts) -> list[str]:
    """All that this program says of a change, without what it quotes."""
    above = heading_line(change, texts)
    shown = [above, *lines(change, texts=texts)] if change.field != "rest" else []
    values = [] if above.is_verbatim or above.stretches else [above.before, above.after]
    told = [
        sentence(change, texts),
        not_shown_yet(change, texts=texts),
        gist([change], 400, texts),
        label(change, texts),
    ]
    parts = [line.label for line in shown if not line.label.startswith(("AZ ", "Sint-"))]
    return [*told, *parts, *values]


def test_every_kind_of_change_is_tried() -> None:
    assert KINDS.keys() - {change.kind for change in every()} == set()


def test_nothing_of_any_kind_of_change_is_left_in_english() -> None:
    noting = Noting()
    for change in every():
        for timing in (change.timing, *Timing):
            timed = replace(change, timing=timing)
            left = [one for one in said(timed, Texts("fr", noting)) if left_in_english(one, *RECORDS_OWN)]
            assert left == [], (change.kind, left)

    assert noting.missing - RECORDS_OWN - {change.after for change in every() if isinstance(change.after, str)} == set()


def test_in_english_it_is_the_stored_sentence() -> None:
    assert [sentence(change) for change in planted()] == [change.summary for change in planted()]


@pytest.mark.parametrize(
    ("change", "told", "beyond"),
    [
        (
            made(
                "date.slipped",
                {"date": "2027-09", "type": "ESTIMATED"},
                {"date": "2028-05", "type": "ESTIMATED"},
                of="completion_date",
                measure={"days": 243, "days_since_baseline": 486},
            ),
            f"Date d’achèvement repoussée : septembre 2027 → mai 2028, {SLIPPED}",
            SLIPPED,
        ),
        (
            made(
                "enrollment.target",
                {"count": 1240, "type": "ESTIMATED"},
                {"count": 620, "type": "ESTIMATED"},
                of="enrollment",
                timing=Timing.ENROLLING,
            ),
            "Effectif prévu abaissé : 1 240 → 620, 50 % de moins, pendant le déroulement de l’essai.",
            "50 % de moins.",
        ),
        (
            made("status.stopped", "RECRUITING", "TERMINATED", of="overall_status"),
            "Statut global : Recrutement en cours → Arrêté prématurément.",
            "",
        ),
    ],
)
def test_a_sentence_in_french_says_what_happened_and_beyond_is_what_the_values_do_not_show(
    change: Change, told: str, beyond: str
) -> None:
    assert sentence(change, FRENCH).replace(NARROW, " ") == told
    assert not_shown_yet(change, texts=FRENCH).replace(NARROW, " ") == beyond
    assert sentence(change, IN_ENGLISH) == "It changed."


def test_why_a_trial_left_a_watch_is_quoted() -> None:
    why = "HON-1 is no longer found by watch “Honey” (all), now that this changed: Conditions: added “Bees”."
    change = made("trial.left", {"trial_id": "HON-1", "watch": "Honey"}, None, of="trial_id", summary=why)

    assert sentence(change, FRENCH).replace(NARROW, " ") == (
        "N’est plus trouvé par la surveillance « Honey », à la suite de ceci, en anglais : "
        "« Conditions: added “Bees” »."
    )


def test_a_change_of_the_calendar_and_one_that_is_taken_back_say_so() -> None:
    change = made("verified", "2026-01", "2026-02", of="status_verified_date")
    aged, back = replace(change, origin=ChangeOrigin.CALENDAR), replace(change, takes_back="an/event")

    assert sentence(aged, FRENCH).endswith(", par l’effet du calendrier, sans modification de la fiche.")
    assert sentence(back, FRENCH).endswith(" Ce changement annule un changement observé peu auparavant.")
