"""Whether everything is seen, in a sentence, with what bears it out; for operators also what wants their attention."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from markupsafe import Markup
from starlette.responses import Response

from monitor.alerts.unseen import unseen_words
from monitor.language.catalogues import translations
from monitor.language.texts import texts_of
from monitor.model.access import Permission
from monitor.operate.doctor import Level
from monitor.storage.looks import Look
from monitor.text import counted, one_line, size, stamp
from monitor.views.health import LOOKS, Attention, HealthWhole, ReadAges, RegistryHealth, attention, health_whole
from monitor.watching.looking import look_now
from monitor.web.charts.ages import ages_chart
from monitor.web.charts.looks import LookKind, LookMark, looks_chart
from monitor.web.site.asked import Asked
from monitor.web.site.formats import clock, coded, moment, number
from monitor.web.site.proof import Proof, Sight
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

MOST_TROUBLES = 3
"""Reasons for not seeing everything that are told apart, each with the last look that had it."""
MOST_CHARTS = 6
"""Registries whose looks are drawn."""
WHOLE_FOR, ATTENTION_FOR = 15.0, 5.0
"""For how many seconds one reader's count of all trials, and of what waits for operators, does for the others."""
Say = Callable[[str], str]
SayMany = Callable[[str, str, int], str]


@dataclass(frozen=True, slots=True)
class DrawnLooks:
    """The looks at one registry as a chart, and those of them that saw not everything, in words."""

    name: str
    chart: Markup
    troubles: Sequence[str]


def health_page(site: Site, asked: Asked) -> Response:
    """How all of it is. Without the right to operate, neither why something failed nor what waits for a decision."""
    is_operator = asked.may(Permission.OPERATE)
    say, say_many = translations(asked.language).gettext, translations(asked.language).ngettext
    proof = site.proof.read(asked.now)
    whole = counted_health(site, asked.now)
    found = _attention(site, asked) if is_operator else []
    values = {
        "is_operator": is_operator,
        "verdict": verdict(proof, found, say, say_many),
        "looks_can_be_had": any(each.is_asked for each in whole.registries),
        "registries": [(each, stamp(each.version)) for each in whole.registries],
        "unseen": _unseen(whole, asked.language),
        "looks": [_drawn(each, say, is_operator=is_operator) for each in whole.registries if each.looks][:MOST_CHARTS],
        "traffic": (whole.looks, whole.requests, size(whole.bytes)),
        "ages": _ages(whole, site.full_check_every, asked, say),
        "oldest": whole.ages.oldest,
        "promise": site.full_check_every // timedelta(days=1),
        "found": [(each, coded(each.finding.text), coded(each.finding.remedy)) for each in found],
        "levels": {Level.PROBLEM: "bad", Level.NOTE: "note", Level.FINE: "ok"},
    }
    return site.page(asked, "operating/health", values)


def counted_health(site: Site, now: datetime) -> HealthWhole:
    """All of it, counted once in WHOLE_FOR seconds."""

    def count() -> HealthWhole:
        return health_whole(site.registries, site.store, since=site.proof.since(now), now=now)

    return site.counted.get("health", site.proof.read(now).version, count, seconds=WHOLE_FOR)


@dataclass(frozen=True, slots=True)
class UnseenRow:
    """Trials that are not seen for the same reason, as the page shows them."""

    name: str
    """Of their registry."""
    words: str
    count: int
    examples: Sequence[str]


def _unseen(whole: HealthWhole, language: str) -> list[UnseenRow]:
    texts = texts_of(language)
    return [
        UnseenRow(
            name=registry.name,
            words=texts.said(unseen_words(each.reason, is_fed=not registry.is_asked)),
            count=each.count,
            examples=each.examples,
        )
        for registry in whole.registries
        for each in registry.unseen
    ]


def _attention(site: Site, asked: Asked) -> list[Attention]:
    problems = tuple(site.service.problems())

    def count() -> list[Attention]:
        return attention(problems, site.registries, site.store, now=asked.now)

    return site.counted.get("attention", repr(problems), count, seconds=ATTENTION_FOR)


def look(site: Site, asked: Asked) -> Response:
    """Have the registries looked at now."""
    with site.store.begin() as tx:
        looks = look_now(tx, site.registries, now=asked.now)
    site.due()
    done = "looking" if any(each.is_due for each in looks) else "left-alone" if looks else "nothing"
    return site.see_other(f"/health?done={done}")


