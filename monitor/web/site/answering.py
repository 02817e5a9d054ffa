"""From a request to an answer: who asks, may they, is the form ours; then the handler, in the readers' own threads.

Readers have THREADS threads and as many database connections, and no more than WAITING wait for one: whoever comes then
is told to come again in a second. So nothing that readers do keeps a check, a delivery or /healthz waiting.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.access import tokens
from monitor.errors import MonitorError, NothingFound, StoreCorrupt, StoreError, TriedTooOften
from monitor.language.texts import texts_of
from monitor.language.worded import Worded, worded
from monitor.model.access import Permission
from monitor.model.language import ENGLISH
from monitor.storage.replica import left_out
from monitor.text import sentence, without_commands
from monitor.web.site.asked import NOBODY, Asked, Visitor
from monitor.web.site.compressing import compressed
from monitor.web.site.forms import Form, FormRefused, check_origin, check_token, form_token, read_form
from monitor.web.site.keeping import Kept, KeptPage, etag_of, is_still
from monitor.web.site.language import language_of
from monitor.web.site.proof import Proof
from monitor.web.site.rates import network_of
from monitor.web.site.rendering import SAFETY
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

T = TypeVar("T")
VisitorOf = Callable[[Request], Visitor]
"""Says who asks; may read the database."""

THREADS = 8
WAITING = 64
"""With the streams (`monitor.web.feeds.live.MOST`) fewer than there are connections: the others are for machines."""
COMES_AGAIN_AFTER = "1"
"""Seconds."""
THEMES = ("system", "light", "dark")
COOKIE_BYTES = 16
WROTE, WROTE_FOR = "wrote", 60
"""The cookie of who has changed something, for so many seconds: another process reads the primary for them."""
_HAS_NUL = worded("What was asked for has a NUL character in it: leave it out.")
_IS_DAMAGED = worded("What is stored for this page is damaged. Other pages show what they always did.")
FOR_ALL_WHO_MAY = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Accept-Language, Cookie"}
"""Kept by a browser, which asks each time whether it still stands."""

_log = logging.getLogger("monitor.web")


class Busy(Exception):
    """Too many wait already."""


@dataclass(slots=True)
class Answering:
    """Makes routes of pages."""

    site: Site
    visitor_of: VisitorOf = lambda _: NOBODY
    is_nobody: Callable[[Request], bool] = lambda _: False
    """Whether a request is plainly of nobody who signed in: that is seen without the database."""
    kept: Kept = field(default_factory=Kept)
    _limiter: CapacityLimiter | None = None
    answered: int = 0
    """How many steps of answers were taken so far."""
    _waiting: int = 0

    def routes(self, pages: Sequence[Page]) -> list[BaseRoute]:
        """A route a page, in their order."""
        return [Route(each.path, self._endpoint(each), methods=[*each.methods]) for each in pages]

    async def run(self, step: Callable[..., T], *arguments: object) -> T:
        """Take a step in one of the readers' threads. Raise Busy where too many wait for one."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(THREADS)
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await run_sync(partial(step, *arguments), limiter=self._limiter)
        finally:
            self._waiting -= 1
            self.answered += 1

    def rest(self) -> None:
        """Let go of what is kept for readers who may come: few do."""
        self.kept.drop_old()
        self.site.store.rest()

    async def trouble(self, request: Request, status: int) -> Response:
        """The page for what no page answers: 404, or 405."""
        try:
            return await self.run(self._no_page, request, status)
        except Busy:
            return busy()

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                response = self._at_once(page, request) or await self._answered(page, request)
            except Busy:
                response = busy()
            if request.method == "POST" and response.status_code < 400:
                self.kept.clear()
                self.site.proof.forget()
                if self.site.store.has_replica:
                    self.site.cookies.give(response, WROTE, "1", max_age=WROTE_FOR)
            if page.is_secret:
                response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return answer

    def _at_once(self, page: Page, request: Request) -> Response | None:
        """The kept page for somebody who did not sign in: it takes no thread, and waits for none that makes others.

        None where anything has to be made, read or unpacked.
        """
        is_for_all = page.is_shared and page.needs is Needs.PUBLIC and self.site.is_public
        proof = self.site.proof.kept() if is_for_all and request.method in ("GET", "HEAD") else None
        if proof is None or not self.is_nobody(request):
            return None
        asked = self._asked(request, NOBODY, is_translated=page.is_translated)
        key = _key_of(asked)
        found = self.kept.get(key, self._version(page, proof)) or self.kept.meanwhile(key)
        if found is None or (found.is_gzipped and not _takes_gzip(asked)):
            return None
        return _unless_known(asked, found)

    async def _answered(self, page: Page, request: Request) -> Response:
        try:
            form: Form = {}
            if request.method == "POST":
                if not page.takes_from_anywhere:
                    check_origin(request, self.site.links.public_url)
                form = await read_form(request)
            return await self.run(self._answer, page, request, form)
        except FormRefused as error:
            asked = self._asked(request, NOBODY, is_translated=page.is_translated)
            return await self.run(self._trouble, asked, error.status, error)

    # In a thread

    def _no_page(self, request: Request, status: int) -> Response:
        try:
            visitor = self.visitor_of(request)
        except StoreError:
            visitor = NOBODY
        asked = self._asked(request, visitor)
        return self._finished(asked, self._trouble(asked, status))

    def _answer(self, page: Page, request: Request, form: Form) -> Response:
        with left_out(is_so=WROTE in request.cookies):
            return self._answer_read(page, request, form)

    def _answer_read(self, page: Page, request: Request, form: Form) -> Response:
        try:
            visitor = self.visitor_of(request)
            asked = self._asked(request, visitor, form, is_translated=page.is_translated)
            if page.is_fetched and visitor == NOBODY:
                visitor = asked.visitor = self._by_token(asked)
            if not page.needs.are_met(visitor, is_public=self.site.is_public):
                return self._no_program() if page.is_fetched and visitor == NOBODY else self._not_let_in(asked)
            if request.method == "POST" and page.checks_form:
                check_token(form, self.site.vault, self._secret(asked))
            if page.is_shared and page.needs is Needs.PUBLIC:
                return self._shared(page, asked)
            made = self._made(page, asked)
            return made if page.is_secret else self._finished(asked, made)
        except StoreError:
            return self._trouble(self._asked(request, NOBODY, is_translated=page.is_translated), 503)

    def _shared(self, page: Page, asked: Asked) -> Response:
        key = _key_of(asked)
        found = self.kept.get(key, self._version(page, self.site.proof.read(asked.now)))
        if found is None:
            made = self._anew(page, asked, key)
            if isinstance(made, Response):
                return made
            found = made
        return _unless_known(asked, found)

    def _anew(self, page: Page, asked: Asked, key: Hashable) -> KeptPage | Response:
        """The page made anew, or the former one while another thread makes it; an answer that nobody else may have."""
        with self.kept.making(key) as former:
            if former is not None:
                return former
            version = self._version(page, self.site.proof.read(asked.now))
            own = page.own_version(self.site, asked) if page.own_version else ""
            found = self.kept.get(key, version) or (self.kept.confirmed(key, version, own) if own else None)
            if found is not None:
                return found
            made = self._made(page, asked)
            if made.status_code != 200 or asked.has_form:
                return self._finished(asked, made)
            made.headers.update(FOR_ALL_WHO_MAY)
            made.headers["ETag"] = etag_of(bytes(made.body))
            if self.site.is_public:
                del made.headers["X-Robots-Tag"]
            return self.kept.put(key, version, made, own)

    def _version(self, page: Page, proof: Proof) -> str:
        return self.kept.as_of(proof.version if page.shows_looks else proof.news)

    def _made(self, page: Page, asked: Asked) -> Response:
        if asked.holds_nul:
            return self._trouble(asked, 400, _HAS_NUL)
        try:
            return page.handler(self.site, asked)
        except FormRefused as error:
            return self._trouble(asked, error.status, error)
        except NothingFound as error:
            return self._trouble(asked, 404, error)
        except StoreCorrupt as error:
            _log.error("what is stored for a page is damaged: %s: %s", asked.path, error)
            words = _is_damaged(str(error)) if asked.may(Permission.OPERATE) else _IS_DAMAGED
            return self._trouble(asked, 503, words)
        except StoreError:
            raise
        except MonitorError as error:
            return self._trouble(asked, 400, error)
        except Exception:
            _log.exception("a page failed: %s", page.path)
            return self._trouble(asked, 500)

    def _finished(self, asked: Asked, made: Response) -> Response:
        """With the cookie that its form needs; compressed where it shows no secret: tokens of forms are masked."""
        if asked.has_form and not asked.visitor.secret:
            self.site.cookies.give(made, self._cookie, self._secret(asked))
        return compressed(made) if _takes_gzip(asked) and not asked.holds_secret else made

    def _by_token(self, asked: Asked) -> Visitor:
        """Who a program says that it is, by the token in its header."""
        scheme, _, text = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return NOBODY
        try:
            token = tokens.of_text(text.strip(), self.site.access, network=asked.network, now=asked.now)
        except TriedTooOften:
            return NOBODY
        return Visitor(token.name, token.allows) if token else NOBODY

    def _no_program(self) -> Response:
        """For a program that may not fetch this: it would take the page for signing in for what it asked for."""
        words = f"""This is for those who may read here. A program shows a token that may read, in a header:
Authorization: Bearer TOKEN. One that can send no header, such as a feed reader, fetches these instead:

  {self.site.address("/feeds/TOKEN/changes.atom")}  or changes.json
  {self.site.address("/feeds/TOKEN/dates.ics")}

They take the filters of the pages, such as ?trial=ID, ?sponsor=NAME or ?watch=NAME.
"""
        return Response(words, 401, {**SAFETY, "WWW-Authenticate": "Bearer"}, media_type="text/plain")

    def _not_let_in(self, asked: Asked) -> Response:
        if asked.visitor.name is not None:
            return self._finished(asked, self._trouble(asked, 403))
        if asked.method == "POST":
            return self._trouble(asked, 401)
        return RedirectResponse(f"{self.site.prefix}/login?next={quote(asked.here, safe='')}", status_code=303)

    def _trouble(self, asked: Asked, status: int, error: object = "") -> Response:
        said = texts_of(asked.language).said(error)
        words = sentence(without_commands(said)) if said else ""
        made = self.site.page(asked, "site/trouble", {"status": status, "words": words}, status=status)
        if status == 503:
            made.headers["Retry-After"] = "60"
        return made

    def _asked(
        self, request: Request, visitor: Visitor, form: Form | None = None, *, is_translated: bool = True
    ) -> Asked:
        path = request.url.path.removeprefix(self.site.prefix) or "/"
        theme = request.cookies.get("theme", "")
        accepted = request.headers.get("accept-language", "")
        asked = Asked(
            method=request.method,
            path=path,
            params=request.path_params,
            query=request.query_params,
            form=form or {},
            visitor=visitor,
            network=network_of(request.client.host if request.client else ""),
            now=self.site.subscribing.clock(),
            language=language_of(request.query_params, request.cookies, accepted) if is_translated else ENGLISH,
            theme=theme if theme in THEMES else "system",
            headers=request.headers,
            cookies=request.cookies,
            make_form_token=lambda: form_token(self.site.vault, self._secret(asked)),
        )
        return asked

    # Forms

    @property
    def _cookie(self) -> str:
        return self.site.cookies.name("form")

    def _secret(self, asked: Asked) -> str:
        """What this visitor's forms are made for: the session, or a cookie that no other site can set."""
        if asked.visitor.secret:
            return asked.visitor.secret
        own = asked.cookies.get(self._cookie, "")
        if len(own) == 2 * COOKIE_BYTES:
            return own
        asked.new_cookie = asked.new_cookie or secrets.token_hex(COOKIE_BYTES)
        return asked.new_cookie


def _key_of(asked: Asked) -> Hashable:
    """What a kept page depends on beside data."""
    visitor = asked.visitor
    return asked.path, str(asked.query), asked.language, asked.theme, visitor.name, visitor.permissions


def _takes_gzip(asked: Asked) -> bool:
    return "gzip" in asked.headers.get("accept-encoding", "")


def _unless_known(asked: Asked, page: KeptPage) -> Response:
    """The kept page; or 304 where the one who asks has it already."""
    if is_still(asked.headers, page):
        return Response(status_code=304, headers={**FOR_ALL_WHO_MAY, "ETag": page.etag})
    return page.response(accepts_gzip=_takes_gzip(asked))


def busy() -> Response:
    """The answer for whoever comes when too many wait: it asks nobody for anything."""
    return Response("Too many ask at once.\n", 503, {"Retry-After": COMES_AGAIN_AFTER}, media_type="text/plain")


def _is_damaged(why: str) -> Worded:
    return worded("What is stored for this page is damaged: {why}. Other pages show what they always did.", why=why)
