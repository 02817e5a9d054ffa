"""From a request to an operation, and from its answer to the program that asked.

    who asks  ->  how often  ->  may they  ->  what was sent  ->  the operation, in a thread  ->  ETag, headers

Whatever goes wrong on the way becomes a problem: see `problems`.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TypeVar

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive

from monitor.storage.once import Asked
from monitor.text import counted
from monitor.web.api import BEGINS, problems
from monitor.web.api.bodies import body_of
from monitor.web.api.call import Call
from monitor.web.api.doing import Doing
from monitor.web.api.making import Making
from monitor.web.api.problems import Problem, Wrong, quoted
from monitor.web.api.raised import as_problems
from monitor.web.api.rates import Left, Meter, Policy
from monitor.web.api.routing import KEY_HEADER, LONGEST_KEY, Rules, Takes
from monitor.web.api.tags import gzipped, is_named, tag_of
from monitor.web.site.answering import COMES_AGAIN_AFTER, Answering, Busy
from monitor.web.site.asked import NOBODY, Visitor
from monitor.web.site.keeping import KeptPage, page_of
from monitor.web.site.rates import network_of
from monitor.web.site.route import Needs
from monitor.web.site.site import Site

T = TypeVar("T")

_log = logging.getLogger("monitor.web")

READS = Policy("read", 600, 60)
"""Requests a minute of a token, or of a network without one."""
WRITES = Policy("write", 60, 60)
SOON = {"Retry-After": COMES_AGAIN_AFTER}
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Authorization, Cookie, Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks, as far as that is known."""

    visitor: Visitor
    key: str
    """What their requests are counted by, such as a token's number; never the token itself."""
    has_token: bool
    owner: str | None = None
    """The user whose token it is, by name; None where it belongs to nobody in particular."""


Authenticate = Callable[[Request, datetime], Known | None]
"""Finds out who asks; None for nobody that is known. May read the database.

Problem for a token that is none, or is not good any more."""


def nobody(_request: Request, _now: datetime) -> Known | None:
    """Where there are no tokens and no sessions."""
    return None


