"""The sandbox's controls over HTTP: the page for people at `/`, and `/sandbox/…` for scripts.

Only this machine may use them. A web page can make the browser send requests here, and can give its own name our
address (DNS rebinding), so the Host must be a loopback name, and a request that changes anything must come from our own
page or from no page at all.
"""

from collections.abc import Callable
from urllib.parse import parse_qsl, quote

import orjson

from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound
from monitor.model import Json
from monitor.sandbox import page
from monitor.sandbox.arrivals import html_of, mail_as_object, webhook_as_object
from monitor.sandbox.arrivals_panels import MAIL_SAFETY
from monitor.sandbox.control_request import ControlRequest
from monitor.sandbox.controlled import Control, ControlledRegistry, bound
from monitor.sandbox.exchange import HTML, JSON, TEXT, Answer, Request, not_found_page

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
FORM = "application/x-www-form-urlencoded"
SAFETY = {
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
SHOWN_REQUESTS = 50
MAILS = "/sandbox/mails/"


def answer(request: Request, sandbox: ControlledRegistry) -> Answer:
    """Answer a request for the page or for a control."""
    if objection := find_objection(request):
        return objection
    if request.method == "GET":
        return show(request, sandbox)
    if request.method != "POST":
        return Answer(405, TEXT, b"Use GET to look, and POST to use a control\n", {"Allow": "GET, POST"})
    control = controls_of(sandbox).get(request.path)
    if control is None:
        return not_found_page()
    try:
        asked = read_control_request(request)
        said = control(asked)
    except MonitorError as error:
        return refuse(request, error)
    if asked.from_form:
        return go_back(asked.chosen, said)
    return as_json(200, {"done": said, "dataTimestamp": sandbox.build.timestamp, "waiting": sandbox.waiting})


def find_objection(request: Request) -> Answer | None:
    """The answer that refuses a request; None if it is allowed."""
    host = request.headers.get("host", "")
    if host.rpartition(":")[0] not in LOOPBACK and host not in LOOPBACK:
        return Answer(403, TEXT, b"The sandbox obeys this machine only: ask for it as 127.0.0.1\n")
    if request.method in ("GET", "HEAD"):
        return None
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return Answer(403, TEXT, b"Another site cannot use the sandbox's controls\n")
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return Answer(403, TEXT, b"Another site cannot use the sandbox's controls\n")
    if media_type(request) not in (JSON, FORM):
        return Answer(415, TEXT, f"Send {JSON} or a form\n".encode())
    return None


def media_type(request: Request) -> str:
    """The body's type without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_control_request(request: Request) -> ControlRequest:
    """The arguments of a control. Raises ConfigurationInvalid."""
    if media_type(request) == FORM:
        fields = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        return ControlRequest({name: value for name, value in fields if value.strip()}, from_form=True)
    try:
        arguments = orjson.loads(request.body or b"{}")
    except orjson.JSONDecodeError as error:
        raise ConfigurationInvalid(f"The body is not JSON ({error}): send one JSON object.") from None
    if not isinstance(arguments, dict):
        raise ConfigurationInvalid("The body is not a JSON object: send one.")
    return ControlRequest({**request.query, **arguments}, from_form=False)


def show(request: Request, sandbox: ControlledRegistry) -> Answer:
    """Answer a GET: the page, or one of its parts."""
    if request.path == "/":
        chosen = {name: request.query.get(name, "") for name in ("trial", "find", "said")}
        return Answer(200, f"{HTML}; charset=utf-8", page.render(sandbox, **chosen).encode(), SAFETY)
    if request.path == "/sandbox/style.css":
        return Answer(200, "text/css; charset=utf-8", page.style(), SAFETY)
    if request.path == "/sandbox/state":
        return as_json(200, state(sandbox))
    if request.path.startswith(MAILS):
        return show_mail(request.path.removeprefix(MAILS), sandbox)
    return not_found_page()


def show_mail(file: str, sandbox: ControlledRegistry) -> Answer:
    """A mail as it came, or its HTML, which may run and load nothing."""
    number, _, kind = file.partition(".")
    for mail in sandbox.inboxes.mails:
        if str(mail.number) == number and kind == "eml":
            return Answer(200, "message/rfc822", mail.raw, {**SAFETY, "content-disposition": "attachment"})
        if str(mail.number) == number and kind == "html":
            return Answer(200, f"{HTML}; charset=utf-8", html_of(mail).encode("utf-8", "replace"), MAIL_SAFETY)
    return not_found_page()


def state(sandbox: ControlledRegistry) -> Json:
    """The sandbox in numbers."""
    return {
        "base_url": sandbox.base_url,
        "dataTimestamp": sandbox.build.timestamp,
        "etag": sandbox.build.etag(),
        "trials": len(sandbox.trial_ids()),
        "waiting": sandbox.waiting,
        "misbehaviours": [
            {"kind": active.kind, "ids": sorted(active.trial_ids), "path": active.path, "times": left}
            for active, left in sandbox.misbehaviours()
        ],
        "requests": [
            {"method": seen.method, "target": seen.target, "status": seen.status}
            for seen in sandbox.requests[-SHOWN_REQUESTS:]
        ],
        "mails": [mail_as_object(mail) for mail in sandbox.inboxes.mails],
        "webhooks": [webhook_as_object(received) for received in sandbox.inboxes.webhooks],
    }


def as_json(status: int, value: Json) -> Answer:
    """An answer for scripts."""
    return Answer(status, JSON, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE), SAFETY)


def go_back(trial_id: str, said: str) -> Answer:
    """Send a browser back to the page, and tell a shell what was done."""
    location = f"/?trial={quote(trial_id)}&said={quote(said)}"
    return Answer(303, TEXT, f"{said}\n".encode(), {**SAFETY, "location": location})


def refuse(request: Request, error: MonitorError) -> Answer:
    """Report what was wrong with a request, as a page or as JSON, like the request."""
    status = 404 if isinstance(error, NothingFound) else 400
    if media_type(request) == FORM:
        fields = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        return go_back(ControlRequest(fields, from_form=True).chosen, f"Not done: {error}")
    return as_json(status, {"error": str(error)})


# The controls: each does one thing, and says what it did


def refresh(_request: ControlRequest, sandbox: ControlledRegistry) -> str:
    """Make the next data build live."""
    return f"Data build of {sandbox.refresh().timestamp} is live"


def misbehave(request: ControlRequest, sandbox: ControlledRegistry) -> str:
    """Misbehave from now on."""
    arguments = request.arguments
    ids = arguments.get("ids")
    if isinstance(ids, str):
        ids = ids.replace(",", " ").split()
    try:
        sandbox.misbehave(
            request.text("kind"),
            times=_number_or_none(arguments.get("times")),
            ids=ids,
            path=arguments.get("path"),
            target=_text_or_none(arguments.get("target")),
            user_agent=_text_or_none(arguments.get("user_agent")),
            retry_after=arguments.get("retry_after"),
            seconds=float(arguments.get("seconds", 5)),
            most=_number_or_none(arguments.get("most")),
            location=str(arguments.get("location", "")),
            status=_number_or_none(arguments.get("status")),
            content_type=str(arguments.get("content_type", JSON)),
            body=str(arguments.get("body", "")).encode(),
        )
    except (TypeError, ValueError) as error:
        raise ConfigurationInvalid(
            f"That is not a misbehaviour ({error}): times, seconds, most and status are numbers."
        ) from None
    return f"Misbehaving: {request.text('kind')}"


def _number_or_none(value: Json) -> int | None:
    return None if value is None else int(value)


def _text_or_none(value: Json) -> str | None:
    return None if value is None else str(value)


def behave(_request: ControlRequest, sandbox: ControlledRegistry) -> str:
    """End all misbehaviour."""
    sandbox.behave()
    return "Behaving again"


def mailbox(request: ControlRequest, sandbox: ControlledRegistry) -> str:
    """Set how the mailbox behaves."""
    return f"The mailbox will {sandbox.inboxes.set_mailbox_way(request.text('way'))}"


def receiver(request: ControlRequest, sandbox: ControlledRegistry) -> str:
    """Set how the webhook receiver behaves."""
    return f"The webhook receiver will {sandbox.inboxes.set_receiver_way(request.text('way'))}"


def secret(request: ControlRequest, sandbox: ControlledRegistry) -> str:
    """Give the webhook receiver a signing secret; other arguments are left alone, so that `--json` can be piped in."""
    sandbox.inboxes.give_secret(request.text("secret"))
    return "The webhook receiver verifies signatures"


CONTROLS: dict[str, Callable[[ControlRequest, ControlledRegistry], str]] = {
    "refresh": refresh,
    "misbehave": misbehave,
    "behave": behave,
    "mailbox": mailbox,
    "receiver": receiver,
    "secret": secret,
}
"""Those that any registry's sandbox has, by name."""


def controls_of(sandbox: ControlledRegistry) -> dict[str, Control]:
    """All controls of a sandbox, by path."""
    controls = {**bound(CONTROLS, sandbox), **sandbox.trial_controls()}
    return {f"/sandbox/{name}": control for name, control in controls.items()}
