"""Answers of registries that were not believed: list, look, accept."""

from typing import Annotated

from fastapi import Body, Path, Query
from pydantic import Field
from starlette.responses import Response

from monitor.model import Json
from monitor.views.json.checks import checked_json, quarantined_json
from monitor.views.json.served import quarantined_answer_json
from monitor.views.quarantined import one_answer, quarantine_page
from monitor.watching.accept import NotAccepted, accept
from monitor.web.api import examples
from monitor.web.api import operating_examples as shown_as
from monitor.web.api.call import Caller
from monitor.web.api.once import once_apart
from monitor.web.api.paging import PageAsked, place_of
from monitor.web.api.problems import BAD_CURSOR, CONFLICT, KEPT, Problem, in_api_words
from monitor.web.api.routing import Operations
from monitor.web.api.shapes import ONLY_DIGITS, Sent, YesOrNo
from monitor.web.api.shapes import operating as shapes
from monitor.web.site.route import Needs

operations = Operations("Quarantine")

AnswerNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="Its number.", examples=[3]), ONLY_DIGITS]


class QuarantineAsked(PageAsked):
    """Which answers."""

    accepted: YesOrNo = Field(default=False, description="Also those that were accepted.")


class Accepting(Sent):
    """What to accept."""

    alike: bool = Field(
        default=False, description="Also what was refused for the same reason in the same version of the data."
    )


@operations.reads(
    "/quarantine",
    shape=shapes.QuarantinedPage,
    example=examples.page(shown_as.QUARANTINED),
    needs=Needs.OPERATE,
    kinds=[BAD_CURSOR],
)
def list_quarantine(call: Caller, asked: Annotated[QuarantineAsked, Query()]) -> Response:
    """List the answers that were not believed, the newest first."""
    place = place_of(call, asked)
    before = int(place.after[0]) if place.after else None
    page = quarantine_page(call.site.store, before=before, accepted=asked.accepted, limit=asked.limit)
    return place.answer([quarantined_json(each) for each in page.answers], [page.next] if page.next else None)


@operations.reads(
    "/quarantine/{number}",
    shape=shapes.QuarantinedAnswer,
    example={**shown_as.QUARANTINED, "answer": "{}", "is_cut": False, "damage": None, "alike": 1},
    needs=Needs.OPERATE,
    kinds=KEPT,
)
def get_quarantined(call: Caller, number: AnswerNumber) -> Response:
    """Give an answer as it came, as far as a person reads it."""
    whole = one_answer(number, call.site.store)
    return call.json({**quarantined_json(whole.answer), **quarantined_answer_json(whole)})


@operations.writes(
    "POST",
    "/quarantine/{number}/accept",
    shape=shapes.Accepted,
    example={"accepted": [shown_as.CHECKED], "not_accepted": []},
    needs=Needs.OPERATE,
    kinds=KEPT,
)
def accept_quarantined(
    call: Caller, number: AnswerNumber, sent: Annotated[Accepting | None, Body(examples=[{"alike": True}])] = None
) -> Response:
    """Take an answer for its trial's record.

    What it changes is kept and told. An answer that is not proven to be the trial's own record cannot be accepted.
    """
    one_answer(number, call.site.store)

    def do() -> Response:
        accepted: list[Json] = []
        refused: list[Json] = []
        alike = sent is not None and sent.alike
        known = call.site.registries
        for each in accept([number], store=call.site.store, known=known, now=call.now, alike=alike):
            if isinstance(each, NotAccepted):
                refused.append({"number": each.number, "reason": in_api_words(each.reason)})
            else:
                accepted.append(checked_json(each))
        if refused and not accepted:
            raise Problem(CONFLICT, str(refused[0]["reason"]))
        return call.json({"accepted": accepted, "not_accepted": refused})

    return once_apart(call, do)