@dataclass(slots=True)
class Guard:
    """Stands before every operation."""

    answering: Answering
    """Of the pages: its threads are the readers'."""
    authenticate: Authenticate = nobody
    meter: Meter = field(default_factory=Meter)
    doing: Doing = field(default_factory=Doing)
    making: Making = field(default_factory=Making)

    async def answer(
        self,
        request: Request,
        rules: Rules,
        takes: Takes,
        handle: Callable[[Request], Awaitable[Response]],
    ) -> Response:
        """What the operation of these *rules* answers, which *takes* so much."""
        async with AsyncExitStack() as alone:
            return await self._answered(request, rules, takes, handle, alone)

    async def _answered(
        self,
        request: Request,
        rules: Rules,
        takes: Takes,
        handle: Callable[[Request], Awaitable[Response]],
        alone: AsyncExitStack,
    ) -> Response:
        now = self.site.subscribing.clock()
        headers = {name.lower(): ", ".join(request.headers.getlist(name)) for name in request.headers}
        network = network_of(request.client.host if request.client else "")
        left: Left | None = None
        own = ""
        try:
            with as_problems():
                who, unknown, version = await self._identified(request, now)
                left = self.meter.take(who.key if who else network, WRITES if rules.writes else READS)
                if not left.is_allowed:
                    words = f"{left.policy.quota} requests in {left.policy.window} seconds are allowed."
                    raise Problem(problems.TOO_OFTEN, words)
                if unknown:
                    raise unknown
                _refuse_unless_allowed(who, rules, is_public=self.site.is_public)
                _refuse_parameters(request, takes)
                _refuse_headers(request, rules)
                key = _kept_as(request, who) if rules.is_shared else None
                page, own = await self._kept_one(key, version, self._own_version(request, rules), alone)
                if page is not None:
                    return _with_safety(_kept(page, headers), left)
                body = await body_of(request, takes_body=takes.body) if rules.writes else b""
                request = Request(request.scope, _given(body))
                request.state.call = Call(
                    site=self.site,
                    visitor=who.visitor if who else NOBODY,
                    owner=who.owner if who else None,
                    now=now,
                    path=f"{BEGINS}{request.scope['path'].removeprefix(request.scope.get('root_path', ''))}",
                    query=request.query_params.multi_items(),
                    headers=headers,
                    doing=self.doing,
                    asked=_asked_once(request, headers, who, body) if rules.takes_key else None,
                    run=self._run,
                )
                response = await handle(request)
        except Problem as problem:
            response = self.told(problem, request)
        except ClientDisconnect:
            raise
        except Exception:
            _log.exception("an operation of the API failed: %s %s", request.method, request.scope["route"].path)
            words = "Something went wrong here; the log of the service says what."
            response = self.told(Problem(problems.FAILED, words), request)
        else:
            if rules.writes:
                self.answering.kept.clear()
                self.site.proof.forget()
            else:
                response = await self._run(partial(self._finished, response, headers, key, version, own))
        return _with_safety(response, left)

    async def _kept_one(
        self, key: Hashable | None, version: str, own_version: Callable[[], str] | None, alone: AsyncExitStack
    ) -> tuple[KeptPage | None, str]:
        """The answer that is kept, or the former one while somebody makes it anew; else whoever asks makes it *alone*.

        And the *own version* of what it shows, where that is known.
        """
        if key is None:
            return None, ""
        kept = self.answering.kept
        if page := kept.get(key, version) or (kept.former(key) if self.making.makes(key) else None):
            return page, ""
        await alone.enter_async_context(self.making.alone(key))
        if page := kept.get(key, version):
            return page, ""
        own = await self._run(own_version) if own_version else ""
        return kept.confirmed(key, version, own) if own else None, own

    def _own_version(self, request: Request, rules: Rules) -> Callable[[], str] | None:
        """What gives the version of what is answered, where that is little."""
        return partial(self.site.version_of_trial, request.path_params["trial_id"]) if rules.is_of_trial else None

    async def _identified(self, request: Request, now: datetime) -> tuple[Known | None, Problem | None, str]:
        """Who asks, or what is wrong with what says so: that counts as a request of its network.

        And what is new in the data, which only what is kept is compared with: each step in a thread costs a switch.
        """

        def identified() -> tuple[Known | None, str]:
            return self.authenticate(request, now), self.answering.kept.as_of(self.site.proof.read(now).news)

        try:
            who, version = await self._run(identified)
        except Problem as problem:
            return None, problem, ""
        return who, None, version

    def _finished(
        self, response: Response, headers: Mapping[str, str], key: Hashable | None, version: str, own: str
    ) -> Response:
        """The answer with its tag, compressed, kept where it has a *key*; or 304 where the one who asks has it."""
        if response.status_code != 200:
            return response
        response.headers.update({"ETag": tag_of(bytes(response.body)), "Cache-Control": "private, no-cache"})
        kept = self.answering.kept
        return _kept(page_of(response, version) if key is None else kept.put(key, version, response, own), headers)

    def told(self, problem: Problem, request: Request) -> Response:
        """The answer for a problem."""
        return problems.problem_response(problem, page=self.site.prefix + "/api", instance=quoted(request.url.path))

    async def _run(self, step: Callable[[], T]) -> T:
        """Take a step in one of the readers' threads."""
        try:
            return await self.answering.run(step)
        except Busy:
            raise Problem(problems.NOT_NOW, "Too many ask at once: ask again in a moment.", headers=SOON) from None

    @property
    def site(self) -> Site:
        """What operations may use."""
        return self.answering.site


def _refuse_unless_allowed(who: Known | None, rules: Rules, *, is_public: bool) -> None:
    visitor = who.visitor if who else NOBODY
    if rules.writes and who and not who.has_token:
        raise Problem(problems.SESSION_READS, "A browser's session only reads here: send a token.")
    if rules.needs.are_met(visitor, is_public=is_public):
        return
    scope = "read" if rules.needs is Needs.PUBLIC else str(rules.needs)
    if who is None:
        words = f"This needs a token with the scope “{scope}”: send Authorization: Bearer and the token."
        raise Problem(problems.UNAUTHENTICATED, words, headers={"WWW-Authenticate": 'Bearer realm="registry-monitor"'})
    challenge = f'Bearer realm="registry-monitor", error="insufficient_scope", scope="{scope}"'
    raise Problem(
        problems.FORBIDDEN,
        f"This needs the scope “{scope}”, which this token does not have.",
        headers={"WWW-Authenticate": challenge},
        more={"scope": scope},
    )


