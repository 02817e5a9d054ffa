"""Every kind of change: one declaration each. Pure.

A new kind takes one declaration here: its topic, how much it matters, and for the table in docs/changes.md, which
`make docs` writes from these, when it is told and why it matters that much. One without a significance does not import.
A kind whose sentence follows from its values alone has it in `monitor.changes.sentences`; the sentences of others are
put together where the difference is found, in `monitor.changes.diff`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.changes import sentences
from monitor.changes.rules import (
    ADMINISTRATIVE,
    CRITICAL,
    MAJOR,
    MINOR,
    Rule,
    by_actual_count,
    by_countries,
    by_country_status,
    by_criteria_words,
    by_days,
    by_days_from_estimate,
    by_role,
    by_sponsor_name,
    by_status_field,
    by_stop,
    by_target,
    critical_when_late,
)
from monitor.changes.topics import Topic
from monitor.language.worded import worded
from monitor.model import ChangeOrigin, Difference, Json, Record, Significance


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change. `trial.` before its name gives the webhook's type.

    *when* and *because* are for docs/changes.md. *label* is what stands for the field's own label; *sentence* makes the
    summary of the values, where it follows from them alone; *origin* is what makes such changes.
    """

    name: str
    topic: Topic
    significance: Significance | Rule
    when: str = ""
    because: str = ""
    label: str | None = None
    sentence: Callable[..., str] | None = None
    origin: ChangeOrigin = ChangeOrigin.EDIT

    def __post_init__(self) -> None:
        """Raise TypeError for one that says neither how much it matters nor how that is found."""
        if not isinstance(self.significance, Significance | Rule):
            raise TypeError(f"the kind {self.name} has no significance")

    def summary(self, *values: object) -> str:
        """The sentence of a kind that has one."""
        if self.sentence is None:
            raise TypeError(f"the kind {self.name} has no sentence of its own")
        return self.sentence(*values)

    def difference(
        self,
        record: Record,
        field: str = "trial_id",
        *,
        before: Json,
        after: Json,
        summary: str,
        words: Mapping[str, str] | None = None,
    ) -> Difference:
        """A difference of this kind that was found otherwise than by comparing two records."""
        return Difference(
            field=field,
            path=record.paths.get(field, ""),
            kind=self.name,
            topic=self.topic,
            before=before,
            after=after,
            summary=summary,
            origin=self.origin,
            words=words,
        )


def _declared(*kinds: Kind) -> dict[str, Kind]:
    by_name = {kind.name: kind for kind in kinds}
    if len(by_name) < len(kinds):
        raise ValueError("a kind is declared twice")
    return by_name


def _alike(
    topic: Topic, names: str, significance: Significance | Rule, when: str = "", because: str = ""
) -> list[Kind]:
    """Kinds that differ in their names alone."""
    return [Kind(name, topic, significance, when, because) for name in names.split()]


_SAME = "the same in another spelling", "It says the same."
_REASON = (
    "the reason for stopping",
    "The reason is half of the news. With the new status it is told once, in its sentence.",
)
_MOVED = "start, primary completion or completion moved", "A quarter is when plans that rest on it move."
_ROLE = "an outcome changed its role", "As above."
_WORTH = "", "They decide what the result is worth."
_RECORD = "the registry's answer for the record as a whole", "The record is not what it was."

