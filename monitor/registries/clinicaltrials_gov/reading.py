"""What an answer of the registry says; or why it says nothing, and the remedy. Pure.

Not every answer under the registry's name is its own. A front end turns some clients away: by their User-Agent, by the
network that they call from, or with a page that wants a browser. Such an answer is kept apart from the registry's own
words, because the remedy is another.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from monitor.errors import AnswerUnreadable, RequestRefused
from monitor.http.response import Response, status_in_words
from monitor.model import Json
from monitor.registries.clinicaltrials_gov.ids import is_trial_id
from monitor.registries.clinicaltrials_gov.version import KEY

SETTINGS = f'registries."{KEY}"'
ADDRESS_REMEDY = f"check {SETTINGS}.base_url in config.toml"
REMEDY = f"check the network, or {SETTINGS}.base_url in config.toml"
WAY_OUT = (
    f"set {SETTINGS}.user_agent to one that is let in, or point {SETTINGS}.base_url in config.toml at a relay on "
    "another network"
)
REDIRECTS = (301, 302, 303, 307, 308)
TURNED_AWAY = (401, 403, 406, 451)
_WORDS_OF_FIELDS = re.compile(r"(?i)\binvalid field name\b|parameter [`'\"]?fields\b")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>|<h1[^>]*>(.*?)</h1>")


class PageUnparseable(AnswerUnreadable):
    """A page began as JSON and is none: asked for in smaller parts, most of it may well be readable."""


class HtmlAnswered(AnswerUnreadable):
    """A page for people came: a maintenance notice, a log-in, a front end that wants a browser."""


class TurnedAway(RequestRefused):
    """Somebody in front of the registry lets this client, this network or this request not pass."""


class FieldsRefused(RequestRefused):
    """The registry does not know a field that we asked for."""


def turned_away(answer: Response, *, base: str, user_agent: str) -> TurnedAway | None:
    """Why the front end lets nothing pass; None for an answer of another kind."""
    if answer.status not in TURNED_AWAY:
        return None
    words = _title(answer) if is_html(answer) else one_line(_text(answer), 80)
    said = f"{f', “{words}”' if words else ''}{_way(answer)}"
    return TurnedAway(
        f"{base} turns this client away with {status_in_words(answer.status)}{said}. Some front ends refuse unusual "
        f"clients, and the networks of data centres. This client is “{one_line(user_agent)}”: {WAY_OUT}",
        status=answer.status,
        words=words,
    )


def expect_ok(answer: Response) -> Response:
    """The answer, if it is a plain 200.

    Raise RequestRefused for a 4xx, AnswerUnreadable for what has no business here: a redirect, a partial answer.
    """
    if answer.status == HTTPStatus.OK:
        return answer
    words = status_in_words(answer.status)
    if answer.status in REDIRECTS:
        raise AnswerUnreadable(
            f"{KEY} answers {words} with a redirect to “{one_line(answer.headers.get('Location', ''))}” instead of a "
            f"record{_way(answer)}: where its API has moved there, set {SETTINGS}.base_url to it; where that is a page "
            f"for browsers, {WAY_OUT}",
            raw=answer.body,
        )
    if not 400 <= answer.status <= 499:
        raise AnswerUnreadable(f"{KEY} answers {words} instead of a record{_way(answer)}", raw=answer.body)
    text = "" if is_html(answer) else one_line(_text(answer))
    said = f": “{text}”" if text else ""
    is_of_fields = answer.status == HTTPStatus.BAD_REQUEST and _WORDS_OF_FIELDS.search(text)
    kind = FieldsRefused if is_of_fields else RequestRefused
    remedy = "check that proxy" if answer.via else ADDRESS_REMEDY
    raise kind(
        f"{KEY} refuses the request with {words}{said}{_way(answer)}; {remedy}", status=answer.status, words=text
    )


def _way(answer: Response) -> str:
    """By which proxy an answer came: it may be the proxy's own."""
    return f", {answer.via}" if answer.via else ""


def parsed(answer: Response) -> Json:
    """The JSON of a plain 200.

    Raise what `expect_ok` raises, HtmlAnswered for a page for people, PageUnparseable where the answer only begins as
    JSON, AnswerUnreadable where it does not even do that.
    """
    body = expect_ok(answer).body.strip()
    if not body:
        raise AnswerUnreadable(f"{KEY} answers with nothing at all", raw=answer.body)
    if is_html(answer):
        title = _title(answer)
        named = f" (“{title}”)" if title else ""
        instead = f"instead of a record{_way(answer)}"
        raise HtmlAnswered(
            f"{KEY} answers with an HTML page{named} {instead}; where that does not pass, {WAY_OUT}",
            raw=answer.body,
        )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        kind = PageUnparseable if body[:1] in (b"{", b"[") else AnswerUnreadable
        raise kind(f"{KEY} answers with what is not proper JSON: {error.msg}", raw=answer.body) from error


def page_of(answer: Response) -> dict[str, Any]:
    """The page of studies that an answer holds. Raise what `parsed` raises, AnswerUnreadable for anything else."""
    page = parsed(answer)
    if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
        raise AnswerUnreadable(f"{KEY} answers with something else than a page of studies", raw=answer.body)
    return page


def redirected_to(answer: Response, trial_id: str, *, base: str) -> str | None:
    """The other trial that a redirect names, as a resource of the API or as a page; None where it names none.

    Only the id is taken from it: nobody sends us to another address. Whether it is the trial that *trial_id* became,
    its own record has to say.
    """
    here = urlsplit(f"{base}/studies/")
    with suppress(ValueError):
        target = urlsplit(urljoin(here.geturl(), answer.headers.get("Location", "")))
        hosts = {here.netloc.lower(), KEY, f"www.{KEY}"}
        *above, into = target.path.rstrip("/").upper().split("/")
        if target.netloc.lower() in hosts and above[-1:] in (["STUDIES"], ["STUDY"], ["SHOW"]):
            return into if is_trial_id(into) and into != trial_id else None
    return None


def malformed_item(error: RequestRefused, trial_ids: Sequence[str]) -> str | None:
    """The id that the registry calls malformed, counting from 1; None where it does not say."""
    found = re.match(r"Item ([0-9]{1,4}) in parameter [`'\"]?filter\.ids\b", error.words)
    return trial_ids[int(found[1]) - 1] if found and 1 <= int(found[1]) <= len(trial_ids) else None


def says_not_found(answer: Response, trial_id: str) -> bool:
    """Whether it is the registry itself that knows no such trial."""
    return _text(answer).strip().lower() == f"nct number {trial_id} not found".lower()


def one_line(text: str, most: int = 200) -> str:
    """The beginning of somebody else's text, fit to stand in a message."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: most * 2]).split())[:most]


def is_html(answer: Response) -> bool:
    """Whether this is a page for people, whatever it says that it is."""
    return answer.body.lstrip()[:1] == b"<" or answer.headers.get("Content-Type", "").startswith("text/html")


def _text(answer: Response) -> str:
    return answer.body[:1000].decode(errors="replace")


def _title(answer: Response) -> str:
    found = _TITLE.search(answer.body[:4000].decode(errors="replace"))
    return one_line(re.sub(r"<[^>]*>", " ", found[1] or found[2] or ""), 80) if found else ""
