"""The pages of those who are told: ask for a subscription, confirm it, change it, leave.

    /subscriptions/new   a form; what is asked for waits until the owner of the address confirms it
    /confirm/{token}     a button, in the mail that asks for that
    /a/{token}           a subscription's own page, by the signed link in each of its mails
    /a/{token}/keep      a button, in the mails that ask whether it is still useful
    /a/{token}/leave     one click, RFC 8058: mail programs send a POST, people see a button

GET and HEAD change nothing, because programs that look for harmful links open every one. All steps run in THREADS of
their own, on connections of their own, so that nothing that readers do keeps a check or a delivery waiting.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monitor.alerts import managing, opting_in
from monitor.alerts.links import Links
from monitor.alerts.opting_in import Answer
from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound, StoreError
from monitor.ports import Registry
from monitor.render.rhythms import rhythm_words
from monitor.views.addresses import masked
from monitor.web.asking import Asking, asked_for, blank, offered
from monitor.web.changing import changed, in_words, managed_values
from monitor.web.choosing import choices
from monitor.web.forms import Form, FormRefused, check_origin, check_token, form_token, network_of, one, read_form
from monitor.web.rates import Rate
from monitor.web.site.rendering import Pages

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]

THREADS = 4
ANSWERS_AFTER = 0.3
"""Seconds from asking to the answer: longer than it takes, so that it tells nothing of what was done."""
ASKED_IN_AN_HOUR = 60
"""Times that one network may ask at all, in vain or not."""
COOKIE_BYTES = 16
ONE_CLICK = "One-Click"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages need of the program."""

    context: SubscribeContext
    """With a store of its own."""
    links: Links
    asking: Asking
    committed: Callable[[], None]
    """Called when something is owed: it need not wait for the next tick."""


