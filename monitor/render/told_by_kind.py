"""The kinds of change of which words say more than the values do, for who reads another language. Pure.

Each takes the change and the language, and gives what changed and what else there is to say of it. Kinds that are not
here are told by their shape, in `monitor.render.told`.
"""

import re
from collections.abc import Callable

from monitor.changes.diff.dates import distance
from monitor.changes.fields import FIELDS
from monitor.changes.searches import said_again
from monitor.language.texts import Texts
from monitor.model import Change, Json, PartialDate
from monitor.render.told import Told, by_shape, item, items, moved, name_of, rewritten
from monitor.render.told_sites import country_status, sites
from monitor.render.values import is_item, label, unmatched
from monitor.render.words import code_label, days_apart, path_words, share_apart, value_words
from monitor.text import one_line

_IN_MONTHS = 90
"""Days from which nobody can picture them."""
_DAYS_IN_MONTH = 30.44
_SAID = re.compile("“(.*)”")
_WHY = re.compile(r", (?:now that this changed|after a change seen on [\d-]+): (.+)$")
"""What a stored sentence says of why a trial left a watch, which its values don't."""

Teller = Callable[[Change, Texts], Told]


def told(change: Change, texts: Texts) -> Told:
    """The change by its kind."""
    if change.kind in _BY_KIND:
        return _BY_KIND[change.kind](change, texts)
    if change.kind.endswith((".respelled", ".reworded")):
        return _respelled(change, texts)
    field = FIELDS.get(change.field)
    if field and field.when_added and change.before is None and change.after is not None:
        value = value_words(change.after, change.field, change.words, texts)
        words = texts.known(field.when_added).format(value)
        return Told(words.rstrip(".\u202f "))
    return _BY_FIELD.get(change.field, by_shape)(change, texts)


def _respelled(change: Change, texts: Texts) -> Told:
    present = change.after if change.after is not None else change.before
    if change.field == "sites":
        return sites(change, texts)
    if isinstance(present, list):
        return items(change, texts, only_spelled=True)
    return (item if is_item(present) else rewritten)(change, texts, only_spelled=True)


# Status


def _status(change: Change, texts: Texts) -> Told:
    if change.before is None and change.kind == "status.stopped":
        status = value_words(change.after, change.field, change.words, texts)
        return Told(texts.gettext("When first seen here, its status was {status}").format(status=status))
    return moved(change, texts)


def _reopened(change: Change, texts: Texts) -> Told:
    if " went back from " not in change.summary:
        return Told(moved(change, texts).what, (texts.gettext("open again"),))
    old, new = (value_words(value, change.field, change.words, texts) for value in (change.before, change.after))
    words = texts.gettext("{field} went back from {old} to {new}")
    return Told(words.format(field=label(change, texts), old=old, new=new))


def _unknown(change: Change, texts: Texts) -> Told:
    return Told(moved(change, texts).what, (texts.gettext("set by the registry, as nobody verified the record"),))


def _withheld(change: Change, texts: Texts) -> Told:
    status = value_words(change.before, change.field, change.words, texts)
    words = texts.gettext("The registry now withholds the record; its overall status was {status}")
    return Told(words.format(status=status))


# Dates


def _date(change: Change, texts: Texts) -> Told:
    before, after = (_partial(value) for value in (change.before, change.after))
    apart = distance(before, after) if before and after else None
    if before is None or after is None or apart is None:
        return moved(change, texts)
    old, new, measure = texts.written_day(before.text), texts.written_day(after.text), change.measure or {}
    more = [_far(apart.days, apart.amount, apart.unit, texts)] if apart.days else []
    if change.kind == "date.actual":
        what = texts.gettext("{field} is now actual: {new}")
        more = [texts.gettext("{far} than the estimate").format(far=each) for each in more] or [
            texts.gettext("as estimated")
        ]
    elif not apart.days:
        finer = len(after.parts) - len(before.parts)
        what = texts.gettext("{field} went from {old} to {new}")
        precise = texts.gettext("given more precisely") if finer > 0 else texts.gettext("given less precisely")
        more = [precise] if finer else []
    elif before.type == after.type == "ACTUAL":
        what = texts.gettext("{field} (actual) was corrected from {old} to {new}")
    elif apart.days > 0:
        what = texts.gettext("{field} slipped from {old} to {new}")
    else:
        what = texts.gettext("{field} was brought forward from {old} to {new}")
    if change.kind != "date.actual" and before.type != after.type:
        more += [_retyped(before, after, texts)]
    since = measure.get("days_since_baseline")
    if since is not None and since != measure.get("days"):
        far = days_apart(round(since), texts)
        words = (
            texts.gettext("{far} than in the first version on file")
            if since
            else texts.gettext("as in the first version on file")
        )
        more.append(words.format(far=far))
    return Told(what.format(field=label(change, texts), old=old, new=new), tuple(more))


