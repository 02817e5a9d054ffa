"""Changes that were held back, because one field changed in too many trials at once: look, then release or discard."""

from collections.abc import Sequence

from starlette.responses import Response

from monitor.alerts.settling import decide
from monitor.errors import NothingFound
from monitor.model import Change
from monitor.render.headlines import gist
from monitor.render.values import field_label
from monitor.storage.holds import Decision, Hold
from monitor.storage.unread import Unread
from monitor.text import cut, natural_list, one_line, stamp
from monitor.views.cursors import cursor, number_of, parts_of
from monitor.views.held_words import became_words, decided_by, of_event
from monitor.views.holds import hold_page, one_hold, would_hear
from monitor.web.operating.logs import Damaged
from monitor.web.site.asked import Asked
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

SHOWN = 50
MOST_HEADLINE = 200
WEIGHED = 50
"""Events of a hold for which it is looked up who would hear of them."""
LARGEST_NUMBER = 2**31 - 1
DECISIONS: dict[str, Decision] = {"release": "released", "discard": "discarded"}


def held_page(site: Site, asked: Asked) -> Response:
    """Every hold, the newest first."""
    page = hold_page(site.store, before=number_of(asked.place("before")), limit=SHOWN)
    rows = [
        Damaged(hold.name, one_line(hold.why))
        if isinstance(hold, Unread)
        else (hold, fields_of(hold), decided_by(hold))
        for hold in page.holds
    ]
    return site.page(asked, "operating/held", {"rows": rows, "next": page.next, "names": site.registry_names})


def hold_page_of_one(site: Site, asked: Asked) -> Response:
    """One hold: what is held, in which trials, and what can be done."""
    number = _number(asked)
    after = asked.query.get("after", "")
    whole = one_hold(number, site.store, after=parts_of(after, 1)[0] if after else None, limit=SHOWN)
    values = {
        "whole": whole,
        "hold": whole.hold,
        "fields": fields_of(whole.hold),
        "data_of": stamp(whole.hold.version),
        "names": site.registry_names,
        "decided_by": decided_by(whole.hold),
        "became": [(became_words(each), count) for each, count in whole.became.items()],
        "events": [(event, headline(event.changes), of_event(held)) for held, event in whole.events],
        "next": cursor(whole.next) if whole.next else "",
        "done": asked.query.get("done", "") == "decided",
    }
    return site.page(asked, "operating/hold", values)


def consequences_page(site: Site, asked: Asked) -> Response:
    """What releasing or discarding comes to, and the button that does it."""
    number, step = _number(asked), _step(asked)
    whole = one_hold(number, site.store, limit=WEIGHED)
    if whole.hold.decision:
        return site.see_other(f"/held/{number}")
    hear, tellings = would_hear(whole, site.store, now=asked.now) if step == "release" else (0, 0)
    values = {
        "whole": whole,
        "hold": whole.hold,
        "step": step,
        "fields": fields_of(whole.hold),
        "hear": hear,
        "tellings": tellings,
        "weighed": len(whole.events),
    }
    return site.page(asked, "operating/hold_decided", values)


def decide_hold(site: Site, asked: Asked) -> Response:
    """Tell what is held to everybody whom it concerns, or to nobody."""
    number, step = _number(asked), _step(asked)
    decide(number, DECISIONS[step], site.store, by=asked.visitor.name, registries=site.registries, now=asked.now)
    site.committed()
    return site.see_other(f"/held/{number}?done=decided")


def fields_of(hold: Hold) -> str:
    """The fields that changed in too many trials, as people call them."""
    return natural_list([cut(field_label(field), 60) for field in hold.fields], 4) or "what cannot be read"


def number_in(text: str) -> int:
    """A number of a hold or an answer. NothingFound for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 0 < int(text) <= LARGEST_NUMBER):
        raise NothingFound(f"there is none of the number “{one_line(text[:20])}”")
    return int(text)


def headline(changes: Sequence[Change]) -> str:
    """The most significant of some changes, in a line."""
    ordered = sorted(changes, key=lambda change: -change.significance)
    return gist(ordered, MOST_HEADLINE) if ordered else ""


def _number(asked: Asked) -> int:
    return number_in(asked.params["number"])


def _step(asked: Asked) -> str:
    step = asked.params["step"]
    if step not in DECISIONS:
        raise NothingFound("a hold is released or discarded")
    return step


PAGES = (
    Page("/held", held_page, Needs.OPERATE),
    Page("/held/{number}", hold_page_of_one, Needs.OPERATE),
    Page("/held/{number}/{step}", consequences_page, Needs.OPERATE),
    Page("/held/{number}/{step}", decide_hold, Needs.OPERATE, methods=("POST",)),
)