class SubscriberPages:
    """The pages, as routes of an application."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = Pages(desk.links.public_url)
        self._rate = Rate(ASKED_IN_AN_HOUR, 3600)
        self._limiter: CapacityLimiter | None = None
        is_https = desk.links.public_url.startswith("https:")
        self._cookie = "__Host-form" if is_https else "form"
        self._is_https = is_https

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        both = ["GET", "POST"]
        return [
            Route("/subscriptions/new", self._guarded(self._new), methods=both),
            Route("/confirm/{token}", self._guarded(self._confirm), methods=both),
            Route("/a/{token}", self._guarded(self._manage), methods=both),
            Route("/a/{token}/keep", self._guarded(self._keep), methods=both),
            Route("/a/{token}/leave", self._guarded(self._leave), methods=both),
        ]

    # Asking

    async def _new(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._ask(request)
        return await self._form(blank(), request)

    async def _form(self, values: dict[str, object], request: Request, *, status: int = 200) -> Response:
        sponsors = await self._run(offered, self._desk.asking, self._desk.context.store)
        secret = request.cookies.get(self._cookie) or ""
        fresh = secret if len(secret) == 2 * COOKIE_BYTES else new_secret()
        page = {**values, **choices(), "sponsors": sponsors, "form": form_token(self._desk.context.vault, fresh)}
        answer = self._pages.page("ask", page, status=status)
        if fresh != secret:
            answer.set_cookie(self._cookie, fresh, path="/", secure=self._is_https, httponly=True, samesite="lax")
        return answer

    async def _ask(self, request: Request) -> Response:
        began = monotonic()
        check_origin(request, self._desk.links.public_url)
        form = await read_form(request)
        check_token(form, self._desk.context.vault, request.cookies.get(self._cookie) or "")
        network = network_of(request.client.host if request.client else "")
        if not self._rate.allows(network):
            return self._too_often()
        try:
            answer = await self._run(self._asked, form, network)
        except ConfigurationInvalid as error:
            return await self._form({**blank(form), "error": str(error)}, request, status=400)
        if answer is Answer.TOO_OFTEN:
            return self._too_often()
        await asyncio.sleep(max(began + ANSWERS_AFTER - monotonic(), 0))
        self._desk.committed()
        return self._pages.page("asked", {"address": one(form, "address").strip()})

    def _asked(self, form: Form, network: str) -> Answer:
        request = asked_for(form, network, self._desk.asking, self._desk.context.store)
        return opting_in.ask(request, self._desk.context)

    def _too_often(self) -> Response:
        words = "Too much was asked for from your network. Try again in an hour."
        return self._pages.message("Not now", words, status=429, back="/subscriptions/new")

    # Confirming

    async def _confirm(self, request: Request) -> Response:
        token = request.path_params["token"]
        context = self._desk.context
        if request.method == "POST":
            check_origin(request, self._desk.links.public_url)
            check_token(await read_form(request), context.vault, token)
            subscription = await self._run(opting_in.confirm, token, context)
            managed = await self._run(self._own_page, subscription.id)
            self._desk.committed()
            return self._pages.page("confirmed", {"manage": managed}, is_secret=True)
        subscription, about = await self._run(opting_in.waiting, token, context)
        values = {
            "about": about,
            "address": masked(subscription.endpoint.shown),
            "told": in_words(subscription.filters),
            "rhythm": rhythm_words(subscription.rhythm),
            "form": form_token(context.vault, token),
        }
        return self._pages.page("confirm", values, is_secret=True)

    def _own_page(self, subscription_id: str) -> str:
        return managing.page_of(subscription_id, self._desk.links, self._desk.context)

    # Managing

    async def _manage(self, request: Request) -> Response:
        token, context, links = request.path_params["token"], self._desk.context, self._desk.links
        said = ""
        if request.method == "POST":
            check_origin(request, links.public_url)
            form = await read_form(request)
            check_token(form, context.vault, token)
            if one(form, "do") == "renew":
                return await self._renewed(token)
            try:
                said = await self._run(changed, form, token, links, context)
                self._desk.committed()
            except ConfigurationInvalid as error:
                return await self._shown(token, said=str(error), status=400)
        return await self._shown(token, said=said)

    async def _shown(self, token: str, *, said: str, status: int = 200) -> Response:
        context = self._desk.context
        managed = await self._run(managing.look, token, self._desk.links, context)
        values = {**managed_values(managed), **choices(), "token": token, "form": form_token(context.vault, token)}
        return self._pages.page("manage", {**values, "said": said}, status=status, is_secret=True)

    async def _renewed(self, token: str) -> Response:
        manage = await self._run(managing.renew, token, self._desk.links, self._desk.context)
        return self._pages.page("renewed", {"manage": manage}, is_secret=True)

    # Keeping and leaving

    async def _keep(self, request: Request) -> Response:
        token, context, links = request.path_params["token"], self._desk.context, self._desk.links
        is_kept = request.method == "POST"
        if is_kept:
            check_origin(request, links.public_url)
            check_token(await read_form(request), context.vault, token)
            await self._run(managing.keep, token, links, context)
        managed = await self._run(managing.look, token, links, context)
        values = {**managed_values(managed), "token": token, "form": form_token(context.vault, token)}
        return self._pages.page("keep", {**values, "is_kept": is_kept}, is_secret=True)

    async def _leave(self, request: Request) -> Response:
        """A mail program's POST has no cookie, no origin and no token of a form: the address is its secret."""
        token, context = request.path_params["token"], self._desk.context
        if request.method == "POST":
            form = await read_form(request)
            if one(form, "List-Unsubscribe") != ONE_CLICK and one(form, "do") != "leave":
                raise FormRefused(400, "Nothing was changed: the button of this page says what to send.")
            await self._run(managing.leave, token, self._desk.links, context)
        managed = await self._run(managing.look, token, self._desk.links, context)
        values = {**managed_values(managed), "token": token, "form": form_token(context.vault, token)}
        return self._pages.page("leave", values, is_secret=True)

    # What all have in common

    def _guarded(self, handler: Handler) -> Handler:
        """The same, in which whatever goes wrong becomes a page that says what to do."""

        async def answer(request: Request) -> Response:
            is_secret = "token" in request.path_params
            say = partial(self._pages.message, is_secret=is_secret)
            try:
                return await handler(request)
            except FormRefused as error:
                return say("This cannot be done", str(error), status=error.status)
            except NothingFound as error:
                return say("This link does not work", f"{_sentence(error)}.", status=404)
            except StoreError:
                return say("Not now", "The database does not answer. Try again in a few minutes.", status=503)
            except MonitorError as error:
                return say("This cannot be done", f"{_sentence(error)}.", status=400)

        return answer

    async def _run(self, step: Callable[..., T], *arguments: object) -> T:
        """Take a step in a thread."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(THREADS)
        return await run_sync(partial(step, *arguments), limiter=self._limiter)


def subscriber_routes(
    context: SubscribeContext,
    *,
    public_url: str,
    registry: Registry,
    identify: Callable[[str], tuple[Registry, str]],
    committed: Callable[[], None],
) -> list[BaseRoute]:
    """All these pages; *context* has a store of its own."""
    links = Links(context.vault, public_url)
    return SubscriberPages(Desk(context, links, Asking(registry, identify), committed)).routes()


def _sentence(error: Exception) -> str:
    words = str(error)
    return words[:1].upper() + words[1:]


def new_secret() -> str:
    """A cookie's value."""
    return secrets.token_hex(COOKIE_BYTES)