KINDS = _declared(
    Kind(
        "status.stopped",
        Topic.STATUS,
        CRITICAL,
        "becomes Terminated, Suspended or Withdrawn; or had stopped when it was first seen",
        "The trial does not answer its question as planned.",
        sentence=sentences.status_moved,
    ),
    Kind(
        "status.reopened",
        Topic.STATUS,
        CRITICAL,
        "back from a stopped or completed status to an open one, or from Active, not recruiting to recruiting",
        "People can take part again, which nobody expected any more.",
        sentence=sentences.status_reopened,
    ),
    Kind(
        "status.completed",
        Topic.STATUS,
        MAJOR,
        "becomes Completed",
        "Results are due from here on.",
        sentence=sentences.status_moved,
    ),
    Kind(
        "status.recruiting",
        Topic.STATUS,
        MAJOR,
        "becomes Recruiting or Enrolling by invitation",
        "People can take part.",
        sentence=sentences.status_moved,
    ),
    Kind(
        "status.closed",
        Topic.STATUS,
        MAJOR,
        "becomes Active, not recruiting",
        "People cannot take part any more.",
        sentence=sentences.status_moved,
    ),
    Kind(
        "status.unknown",
        Topic.STATUS,
        MAJOR,
        "the registry computed Unknown, as nobody verified the record for two years",
        "The sponsor has gone silent; it did not say so itself.",
        sentence=sentences.status_unknown,
        origin=ChangeOrigin.CALENDAR,
    ),
    Kind(
        "status.changed",
        Topic.STATUS,
        by_status_field,
        "any other move, expanded access among them",
        "The last known status that moves by itself is the registry's bookkeeping, as its words for one status are.",
        sentence=sentences.status_moved,
    ),
    Kind(
        "status.country",
        Topic.STATUS,
        by_country_status,
        "another status in one or several countries, for a registry that tells them apart",
        "People there can take part, or cannot any more.",
    ),
    *_alike(
        Topic.SITES,
        "country.added country.removed",
        MAJOR,
        "a country came or went, for a registry that lists countries",
        "The trial reaches or leaves a country.",
    ),
    *_alike(Topic.STATUS, "why_stopped.added why_stopped.changed why_stopped.removed", by_stop, *_REASON),
    Kind("why_stopped.respelled", Topic.STATUS, ADMINISTRATIVE, *_SAME),
    Kind(
        "enrollment.target",
        Topic.ENROLLMENT,
        by_target,
        "another planned number",
        "Small corrections are common; from a fifth it is another trial.",
        sentence=sentences.enrollment_target,
    ),
    Kind(
        "enrollment.actual",
        Topic.ENROLLMENT,
        by_actual_count,
        "the number became actual",
        "How many came is a result.",
        sentence=sentences.enrollment_actual,
    ),
    Kind(
        "enrollment.corrected",
        Topic.ENROLLMENT,
        by_actual_count,
        "an actual number changed, or is no longer actual",
        "A result was corrected.",
        sentence=sentences.enrollment_corrected,
    ),
    *_alike(Topic.ENROLLMENT, "enrollment.text", MINOR, "a target size in words", "No number to compare."),
    Kind("date.slipped", Topic.DATES, by_days, *_MOVED, sentence=sentences.date_moved),
    Kind("date.advanced", Topic.DATES, by_days, *_MOVED, sentence=sentences.date_moved),
    Kind(
        "date.precision",
        Topic.DATES,
        ADMINISTRATIVE,
        "the same date, more or less exactly",
        "Nothing moved.",
        sentence=sentences.date_precision,
    ),
    Kind(
        "date.actual",
        Topic.DATES,
        by_days_from_estimate,
        "an estimated date became an actual one",
        "What happens as it was planned is no news; what did not, is.",
        sentence=sentences.date_actual,
    ),
    Kind("date.added", Topic.DATES, MINOR, "a date came or went", sentence=sentences.date_unmeasured),
    Kind("date.removed", Topic.DATES, MINOR, "a date came or went", sentence=sentences.date_unmeasured),
    Kind(
        "date.unreadable",
        Topic.DATES,
        MAJOR,
        "what stands there is no date, or was none",
        "How far it moved is not known, which may be far.",
        sentence=sentences.date_unmeasured,
    ),
    Kind(
        "sponsor.lead",
        Topic.SPONSOR,
        by_sponsor_name,
        "another lead sponsor; its class alone",
        "Somebody else answers for the trial.",
    ),
    *_alike(Topic.SPONSOR, "sponsor.collaborators sponsor.responsible_party sponsor.organization", MINOR),
    Kind("sponsor.respelled", Topic.SPONSOR, ADMINISTRATIVE, *_SAME),
    *_alike(
        Topic.OUTCOMES,
        "outcome.primary.added outcome.primary.removed outcome.primary.measure",
        CRITICAL,
        "what is measured first of all",
        "The question changed.",
    ),
    Kind(
        "outcome.primary.time_frame",
        Topic.OUTCOMES,
        critical_when_late(MAJOR),
        because="When the data may be known, any change is a choice among results.",
    ),
    Kind("outcome.primary.description", Topic.OUTCOMES, critical_when_late(MINOR), because="As above."),
    *_alike(Topic.OUTCOMES, "outcome.promoted outcome.demoted", by_role, *_ROLE),
    *(
        Kind(f"outcome.{role}.{what}", Topic.OUTCOMES, MINOR)
        for role in ("secondary", "other")
        for what in ("added", "removed", "measure", "time_frame", "description")
    ),
    *_alike(
        Topic.OUTCOMES,
        "outcome.primary.reworded outcome.secondary.reworded outcome.other.reworded",
        ADMINISTRATIVE,
        "only punctuation, case or spelling",
        "It says the same.",
    ),
    Kind("phase", Topic.DESIGN, MAJOR, *_WORTH),
    Kind("study_type", Topic.DESIGN, MINOR),
    *_alike(Topic.DESIGN, "design.allocation design.masking", MAJOR, *_WORTH),
    *_alike(
        Topic.DESIGN,
        "design.intervention_model design.primary_purpose design.observational_model design.time_perspective "
        "design.details",
        MINOR,
    ),
    *_alike(
        Topic.ARMS,
        "arm.added arm.removed intervention.added intervention.removed",
        MAJOR,
        because="Something else is compared.",
    ),
    *_alike(Topic.ARMS, "arm.changed intervention.changed", MINOR, "renamed, described otherwise, given otherwise"),
    *_alike(Topic.ARMS, "arm.respelled intervention.respelled", ADMINISTRATIVE, *_SAME),
    *_alike(
        Topic.ELIGIBILITY,
        "eligibility.age eligibility.sex eligibility.healthy_volunteers",
        MAJOR,
        because="Others may take part.",
    ),
    Kind(
        "eligibility.criteria",
        Topic.ELIGIBILITY,
        by_criteria_words,
        "the criteria in full",
        "That changes who may take part. A few other words are wording.",
    ),
    Kind("eligibility.details", Topic.ELIGIBILITY, MINOR, "study population, sampling, gender"),
    Kind("eligibility.respelled", Topic.ELIGIBILITY, ADMINISTRATIVE, *_SAME),
    *_alike(Topic.SITES, "site.added site.removed", by_countries, because="The trial reaches or leaves people."),
    Kind("site.status", Topic.SITES, MINOR, "sites with another status, or a first one"),
    Kind(
        "site.followed",
        Topic.SITES,
        ADMINISTRATIVE,
        "the trial stopped enrolling, and its sites' statuses with it",
        "The trial's status says it for all of them.",
    ),
    Kind("site.respelled", Topic.SITES, ADMINISTRATIVE, *_SAME),
    *_alike(Topic.RESULTS, "results.posted results.removed", CRITICAL, because="The answer is there, or gone."),
    *_alike(
        Topic.RESULTS,
        "results.submitted results.returned",
        MAJOR,
        "on their way through the registry's review",
        "They exist, and nobody can read them yet.",
    ),
    *_alike(
        Topic.RESULTS,
        "results.delayed results.waived",
        MAJOR,
        "the sponsor certified a delay, or need not report",
        "The answer is to come later, or never.",
    ),
    Kind("results.changed", Topic.RESULTS, MINOR, "in posted results"),
    Kind("results.dates", Topic.RESULTS, ADMINISTRATIVE, "days of review and posting"),
    Kind("results.respelled", Topic.RESULTS, ADMINISTRATIVE, *_SAME),
    *_alike(
        Topic.DOCUMENTS,
        "document.added document.removed document.details",
        MINOR,
        "protocol, analysis plan, consent form",
    ),
    *_alike(Topic.CONDITIONS, "conditions keywords", MINOR),
    *_alike(Topic.DESCRIPTION, "description.brief description.detailed", MINOR),
    Kind(
        "expanded_access",
        Topic.EXPANDED_ACCESS,
        MAJOR,
        because="A way to the treatment outside of the trial opens or closes.",
    ),
    Kind(
        "oversight.violation",
        Topic.OVERSIGHT,
        CRITICAL,
        "a notice under FDAAA 801",
        "The regulator says that the law was broken.",
    ),
    Kind("oversight", Topic.OVERSIGHT, MINOR, "FDA regulation, data monitoring committee, export, reviews"),
    Kind("ipd_sharing", Topic.SHARING, MINOR, "the plan to share participants' data"),
    Kind(
        "references",
        Topic.REFERENCES,
        MINOR,
        "publications, links, available data",
        "Publications that the registry itself finds are no change.",
    ),
    Kind(
        "trial.new",
        Topic.IDENTITY,
        MAJOR,
        "a watch found it: registered since the last look, or newly found",
        "There is a trial that you do not know.",
        label=worded("New trial"),
    ),
    Kind(
        "trial.left",
        Topic.IDENTITY,
        MAJOR,
        "a watch no longer finds it, with the changes that may be why; noticed when its search is listed in full, once "
        "in `full_check_every`",
        "You would hear of it no more. Who subscribed to that watch is told, or to a group of which no other holds it.",
        label=worded("Left a watch"),
    ),
    Kind("trial.merged", Topic.IDENTITY, CRITICAL, *_RECORD, sentence=sentences.trial_merged),
    Kind("trial.removed", Topic.IDENTITY, CRITICAL, *_RECORD, sentence=sentences.trial_removed),
    Kind("trial.restored", Topic.IDENTITY, CRITICAL, *_RECORD, sentence=sentences.trial_restored),
    Kind("trial.withheld", Topic.IDENTITY, CRITICAL, *_RECORD, sentence=sentences.record_withheld),
    Kind("trial.transferred", Topic.IDENTITY, MAJOR, "it goes on in another registry, such as CTIS", "As above."),
    Kind("identity.ids", Topic.IDENTITY, MINOR, "other numbers of the trial"),
    *_alike(Topic.TITLE, "title.brief title.official title.acronym", MINOR),
    Kind("title.respelled", Topic.TITLE, ADMINISTRATIVE, *_SAME),
    *_alike(Topic.ADMINISTRATIVE, "verified updated registered contacts", ADMINISTRATIVE),
    Kind(
        "other", Topic.OTHER, MINOR, "content for which there is no name here yet", "It is better to see it than not."
    ),
    Kind("other.respelled", Topic.OTHER, ADMINISTRATIVE, *_SAME),
)
"""By name."""
