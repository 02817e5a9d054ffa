"""Answers of registries that were not believed: why, what came, and taking one for the trial's record all the same."""

from starlette.responses import Response

from monitor.errors import ConfigurationInvalid
from monitor.model import Result
from monitor.text import one_line, plain, size, stamp
from monitor.views.cursors import number_of
from monitor.views.quarantined import one_answer, quarantine_page
from monitor.watching.accept import NotAccepted, accept
from monitor.web.operating.held import number_in
from monitor.web.site.asked import Asked
from monitor.web.site.forms import one
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

SHOWN = 50


def quarantine_list(site: Site, asked: Asked) -> Response:
    """Every answer that was not believed, the newest first; with all=yes also those that were accepted."""
    accepted = asked.query.get("all") == "yes"
    page = quarantine_page(site.store, before=number_of(asked.place("before")), accepted=accepted, limit=SHOWN)
    rows = [(answer, one_line(answer.reason), size(answer.size)) for answer in page.answers]
    values = {"rows": rows, "next": page.next, "accepted": accepted, "names": site.registry_names}
    return site.page(asked, "operating/quarantine", values)


def quarantined_page(site: Site, asked: Asked) -> Response:
    """One answer, as it came."""
    whole = one_answer(number_in(asked.params["number"]), site.store)
    taken = asked.query.get("taken", "")
    values = {
        "whole": whole,
        "answer": whole.answer,
        "reason": plain(whole.answer.reason),
        "size": size(whole.answer.size),
        "data_of": stamp(whole.answer.version) if whole.answer.version else "",
        "names": site.registry_names,
        "taken": int(taken) if taken.isascii() and taken.isdecimal() and len(taken) < 9 else 0,
        "failed": asked.query.get("failed") == "yes",
    }
    return site.page(asked, "operating/quarantined", values)


def accept_answer(site: Site, asked: Asked) -> Response:
    """Take an answer for the trial's record, and where it is asked for those that were refused alike."""
    number = number_in(asked.params["number"])
    is_alike = one(asked.form, "alike") == "yes"
    taken, failed = 0, False
    for each in accept([number], store=site.store, known=site.registries, now=asked.now, alike=is_alike):
        if isinstance(each, NotAccepted):
            raise ConfigurationInvalid(each.reason)
        failed |= each.result is Result.FAILED
        taken += each.result is not Result.FAILED
    site.committed()
    return site.see_other(f"/quarantine/{number}?taken={taken}" + ("&failed=yes" if failed else ""))


PAGES = (
    Page("/quarantine", quarantine_list, Needs.OPERATE),
    Page("/quarantine/{number}", quarantined_page, Needs.OPERATE),
    Page("/quarantine/{number}/accept", accept_answer, Needs.OPERATE, methods=("POST",)),
)
