"""What became of a trial's sites, and how it stands in countries, for who reads another language. Pure."""

from collections import Counter

from monitor.language.texts import Texts
from monitor.model import Change, Json
from monitor.render.countries import country_words
from monitor.render.told import Told, items
from monitor.render.values import unmatched
from monitor.render.words import code_label
from monitor.text import one_line, safe_cut


def sites(change: Change, texts: Texts) -> Told:
    """How many sites came, went, or are otherwise, and where they are."""
    before, after = change.before or [], change.after or []
    gone, come = unmatched(before, after), unmatched(after, before)
    count = len(come or gone)
    words = {
        "site.added": texts.ngettext("{count} site added", "{count} sites added", count),
        "site.removed": texts.ngettext("{count} site removed", "{count} sites removed", count),
        "site.status": texts.ngettext("{count} site changed status", "{count} sites changed status", count),
        "site.followed": texts.ngettext(
            "{count} site changed status with the trial", "{count} sites changed status with the trial", count
        ),
        "site.respelled": texts.ngettext(
            "{count} site is only spelled otherwise", "{count} sites are only spelled otherwise", count
        ),
    }.get(change.kind) or texts.ngettext("{count} site changed", "{count} sites changed", count)
    what = words.format(count=texts.number(count))
    if change.kind == "site.status":
        statuses = Counter(site.get("status") for site in come).most_common()
        now = [
            texts.gettext("{count} now {status}").format(
                count=texts.number(number),
                status=_site_status(status, texts),
            )
            for status, number in statuses
        ]
        if len(now) == 1:
            status = _site_status(statuses[0][0], texts)
            return Told(texts.gettext("{what}: now {status}").format(what=what, status=status))
        return Told(what, (texts.listed(now, 4),))
    countries = list(
        dict.fromkeys(country_words(str(site["country"]), texts) for site in come or gone if site.get("country"))
    )
    where = texts.gettext("{what} in {countries}").format(what=what, countries=texts.listed(countries, 4))
    names = list(dict.fromkeys(_site_name(site, texts) for site in come or gone))
    named_sites = texts.gettext("{name}: {words}").format(
        name=where if countries else what, words=texts.listed(names, 3)
    )
    new = round((change.measure or {}).get("countries") or 0)
    if not new or change.kind not in ("site.added", "site.removed"):
        return Told(named_sites)
    if change.kind == "site.added":
        note = texts.ngettext("{count} new country", "{count} new countries", new)
    else:
        note = texts.ngettext("{count} country without sites now", "{count} countries without sites now", new)
    return Told(named_sites, (note.format(count=texts.number(new)),))


def _site_name(site: dict[str, Json], texts: Texts) -> str:
    """A site by its hospital, and the city behind it."""
    facility, city = (safe_cut(str(site.get(name) or ""), 36) for name in ("facility", "city"))
    return f"{facility} ({city})" if facility and city else facility or city or texts.gettext("a site without a name")


def _site_status(status: Json, texts: Texts) -> str:
    return code_label(str(status), texts) if status else texts.gettext("no status")


def country_status(change: Change, texts: Texts) -> Told:
    """How a trial stands in some countries; or which of them came or went."""
    before, after = change.before or [], change.after or []
    if not before or not after:
        return items(change, texts)
    countries = texts.listed([country_words(str(each.get("country")), texts) for each in after], 6)
    old, new = (texts.known(one_line(str(side[0].get("words")))) for side in (before, after))
    words = texts.gettext("In {countries} the status went from {old} to {new}")
    return Told(words.format(countries=countries, old=old, new=new))