def _partial(value: Json) -> PartialDate | None:
    if not isinstance(value, dict) or not isinstance(value.get("date"), str):
        return None
    kind = value.get("type")
    return PartialDate(value["date"], kind if isinstance(kind, str) else None)


def _retyped(before: PartialDate, after: PartialDate, texts: Texts) -> str:
    if after.type == "ACTUAL":
        return texts.gettext("now marked as actual")
    return texts.gettext("an estimate again") if before.type == "ACTUAL" else texts.gettext("now marked as an estimate")


def _far(days: int, amount: int, unit: str, texts: Texts) -> str:
    """Such as "3 months later", "412 days (14 months) later"."""
    count = abs(amount)
    units = {
        "day": texts.ngettext("{count} day", "{count} days", count),
        "month": texts.ngettext("{count} month", "{count} months", count),
        "year": texts.ngettext("{count} year", "{count} years", count),
    }
    length = units[unit].format(count=texts.number(count))
    if unit == "day" and abs(days) >= _IN_MONTHS:
        months = round(abs(days) / _DAYS_IN_MONTH)
        in_months = texts.ngettext("{count} month", "{count} months", months).format(count=texts.number(months))
        length += f" ({in_months})"
    words = texts.gettext("{length} later") if days > 0 else texts.gettext("{length} earlier")
    return words.format(length=length)


# Enrollment


def _enrollment(change: Change, texts: Texts) -> Told:
    old, new = (_count(value) for value in (change.before, change.after))
    if old is None or new is None or old == new:
        as_planned = (texts.gettext("as planned"),) if change.kind == "enrollment.actual" and new is not None else ()
        return Told(moved(change, texts).what, as_planned if old is not None else ())
    numbers = {"old": texts.number(old), "new": texts.number(new)}
    if change.kind == "enrollment.actual":
        words = texts.gettext("Actual enrollment is {new}, where {old} were planned")
        share = (texts.gettext("{share} of the target").format(share=texts.percent(100 * new / old)),) if old else ()
        return Told(words.format(**numbers), share)
    far = (share_apart(100 * (new - old) / old, texts),) if old and new else ()
    if change.kind == "enrollment.corrected":
        return Told(texts.gettext("Actual enrollment was corrected from {old} to {new}").format(**numbers), far)
    if new > old:
        return Told(texts.gettext("Enrollment target was raised from {old} to {new}").format(**numbers), far)
    return Told(texts.gettext("Enrollment target was cut from {old} to {new}").format(**numbers), far)


def _count(value: Json) -> int | None:
    count = value.get("count") if isinstance(value, dict) else None
    return count if isinstance(count, int) else None


# Outcomes


def _moved_role(change: Change, texts: Texts) -> Told:
    before, after = change.before or {}, change.after or {}
    words = texts.gettext("Outcome {name}: {former} before, {present} now")
    former, present = (texts.known(str(side.get("role"))) for side in (before, after))
    return Told(words.format(name=name_of(before, texts), former=former, present=present))


# Contacts


def _contacts(change: Change, texts: Texts) -> Told:
    """How many: who they are is of no use to most."""
    before, after = change.before or [], change.after or []
    words = texts.gettext("{field}: {come} added, {gone} removed")
    come, gone = (texts.number(len(those)) for those in (unmatched(after, before), unmatched(before, after)))
    return Told(words.format(field=label(change, texts), come=come, gone=gone))


# Sponsors


def _sponsor(change: Change, texts: Texts) -> Told:
    before, after = change.before or {}, change.after or {}
    if before.get("name") and before.get("name") == after.get("name"):
        old, new = (code_label(str(side.get("class")), texts) for side in (before, after))
        words = texts.gettext("{field}, {name}: now classed as {new}, formerly {old}")
        return Told(words.format(field=label(change, texts), name=name_of(after, texts), new=new, old=old))
    if before.get("name") and after.get("name"):
        words = texts.gettext("{field} went from {old} to {new}")
        old, new = name_of(before, texts), name_of(after, texts)
        return Told(words.format(field=label(change, texts), old=old, new=new))
    return item(change, texts)


# Results


def _posted(change: Change, texts: Texts) -> Told:
    if change.after:
        return Told(texts.gettext("Results were posted"))
    return Told(texts.gettext("The posted results were removed from the registry"))


