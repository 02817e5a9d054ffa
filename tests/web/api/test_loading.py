"""The API is loaded when somebody asks for it first."""

import asyncio
import subprocess
import sys

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.web.api.loading import MadeWhenAsked

AT_ONCE = 5


class Making:
    """Makes an application that counts its requests; some attempts fail."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.made = self.passed = 0

    def __call__(self) -> ASGIApp:
        if self.failures:
            self.failures -= 1
            raise OSError("no memory")
        self.made += 1
        return self.answer

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.passed += 1


async def nothing(*_: object) -> None:
    raise AssertionError


async def ask(application: MadeWhenAsked, times: int = 1) -> None:
    await asyncio.gather(*(application({}, nothing, nothing) for _ in range(times)))  # type: ignore[arg-type]


def test_a_service_that_no_program_asks_does_not_load_it() -> None:
    code = "import sys, monitor.service.serving; print({'fastapi', 'pydantic'} & set(sys.modules))"

    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_those_who_ask_first_at_once_get_one() -> None:
    making = Making()

    asyncio.run(ask(MadeWhenAsked(making), AT_ONCE))

    assert (making.made, making.passed) == (1, AT_ONCE)


def test_what_could_not_be_made_is_tried_again() -> None:
    making = Making(failures=1)
    application = MadeWhenAsked(making)

    async def twice() -> None:
        with pytest.raises(OSError, match="no memory"):
            await ask(application)
        await ask(application)

    asyncio.run(twice())

    assert (making.made, making.passed) == (1, 1)
