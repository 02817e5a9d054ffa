"""What every page has in its foot: the choices of a theme and a language."""

from starlette.responses import Response

from monitor.language.catalogues import LANGUAGES
from monitor.web.site.answering import THEMES
from monitor.web.site.asked import Asked
from monitor.web.site.forms import one
from monitor.web.site.language import COOKIE
from monitor.web.site.route import Needs, Page
from monitor.web.site.site import Site

KEYS, OFF = "keys", "off"
"""The cookie of somebody who wants no keys, and its value (WCAG 2.1.4)."""
A_YEAR = 365 * 24 * 3600


def theme(site: Site, asked: Asked) -> Response:
    """Light or dark from now on, or as the system has it."""
    chosen = one(asked.form, "theme")
    answer = site.see_other(own_path(one(asked.form, "back")))
    if chosen in THEMES:
        site.cookies.give(answer, "theme", chosen, max_age=A_YEAR)
    return answer


def language(site: Site, asked: Asked) -> Response:
    """One of our languages from now on, on pages that are there in it."""
    chosen = one(asked.form, "language")
    answer = site.see_other(own_path(one(asked.form, "back")))
    if chosen in LANGUAGES:
        site.cookies.give(answer, COOKIE, chosen, max_age=A_YEAR)
    return answer


def keys_page(site: Site, asked: Asked) -> Response:
    """The keys that pages have, and the switch for them."""
    is_off = asked.cookies.get(KEYS) == OFF
    return site.page(asked, "site/keys", {"are_on": not is_off, "done": asked.query.get("done", "")})


def keys(site: Site, asked: Asked) -> Response:
    """Keys do something on pages from now on, or nothing. Pages' script reads that cookie."""
    answer = site.see_other("/keys?done=1")
    if one(asked.form, "keys") == OFF:
        answer.set_cookie(
            KEYS, OFF, max_age=A_YEAR, path=site.cookies.path, secure=site.cookies.is_https, samesite="lax"
        )
    else:
        answer.delete_cookie(KEYS, path=site.cookies.path, secure=site.cookies.is_https, samesite="lax")
    return answer


def own_path(text: str) -> str:
    """The same where it is a path of ours, else that of the first page: nobody is sent elsewhere."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if is_ours else "/"


PAGES = (
    Page("/keys", keys_page, Needs.NOTHING),
    Page("/keys", keys, Needs.NOTHING, methods=("POST",)),
    Page("/theme", theme, Needs.NOTHING, methods=("POST",), checks_form=False),
    Page("/language", language, Needs.NOTHING, methods=("POST",), checks_form=False),
)