def _submitted(change: Change, texts: Texts) -> Told:
    if change.field != "submissions":
        return by_shape(change, texts)
    present = [step for step in change.after or [] if isinstance(step, dict)]
    kinds = {str(step.get("type")) for step in present}
    days = texts.listed([texts.written_day(str(step["date"])) for step in present if step.get("date")], 3)
    words = {
        "RELEASE": texts.gettext("The sponsor submitted results to the registry"),
        "RESET": texts.gettext("The registry returned the submitted results to the sponsor for correction"),
        "UNRELEASE": texts.gettext("The sponsor took its submitted results back"),
    }.get(kinds.pop() if len(kinds) == 1 else "")
    if words is None:
        return items(change, texts)
    return Told(texts.gettext("{what} ({days})").format(what=words, days=days) if days else words)


def _results(change: Change, texts: Texts) -> Told:
    if change.field != "results":
        return _submitted(change, texts)
    count = round((change.measure or {}).get("places") or 0)
    where = texts.ngettext("in {count} place", "in {count} places", count).format(count=texts.number(count))
    if change.kind == "results.respelled":
        return Told(texts.gettext("Posted results are only spelled otherwise"), (where,))
    return Told(texts.gettext("Posted results changed"), (where,))


# The record as a whole


def _new(change: Change, texts: Texts) -> Told:
    facts = change.after if isinstance(change.after, dict) else {}
    found = facts.get("found_by") or {}
    of = found.get("sibling_of") or {}
    if of:
        words = texts.gettext("The same trial as {trial_id}").format(trial_id=one_line(str(of.get("trial_id"))))
    elif facts.get("newly_registered"):
        words = texts.gettext("Newly registered")
    else:
        words = texts.gettext("Newly found")
    title, sponsor = facts.get("title"), facts.get("lead_sponsor")
    more = [texts.quoted(str(title), 160)] if title else []
    more += [one_line(str(sponsor))] if sponsor else []
    return Told(words, tuple(more))


def _left(change: Change, texts: Texts) -> Told:
    lost = change.before if isinstance(change.before, dict) else {}
    watch = lost.get("watch") or texts.said(
        said_again(lost["search"] if lost.get("search") else str(lost.get("watch_id")))
    )
    what = texts.gettext("No longer found by the watch {watch}").format(watch=texts.quoted(str(watch)))
    why = _WHY.search(one_line(change.summary))
    if why is None:
        return Told(what)
    reason = texts.quoted(why[1].rstrip("."), 300)
    return Told(what, (texts.gettext("after what is told in English as {words}").format(words=reason),))


def _removed(change: Change, texts: Texts) -> Told:
    said = _SAID.search(change.summary)
    if said is None:
        return Told(texts.gettext("No longer in the registry"))
    return Told(
        texts.gettext("No longer in the registry, which says: {words}").format(words=texts.quoted(said[1], 300))
    )


def _merged(change: Change, texts: Texts) -> Told:
    words = texts.gettext("Merged into {trial_id}, which the registry now gives in its place")
    return Told(words.format(trial_id=one_line(str(change.after))))


def _restored(change: Change, texts: Texts) -> Told:
    if change.field != "trial_id":
        status = value_words(change.after, change.field, change.words, texts)
        words = texts.gettext("The registry released the record that it had withheld; overall status: {status}")
        return Told(words.format(status=status))
    if change.before:
        words = texts.gettext("Back in the registry, which had merged it into {trial_id}")
        return Told(words.format(trial_id=one_line(str(change.before))))
    return Told(texts.gettext("Back in the registry after it had gone"))


def _other(change: Change, texts: Texts) -> Told:
    paths = list(dict.fromkeys(path_words(path) for path in {**(change.before or {}), **(change.after or {})}))
    words = texts.gettext("Also changed: {names}")
    if change.kind == "other.respelled":
        words = texts.gettext("Only spelled otherwise: {names}")
    return Told(words.format(names=texts.listed(paths, 5)))


_BY_KIND: dict[str, Teller] = {
    "status.stopped": _status,
    "status.reopened": _reopened,
    "status.unknown": _unknown,
    "trial.withheld": _withheld,
    "status.country": country_status,
    "country.added": country_status,
    "country.removed": country_status,
    "enrollment.target": _enrollment,
    "enrollment.actual": _enrollment,
    "enrollment.corrected": _enrollment,
    "outcome.promoted": _moved_role,
    "outcome.demoted": _moved_role,
    "site.added": sites,
    "site.removed": sites,
    "site.status": sites,
    "site.followed": sites,
    "sponsor.lead": _sponsor,
    "results.posted": _posted,
    "results.removed": _posted,
    "results.submitted": _submitted,
    "results.returned": _submitted,
    "results.changed": _results,
    "results.respelled": _results,
    "trial.new": _new,
    "trial.left": _left,
    "trial.removed": _removed,
    "trial.merged": _merged,
    "trial.restored": _restored,
}
_BY_FIELD: dict[str, Teller] = {
    "start_date": _date,
    "recruitment_end_date": _date,
    "primary_completion_date": _date,
    "completion_date": _date,
    "rest": _other,
    "contacts": _contacts,
}
