"""The application: which page answers what. It asks `ServiceHealth`, and knows nothing of the service behind it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from monitor import __version__
from monitor.web.front import PLACES, SAFETY, front_page

UNWELL = 503
DATABASE_SILENT = "the database does not answer"
FRESH = {"Cache-Control": "no-store"}


class ServiceHealth(Protocol):
    """How the service is. Everything may be asked from any thread, and answers within a few seconds."""

    def problems(self) -> Sequence[str]:
        """What does not work that should, in a person's words; empty while all is well."""

    def standing(self) -> str:
        """leader, standby, or unknown where the database did not say."""

    def figures(self) -> bytes:
        """What Prometheus reads."""


def pages(
    health: ServiceHealth,
    *,
    ages: Callable[[], Mapping[str, int]] = dict,
    more: Sequence[BaseRoute] = (),
    places: Mapping[str, str] = PLACES,
) -> Starlette:
    """The application; *ages* says for how many seconds what is due has been so, where anything is.

    *more* are other pages that it has, and *places* what its first page names.

    The pages are plain functions, which it runs in threads: some wait for the database.
    """

    def front(_request: Request) -> Response:
        page = front_page(__version__, health.standing(), health.problems(), places)
        return HTMLResponse(page, headers={**FRESH, **SAFETY})

    def healthz(_request: Request) -> Response:
        return _answer("reasons", health.problems(), {"standing": health.standing(), **ages()})

    def readyz(_request: Request) -> Response:
        standing = health.standing()
        return _answer("reasons", [DATABASE_SILENT] if standing == "unknown" else [], {"standing": standing})

    def metrics(_request: Request) -> Response:
        return Response(health.figures(), media_type="text/plain; version=0.0.4; charset=utf-8", headers=FRESH)

    answers = {"/": front, "/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    application = Starlette(routes=[*(Route(path, answer) for path, answer in answers.items()), *more])
    # A redirect would lead to whatever host the request names.
    application.router.redirect_slashes = False
    return application


def _answer(name: str, reasons: Sequence[str], more: Mapping[str, str | int]) -> Response:
    content = {"status": "failing" if reasons else "ok", **more, name: list(reasons)}
    return JSONResponse(content, status_code=UNWELL if reasons else 200, headers=FRESH)
