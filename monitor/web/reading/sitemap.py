"""What search engines are told: which pages there are, where the site is public, and to stay away where it is not.

    /robots.txt                 where the sitemap is
    /sitemap.xml                an index of parts
    /sitemap-pages.xml          the lists
    /sitemap-trials-{n}.xml     the n-th part of the trials; so sponsors and conditions

A part holds terms or trials by their numbers in the index, so that each is one look-up, however many there are.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from starlette.responses import PlainTextResponse, Response

from monitor.errors import NothingFound
from monitor.storage import sitemaps
from monitor.web.reading.terms import FOLDERS
from monitor.web.reading.trial_sets import slug_path
from monitor.web.site.asked import Asked
from monitor.web.site.paths import trial_path
from monitor.web.site.rendering import SAFETY
from monitor.web.site.route import Handler, Needs, Page
from monitor.web.site.site import Site

TYPE = "application/xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LISTS = ("/", "/trials", "/sponsors", "/conditions")
_TRIALS = "trials"
_KEPT_OUT = (
    "/a/",
    "/confirm/",
    "/account",
    "/api/",
    "/deliveries",
    "/held",
    "/login",
    "/quarantine",
    "/search",
    "/subscriptions",
)
"""Pages that are nobody's to find, or that there are any number of."""


def robots(site: Site, _asked: Asked) -> Response:
    """Where the sitemap is; that nothing is to be read here, where the site is not public."""
    if not site.is_public:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
    lines = ["User-agent: *", *(f"Disallow: {site.prefix}{path}" for path in _KEPT_OUT)]
    return PlainTextResponse("\n".join([*lines, f"Sitemap: {site.address('/sitemap.xml')}", ""]))


def sitemap(site: Site, _asked: Asked) -> Response:
    """The index of all parts."""
    _check_public(site)
    with site.store.read() as tx:
        parts = [f"/sitemap-{_TRIALS}-{number}.xml" for number in sitemaps.parts_of_trials(tx)]
        for kind, folder in FOLDERS.items():
            parts += [f"/sitemap-{folder}-{number}.xml" for number in sitemaps.parts_of_terms(tx, kind)]
    return _xml(site, "sitemapindex", "sitemap", ["/sitemap-pages.xml", *parts])


def lists(site: Site, _asked: Asked) -> Response:
    """The pages that there are one of."""
    _check_public(site)
    return _xml(site, "urlset", "url", _LISTS)


def _trials(site: Site, asked: Asked) -> Response:
    _check_public(site)
    with site.store.read() as tx:
        found = sitemaps.trials_of(tx, _number(asked))
    return _xml(site, "urlset", "url", (trial_path(trial_id) for trial_id in found))


def _terms(kind: str) -> Handler:
    def handler(site: Site, asked: Asked) -> Response:
        _check_public(site)
        with site.store.read() as tx:
            found = sitemaps.slugs_of(tx, kind, _number(asked))
        return _xml(site, "urlset", "url", (slug_path(FOLDERS[kind], slug) for slug in found))

    return handler


def _check_public(site: Site) -> None:
    if not site.is_public:
        raise NothingFound("there is no sitemap: this site is not public")


def _number(asked: Asked) -> int:
    text = asked.params["number"]
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise NothingFound("there is no such part: /sitemap.xml lists those that there are")
    return int(text)


def _xml(site: Site, root: str, each: str, paths: Iterable[str]) -> Response:
    places = "\n".join(f"<{each}><loc>{escape(site.address(path))}</loc></{each}>" for path in paths)
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n{places}\n</{root}>\n'
    return Response(content, media_type=TYPE, headers=SAFETY)


PAGES = (
    Page("/robots.txt", robots, Needs.NOTHING),
    Page("/sitemap.xml", sitemap, Needs.PUBLIC, is_shared=True),
    Page("/sitemap-pages.xml", lists, Needs.PUBLIC, is_shared=True),
    Page(f"/sitemap-{_TRIALS}-{{number}}.xml", _trials, Needs.PUBLIC, is_shared=True),
    *(
        Page(f"/sitemap-{folder}-{{number}}.xml", _terms(kind), Needs.PUBLIC, is_shared=True)
        for kind, folder in FOLDERS.items()
    ),
)
