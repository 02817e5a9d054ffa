"""The pages of those who are told, by the signed links in their mails: confirm it, change it, keep it, leave.

    /confirm/{token}     a button, in the mail that asks for that
    /a/{token}           a subscription's own page
    /a/{token}/keep      a button, in the mails that ask whether it is still useful
    /a/{token}/leave     one click, RFC 8058: mail programs send a POST, people see a button

A form here is signed for the token in its own address, so that it needs no cookie.
"""

from collections.abc import Mapping

from starlette.responses import Response

from monitor.alerts import managing, opting_in
from monitor.errors import ConfigurationInvalid, MonitorError, NothingFound, StoreError
from monitor.language.catalogues import LANGUAGES
from monitor.language.texts import texts_of
from monitor.language.worded import Worded, worded
from monitor.render.rhythms import rhythm_words
from monitor.text import sentence
from monitor.views.addresses import masked
from monitor.views.cursors import place_of
from monitor.views.filter_words import in_words
from monitor.web.site.asked import Asked
from monitor.web.site.forms import FormRefused, check_token, form_token, one
from monitor.web.site.language import CHOSEN
from monitor.web.site.route import Handler, Needs, Page
from monitor.web.site.site import Site
from monitor.web.subscribing.changing import changed, filled_again, managed_values
from monitor.web.subscribing.choosing import choices
from monitor.web.subscribing.previewing import less_of

ONE_CLICK = "One-Click"


def _by_link(handler: Handler) -> Handler:
    """The same in the subscriber's language, where whatever goes wrong becomes a page that says what to do.

    That page shows nothing of the site.
    """

    def answer(site: Site, asked: Asked) -> Response:
        def say(title: Worded, words: object, status: int) -> Response:
            texts = texts_of(asked.language)
            values = {"title": texts.said(title), "words": sentence(texts.said(words))}
            return site.page(asked, "subscribing/message", values, status=status)

        try:
            _speak(site, asked)
            if not site.has_self_service:
                raise NothingFound(worded("the operator of this service has switched these pages off"))
            return handler(site, asked)
        except FormRefused as error:
            return say(worded("This cannot be done"), error, error.status)
        except NothingFound as error:
            return say(worded("This link does not work"), error, 404)
        except StoreError:
            return say(worded("Not now"), worded("The database does not answer. Try again in a few minutes."), 503)
        except MonitorError as error:
            return say(worded("This cannot be done"), error, 400)

    return answer


def _speak(site: Site, asked: Asked) -> None:
    """Answer in the language of the subscription, unless the address of the page names another."""
    if asked.query.get(CHOSEN) in LANGUAGES or not site.has_self_service:
        return
    token, context = asked.params["token"], site.subscribing
    if asked.is_at("/confirm"):
        own = opting_in.language_of(token, context)
    else:
        own = managing.language_of(token, site.links, context)
    if own in LANGUAGES:
        asked.language = own


def _page(
    site: Site, asked: Asked, name: str, values: Mapping[str, object] | None = None, *, status: int = 200
) -> Response:
    token = asked.params["token"]
    own = {"token": token, "form": form_token(site.vault, token)}
    return site.page(asked, f"subscribing/{name}", {**own, **(values or {})}, status=status)


@_by_link
def confirm(site: Site, asked: Asked) -> Response:
    """Whether the owner of an address wants what was asked for, and what follows from a yes."""
    token, context = asked.params["token"], site.subscribing
    if asked.method == "POST":
        check_token(asked.form, site.vault, token)
        subscription = opting_in.confirm(token, context)
        site.committed()
        return _page(site, asked, "confirmed", {"manage": managing.page_of(subscription.id, site.links, context)})
    subscription, about = opting_in.waiting(token, context)
    texts = texts_of(asked.language)
    values = {
        "about": texts.said(about),
        "address": masked(subscription.endpoint.shown),
        "told": in_words(subscription.filters, texts),
        "rhythm": rhythm_words(subscription.rhythm, texts),
    }
    return _page(site, asked, "confirm", values)


@_by_link
def manage(site: Site, asked: Asked) -> Response:
    """A subscription's own page, and what its forms do."""
    token, context, links = asked.params["token"], site.subscribing, site.links
    if asked.method != "POST":
        return _shown(site, asked)
    check_token(asked.form, site.vault, token)
    if one(asked.form, "do") == "renew":
        return _page(site, asked, "renewed", {"manage": managing.renew(token, links, context)})
    chosen = one(asked.form, "language")
    if chosen in LANGUAGES and one(asked.form, "do") == "save":
        asked.language = chosen
    try:
        said = changed(asked.form, token, links, context, language=asked.language)
    except ConfigurationInvalid as error:
        filled = filled_again(asked.form) if one(asked.form, "do") == "save" else {}
        return _shown(site, asked, said=texts_of(asked.language).said(error), filled=filled, status=400)
    site.committed()
    return _shown(site, asked, said=said)


def _shown(
    site: Site, asked: Asked, *, said: str = "", filled: Mapping[str, object] | None = None, status: int = 200
) -> Response:
    before = place_of(asked.place("before"))
    managed = managing.look(asked.params["token"], site.links, site.subscribing, before=before)
    less = less_of(managed, site, now=asked.now, language=asked.language)
    own = {"is_compact": True, "said": said, "less": less, "is_latest": before is None, **(filled or {})}
    values = {**managed_values(managed, asked.language), **choices(), **own}
    return _page(site, asked, "manage", values, status=status)


@_by_link
def keep(site: Site, asked: Asked) -> Response:
    """Whether these alerts are still useful."""
    token, context, links = asked.params["token"], site.subscribing, site.links
    is_kept = asked.method == "POST"
    if is_kept:
        check_token(asked.form, site.vault, token)
        managing.keep(token, links, context)
    values = managed_values(managing.look(token, links, context), asked.language)
    return _page(site, asked, "keep", {**values, "is_kept": is_kept})


@_by_link
def leave(site: Site, asked: Asked) -> Response:
    """End it. A mail program's POST has no cookie, no origin and no token of a form: the address is its secret."""
    token, context = asked.params["token"], site.subscribing
    if asked.method == "POST":
        if one(asked.form, "List-Unsubscribe") != ONE_CLICK and one(asked.form, "do") != "leave":
            raise FormRefused(400, worded("Nothing was changed: the button of this page says what to send."))
        managing.leave(token, site.links, context)
    return _page(site, asked, "leave", managed_values(managing.look(token, site.links, context), asked.language))


def _own(path: str, handler: Handler, *, takes_from_anywhere: bool = False) -> Page:
    return Page(
        path,
        handler,
        Needs.NOTHING,
        methods=("GET", "POST"),
        checks_form=False,
        is_secret=True,
        is_translated=True,
        takes_from_anywhere=takes_from_anywhere,
    )


PAGES = (
    _own("/confirm/{token}", confirm),
    _own("/a/{token}", manage),
    _own("/a/{token}/keep", keep),
    _own("/a/{token}/leave", leave, takes_from_anywhere=True),
)