def _refuse_parameters(request: Request, takes: Takes) -> None:
    """What is misspelled, or given twice where one counts, would otherwise be left out of account."""
    given = request.query_params.multi_items()
    times = Counter(name for name, _ in given)
    wrong: dict[str, Wrong] = {}
    for name, value in given:
        if name not in takes.parameters:
            wrong.setdefault(name, Wrong("There is no such parameter.", name[:100], "parameter"))
        elif times[name] > 1 and not takes.parameters[name]:
            words = f"It is there {counted(times[name], 'time')}, and takes one value: leave out the others."
            wrong.setdefault(name, Wrong(words, name, "parameter"))
        elif "\0" in value:
            wrong.setdefault(name, Wrong("It contains a NUL character.", name, "parameter"))
    for name, value in request.path_params.items():
        if "\0" in str(value):
            wrong.setdefault(name, Wrong("It contains a NUL character.", name, "parameter"))
    if wrong:
        named = ", ".join(each.name for each in wrong.values())
        raise Problem(problems.INVALID, f"These parameters cannot be used: {named}.", errors=[*wrong.values()])


def _given(body: bytes) -> Receive:
    """A request's body that was read, to be read again."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _refuse_headers(request: Request, rules: Rules) -> None:
    headers = request.headers
    for name in ("authorization", KEY_HEADER):
        if len(headers.getlist(name)) > 1:
            raise problems.invalid("It is there several times: send it once.", name.title(), "header")
    if not rules.writes and (headers.get("content-length", "0") != "0" or "transfer-encoding" in headers):
        words = f"{request.method} takes no body: send parameters in the address."
        raise Problem(problems.INVALID, words, errors=[Wrong(words, "#")])
    if rules.takes_match and not headers.get("if-match"):
        raise Problem(
            problems.MATCH_NEEDED,
            "Get it first, and send its ETag as If-Match: it may have changed in the meantime.",
        )
    key = headers.get(KEY_HEADER)
    if rules.takes_key and key is not None and not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        words = f"An {KEY_HEADER} has 1 to {LONGEST_KEY} characters that can be printed."
        raise problems.invalid(words, KEY_HEADER, "header")


def _asked_once(request: Request, headers: Mapping[str, str], who: Known | None, body: bytes) -> Asked | None:
    """What is to be done once: the same address and the same body, under one key of one token."""
    key = headers.get(KEY_HEADER.lower())
    if key is None or who is None:
        return None
    whole = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return Asked(who.key, key, sha256(whole + _as_meant(body)).digest())


def _as_meant(body: bytes) -> bytes:
    """The same bytes for the same JSON, whatever the order of its keys."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except ValueError:
        return body


def _kept_as(request: Request, who: Known | None) -> Hashable:
    """What an answer is kept by: the address, and what whoever asks may do; whose token it is makes no difference."""
    return (
        request.scope["path"],
        request.scope["query_string"],
        who.visitor.permissions if who else NOBODY.permissions,
    )


def _kept(page: KeptPage, headers: Mapping[str, str]) -> Response:
    """The answer that was kept, compressed where that is accepted; or 304 where the one who asks has it already."""
    response = page.response(accepts_gzip="gzip" in headers.get("accept-encoding", ""))
    if "content-encoding" in response.headers:
        response.headers["ETag"] = gzipped(page.etag)
    if not is_named(headers.get("if-none-match", ""), page.etag):
        return response
    return Response(status_code=304, headers={name: response.headers[name] for name in ("etag", "cache-control")})


def _with_safety(response: Response, left: Left | None) -> Response:
    response.headers.update({**SAFETY, **(left.headers if left else {})})
    return response
