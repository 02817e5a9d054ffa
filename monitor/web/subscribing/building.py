"""The builder: say what you want to hear of, see what that would have sent, and only then subscribe.

A rule that is not made yet is an address: GET shows what it would have sent, and changes nothing. POST saves it, and
leads to another page, so that loading that again does nothing; the same is never made twice. Who
may subscribe others has it at once, in any channel; anybody else, where self-service is on, asks for mails, and the
owner of the address confirms. What the registries' records say is shown to those alone who may read it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from time import monotonic

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from monitor.alerts import opting_in, scopes
from monitor.alerts.opting_in import Answer
from monitor.alerts.subscribe import subscribe
from monitor.channels import NAMES
from monitor.errors import ConfigurationInvalid, MonitorError, SponsorUnknown, StoreError
from monitor.language.texts import texts_of
from monitor.language.worded import worded
from monitor.model.access import Permission
from monitor.model.language import ENGLISH
from monitor.text import one_line, sentence, without_commands
from monitor.views.addresses import receiver
from monitor.views.filter_words import in_words
from monitor.web.site.asked import Asked
from monitor.web.site.forms import Form, FormRefused, one
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site
from monitor.web.subscribing.carrying import carried
from monitor.web.subscribing.choosing import choices, filled_in
from monitor.web.subscribing.ideas import (
    ABOUT,
    FOR_STRANGERS,
    NothingToTry,
    about_of,
    may_save,
    offered,
    query_of,
    rule_of_form,
    said_of,
)
from monitor.web.subscribing.previewing import Shown, TooMany, shown_of

LONGEST_ADDRESS = 254
"""Characters of a mail address: RFC 5321, 4.5.3.1.3."""
LONGEST_URL = 2000
LIKE_IT = 8
"""Sponsors that are named with a name like the one that was given."""
ANSWERS_AFTER = 0.3
"""Seconds from asking to the answer: longer than it takes, so that it tells nothing of what was done."""


class Later(Response):
    """An answer that is made, and waits for its moment without keeping a thread."""

    def __init__(self, made: Response, at: float) -> None:
        """*at* is a moment of the monotonic clock."""
        super().__init__(bytes(made.body), made.status_code, dict(made.headers))
        self._at = at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, then."""
        await asyncio.sleep(max(self._at - monotonic(), 0))
        await super().__call__(scope, receive, send)


def build(site: Site, asked: Asked) -> Response:
    """The builder. By htmx, the preview alone."""
    _refuse_unless_possible(site, asked)
    if may_save(asked):
        asked.language = ENGLISH  # as all pages of who may do so
    if asked.method == "POST":
        return _posted(site, asked)
    form: Form = {name: asked.query.getlist(name)[:100] for name in list(asked.query)[:100]}
    try:
        form, said = carried(site, asked, form)
    except StoreError:
        raise
    except MonitorError as error:
        return _page(site, asked, {}, {**_nothing(site, asked, {}), "error": _sentence(asked, error)}, status=400)
    values = {**_previewed(site, asked, form), "carried": [texts_of(asked.language).said(each) for each in said]}
    if values["may_see"] and _is_for_a_script(asked):
        return site.page(asked, "subscribing/previewed", values)
    return _page(site, asked, form, values, status=_status_of(values))


def _status_of(values: Mapping[str, object]) -> int:
    if not values["wrong"] or values["can_be_had"]:
        return 200
    return 503 if values["is_busy"] else 400


def _is_for_a_script(asked: Asked) -> bool:
    """Whether htmx asks for a part, and not for a page that it went away from."""
    return "hx-request" in asked.headers and "hx-history-restore-request" not in asked.headers


def _refuse_unless_possible(site: Site, asked: Asked) -> None:
    if site.has_self_service or may_save(asked):
        return
    if asked.visitor.name is None:
        words = worded("Nobody subscribes themselves here. Sign in, or ask the operator of this service.")
        raise FormRefused(401, words)
    raise FormRefused(403, worded("You may not subscribe anybody. Ask the operator of this service."))


def _may_see(site: Site, asked: Asked) -> bool:
    return site.is_public or asked.may(Permission.READ)


def _page(site: Site, asked: Asked, form: Form, values: Mapping[str, object], *, status: int = 200) -> Response:
    is_stranger = not may_save(asked)
    names = offered(site)
    filled = {
        **choices(),
        **filled_in(form),
        "is_stranger": is_stranger,
        "abouts": [each for each in (FOR_STRANGERS if is_stranger else ABOUT) if _is_offered(each, names, is_stranger)],
        "about": about_of(form) or "trial",
        "said": {each: said_of(form, each) for each in ABOUT},
        "is_any_role": one(form, "role") == "any",
        "sponsors": names.sponsors,
        "conditions": names.conditions,
        "may_come": True,
        "has_other_kinds": False,
        "channels": NAMES,
        "channel": one(form, "channel") if one(form, "channel") in NAMES else "email",
        "address": one(form, "address")[:LONGEST_URL],
        "note": one(form, "note")[:1000],
        "name": one(form, "name")[:200],
        "example": site.registries[0].example_id,
        "error": "",
        "carried": (),
    }
    return site.page(asked, "subscribing/build", {**filled, **values}, status=status)


def _is_offered(about: str, names: object, is_stranger: bool) -> bool:
    return not is_stranger or about not in ("sponsor", "condition") or bool(getattr(names, f"{about}s"))