def verdict(proof: Proof, found: Sequence[Attention], say: Say, say_many: SayMany) -> str:
    """The page's answer, in a sentence."""
    match proof.sight:
        case Sight.NOTHING:
            return say("Nothing is watched yet")
        case Sight.BLIND if not proof.version:
            return say("The database does not answer")
        case Sight.BLIND:
            return say("No registry was read of late")
        case Sight.LATE:
            return say("%(seen)s of %(watched)s trials are seen") % {
                "seen": number(proof.seen),
                "watched": number(proof.watched),
            }
    if proof.denied:
        words = say_many(
            "%(seen)s of %(watched)s trials are seen; one number is not in its registry",
            "%(seen)s of %(watched)s trials are seen; %(count)s numbers are not in their registries",
            proof.denied,
        )
        return words % {
            "seen": number(proof.seen),
            "watched": number(proof.watched),
            "count": number(proof.denied),
        }
    problems = sum(each.finding.level is Level.PROBLEM for each in found)
    if not problems:
        return say("Everything is seen")
    return say_many("Everything is seen; one problem", "Everything is seen; %(count)s problems", problems) % {
        "count": number(problems)
    }


def marks_of(looks: Sequence[Look], say: Say, *, is_operator: bool) -> list[LookMark]:
    """The looks as they are drawn, the oldest first; of more than LOOKS the first is only compared with."""
    before = {id(look): former for former, look in pairwise(looks)}
    return [_mark(look, before.get(id(look)), say, is_operator=is_operator) for look in looks[-LOOKS:]]


def _mark(look: Look, former: Look | None, say: Say, *, is_operator: bool) -> LookMark:
    why = f": {one_line(look.reason)}" if look.reason and is_operator else ""
    at = clock(look.ended_at)
    if not look.trials and look.reason:
        return LookMark(look.ended_at, LookKind.FAILED, f"{at}, {say('the registry could not be read')}{why}", why)
    if not look.is_whole:
        missed = max(look.watched - look.verified - (look.denied or 0), look.failed)
        words = say("%(missed)s of %(watched)s not seen") % {
            "missed": number(missed),
            "watched": counted(look.watched, "trial"),
        }
        if why and missed > 1:  # it is that of one alone
            why = f"; {say('one of them')}{why}"
        return LookMark(look.ended_at, LookKind.PART, f"{at}, {words}{why}", why)
    if former is not None and former.version != look.version:
        words = say("new data; trials that changed: %(changed)s") % {"changed": number(look.changed)}
        return LookMark(look.ended_at, LookKind.NEW, f"{at}, {words}")
    return LookMark(look.ended_at, LookKind.SAME, f"{at}, {say('all seen')}")


def _drawn(registry: RegistryHealth, say: Say, *, is_operator: bool) -> DrawnLooks:
    marks = marks_of(registry.looks, say, is_operator=is_operator)
    troubles = [each for each in marks if each.kind in (LookKind.PART, LookKind.FAILED)]
    latest = {each.why or each.words: each.words for each in troubles}
    label = say("%(looks)s looks at %(registry)s: %(new)s found new data, %(troubles)s did not see everything") % {
        "looks": len(marks),
        "registry": registry.name,
        "new": sum(each.kind is LookKind.NEW for each in marks),
        "troubles": len(troubles),
    }
    return DrawnLooks(registry.name, looks_chart(marks, label), [*latest.values()][-MOST_TROUBLES:])


def _ages(whole: HealthWhole, every: timedelta, asked: Asked, say: Say) -> Markup:
    """The chart of how long ago trials were read in full; nothing where none was."""
    if whole.ages.oldest is None:
        return Markup("")
    counts = bars_of(whole.ages, every, say)
    label = say("Days since each of %(trials)s trials was last read in full; the oldest was read at %(at)s") % {
        "trials": number(sum(count for _, count, _ in counts)),
        "at": moment(whole.ages.oldest, asked.language),
    }
    return ages_chart(counts, label)


def bars_of(ages: ReadAges, every: timedelta, say: Say) -> list[tuple[str, int, bool]]:
    """A bar for each day: its name, how many trials, and whether that is longer ago than it should ever be."""
    late_from = max(every // timedelta(days=1), 1) + 1
    bars = [
        (say("today") if day == 0 else f"{day} d", count, day >= late_from) for day, count in enumerate(ages.by_day)
    ]
    return [*bars, (f"≥ {len(bars)} d", ages.before, len(bars) >= late_from)] if ages.before else bars


PAGES = (
    Page("/health", health_page, Needs.PUBLIC, is_shared=True, shows_looks=True),
    Page("/health", look, Needs.OPERATE, methods=("POST",)),
)
