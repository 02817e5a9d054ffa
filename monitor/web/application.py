"""The whole application: the site of `routes`, and what programs are told of the service's health."""

from collections.abc import Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router

from monitor.errors import ConfigurationInvalid
from monitor.web.feeds.live import Live
from monitor.web.machines.health import ServiceHealth, machine_routes
from monitor.web.routes import PAGES
from monitor.web.site.answering import Answering


def application(
    answering: Answering,
    health: ServiceHealth,
    *,
    ages: Callable[[], Mapping[str, int]] = dict,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application; *more* are routes that are no pages of the table. Its `state.close` ends what would not end."""

    async def trouble(request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        response = await answering.trouble(request, status)
        if status == 405:
            response.headers["Allow"] = ", ".join(allowed(request, routes, prefix))
        return response

    async def file(request: Request) -> Response:
        found = answering.site.pages.file(
            request.path_params["digest"],
            request.path_params["name"],
            accepts_gzip="gzip" in request.headers.get("accept-encoding", ""),
        )
        return found or await answering.trouble(request, 404)

    live = Live(answering)
    prefix = answering.site.prefix
    routes = [
        *machine_routes(health, ages=ages),
        *more,
        Route("/static/{digest}/{name}", file),
        live.route(),
        *answering.routes(PAGES),
    ]
    _refuse_a_page(prefix, routes)
    # Some proxies take the path of the public address away, some don't.
    # Neither redirects for a slash: that would lead to whatever host the request names.
    below = [Mount(prefix, Router(routes, redirect_slashes=False))] if prefix else []
    made = Starlette(routes=[*routes, *below], exception_handlers={404: trouble, 405: trouble})
    made.router.redirect_slashes = False
    made.state.close = live.close
    return made


def _refuse_a_page(prefix: str, routes: Sequence[BaseRoute]) -> None:
    """Raise ConfigurationInvalid where a path below the prefix could be that of a page without it.

    Nobody could tell then whether a proxy took the prefix away.
    """
    first = prefix.strip("/").partition("/")[0]
    taken = {each.path.strip("/").partition("/")[0] for each in routes if isinstance(each, (Route, Mount))}
    if first and first in taken:
        raise ConfigurationInvalid(
            f'[web] public_url: its path begins with "/{first}", which is one of our own pages: choose another,'
            ' such as "/monitor"'
        )


def allowed(request: Request, routes: Sequence[BaseRoute], prefix: str) -> list[str]:
    """The methods that some route takes at the address of a request."""
    path = request.url.path
    paths = {path, path.removeprefix(prefix)}
    fitting = (each for each in routes if isinstance(each, Route) and any(map(each.path_regex.match, paths)))
    return sorted({method for each in fitting for method in each.methods or ()})
