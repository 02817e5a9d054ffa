"""The answers of ClinicalTrials.gov's API v2, path by path. Pure.

Errors are text, not JSON. Any other path gets the HTML page of the web server in front of the registry, which a client
must not mistake for "no such trial".
"""

import re
from collections.abc import Mapping

import orjson

from monitor.sandbox.clinicaltrials_gov import history
from monitor.sandbox.clinicaltrials_gov.databuild import API_VERSION
from monitor.sandbox.clinicaltrials_gov.edition_view import EditionView
from monitor.sandbox.clinicaltrials_gov.listing import (
    LEGACY,
    Refused,
    canonical_id,
    check_format,
    page_token,
    read_fields,
    read_studies_query,
)
from monitor.sandbox.exchange import JSON, TEXT, Answer, Request, not_found_page

ROOT = "/api/v2"
SAMPLE = 100
"""How many trials /stats/size measures, because all of them would have to be generated."""


def answer(request: Request, view: EditionView) -> Answer:
    """Answer one request from one edition."""
    if request.path.startswith(history.ROOT):
        return history.answer(request, view.edition)
    path = request.path.removeprefix(ROOT)
    if path == request.path or not is_offered(path):
        return not_found_page()
    if request.method != "GET":
        return Answer(405, TEXT, b"Method Not Allowed", {"Allow": "GET"})
    try:
        good = route(path, request.query, view)
    except Refused as refusal:
        return Answer(400, TEXT, str(refusal).encode())
    if good.status == 200 and is_current(request, view):
        return Answer(304, good.content_type)
    return good


def is_offered(path: str) -> bool:
    """Whether the sandbox has this resource below /api/v2."""
    is_study = path.startswith("/studies/") and path.count("/") == 2
    return path in ("/version", "/studies", "/stats/size") or (is_study and path not in UNUSED)


UNUSED = ("/studies/metadata", "/studies/search-areas", "/studies/enums", "/studies/download", "/studies/")
"""Resources of the registry that the sandbox does not have."""


def route(path: str, query: Mapping[str, str], view: EditionView) -> Answer:
    """Answer for a path that is offered. Raises Refused."""
    if path == "/studies":
        return studies(query, view)
    if path.startswith("/studies/"):
        return study(path.rpartition("/")[2], query, view)
    for name in query:
        raise Refused(f"`{name}` is unknown parameter")
    return version(view) if path == "/version" else sizes(view)


def is_current(request: Request, view: EditionView) -> bool:
    """Whether the client has this data build already."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    build = view.edition.build
    return bool(known & {build.etag(), build.etag(compressed=True), "*"})


def version(view: EditionView) -> Answer:
    """GET /version."""
    return Answer(200, JSON, orjson.dumps({"apiVersion": API_VERSION, "dataTimestamp": view.edition.build.timestamp}))


def studies(query: Mapping[str, str], view: EditionView) -> Answer:
    """GET /studies: one page, each study on a line of its own."""
    asked = read_studies_query(query)
    found = view.find(asked)
    end = asked.offset + asked.page_size
    page = [view.study(trial_id, asked.projection) for trial_id in found[asked.offset : end]]
    total = b'"totalCount":%d,' % len(found) if asked.count_total else b""
    lines = b"\n" + b",\n".join(page) + b"\n" if page else b"  "
    following = b',"nextPageToken":"%s"' % page_token(end).encode() if end < len(found) else b""
    return Answer(200, JSON, b"{" + total + b'"studies":[' + marked_up(lines, query) + b"]" + following + b"}")


def study(asked: str, query: Mapping[str, str], view: EditionView) -> Answer:
    """GET /studies/{nctId}."""
    for name in query:
        if name not in ("format", "markupFormat", "fields"):
            raise Refused(f"`{name}` is unknown parameter")
    check_format(query, offered=("json",))
    projection = read_fields(query)
    trial_id = canonical_id(asked)
    if trial_id is None:
        raise Refused("Parameter `nctId` has incorrect format")
    current = view.edition.resolve(trial_id)
    if not view.holds(current):
        return Answer(404, TEXT, f"NCT number {trial_id} not found".encode())
    if current != trial_id:
        return Answer(301, TEXT, b"", {"Location": f"{ROOT}/studies/{current}"})
    return Answer(200, JSON, marked_up(view.study(trial_id, projection), query))


def marked_up(studies: bytes, query: Mapping[str, str]) -> bytes:
    """Studies with the requested markup; of the legacy one, only the line ends are imitated."""
    if query.get("markupFormat") != LEGACY:
        return studies
    return re.sub(rb"\\.", lambda escape: rb"\r\n" if escape[0] == rb"\n" else escape[0], studies)


def sizes(view: EditionView) -> Answer:
    """GET /stats/size: the number of all trials, and how large the first hundred are."""
    trial_ids = view.edition.trial_ids()
    weighed = sorted((len(view.study(trial_id, None)), trial_id) for trial_id in trial_ids[:SAMPLE])
    at = {str(percent): weighed[len(weighed) * percent // 100][0] for percent in (1, 10, 50, 90, 99)} if weighed else {}
    largest = [{"id": trial_id, "sizeBytes": size} for size, trial_id in reversed(weighed[-10:])]
    average = sum(size for size, _ in weighed) // max(len(weighed), 1)
    ranges = [{"sizeRange": "all", "studiesCount": len(trial_ids)}]
    return Answer(
        200,
        JSON,
        orjson.dumps(
            {
                "totalStudies": len(trial_ids),
                "averageSizeBytes": average,
                "percentiles": at,
                "ranges": ranges,
                "largestStudies": largest,
            }
        ),
    )
