"""Pages from templates, with the files that they load, and what a browser may do with them.

The rules: no page has a script or a style of its own, and nothing of it comes from elsewhere; texts are escaped by the
templates; what is under a secret address is kept by nobody, tells nobody where it was, and is found by no search.
"""

from collections.abc import Hashable, Mapping
from functools import lru_cache, partial
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from monitor.language.catalogues import LANGUAGES, translations
from monitor.model.language import ENGLISH
from monitor.web.site.asked import Asked
from monitor.web.site.compressing import squeezed
from monitor.web.site.formats import FILTERS
from monitor.web.site.translating import generator_of

SHEETS = (
    *("tokens", "elements", "frame", "marks", "changes", "panels", "controls", "facets", "charts", "snapshots"),
    *("compare", "trial", "builder", "deliveries", "health", "alone", "access", "api", "loading", "live", "narrow"),
    "print",
)
"""The parts of site.css, in their order: what comes later wins."""
TYPES = {
    "site.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "page.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
}
"""What can be loaded."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFETY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
"""What every page says; `monitor.web.site.answering` lets those of a public site be kept and found."""
FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
"""The address of a file changes with its content."""
MOST_MADE = 1024
"""Pieces of pages that are kept for each language: what macros made of the same values."""
SQUEEZED = {"Content-Encoding": "gzip"}


class Pages:
    """Renders pages whose links lie below *public_url*."""

    def __init__(self, public_url: str) -> None:
        self.prefix = urlsplit(public_url).path.rstrip("/")
        self.files = {name: _content(name) for name in TYPES}
        self._squeezed = {name: squeezed(content) for name, content in self.files.items()}
        self.digest = sha256(b"".join(self.files.values())).hexdigest()[:12]
        self._environments = lru_cache(maxsize=len(LANGUAGES))(self._environment)

    def page(
        self, name: str, values: Mapping[str, object], *, status: int = 200, is_secret: bool = False
    ) -> HTMLResponse:
        """The page that a template makes; *is_secret* where its address holds what nobody else may learn."""
        asked = values.get("asked")
        language = asked.language if isinstance(asked, Asked) else ENGLISH
        html = self._environments(language).get_template(f"{name}.html").render(values)
        referrer = "no-referrer" if is_secret else "same-origin"
        return HTMLResponse(html, status_code=status, headers={**SAFETY, "Referrer-Policy": referrer})

    def file(self, digest: str, name: str, *, accepts_gzip: bool) -> Response | None:
        """A file that pages load; None where there is none of that name and content."""
        if name not in self.files or digest != self.digest:
            return None
        if accepts_gzip:
            return Response(self._squeezed[name], media_type=TYPES[name], headers={**FOR_EVER, **SQUEEZED})
        return Response(self.files[name], media_type=TYPES[name], headers=FOR_EVER)

    def _environment(self, language: str) -> Environment:
        made = Environment(
            loader=PackageLoader("monitor.web"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            auto_reload=False,  # the files of an installed package stay: half a dozen of them were looked at for a page
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
        made.code_generator_class = generator_of(translations(language).gettext)
        made.filters |= FILTERS
        made.globals |= {
            "prefix": self.prefix,
            "static": f"{self.prefix}/static/{self.digest}",
            "language": language,
            "languages_known": LANGUAGES,
            "made": lru_cache(maxsize=MOST_MADE)(partial(_made, made)),
        }
        return made


def _made(environment: Environment, template: str, macro: str, *values: Hashable) -> Markup:
    """What a macro makes of these values, which say all that it depends on: it gets no context."""
    module = environment.get_template(template).module
    html: Markup = getattr(module, macro)(*values)
    return html


def _content(name: str) -> bytes:
    folder = files("monitor.web") / "static"
    if name != "site.css":
        return folder.joinpath(name).read_bytes()
    return b"\n".join(folder.joinpath("css", f"{sheet}.css").read_bytes() for sheet in SHEETS)
