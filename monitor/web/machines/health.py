"""What programs that watch over the service are told. It asks `ServiceHealth`, and knows nothing of what is behind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

UNWELL = 503
DATABASE_SILENT = "the database does not answer"
FRESH = {"Cache-Control": "no-store"}


class ServiceHealth(Protocol):
    """How the service is. Everything may be asked from any thread, and answers within a few seconds."""

    def problems(self) -> Sequence[str]:
        """What does not work that should, in a person's words; empty while all is well."""

    def stuck(self) -> Sequence[str]:
        """Of these, what only a restart ends. It asks no database."""

    def standing(self) -> str:
        """leader, standby, or unknown where the database did not say."""

    def figures(self) -> bytes:
        """What Prometheus reads."""


def machine_routes(health: ServiceHealth, *, ages: Callable[[], Mapping[str, int]] = dict) -> list[BaseRoute]:
    """/healthz, /livez, /readyz and /metrics; *ages* says for how many seconds what is due has been so.

    They are plain functions, which run in threads that readers have no part in: some wait for the database.
    """

    def healthz(_request: Request) -> Response:
        return _answer("reasons", health.problems(), {"standing": health.standing(), **ages()})

    def livez(_request: Request) -> Response:
        return _answer("reasons", health.stuck(), {})

    def readyz(_request: Request) -> Response:
        standing = health.standing()
        return _answer("reasons", [DATABASE_SILENT] if standing == "unknown" else [], {"standing": standing})

    def metrics(_request: Request) -> Response:
        return Response(health.figures(), media_type="text/plain; version=0.0.4; charset=utf-8", headers=FRESH)

    answers = {"/healthz": healthz, "/livez": livez, "/readyz": readyz, "/metrics": metrics}
    return [Route(path, answer) for path, answer in answers.items()]


def _answer(name: str, reasons: Sequence[str], more: Mapping[str, str | int]) -> Response:
    content = {"status": "failing" if reasons else "ok", **more, name: list(reasons)}
    return JSONResponse(content, status_code=UNWELL if reasons else 200, headers=FRESH)
