"""Whether a record that passed for the right one can really be what came after the last. Pure.

An answer may be well formed, name the right trial, and still be no news: an old copy from a cache, or a record that a
fault at the registry has emptied. Both have been alerted as changes by other monitors.
"""

from monitor.model import Document, Record


def implausible(before: Record, after: Record, *, last_build: str | None, document: Document) -> str | None:
    """Why *after* is not to be believed, in words; None where it may well be true.

    *last_build* is the data build that the trial was last seen in.
    """
    return _older(before, after, last_build=last_build, build=document.build) or _emptied(before, after)


def _older(before: Record, after: Record, *, last_build: str | None, build: str | None) -> str | None:
    """Neither the registry's data builds nor a sponsor's updates go back in time, so one that does is an old copy."""
    if last_build and build and build < last_build:
        return f"it comes from the data of {build}, and we have that of {last_build}"
    for field in ("last_update_submit_date", "last_update_post_date"):
        then, now = getattr(before, field), getattr(after, field)
        if then and now and now < then:
            return f"it was last updated on {now}, and we have the update of {then}"
    return None


def _emptied(before: Record, after: Record) -> str | None:
    """A part that records do not lose is gone; a record that the registry has begun to withhold loses most."""
    if after.overall_status and after.overall_status.code == "WITHHELD":
        return None
    vanished = sorted(before.parts - after.parts)
    return f"it has lost its {', '.join(vanished)}" if vanished else None