def _previewed(site: Site, asked: Asked, form: Form) -> dict[str, object]:
    """What the form would have sent; or what is wrong with it, where it says anything."""
    nothing = _nothing(site, asked, form)
    if not _may_see(site, asked) or not about_of(form) or not _says_anything(form):
        return nothing
    try:
        rule = rule_of_form(form, site, is_stranger=not may_save(asked))
        shown: Shown = shown_of(form, rule, site, now=asked.now, language=asked.language)
    except StoreError:
        raise
    except MonitorError as error:
        said = {"can_be_had": isinstance(error, NothingToTry), "is_busy": isinstance(error, TooMany)}
        return {**nothing, "wrong": _sentence(asked, error), **said}
    return {**nothing, "shown": shown}


def _nothing(site: Site, asked: Asked, form: Form) -> dict[str, object]:
    """What the template of the preview is given, before anything was tried."""
    return {
        "shown": None,
        "wrong": "",
        "can_be_had": False,
        "is_busy": False,
        "may_see": _may_see(site, asked),
        "query": query_of(form),
    }


def _sentence(asked: Asked, error: MonitorError) -> str:
    return sentence(without_commands(texts_of(asked.language).said(error)))


def _names_like_it(asked: Asked, error: SponsorUnknown) -> str:
    """Names like the one that the registry does not know, each with how many trials it leads there."""
    texts = texts_of(asked.language)
    alike = error.candidates[:LIKE_IT]
    names = ", ".join(f"{texts.quoted(one_line(name), 200)} ({texts.number(count)})" for name, count in alike)
    return texts.gettext("These are like it: {names}.").format(names=names)


def _says_anything(form: Form) -> bool:
    about = about_of(form)
    return about == "all" or bool(said_of(form, about).strip())


# Saving


def _posted(site: Site, asked: Asked) -> Response:
    form = asked.form
    if one(form, "do") == "show":
        values = _previewed(site, asked, form)
        return _page(site, asked, form, values, status=_status_of(values))
    try:
        return _saved(site, asked) if may_save(asked) else _asked_for(site, asked)
    except StoreError:
        raise
    except SponsorUnknown as error:
        words = _sentence(asked, error)
        if error.candidates:
            words += f" {_names_like_it(asked, error)}"
    except MonitorError as error:
        words = _sentence(asked, error)
    return _page(site, asked, form, {**_nothing(site, asked, form), "error": words}, status=400)


def _saved(site: Site, asked: Asked) -> Response:
    """Make it, and go to its own page; a webhook's new secret is on the page that answers, and nowhere else."""
    form = asked.form
    channel, address = one(form, "channel") or "email", one(form, "address").strip()
    if channel not in NAMES:
        raise ConfigurationInvalid("choose mail, webhook or chat")
    if not address or len(address) > LONGEST_URL:
        raise ConfigurationInvalid("give the address that is to be told")
    resolve = partial(site.searches.resolve, key=None, now=asked.now)
    rule = rule_of_form(form, site, is_stranger=False, resolve=resolve)
    name = one_line(one(form, "name"))[:200] or None
    rule = replace(rule, origin="page")
    made = subscribe(channel, address, rule, context=site.subscribing, name=name, refuses_second=True)
    site.committed()
    if made.secret is None:
        done = "watched" if made.watched else "beside" if made.same_as else "made"
        return site.see_other(f"/subscriptions/{made.subscription.id}?done={done}")
    with site.store.read() as tx:
        about = scopes.about(tx, made.subscription)
    texts = texts_of(asked.language)
    values = {
        "made": made,
        "about": texts.said(about),
        "receiver": receiver(made.subscription.endpoint),
        "told": in_words(made.subscription.filters, texts),
    }
    return site.page(asked, "subscribing/made", values)


def _asked_for(site: Site, asked: Asked) -> Response:
    """Have the owner of the address confirm it. Whoever asks learns nothing of the address."""
    began, form = monotonic(), asked.form
    if not site.asking.allows(asked.network):
        return _too_often(site, asked)
    address = one(form, "address").strip()
    if not address or len(address) > LONGEST_ADDRESS:
        raise ConfigurationInvalid(worded("Give the mail address that is to be told."))
    rule = rule_of_form(form, site, is_stranger=True)
    request = opting_in.Request(
        address=address,
        network=asked.network,
        scope=rule.scope,
        filters=rule.filters,
        rhythm=rule.rhythm,
        language=asked.language,
    )
    if opting_in.ask(request, site.subscribing) is Answer.TOO_OFTEN:
        return _too_often(site, asked)
    site.committed()
    return Later(site.see_other("/subscriptions/asked"), began + ANSWERS_AFTER)


def asked_for(site: Site, asked: Asked) -> Response:
    """What follows for whoever asked for mails: the same page for everybody, which asks for nothing."""
    return site.page(asked, "subscribing/asked")


def _too_often(site: Site, asked: Asked) -> Response:
    _ = texts_of(asked.language).gettext
    values = {"title": _("Not now"), "words": _("Too much was asked for from your network. Try again in an hour.")}
    return site.page(asked, "subscribing/message", values, status=429)


PAGES = (
    Page("/subscriptions/new", build, Needs.NOTHING, methods=("GET", "POST"), is_translated=True),
    Page("/subscriptions/asked", asked_for, Needs.NOTHING, is_translated=True),
)
