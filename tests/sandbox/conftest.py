"""A sandbox with a few synthetic trials, and a client that follows and hides nothing."""

import socket
from collections.abc import Iterator

import pytest
import requests

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.program import BUILD_DAY


class Client:
    """Asks one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for a path below the API's root; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.session.get(self.sandbox.base_url + path, headers=named, allow_redirects=False, timeout=30)

    def studies(self, query: str) -> list:
        """The studies of the page that a query gets."""
        answer = self.get(f"/studies?{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()["studies"]

    def ids(self, query: str) -> list[str]:
        """The trial ids of that page, in its order."""
        found = self.studies(f"{query}&fields=NCTId")
        return [study["protocolSection"]["identificationModule"]["nctId"] for study in found]

    def status_of(self, trial_id: str) -> str:
        """A trial's overall status as the registry serves it now."""
        return self.get(f"/studies/{trial_id}").json()["protocolSection"]["statusModule"]["overallStatus"]

    def post(self, path: str, /, **arguments: object) -> requests.Response:
        """Pull a control, as a script does."""
        return self.session.post(self.sandbox.page_url.rstrip("/") + path, json=arguments, timeout=30)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(trials=30, day=BUILD_DAY) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    made = Client(sandbox)
    yield made
    made.session.close()


@pytest.fixture
def many() -> Iterator[Client]:
    """A client of a sandbox with more trials than a page can have."""
    with Sandbox(trials=1200, day=BUILD_DAY) as running:
        made = Client(running)
        yield made
        made.session.close()


def talk(sandbox: Sandbox, request: bytes) -> bytes:
    """Send bytes, and read all that comes until the other side closes; a reset raises ConnectionResetError."""
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=30) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


@pytest.fixture
def raw(sandbox: Sandbox):
    """Talks to the sandbox in bytes."""
    return lambda request: talk(sandbox, request)
