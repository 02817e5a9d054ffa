"""Applications with less than all there is, for what needs no more."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from monitor.web.machines.health import ServiceHealth, machine_routes


class StubHealth:
    """How a service is, as the test says."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.hanging: list[str] = []
        self.role = "leader"

    def problems(self) -> Sequence[str]:
        return self.reasons

    def stuck(self) -> Sequence[str]:
        return self.hanging

    def standing(self) -> str:
        return self.role

    def figures(self) -> bytes:
        return b"monitor_leader 1.0\n"


def machine_site(health: ServiceHealth, *, more: Sequence[BaseRoute] = ()) -> Starlette:
    """What programs are told of the service's health, and *more*."""
    made = Starlette(routes=[*machine_routes(health), *more])
    made.router.redirect_slashes = False
    return made
