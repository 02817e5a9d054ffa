"""Whether a record that passed for the right one can really be what came after the last. Pure.

An answer may be well formed, name the right trial, and still be no news: an old copy from a cache, or a record that a
fault at the registry has emptied. Both have been alerted as changes by other monitors.
"""

from monitor.model import Document, Record

REQUIRED = (
    "eligibility_criteria",
    "study_type",
    "primary_outcomes",
    "interventions",
    "arms",
    "start_date",
    "enrollment",
    "official_title",
)
"""What a sponsor cannot take out of a record once it is there: the registry asks for it. WITHHELD records apart."""

MOST_THAT_VANISH_AT_ONCE = 1
"""Old records do lose a single one of these when they are brought up to date."""


def implausible(before: Record, after: Record, *, last_build: str | None, document: Document) -> str | None:
    """Why *after* is not to be believed, in words; None where it may well be true.

    *last_build* is the data build that the trial was last seen in.
    """
    return _older(before, after, last_build=last_build, build=document.build) or _emptied(before, after)


def _older(before: Record, after: Record, *, last_build: str | None, build: str | None) -> str | None:
    """Neither the registry's data builds nor a sponsor's updates go back in time, so one that does is an old copy."""
    if last_build and build and build < last_build:
        return f"it comes from the data of {build}, and we have that of {last_build}"
    then, now = before.last_update_submit_date, after.last_update_submit_date
    if then and now and now < then:
        return f"it was last updated on {now}, and we have the update of {then}"
    return None


def _emptied(before: Record, after: Record) -> str | None:
    if after.overall_status and after.overall_status.code == "WITHHELD":
        return None
    vanished = [name for name in REQUIRED if getattr(before, name) and not getattr(after, name)]
    if len(vanished) <= MOST_THAT_VANISH_AT_ONCE:
        return None
    return "it has lost its " + ", ".join(name.replace("_", " ") for name in vanished)
