"""Pages from templates, with the files that they load, and what a browser may do with them.

The rules: no page has a script or a style of its own, and nothing of it comes from elsewhere; texts are escaped by the
templates; what is under a secret address is kept by nobody, tells nobody where it was, and is found by no search.
"""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

TYPES = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
"""The files beside the templates."""
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


class Pages:
    """Renders pages whose links lie below *public_url*."""

    def __init__(self, public_url: str) -> None:
        self.prefix = urlsplit(public_url).path.rstrip("/")
        folder = files("monitor.web") / "static"
        self._files = {name: folder.joinpath(name).read_bytes() for name in TYPES}
        self._digest = sha256(b"".join(self._files.values())).hexdigest()[:12]
        self._templates = Environment(
            loader=PackageLoader("monitor.web"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {"prefix": self.prefix, "static": f"{self.prefix}/static/{self._digest}"}

    def page(
        self, name: str, values: Mapping[str, object], *, status: int = 200, is_secret: bool = False
    ) -> HTMLResponse:
        """The page that a template makes; *is_secret* where its address holds what nobody else may learn."""
        html = self._templates.get_template(f"{name}.html").render(values)
        referrer = "no-referrer" if is_secret else "same-origin"
        return HTMLResponse(html, status_code=status, headers={**SAFETY, "Referrer-Policy": referrer})

    def message(
        self, title: str, words: str, *, status: int = 200, is_secret: bool = False, back: str = ""
    ) -> HTMLResponse:
        """A page that says one thing; *back* is a path where to go on."""
        values = {"title": title, "words": words, "back": back and self.prefix + back}
        return self.page("message", values, status=status, is_secret=is_secret)

    def static_route(self) -> Route:
        """Answers for the files. Their address changes with their content, so they may be kept for ever."""
        return Route("/static/{digest}/{name}", self._file)

    def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files or request.path_params["digest"] != self._digest:
            return Response("Not Found", status_code=404, media_type="text/plain")
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return Response(self._files[name], media_type=TYPES[name], headers=headers)
